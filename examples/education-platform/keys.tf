# What is encrypted in one Region and read in the other: a multi-Region key each, with a replica in the secondary Region.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  multi_region_keys = {
    profile = "Personal data of ${var.name}"
    exports = "Exported users of ${var.name}"
    signing = "Key that signs URLs of ${var.name}"
  }
}

data "aws_iam_policy_document" "account_decides" {
  # checkov:skip=CKV_AWS_109:In a key policy "*" is the key itself, and the account must keep all permissions for it.
  # checkov:skip=CKV_AWS_111:In a key policy "*" is the key itself, and the account must keep all permissions for it.
  # checkov:skip=CKV_AWS_356:In a key policy "*" is the key itself, and the account must keep all permissions for it.

  statement {
    sid       = "AccountDecides"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_kms_key" "multi_region" {
  for_each = local.multi_region_keys

  region              = var.regions.primary
  description         = each.value
  multi_region        = true
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.account_decides.json
}

resource "aws_kms_replica_key" "multi_region" {
  for_each = aws_kms_key.multi_region

  region          = var.regions.secondary
  description     = each.value.description
  primary_key_arn = each.value.arn
  policy          = data.aws_iam_policy_document.account_decides.json
}

resource "aws_kms_alias" "multi_region" {
  for_each = aws_kms_key.multi_region

  region        = var.regions.primary
  name          = "alias/${var.name}-${each.key}"
  target_key_id = each.value.key_id
}

resource "aws_kms_alias" "multi_region_replica" {
  for_each = aws_kms_replica_key.multi_region

  region        = var.regions.secondary
  name          = "alias/${var.name}-${each.key}"
  target_key_id = each.value.key_id
}

# Logs of what CloudFront needs, which is in us-east-1.
data "aws_iam_policy_document" "logs_us_east_1" {
  source_policy_documents = [data.aws_iam_policy_document.account_decides.json]

  statement {
    sid       = "Logs"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.us-east-1.${data.aws_partition.current.dns_suffix}"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${data.aws_partition.current.partition}:logs:us-east-1:${data.aws_caller_identity.current.account_id}:log-group:*"]
    }
  }
}

resource "aws_kms_key" "logs_us_east_1" {
  region              = "us-east-1"
  description         = "Logs and environment variables of ${var.name} in us-east-1"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.logs_us_east_1.json
}

resource "aws_kms_alias" "logs_us_east_1" {
  region        = "us-east-1"
  name          = "alias/${var.name}-global-logs"
  target_key_id = aws_kms_key.logs_us_east_1.key_id
}
