# The web ACL in front of the API (D9): what does not carry the header that the distribution adds is blocked. A resource policy cannot do
# that, since the addresses of CloudFront are those of everybody's distributions.

locals {
  # The values are secret, but not how many there are and what the header is called.
  header      = nonsensitive(var.origin_verify == null ? "" : var.origin_verify.header)
  value_count = nonsensitive(var.origin_verify == null ? 0 : length(var.origin_verify.values))
  api_acls    = local.value_count == 0 ? {} : { main = "${var.name}-api" }
}

resource "aws_wafv2_web_acl" "api" {
  # checkov:skip=CKV_AWS_192:The managed rules are of the web ACL in front of the distribution, through which everything comes that passes here.
  # checkov:skip=CKV2_AWS_31:logs.tf has a logging configuration for each web ACL; the check does not find it from a module inside of a module.

  for_each = local.api_acls

  region      = var.region
  name        = each.value
  description = "Blocks what did not come through the distribution of ${var.name}"
  scope       = "REGIONAL"
  tags        = var.tags

  default_action {
    block {}
  }

  rule {
    name     = "from-the-cdn"
    priority = 0

    action {
      allow {}
    }

    statement {
      dynamic "byte_match_statement" {
        for_each = local.value_count == 1 ? [0] : []

        content {
          positional_constraint = "EXACTLY"
          search_string         = var.origin_verify.values[0]

          field_to_match {
            single_header {
              name = local.header
            }
          }

          text_transformation {
            priority = 0
            type     = "NONE"
          }
        }
      }

      dynamic "or_statement" {
        for_each = local.value_count == 2 ? [0] : []

        content {
          dynamic "statement" {
            for_each = range(2)

            content {
              byte_match_statement {
                positional_constraint = "EXACTLY"
                search_string         = var.origin_verify.values[statement.value]

                field_to_match {
                  single_header {
                    name = local.header
                  }
                }

                text_transformation {
                  priority = 0
                  type     = "NONE"
                }
              }
            }
          }
        }
      }
    }

    visibility_config {
      metric_name                = "${each.value}-from-the-cdn"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  # Route 53 cannot send the header. API Gateway itself answers at this path, and only to GET. AWS does not say whether a web ACL sees the path
  # with the stage or without it, so both are allowed, and nothing else.
  dynamic "rule" {
    for_each = var.health_path[*]

    content {
      name     = "health-check"
      priority = 1

      action {
        allow {}
      }

      statement {
        or_statement {
          dynamic "statement" {
            for_each = [rule.value, "/${var.stage}${rule.value}"]

            content {
              byte_match_statement {
                positional_constraint = "EXACTLY"
                search_string         = statement.value

                field_to_match {
                  uri_path {}
                }

                text_transformation {
                  priority = 0
                  type     = "NONE"
                }
              }
            }
          }
        }
      }

      visibility_config {
        metric_name                = "${each.value}-health-check"
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = false
      }
    }
  }

  # A sample would show the header's value.
  visibility_config {
    metric_name                = each.value
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = false
  }
}
