# A backup of which nothing is known before the apply that can be made beside it.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    lectern = {
      source = "lectern/lectern"
    }
  }
}

resource "terraform_data" "later" {
  input = "later"
}

module "backup" {
  source = "../.."

  name                   = "edu"
  cluster                = "main"
  secret_arn             = terraform_data.later.output
  secret_kms_key_arn     = terraform_data.later.output
  bucket                 = terraform_data.later.output
  dump_key               = { arn = terraform_data.later.output }
  access_logs            = { bucket = terraform_data.later.output }
  dump_package           = { bucket = terraform_data.later.output, key = "mongo-dump.zip", version_id = terraform_data.later.output, sha256 = terraform_data.later.output }
  restore_package        = { bucket = terraform_data.later.output, key = "mongo-restore.zip", version_id = terraform_data.later.output, sha256 = terraform_data.later.output }
  restore_secret_arns    = [terraform_data.later.output]
  restore_principal_arns = [terraform_data.later.output]
  drill                  = { secret_arn = terraform_data.later.output }
  failure_topic          = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  vpc                    = { subnet_ids = [terraform_data.later.output, terraform_data.later.id], security_group_ids = [terraform_data.later.output] }
  environment            = { LECTERN_LOG = terraform_data.later.output }
  kms_key_arn            = terraform_data.later.output
  permissions_boundary   = terraform_data.later.output
  tags                   = { made = terraform_data.later.output }
  large                  = true
}

module "backup_elsewhere" {
  source = "../.."

  name            = "edu-elsewhere"
  cluster         = "main"
  secret_arn      = terraform_data.later.output
  existing_bucket = { name = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  dump_package    = { path = "README.md" }
}
