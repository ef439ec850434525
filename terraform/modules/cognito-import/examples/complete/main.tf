# Users of an export into two pools of the second region, from a package in S3, in a VPC, with notification of failures.

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

variable "failure_topic" {
  description = "An element of the output topics of the module monitoring."
  type = object({
    arn         = string
    kms_key_arn = string
  })
}

variable "log_key_arn" {
  description = "ARN of a customer managed key whose policy allows CloudWatch Logs to use it."
  type        = string
}

module "import" {
  source = "../.."

  name = "edu"
  package = {
    bucket     = "edu-packages"
    key        = "cognito-import.zip"
    version_id = "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"
    sha256     = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }

  architecture = "arm64"
  user_pools = {
    main  = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI"
    drill = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_TuVwXyZaB"
  }
  source_user_pool_id = "eu-central-1_KlMnOpQrS"
  exports             = { bucket = "edu-exports-replica", bucket_arn = "arn:aws:s3:::edu-exports-replica", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", prefix = "recovery/cognito" }
  data_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
  memory_mb           = 1024
  environment         = { LECTERN_LOG = "debug" }
  vpc                 = var.vpc
  failure_topic       = var.failure_topic
  kms_key_arn         = var.log_key_arn
  log_retention_days  = 365
  tags                = { team = "platform" }
}

output "function" {
  description = "Target for lambda of the module monitoring."
  value       = module.import.function
}
