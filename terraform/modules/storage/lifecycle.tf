locals {
  uploads = var.pending_uploads == null ? {} : { main = var.pending_uploads }
}

resource "aws_s3_bucket_lifecycle_configuration" "files" {
  # S3 refuses a rule about versions that are not kept yet.
  depends_on = [aws_s3_bucket_versioning.files]

  region = var.region
  bucket = aws_s3_bucket.files.id

  rule {
    id     = "leavings"
    status = "Enabled"

    filter {}

    # A marker whose versions are all gone marks nothing.
    expiration {
      expired_object_delete_marker = true
    }

    # Parts of an upload that nobody completed are paid for and cannot be seen. Their links are long expired after a day.
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  # What is kept for a time and then goes, by its folder.
  dynamic "rule" {
    for_each = var.retention

    content {
      id     = rule.key
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      # On a bucket with versions an expiration alone only hides.
      expiration {
        days = rule.value.days
      }

      noncurrent_version_expiration {
        noncurrent_days = rule.value.noncurrent_days
      }
    }
  }

  # What upload-api tagged before it deleted it. Not every version that is not current: the one that is served is named by its version,
  # and stops being current when somebody uploads by the same form again.
  dynamic "rule" {
    for_each = local.uploads

    content {
      id     = "deleted-files"
      status = "Enabled"

      filter {
        tag {
          key   = local.deleted.key
          value = local.deleted.value
        }
      }

      expiration {
        days = var.noncurrent_days
      }

      noncurrent_version_expiration {
        noncurrent_days = var.noncurrent_days
      }
    }
  }

  # Files that arrived but whose upload was never confirmed. On a bucket with versions an expiration alone only hides them.
  dynamic "rule" {
    for_each = local.uploads

    content {
      id     = "pending-uploads"
      status = "Enabled"

      filter {
        prefix = rule.value.prefix

        dynamic "tag" {
          for_each = rule.value.prefix == null ? [rule.value.tag] : []

          content {
            key   = tag.value.key
            value = tag.value.value
          }
        }
      }

      expiration {
        days = rule.value.days
      }

      noncurrent_version_expiration {
        noncurrent_days = 1
      }
    }
  }
}
