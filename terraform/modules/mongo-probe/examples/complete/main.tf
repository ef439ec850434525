# A probe in a VPC whose role is the database user: no secret. Its log is encrypted and kept for a year.

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

variable "vpc" {
  description = "The output vpc of the module network."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
}

variable "log_key_arn" {
  description = "ARN of a customer managed key whose policy allows CloudWatch Logs to use it."
  type        = string
}

module "probe" {
  source = "../.."

  name       = "edu"
  cluster    = "main"
  mongo_host = "main-pl-0.ab1cd.mongodb.net"
  package = {
    bucket     = "edu-packages"
    key        = "mongo-probe.zip"
    version_id = "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"
    sha256     = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }

  architecture         = "arm64"
  vpc                  = var.vpc
  reserved_concurrency = 1
  log_retention_days   = 365
  kms_key_arn          = var.log_key_arn
  tags                 = { team = "platform" }
}

output "database_user" {
  description = "The role to create as a database user with the role clusterMonitor."
  value       = module.probe.role_arn
}
