# A distribution that is made of the bucket and that the bucket's and key's policies and CORS rule name.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

module "files" {
  source = "../.."

  bucket                  = "edu-files"
  allowed_origins         = ["https://${aws_cloudfront_distribution.site.domain_name}"]
  bucket_policy_documents = [data.aws_iam_policy_document.read.json]
  key_policy_documents    = [data.aws_iam_policy_document.decrypt.json]
}

resource "aws_cloudfront_origin_access_control" "files" {
  name                              = module.files.bucket
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "site" {
  enabled = true

  origin {
    domain_name              = module.files.bucket_regional_domain_name
    origin_id                = module.files.bucket
    origin_access_control_id = aws_cloudfront_origin_access_control.files.id
  }

  default_cache_behavior {
    target_origin_id       = module.files.bucket
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "Site"
    actions   = ["s3:GetObject"]
    resources = ["${module.files.bucket_arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudfront_distribution.site.arn]
    }
  }
}

data "aws_iam_policy_document" "decrypt" {
  statement {
    sid       = "Site"
    actions   = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudfront_distribution.site.arn]
    }
  }
}

output "policies" {
  description = "What the distribution was let do."
  value       = [data.aws_iam_policy_document.read.statement[0].condition, data.aws_iam_policy_document.decrypt.statement[0].condition]
}
