# What nobody may, whatever their role says. Every statement denies, so that a role's own policy stays the only thing that allows.

locals {
  everything = [aws_s3_bucket.files.arn, "${aws_s3_bucket.files.arn}/*"]
  objects    = ["${aws_s3_bucket.files.arn}/*"]
}

data "aws_iam_policy_document" "bucket" {
  source_policy_documents = var.bucket_policy_documents

  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = local.everything

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
    resources = local.everything

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

  # Only where it is said: a write that says nothing is encrypted by the bucket's default, and the parts of an upload never say
  # anything. A denial with IfExists would deny them, since of a key that is not there every condition with Not holds.
  statement {
    sid       = "OnlyKms"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = local.objects

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["aws:kms"]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["false"]
    }
  }

  statement {
    sid       = "OnlyThisKey"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = local.objects

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = [local.kms_key_arn]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = ["false"]
    }
  }

  # A write that asks for KMS without saying which key would get the account's aws/s3, not the bucket's.
  statement {
    sid       = "NoUnnamedKey"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = local.objects

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["aws:kms"]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = ["true"]
    }
  }

  # A key that the client brings is one that nobody else has.
  statement {
    sid       = "NoKeyOfTheClient"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = local.objects

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption-customer-algorithm"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "files" {
  # A policy and the public access block cannot be changed at the same time.
  depends_on = [aws_s3_bucket_public_access_block.files]

  region = var.region
  bucket = aws_s3_bucket.files.id
  policy = data.aws_iam_policy_document.bucket.json
}
