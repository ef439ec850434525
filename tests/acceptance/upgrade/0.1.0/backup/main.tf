data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region
  folder    = "${var.prefix}/${var.cluster}"
}

# The key of all dumps.
resource "aws_kms_key" "dumps" {
  description         = "MongoDB dumps of ${var.cluster}"
  enable_key_rotation = true
}

resource "aws_kms_alias" "dumps" {
  name          = "alias/${var.name}-dumps"
  target_key_id = aws_kms_key.dumps.key_id
}

resource "aws_s3_bucket" "dumps" {
  bucket        = var.bucket
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_public_access_block" "dumps" {
  bucket = aws_s3_bucket.dumps.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "dumps" {
  bucket = aws_s3_bucket.dumps.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# Replication needs versions, and an overwritten pointer can be read as it was.
resource "aws_s3_bucket_versioning" "dumps" {
  bucket = aws_s3_bucket.dumps.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "dumps" {
  bucket = aws_s3_bucket.dumps.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.dumps.arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "dumps" {
  # S3 refuses a rule about versions that are not kept yet.
  depends_on = [aws_s3_bucket_versioning.dumps]

  bucket = aws_s3_bucket.dumps.id

  rule {
    id     = "retention"
    status = "Enabled"

    filter {
      prefix = "${local.folder}/"
    }

    expiration {
      days = var.retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 7
    }

    # What a function that was killed had begun.
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.dumps.arn, "${aws_s3_bucket.dumps.arn}/*"]

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
}

resource "aws_s3_bucket_policy" "dumps" {
  # A policy and the public access block cannot be changed at the same time.
  depends_on = [aws_s3_bucket_public_access_block.dumps]

  bucket = aws_s3_bucket.dumps.id
  policy = data.aws_iam_policy_document.bucket.json
}
