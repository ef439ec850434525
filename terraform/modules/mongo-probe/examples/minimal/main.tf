# A probe of one cluster, outside of a VPC.

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

variable "secret_arn" {
  description = "ARN of the secret with the database user, whose role is clusterMonitor."
  type        = string
}

variable "package_path" {
  description = "Path of the package; `cargo dist` builds the packages in target/dist."
  type        = string
  default     = "target/dist/mongo-probe.zip"
}

module "probe" {
  source = "../.."

  name         = "edu"
  cluster      = "main"
  mongo_secret = { arn = var.secret_arn }
  package      = { path = var.package_path }
}

output "alarm_target" {
  description = "Target for mongodb of the module monitoring."
  value       = module.probe.alarm_target
}
