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

variable "project_ids" {
  type = map(string)
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
}

provider "lectern" {
  region = "eu-west-1"
}

# One endpoint with an address in each of two subnets.
module "endpoint" {
  source = "./modules/network"

  name  = "one"
  atlas = { project_id = var.project_ids["endpoint"], cluster_names = ["main"] }
}

# Two endpoints behind a load balancer, in another Region.
module "nlb" {
  source = "./modules/network"

  name     = "two"
  region   = "eu-central-1"
  cidr     = "10.44.0.0/16"
  topology = "nlb"
  nlb      = { ports = [1024, 1025, 1026], hostname = "pl-0-eu-central-1.abcde.mongodb.net" }
  atlas    = { project_id = var.project_ids["nlb"], cluster_names = ["main"] }
}

resource "lectern_alarm_bundle" "nlb" {
  name       = "two"
  region     = "eu-central-1"
  severities = { warning = {}, critical = {} }
  nlb        = module.nlb.nlb
}

output "endpoint" {
  value = module.endpoint
}

output "nlb" {
  value = module.nlb
}
