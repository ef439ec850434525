# One bucket of files, replicated to a second Region.

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

module "files" {
  source = "../../../storage"

  bucket = "edu-files-eu-west-1"
}

module "files_replica" {
  source = "../../../storage"

  bucket = "edu-files-eu-central-1"
  region = "eu-central-1"
}

module "recovery" {
  source = "../.."

  name = "edu"
  replications = {
    files = {
      source      = { bucket = module.files.bucket, bucket_arn = module.files.bucket_arn, kms_key_arn = module.files.kms_key_arn }
      destination = { bucket = module.files_replica.bucket, bucket_arn = module.files_replica.bucket_arn, kms_key_arn = module.files_replica.kms_key_arn, region = "eu-central-1" }
    }
  }
}

output "extra_alarms" {
  description = "Alarms on failed replications, for the module monitoring."
  value       = module.recovery.extra_alarms
}
