# A cluster of which nothing is known before the apply that can be made beside it.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    lectern = {
      source = "lectern/lectern"
    }
    mongodbatlas = {
      source = "mongodb/mongodbatlas"
    }
  }
}

resource "terraform_data" "later" {
  input = "later"
}

module "existing" {
  source = "../.."

  name                 = "edu"
  project              = { id = terraform_data.later.output }
  cluster              = { name = "main" }
  kms_key              = { arn = terraform_data.later.output }
  permissions_boundary = terraform_data.later.output
  alert_emails         = [terraform_data.later.output]
  auditing             = { filter = terraform_data.later.output }
  tags                 = { made = terraform_data.later.output }

  database_users = { api = { role_arn = terraform_data.later.output, roles = [{ role = "readWrite", database = terraform_data.later.output }] } }
}

module "created" {
  source = "../.."

  name    = "edu"
  project = { org_id = terraform_data.later.output, name = "edu" }
  cluster = { name = "main" }
}
