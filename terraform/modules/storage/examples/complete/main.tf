# A bucket for uploads by browsers, which a CloudFront distribution reads, with access logs and a folder that is cleaned.

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

variable "distribution_arn" {
  description = "ARN of the CloudFront distribution that serves the files. It can be created from this module's outputs: bucket does not wait for the policies."
  type        = string
}

module "storage" {
  source = "../.."

  bucket          = "edu-files"
  allowed_origins = ["https://learn.example.com"]
  access_logs     = { bucket = "edu-files-access-logs", retention_days = 90 }

  # A deleted file can be restored for 30 days, and an upload has two days to be confirmed.
  noncurrent_days = 30
  pending_uploads = { days = 2 }
  retention       = { exports = { prefix = "exports/", days = 14 } }

  bucket_policy_documents = [data.aws_iam_policy_document.read.json]
  key_policy_documents    = [data.aws_iam_policy_document.decrypt.json]

  kms_deletion_window_days = 14
  tags                     = { team = "platform" }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "CdnReads"
    actions   = ["s3:GetObject"]
    resources = ["${module.storage.bucket_arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [var.distribution_arn]
    }
  }
}

data "aws_iam_policy_document" "decrypt" {
  statement {
    sid       = "CdnDecrypts"
    actions   = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [var.distribution_arn]
    }
  }
}

output "bucket" {
  description = "Name of the bucket, for what reads or writes objects."
  value       = module.storage.ready_bucket
}
