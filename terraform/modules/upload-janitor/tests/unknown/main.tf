# A janitor of which nothing is known before the apply that can be made beside it.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

resource "terraform_data" "later" {
  input = "later"
}

module "janitor" {
  source = "../.."

  name                 = "edu"
  package              = { bucket = terraform_data.later.output, key = "upload-janitor.zip", version_id = terraform_data.later.output, sha256 = terraform_data.later.output }
  files                = { bucket = terraform_data.later.output, bucket_arn = terraform_data.later.output }
  mongo_secret         = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  mongo_database       = terraform_data.later.output
  schedule_expression  = terraform_data.later.output
  environment          = { LECTERN_LOG = terraform_data.later.output }
  vpc                  = { subnet_ids = [terraform_data.later.output, terraform_data.later.id], security_group_ids = [terraform_data.later.output] }
  failure_topic        = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  kms_key_arn          = terraform_data.later.output
  permissions_boundary = terraform_data.later.output
  tags                 = { made = terraform_data.later.output }
}

module "janitor_by_role" {
  source = "../.."

  name           = "edu-by-role"
  package        = { path = "README.md" }
  files          = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files" }
  mongo_host     = terraform_data.later.output
  mongo_database = "lectern"
}
