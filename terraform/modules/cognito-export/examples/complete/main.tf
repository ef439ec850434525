# The users of a pool four times a day, from a package in S3, in a VPC, with a data key that a second region can use.

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

# Its replica in the second region unwraps the same data keys, when this region is lost.
resource "aws_kms_key" "users" {
  description             = "Wraps the data keys of exported users"
  multi_region            = true
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.users_key.json

  lifecycle {
    prevent_destroy = true
  }
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "users_key" {
  # checkov:skip=CKV_AWS_109:A key policy's "*" is the key itself, and the account has to keep all rights to it.
  # checkov:skip=CKV_AWS_111:A key policy's "*" is the key itself, and the account has to keep all rights to it.
  # checkov:skip=CKV_AWS_356:A key policy's "*" is the key itself, and the account has to keep all rights to it.

  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_kms_replica_key" "users" {
  region                  = "eu-central-1"
  description             = "Unwraps the data keys of exported users"
  primary_key_arn         = aws_kms_key.users.arn
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.users_key.json
}

module "export" {
  source = "../.."

  name = "edu"
  package = {
    bucket     = "edu-packages"
    key        = "cognito-export.zip"
    version_id = "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"
    sha256     = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }

  architecture        = "arm64"
  user_pool           = { id = "eu-west-1_AbCdEfGhI", arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI" }
  exports             = { bucket = "edu-exports", bucket_arn = "arn:aws:s3:::edu-exports", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", prefix = "recovery/cognito" }
  data_key_arn        = aws_kms_key.users.arn
  schedule_expression = "cron(15 0/6 * * ? *)"
  max_age_hours       = 7
  environment         = { LECTERN_LOG = "debug" }
  vpc                 = var.vpc
  failure_topic       = var.failure_topic
  kms_key_arn         = var.log_key_arn
  log_retention_days  = 365
  tags                = { team = "platform" }
}

output "alarm_target" {
  description = "Target for cognito_export of the module monitoring."
  value       = module.export.alarm_target
}

output "function" {
  description = "Target for lambda of the module monitoring."
  value       = module.export.function
}

output "replica_key_arn" {
  description = "data_key_arn of the module cognito-import in the second region."
  value       = aws_kms_replica_key.users.arn
}
