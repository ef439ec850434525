# Logs of both web ACLs. WAF writes to a group only if its name begins with aws-waf-logs-, and in the web ACL's region.

locals {
  acls = merge(
    { for key, acl in aws_wafv2_web_acl.cdn : "cdn" => { arn = acl.arn, region = local.cdn_region, in_region = local.cdn_region, kms_key_arn = var.us_east_1_kms_key_arn } },
    { for key, acl in aws_wafv2_web_acl.api : "api" => { arn = acl.arn, region = var.region, in_region = local.region, kms_key_arn = var.kms_key_arn } },
  )

  # With these, readers of the logs could act as somebody else: tokens, signed cookies, and the header that the API's web ACL looks for.
  redacted = concat(["authorization", "cookie"], [for header in [local.header] : header if header != ""])
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:Retention is a variable, 90 days by default; set 365 where a rule requires a year.

  for_each = local.acls

  region            = each.value.region
  name              = "aws-waf-logs-${var.name}-${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = each.value.kms_key_arn
  tags              = var.tags
}

data "aws_iam_policy_document" "logs" {
  for_each = local.acls

  statement {
    sid       = "WafLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this[each.key].arn}:*"]

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
      values   = ["arn:${local.partition}:logs:${each.value.in_region}:${local.account}:*"]
    }
  }
}

# Without it, WAF would write one by itself that grows with each web ACL and that nobody removes.
resource "aws_cloudwatch_log_resource_policy" "this" {
  for_each = local.acls

  region          = each.value.region
  policy_name     = "${var.name}-${each.key}-waf-logs"
  policy_document = data.aws_iam_policy_document.logs[each.key].json
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  for_each   = local.acls
  depends_on = [aws_cloudwatch_log_resource_policy.this]

  region                  = each.value.region
  resource_arn            = each.value.arn
  log_destination_configs = [aws_cloudwatch_log_group.this[each.key].arn]

  dynamic "redacted_fields" {
    for_each = local.redacted

    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }

  # The query string of a signed URL is a link that works until it expires.
  redacted_fields {
    query_string {}
  }

  dynamic "logging_filter" {
    for_each = var.log_requests == "blocked" ? [var.log_requests] : []

    content {
      default_behavior = "DROP"

      filter {
        behavior    = "KEEP"
        requirement = "MEETS_ANY"

        dynamic "condition" {
          for_each = ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"]

          content {
            action_condition {
              action = condition.value
            }
          }
        }
      }
    }
  }
}
