# The web ACL in front of the distribution (D11), which WAF keeps in us-east-1. What is blocked here reaches neither bucket nor API.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account     = data.aws_caller_identity.current.account_id
  partition   = data.aws_partition.current.partition
  region      = data.aws_region.current.region
  cdn_region  = "us-east-1"
  cdn_acls    = { for settings in var.cdn[*] : "main" => settings }
  cdn_metrics = "${var.name}-cdn"

  # How much of a body WAF reads. More than 16 KB is charged.
  body_limits = [for kilobytes in [16, 32, 48, 64] : kilobytes if kilobytes * 1024 >= try(var.cdn.max_body_bytes, 0)]

  # In this order, after the two rules that cost WAF less. The SQL injection rules inspect the bodies that the size rule allows.
  managed = {
    for settings in var.cdn[*] : "main" => {
      AWSManagedRulesCommonRuleSet         = merge(settings.managed_rules.common, { priority = 2 })
      AWSManagedRulesSQLiRuleSet           = merge(settings.managed_rules.sql_injection, { priority = 3 })
      AWSManagedRulesKnownBadInputsRuleSet = merge(settings.managed_rules.known_bad_inputs, { priority = 4 })
    }
  }
}

resource "aws_wafv2_web_acl" "cdn" {
  # checkov:skip=CKV2_AWS_31:logs.tf has a logging configuration for each web ACL; the check does not find it from a module inside of a module.
  # checkov:skip=CKV_AWS_192:AWSManagedRulesKnownBadInputsRuleSet is there; the check does not read dynamic blocks.

  for_each = local.cdn_acls

  region      = local.cdn_region
  name        = local.cdn_metrics
  description = "In front of the distribution of ${var.name}"
  scope       = "CLOUDFRONT"
  tags        = var.tags

  default_action {
    allow {}
  }

  association_config {
    request_body {
      cloudfront {
        default_size_inspection_limit = "KB_${local.body_limits[0]}"
      }
    }
  }

  rule {
    name     = "rate-by-ip"
    priority = 0

    action {
      block {
        custom_response {
          response_code = 429

          response_header {
            name  = "Retry-After"
            value = tostring(each.value.rate.window_seconds)
          }
        }
      }
    }

    statement {
      rate_based_statement {
        aggregate_key_type    = "IP"
        limit                 = each.value.rate.limit
        evaluation_window_sec = each.value.rate.window_seconds
      }
    }

    visibility_config {
      metric_name                = "${local.cdn_metrics}-rate-by-ip"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  # Also what is longer than WAF reads: rules would see its first part only.
  rule {
    name     = "body-size"
    priority = 1

    action {
      block {}
    }

    statement {
      size_constraint_statement {
        comparison_operator = "GT"
        size                = each.value.max_body_bytes

        field_to_match {
          body {
            oversize_handling = "MATCH"
          }
        }

        text_transformation {
          priority = 0
          type     = "NONE"
        }
      }
    }

    visibility_config {
      metric_name                = "${local.cdn_metrics}-body-size"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  dynamic "rule" {
    for_each = local.managed[each.key]

    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        dynamic "none" {
          for_each = rule.value.action == "block" ? [rule.value.action] : []

          content {}
        }

        dynamic "count" {
          for_each = rule.value.action == "count" ? [rule.value.action] : []

          content {}
        }
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.key
          version     = rule.value.version

          dynamic "rule_action_override" {
            for_each = rule.value.count_rules

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        metric_name                = "${local.cdn_metrics}-${rule.key}"
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = false
      }
    }
  }

  # Samples show whole requests in the console, tokens and cookies with them: redaction is of the logs only.
  visibility_config {
    metric_name                = local.cdn_metrics
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = false
  }
}
