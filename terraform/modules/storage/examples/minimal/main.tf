# A private, versioned bucket with a key of its own.

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

module "storage" {
  source = "../.."

  bucket = "edu-files"
}

output "bucket" {
  description = "Name of the bucket, for what reads or writes objects."
  value       = module.storage.ready_bucket
}
