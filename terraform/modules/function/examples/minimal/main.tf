# One function from a local package, outside of a VPC.

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

variable "package_path" {
  description = "Path of the package; `cargo dist` builds the packages in target/dist."
  type        = string
  default     = "target/dist/download-api.zip"
}

module "function" {
  source = "../.."

  name        = "edu-download-api"
  description = "Gives users links to files"
  package     = { path = var.package_path }
}

output "handler" {
  description = "Value for handlers of the module api."
  value       = module.function.handler
}
