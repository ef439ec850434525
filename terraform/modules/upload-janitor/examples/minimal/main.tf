# The removal of abandoned uploads every hour, outside of a VPC.

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

variable "mongo_secret_arn" {
  description = "ARN of the secret with the user of the database."
  type        = string
}

variable "package_path" {
  description = "Path of the package; `cargo dist` builds the packages in target/dist."
  type        = string
  default     = "target/dist/upload-janitor.zip"
}

module "janitor" {
  source = "../.."

  name           = "edu"
  package        = { path = var.package_path }
  files          = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files" }
  mongo_secret   = { arn = var.mongo_secret_arn }
  mongo_database = "lectern"
}

output "alarm_target" {
  description = "Target for upload_janitor of the module monitoring."
  value       = module.janitor.alarm_target
}
