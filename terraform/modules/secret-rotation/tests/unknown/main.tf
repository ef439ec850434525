# A rotation of which nothing is known before the apply that can be made beside it.

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

module "rotation" {
  source = "../.."

  name                 = "edu"
  secrets              = { app = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output } }
  master_secret        = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  package              = { bucket = terraform_data.later.output, key = "secret-rotation.zip", version_id = terraform_data.later.output, sha256 = terraform_data.later.output }
  vpc                  = { subnet_ids = [terraform_data.later.output, terraform_data.later.id], security_group_ids = [terraform_data.later.output] }
  environment          = { LECTERN_LOG = terraform_data.later.output }
  kms_key_arn          = terraform_data.later.output
  permissions_boundary = terraform_data.later.output
  tags                 = { made = terraform_data.later.output }
}

module "atlas" {
  source = "../.."

  name    = "atlas"
  secrets = { app = { arn = terraform_data.later.output } }
  atlas = {
    project_id      = terraform_data.later.output
    host            = terraform_data.later.output
    service_account = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
    way_out         = "proxy"
    proxy_url       = terraform_data.later.output
  }
  package = { bucket = terraform_data.later.output, key = "secret-rotation.zip", version_id = terraform_data.later.output, sha256 = terraform_data.later.output }
  vpc     = { subnet_ids = [terraform_data.later.output, terraform_data.later.id], security_group_ids = [terraform_data.later.output] }
}
