# A user pool with a required second factor, whose users administrators create.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

module "auth" {
  source = "../.."

  name = "edu"
}

output "client_id" {
  description = "Id of the client of the apps."
  value       = module.auth.client_id
}
