# Access logs: standard logging (v2), which needs no ACL on the bucket and lets the fields be chosen. CloudFront's log sources are in
# us-east-1, wherever the bucket is.

locals {
  logs        = { for bucket in var.log_bucket[*] : "main" => bucket }
  logs_region = "us-east-1"
  log_source  = "${var.name}-cdn-access"

  # Nobody's address, cookies, user agent or query string: a query string has the signature of a link that still works.
  log_fields = [
    "date", "time", "x-edge-location", "cs-method", "x-host-header", "cs-uri-stem", "sc-status", "sc-bytes", "cs-bytes", "time-taken",
    "time-to-first-byte", "x-edge-result-type", "x-edge-response-result-type", "x-edge-detailed-result-type", "x-edge-request-id",
    "cs-protocol", "cs-protocol-version", "ssl-protocol", "ssl-cipher", "sc-content-type",
  ]
}

resource "aws_cloudwatch_log_delivery_source" "this" {
  for_each = local.logs

  region       = local.logs_region
  name         = local.log_source
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this.arn
  tags         = var.tags
}

resource "aws_cloudwatch_log_delivery_destination" "this" {
  for_each = local.logs

  region        = local.logs_region
  name          = local.log_source
  output_format = "json"
  tags          = var.tags

  delivery_destination_configuration {
    destination_resource_arn = "${each.value.arn}/${each.value.prefix}"
  }
}

resource "aws_cloudwatch_log_delivery" "this" {
  for_each = local.logs

  region                   = local.logs_region
  delivery_source_name     = aws_cloudwatch_log_delivery_source.this[each.key].name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.this[each.key].arn
  record_fields            = local.log_fields
  tags                     = var.tags
}

data "aws_iam_policy_document" "log_bucket" {
  for_each = local.logs

  statement {
    sid       = "CdnLogs"
    actions   = ["s3:PutObject"]
    resources = ["${each.value.arn}/${each.value.prefix}/AWSLogs/${local.account}/*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:logs:${local.logs_region}:${local.account}:delivery-source:${local.log_source}"]
    }
  }
}

data "aws_iam_policy_document" "log_key" {
  for_each = local.logs

  statement {
    sid       = "CdnLogs"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:logs:${local.logs_region}:${local.account}:delivery-source:${local.log_source}"]
    }
  }
}
