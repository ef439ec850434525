# What the workflows plan until you set another folder: it needs no credentials. Change a line in a pull request, for example
# enable_key_rotation, and read the comment.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

variable "offline" {
  description = "Whether to plan without credentials."
  type        = bool
  default     = false
}

variable "account_id" {
  description = "ID of the AWS account."
  type        = string
  default     = "123456789012"
}

provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = var.offline
  skip_metadata_api_check     = var.offline
  skip_requesting_account_id  = var.offline
}

resource "aws_kms_key" "courses" {
  description         = "Logs of the courses"
  enable_key_rotation = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AccountDecides"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.us-east-1.amazonaws.com" }
        Action    = ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:us-east-1:${var.account_id}:log-group:/courses/*" } }
      },
    ]
  })
}

resource "aws_cloudwatch_log_group" "courses" {
  name              = "/courses/api"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.courses.arn
}

# Kept short on purpose: lectern-policy.yaml has the exception.
resource "aws_cloudwatch_log_group" "trial" {
  # checkov:skip=CKV_AWS_338:Logs of trials are kept for two weeks, because they can contain names of participants.

  name              = "/courses/trial"
  retention_in_days = 14
  kms_key_id        = aws_kms_key.courses.arn
}
