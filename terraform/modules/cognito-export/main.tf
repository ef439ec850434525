data "aws_caller_identity" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.region
  # What is below it is one pool's.
  objects = "${var.exports.bucket_arn}/${var.exports.prefix}/${var.user_pool.id}/*"
}

data "aws_iam_policy_document" "pool" {
  statement {
    sid = "ReadPool"
    actions = [
      "cognito-idp:DescribeUserPool",
      "cognito-idp:ListGroups",
      "cognito-idp:ListUsers",
      "cognito-idp:ListUsersInGroup",
    ]
    resources = [var.user_pool.arn]
  }

  # For exports and nothing else that the key may wrap.
  statement {
    sid       = "DataKeys"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.data_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:purpose"
      values   = ["lectern-cognito-export"]
    }

    condition {
      test     = "Null"
      variable = "kms:EncryptionContext:run"
      values   = ["false"]
    }
  }
}

# It can neither list nor delete.
data "aws_iam_policy_document" "exports" {
  statement {
    sid       = "Exports"
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = [local.objects]
  }

  statement {
    sid       = "BucketKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.exports.kms_key_arn]
  }
}

module "function" {
  source = "../function"

  name             = "${var.name}-cognito-export"
  description      = "Exports the users of a user pool, encrypted"
  package          = var.package
  architecture     = var.architecture
  memory_mb        = var.memory_mb
  timeout_seconds  = var.timeout_seconds
  vpc              = var.vpc
  policy_documents = [data.aws_iam_policy_document.pool.json]
  assumed_role = {
    policy_documents     = [data.aws_iam_policy_document.exports.json]
    environment_variable = "LECTERN_EXPORT_ROLE_ARN"
    suffix               = "export"
  }
  hands_over = true
  # A retry of the event resumes where the failed invocation ended.
  async                = { maximum_retry_attempts = 2, failure_topic = var.failure_topic }
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
  tracing              = var.tracing
  permissions_boundary = var.permissions_boundary
  region               = var.region
  tags                 = var.tags

  environment = merge(var.environment, {
    LECTERN_USER_POOL_ID              = var.user_pool.id
    LECTERN_EXPORT_BUCKET             = var.exports.bucket
    LECTERN_EXPORT_PREFIX             = var.exports.prefix
    LECTERN_EXPORT_BUCKET_KMS_KEY_ARN = var.exports.kms_key_arn
    LECTERN_EXPORT_KMS_KEY_ARN        = var.data_key_arn
  })
}
