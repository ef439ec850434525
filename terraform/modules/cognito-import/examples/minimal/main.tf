# Users of an export into a pool of the second region, outside of a VPC.

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
  default     = "target/dist/cognito-import.zip"
}

module "import" {
  source = "../.."

  name                = "edu"
  package             = { path = var.package_path }
  user_pools          = { main = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI" }
  source_user_pool_id = "eu-central-1_KlMnOpQrS"
  exports             = { bucket = "edu-exports-replica", bucket_arn = "arn:aws:s3:::edu-exports-replica", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  data_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
}

output "function_arn" {
  description = "What to invoke."
  value       = module.import.function_arn
}
