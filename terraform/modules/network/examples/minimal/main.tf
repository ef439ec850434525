# Private subnets in two zones, the endpoints that the handlers need, and flow logs. No MongoDB.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
    lectern = {
      source  = "lectern/lectern"
      version = ">= 0.1"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "lectern" {
  region = "eu-west-1"
}

module "network" {
  source = "../.."

  name = "edu"
}

output "vpc" {
  description = "Value for the variable vpc of the modules function and backup."
  value       = module.network.vpc
}
