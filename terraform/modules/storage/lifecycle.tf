resource "aws_s3_bucket_lifecycle_configuration" "files" {
  # S3 refuses a rule about versions that are not kept yet.
  depends_on = [aws_s3_bucket_versioning.files]

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

  # What upload-api tagged before it deleted it. Not every version that is not current: the one that is served is named by its version,
  # and stops being current when somebody uploads by the same form again.
  rule {
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

  # Files that arrived but whose upload was never confirmed. On a bucket with versions an expiration alone only hides them.
  rule {
    id     = "pending-uploads"
    status = "Enabled"

    filter {
      prefix = var.pending_uploads.prefix

      dynamic "tag" {
        for_each = var.pending_uploads.prefix == null ? [var.pending_uploads.tag] : []

        content {
          key   = tag.value.key
          value = tag.value.value
        }
      }
    }

    expiration {
      days = var.pending_uploads.days
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }
}
