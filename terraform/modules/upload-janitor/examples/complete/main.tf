# The removal of abandoned uploads four times a day, from a package in S3, in a VPC, with notification of failures.

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

module "janitor" {
  source = "../.."

  name = "edu"
  package = {
    bucket     = "edu-packages"
    key        = "upload-janitor.zip"
    version_id = "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"
    sha256     = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }

  architecture        = "arm64"
  files               = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files" }
  mongo_host          = "main-pl-0.ab1cd.mongodb.net"
  mongo_database      = "lectern"
  schedule_expression = "cron(30 0/6 * * ? *)"
  timeout_seconds     = 600
  environment         = { LECTERN_LOG = "debug" }
  vpc                 = var.vpc
  failure_topic       = var.failure_topic
  kms_key_arn         = var.log_key_arn
  log_retention_days  = 365
  tags                = { team = "platform" }
}

output "alarm_target" {
  description = "Target for upload_janitor of the module monitoring."
  value       = module.janitor.alarm_target
}

output "function" {
  description = "Target for lambda of the module monitoring."
  value       = module.janitor.function
}
