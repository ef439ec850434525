# The users of a pool once a day, outside of a VPC.

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
  default     = "target/dist/cognito-export.zip"
}

module "export" {
  source = "../.."

  name         = "edu"
  package      = { path = var.package_path }
  user_pool    = { id = "eu-west-1_AbCdEfGhI", arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI" }
  exports      = { bucket = "edu-exports", bucket_arn = "arn:aws:s3:::edu-exports", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  data_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
}

output "alarm_target" {
  description = "Target for cognito_export of the module monitoring."
  value       = module.export.alarm_target
}
