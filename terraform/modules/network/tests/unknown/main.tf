# A network of which nothing is known before the apply that can be made beside it.

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

module "network" {
  source = "../.."

  name                 = "edu"
  private_link         = { service_name = terraform_data.later.output }
  s3_account_ids       = [terraform_data.later.output]
  endpoint_account_ids = [terraform_data.later.output]
  dns_firewall         = { allowed_domains = [terraform_data.later.output] }
  flow_logs            = { kms_key_arn = terraform_data.later.output }
  permissions_boundary = terraform_data.later.output
  tags                 = { made = terraform_data.later.output }

  vpc = {
    id              = terraform_data.later.output
    subnet_ids      = { eu-west-1a = terraform_data.later.output, eu-west-1b = terraform_data.later.id }
    route_table_ids = { eu-west-1a = terraform_data.later.output, eu-west-1b = terraform_data.later.id }
  }
}

module "network_of_a_project" {
  source = "../.."

  name     = "edu-atlas"
  atlas    = { project_id = terraform_data.later.output, cluster_names = [terraform_data.later.output] }
  topology = "nlb"
}
