# A function of which nothing is known before the apply that can be made beside it.

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

module "function" {
  source = "../.."

  name                 = "edu-upload-api"
  description          = terraform_data.later.output
  package              = { bucket = terraform_data.later.output, key = "upload-api.zip", version_id = terraform_data.later.output, sha256 = terraform_data.later.output }
  environment          = { LECTERN_MONGO_SECRET_ARN = terraform_data.later.output }
  vpc                  = { subnet_ids = [terraform_data.later.output, terraform_data.later.id], security_group_ids = [terraform_data.later.output] }
  policy_documents     = [terraform_data.later.output]
  assumed_role         = { policy_documents = [terraform_data.later.output] }
  kms_key_arn          = terraform_data.later.output
  permissions_boundary = terraform_data.later.output
  async                = { failure_topic = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output } }
  tags                 = { made = terraform_data.later.output }
}
