# What this distribution, and no other, may do with a bucket and its key. The caller adds the documents to the policies of both: a bucket
# and a key have one policy each, which their module writes.

# S3 answers 403 and not 404 for a missing key: s3:ListBucket would tell the two apart, but also list the bucket to clients that reach it.
data "aws_iam_policy_document" "bucket" {
  for_each = local.buckets

  statement {
    sid       = "CdnReadsFiles"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${each.value.arn}/${var.files.prefix}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudfront_distribution.this.arn]
    }
  }

  dynamic "statement" {
    for_each = var.assets[*]

    content {
      sid       = "CdnReadsAssets"
      actions   = ["s3:GetObject"]
      resources = ["${each.value.arn}/${statement.value.prefix}/*"]

      principals {
        type        = "Service"
        identifiers = ["cloudfront.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceArn"
        values   = [aws_cloudfront_distribution.this.arn]
      }
    }
  }
}

data "aws_iam_policy_document" "key" {
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
      values   = [aws_cloudfront_distribution.this.arn]
    }
  }
}
