data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  key       = var.kms_key == null ? { main = "Objects in ${var.bucket}" } : {}
  # The tag by which upload-api marks what it deleted.
  deleted     = { key = "upload", value = "deleted" }
  kms_key_arn = var.kms_key == null ? one(values(aws_kms_key.files)[*].arn) : var.kms_key.arn
}

# The key of all objects, unless one was given.
resource "aws_kms_key" "files" {
  for_each = local.key

  region                  = var.region
  description             = each.value
  enable_key_rotation     = true
  deletion_window_in_days = var.kms_deletion_window_days
  tags                    = var.tags
}

resource "aws_kms_alias" "files" {
  for_each = aws_kms_key.files

  region        = var.region
  name          = "alias/${var.bucket}"
  target_key_id = each.value.key_id
}

# AWS' own policy, by which the account's policies decide, and what was added: a service that serves the objects, such as CloudFront, is
# a principal that no policy of the account can speak for.
data "aws_iam_policy_document" "key" {
  # checkov:skip=CKV_AWS_109:A key policy's "*" is the key itself, and the account has to keep all rights to it.
  # checkov:skip=CKV_AWS_111:A key policy's "*" is the key itself, and the account has to keep all rights to it.
  # checkov:skip=CKV_AWS_356:A key policy's "*" is the key itself, and the account has to keep all rights to it.

  source_policy_documents = var.key_policy_documents

  statement {
    sid       = "AccountDecides"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }
}

# Not a part of the key: a statement can name what is made of the bucket, which is made after the key.
resource "aws_kms_key_policy" "files" {
  for_each = aws_kms_key.files

  region = var.region
  key_id = each.value.key_id
  policy = data.aws_iam_policy_document.key.json
}

resource "aws_s3_bucket" "files" {
  # checkov:skip=CKV_AWS_144:A copy in a second region is the caller's decision; replication can be added to the bucket, which keeps versions.
  # checkov:skip=CKV2_AWS_62:Nothing waits for events: upload-api checks a file itself when its upload is confirmed, and a dump has its manifest.

  # A destroy that stops at a bucket with objects in it stops before their key, without which they could not be read.
  depends_on = [aws_kms_key.files]

  region        = var.region
  bucket        = var.bucket
  force_destroy = var.force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "files" {
  region = var.region
  bucket = aws_s3_bucket.files.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "files" {
  region = var.region
  bucket = aws_s3_bucket.files.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# A file that was overwritten or deleted can be had back, and replication needs versions.
resource "aws_s3_bucket_versioning" "files" {
  region = var.region
  bucket = aws_s3_bucket.files.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "files" {
  region = var.region
  bucket = aws_s3_bucket.files.id

  rule {
    # Without it every read and write of an object is a request to KMS, paid and counted against its quota.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.kms_key_arn
    }
  }
}

# Metrics of the whole bucket, which S3 gives only where asked: the catalogue's alarms name the configuration by its filter_id,
# and one by another name would leave them silent (C3).
resource "aws_s3_bucket_metric" "entire" {
  region = var.region
  bucket = aws_s3_bucket.files.id
  name   = "EntireBucket"
}

# Browsers send uploads straight to S3: a form for a small file, parts for a large one. They read a part's ETag and checksum from
# the answer, which scripts see only where exposed.
resource "aws_s3_bucket_cors_configuration" "files" {
  for_each = length(var.allowed_origins) == 0 ? {} : { main = var.allowed_origins }

  region = var.region
  bucket = aws_s3_bucket.files.id

  cors_rule {
    allowed_origins = each.value
    allowed_methods = ["GET", "HEAD", "POST", "PUT"]
    allowed_headers = ["content-type", "range", "x-amz-*"]
    expose_headers  = ["Accept-Ranges", "Content-Range", "ETag", "x-amz-checksum-sha256"]
    max_age_seconds = 3600
  }
}
