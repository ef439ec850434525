# One secret, rotated each 30 days, outside of a VPC.

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
  description = "ARN of the secret with the user's address and password."
  type        = string
}

variable "master_secret_arn" {
  description = "ARN of the secret of the administrator, who may change users."
  type        = string
}

variable "package_path" {
  description = "Path of the package; `cargo dist` builds the packages in target/dist."
  type        = string
  default     = "target/dist/secret-rotation.zip"
}

module "rotation" {
  source = "../.."

  name          = "edu"
  secrets       = { app = { arn = var.secret_arn } }
  master_secret = { arn = var.master_secret_arn }
  package       = { path = var.package_path }
}

output "alarm_targets" {
  description = "Targets for secret_rotation of the module monitoring."
  value       = module.rotation.alarm_targets
}
