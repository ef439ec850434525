# Who read and wrote which file: S3's own access logs, in a bucket of their own, since a bucket that logs into itself logs its logs.

locals {
  access_logs = var.access_logs == null ? {} : { main = var.access_logs }
  # An existing bucket already has an owner, who lets S3 write to it and cleans it.
  access_log_bucket = { for key, logs in local.access_logs : key => logs if logs.create }
}

resource "aws_s3_bucket" "access_logs" {
  # checkov:skip=CKV_AWS_18:A bucket that logs its own requests logs the writing of each log too, without end.
  # checkov:skip=CKV_AWS_144:The logs are deleted after access_logs.retention_days and are not worth a copy in a second region.
  # checkov:skip=CKV_AWS_145:S3 delivers no access logs to a bucket whose default is a KMS key; SSE-S3 is set below.
  # checkov:skip=CKV2_AWS_62:Logs are read when somebody looks into something; nothing waits for them.

  for_each = local.access_log_bucket

  region        = var.region
  bucket        = each.value.bucket
  force_destroy = var.force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "access_logs" {
  for_each = aws_s3_bucket.access_logs

  region = var.region
  bucket = each.value.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# No ACLs: the policy below allows the log service to write.
resource "aws_s3_bucket_ownership_controls" "access_logs" {
  for_each = aws_s3_bucket.access_logs

  region = var.region
  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# S3 delivers no logs to a bucket whose default is a KMS key.
resource "aws_s3_bucket_server_side_encryption_configuration" "access_logs" {
  for_each = aws_s3_bucket.access_logs

  region = var.region
  bucket = each.value.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "access_logs" {
  for_each = aws_s3_bucket.access_logs

  region = var.region
  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "access_logs" {
  for_each   = local.access_log_bucket
  depends_on = [aws_s3_bucket_versioning.access_logs]

  region = var.region
  bucket = aws_s3_bucket.access_logs[each.key].id

  rule {
    id     = "retention"
    status = "Enabled"

    filter {}

    expiration {
      days = each.value.retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_iam_policy_document" "access_logs" {
  for_each = aws_s3_bucket.access_logs

  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [each.value.arn, "${each.value.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "OnlyTls12"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [each.value.arn, "${each.value.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.2"]
    }
  }

  statement {
    sid       = "LogsOfTheFiles"
    actions   = ["s3:PutObject"]
    resources = ["${each.value.arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    # So that the service writes for this bucket only, not for one of somebody else.
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.files.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_s3_bucket_policy" "access_logs" {
  for_each   = aws_s3_bucket.access_logs
  depends_on = [aws_s3_bucket_public_access_block.access_logs]

  region = var.region
  bucket = each.value.id
  policy = data.aws_iam_policy_document.access_logs[each.key].json
}

resource "aws_s3_bucket_logging" "files" {
  for_each = local.access_logs
  # S3 refuses a target that the log service may not write to.
  depends_on = [aws_s3_bucket_policy.access_logs]

  region        = var.region
  bucket        = aws_s3_bucket.files.id
  target_bucket = each.value.create ? aws_s3_bucket.access_logs[each.key].id : each.value.bucket
  target_prefix = "s3/${var.bucket}/"
}
