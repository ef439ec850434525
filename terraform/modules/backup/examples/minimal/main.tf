# A dump every six hours into a new bucket. Restores are made from the command line.

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

variable "secret_arn" {
  description = "ARN of the secret with the database user that reads."
  type        = string
}

variable "dump_package_path" {
  description = "Path of the package; `cargo dist` builds the packages in target/dist."
  type        = string
  default     = "target/dist/mongo-dump.zip"
}

module "backup" {
  source = "../.."

  name         = "edu"
  cluster      = "main"
  secret_arn   = var.secret_arn
  bucket       = "edu-mongo-dumps"
  dump_package = { path = var.dump_package_path }
}

output "dumps" {
  description = "Where the dumps are."
  value       = module.backup.dumps
}
