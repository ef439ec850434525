# Alarms on one function, which notify one address.

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

module "monitoring" {
  source = "../.."

  name            = "edu"
  critical_emails = ["oncall@example.com"]

  lambda = { upload = { function_name = "edu-upload-api", alias = "live", timeout_seconds = 28 } }
}

output "alarms" {
  description = "All alarms by key."
  value       = module.monitoring.alarms
}
