# Two secrets with a customer key, rotated in the night of each first of the month by a function in a VPC.

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

variable "secret_arns" {
  description = "ARNs of the secrets to rotate, by name."
  type        = map(string)
}

variable "master_secret_arn" {
  description = "ARN of the secret of the administrator, who may change users."
  type        = string
}

variable "secrets_key_arn" {
  description = "ARN of the customer managed key that encrypts all of them."
  type        = string
}

variable "vpc" {
  description = "The output vpc of the module network."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
}

variable "log_key_arn" {
  description = "ARN of a customer managed key whose policy allows CloudWatch Logs to use it."
  type        = string
}

module "rotation" {
  source = "../.."

  name          = "edu"
  secrets       = { for name, arn in var.secret_arns : name => { arn = arn, kms_key_arn = var.secrets_key_arn } }
  master_secret = { arn = var.master_secret_arn, kms_key_arn = var.secrets_key_arn }
  package = {
    bucket     = "edu-packages"
    key        = "secret-rotation.zip"
    version_id = "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"
    sha256     = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }

  schedule_expression  = "cron(0 2 1 * ? *)"
  window               = "3h"
  rotate_immediately   = false
  max_age_days         = 40
  architecture         = "arm64"
  vpc                  = var.vpc
  reserved_concurrency = 2
  log_retention_days   = 365
  kms_key_arn          = var.log_key_arn
  tags                 = { team = "platform" }
}

output "alarm_targets" {
  description = "Targets for secret_rotation of the module monitoring."
  value       = module.rotation.alarm_targets
}
