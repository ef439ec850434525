data "aws_iam_policy_document" "pool" {
  statement {
    sid = "MakeUsers"
    actions = [
      "cognito-idp:AdminAddUserToGroup",
      "cognito-idp:AdminCreateUser",
      "cognito-idp:AdminDisableUser",
      "cognito-idp:AdminGetUser",
      "cognito-idp:AdminListGroupsForUser",
      # A random password, which nobody knows: users reset it.
      "cognito-idp:AdminSetUserPassword",
      "cognito-idp:CreateGroup",
      "cognito-idp:DescribeUserPool",
      "cognito-idp:GetGroup",
    ]
    resources = values(var.user_pools)
  }

  statement {
    sid       = "ReadExports"
    actions   = ["kms:Decrypt"]
    resources = [var.data_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:purpose"
      values   = ["lectern-cognito-export", "lectern-cognito-import"]
    }

    condition {
      test     = "Null"
      variable = "kms:EncryptionContext:run"
      values   = ["false"]
    }
  }

  statement {
    sid       = "WriteResults"
    actions   = ["kms:GenerateDataKey"]
    resources = [var.data_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:purpose"
      values   = ["lectern-cognito-import"]
    }

    condition {
      test     = "Null"
      variable = "kms:EncryptionContext:run"
      values   = ["false"]
    }
  }
}

# It can neither list nor delete, and changes no export.
data "aws_iam_policy_document" "exports" {
  statement {
    sid       = "Exports"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${var.exports.bucket_arn}/${var.exports.prefix}/${var.source_user_pool_id}/*"]
  }

  statement {
    sid       = "Reports"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${var.exports.bucket_arn}/${var.exports.prefix}/imports/*"]
  }

  statement {
    sid       = "BucketKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.exports.kms_key_arn]
  }
}

module "function" {
  source = "../function"

  name             = "${var.name}-cognito-import"
  description      = "Makes the users of an export in another user pool"
  package          = var.package
  architecture     = var.architecture
  memory_mb        = var.memory_mb
  timeout_seconds  = var.timeout_seconds
  vpc              = var.vpc
  policy_documents = [data.aws_iam_policy_document.pool.json]
  assumed_role = {
    policy_documents     = [data.aws_iam_policy_document.exports.json]
    environment_variable = "LECTERN_IMPORT_ROLE_ARN"
    suffix               = "import"
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
    LECTERN_EXPORT_BUCKET             = var.exports.bucket
    LECTERN_EXPORT_PREFIX             = var.exports.prefix
    LECTERN_EXPORT_BUCKET_KMS_KEY_ARN = var.exports.kms_key_arn
    LECTERN_EXPORT_KMS_KEY_ARN        = var.data_key_arn
  })
}
