# Where the records go: a bucket and a key that only CloudTrail and AWS Config of this account write with.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account    = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  dns_suffix = data.aws_partition.current.dns_suffix
  region     = data.aws_region.current.region

  trails    = { for settings in var.cloudtrail[*] : "main" => settings if settings.create }
  recorders = { for settings in var.config[*] : "main" => settings if settings.create_recorder }
  buckets   = length(local.trails) + length(local.recorders) == 0 ? {} : { main = var.bucket }

  # Of what is made later than the policies that name it. A multi-Region trail is seen in all Regions, so its name has its own.
  trail_name     = "${var.name}-${local.region}"
  trail_arn      = "arn:${local.partition}:cloudtrail:${local.region}:${local.account}:trail/${local.trail_name}"
  log_group_name = "/aws/cloudtrail/${var.name}"
  log_group_arn  = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${local.log_group_name}"

  kms_key_arn = one(values(module.bucket)[*].kms_key_arn)
}

data "aws_iam_policy_document" "bucket" {
  for_each = local.buckets

  dynamic "statement" {
    for_each = local.trails

    content {
      sid       = "TrailLooks"
      actions   = ["s3:GetBucketAcl"]
      resources = ["arn:${local.partition}:s3:::${each.value}"]

      principals {
        type        = "Service"
        identifiers = ["cloudtrail.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceArn"
        values   = [local.trail_arn]
      }
    }
  }

  dynamic "statement" {
    for_each = local.trails

    content {
      sid       = "TrailWrites"
      actions   = ["s3:PutObject"]
      resources = ["arn:${local.partition}:s3:::${each.value}/AWSLogs/${local.account}/*"]

      principals {
        type        = "Service"
        identifiers = ["cloudtrail.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceArn"
        values   = [local.trail_arn]
      }

      condition {
        test     = "StringEquals"
        variable = "s3:x-amz-acl"
        values   = ["bucket-owner-full-control"]
      }
    }
  }

  # A recorder with the service-linked role delivers as the service, which names the account and no resource.
  dynamic "statement" {
    for_each = local.recorders

    content {
      sid       = "ConfigLooks"
      actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
      resources = ["arn:${local.partition}:s3:::${each.value}"]

      principals {
        type        = "Service"
        identifiers = ["config.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }
    }
  }

  dynamic "statement" {
    for_each = local.recorders

    content {
      sid       = "ConfigWrites"
      actions   = ["s3:PutObject"]
      resources = ["arn:${local.partition}:s3:::${each.value}/AWSLogs/${local.account}/Config/*"]

      principals {
        type        = "Service"
        identifiers = ["config.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }

      condition {
        test     = "StringEquals"
        variable = "s3:x-amz-acl"
        values   = ["bucket-owner-full-control"]
      }
    }
  }
}

data "aws_iam_policy_document" "key" {
  # checkov:skip=CKV_AWS_109:A key policy's "*" is the key itself.
  # checkov:skip=CKV_AWS_111:A key policy's "*" is the key itself.
  # checkov:skip=CKV_AWS_356:A key policy's "*" is the key itself.

  for_each = local.buckets

  # By the trail and not by the encryption context: with a bucket key, S3 makes the data key, for the bucket.
  dynamic "statement" {
    for_each = local.trails

    content {
      sid       = "TrailEncrypts"
      actions   = ["kms:DescribeKey", "kms:GenerateDataKey*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["cloudtrail.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceArn"
        values   = [local.trail_arn]
      }
    }
  }

  dynamic "statement" {
    for_each = local.trails

    content {
      sid       = "LogOfTheTrail"
      actions   = ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["logs.${local.region}.${local.dns_suffix}"]
      }

      condition {
        test     = "ArnEquals"
        variable = "kms:EncryptionContext:aws:logs:arn"
        values   = [local.log_group_arn]
      }
    }
  }

  dynamic "statement" {
    for_each = local.recorders

    content {
      sid       = "ConfigEncrypts"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["config.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }
    }
  }
}

# No Object Lock: AWS Config does not deliver to a bucket that has it.
module "bucket" {
  source   = "../storage"
  for_each = local.buckets

  bucket                   = each.value
  bucket_policy_documents  = [data.aws_iam_policy_document.bucket[each.key].json]
  key_policy_documents     = [data.aws_iam_policy_document.key[each.key].json]
  kms_key                  = var.kms_key
  kms_deletion_window_days = var.kms_deletion_window_days
  pending_uploads          = null
  retention                = { records = { prefix = "AWSLogs/", days = var.retention_days } }
  access_logs              = var.access_logs
  force_destroy            = var.force_destroy
  region                   = var.region
  tags                     = var.tags
}
