# A distribution with an origin in each region, an alarm on each, the function between them, and an alarm on the function.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    lectern = {
      source = "lectern/lectern"
    }
  }
}

provider "aws" {}
provider "lectern" {}

variable "package_path" {
  type = string
}

variable "environment" {
  type = map(string)
}

# hashicorp/aws waits two minutes for a queue to be gone, so the test makes it.
variable "dead_letter_queue" {
  type = string
}

# It waits half a minute for a deployment, and as long before a distribution that is enabled is gone.
resource "aws_cloudfront_distribution" "main" {
  enabled             = false
  wait_for_deployment = false
  retain_on_delete    = true

  dynamic "origin" {
    for_each = toset(["api-1", "api-2", "files"])

    content {
      origin_id   = origin.key
      domain_name = "${origin.key}.example.com"

      custom_origin_config {
        http_port              = 80
        https_port             = 443
        origin_protocol_policy = "https-only"
        origin_ssl_protocols   = ["TLSv1.2"]
      }
    }
  }

  default_cache_behavior {
    target_origin_id       = "files"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  ordered_cache_behavior {
    path_pattern           = "/upload/*"
    target_origin_id       = "api-1"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }

  # As the module's README has it.
  lifecycle {
    ignore_changes = [default_cache_behavior[0].target_origin_id, ordered_cache_behavior[0].target_origin_id]
  }
}

# Ten seconds and not three minutes, so that the test need not wait; and no data is no news.
resource "aws_cloudwatch_metric_alarm" "regions" {
  for_each = toset(["primary", "secondary"])

  alarm_name          = "edu/${each.key}"
  namespace           = "Edu/Health"
  metric_name         = "HealthCheckStatus"
  dimensions          = { Region = each.key }
  statistic           = "Minimum"
  period              = 10
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "ignore"
}

resource "aws_sns_topic" "notices" {
  name = "notices"
}

module "origin_failover" {
  source = "./modules/origin-failover"

  name              = "edu"
  alarms            = { for region, alarm in aws_cloudwatch_metric_alarm.regions : region => alarm.alarm_name }
  distribution      = { id = aws_cloudfront_distribution.main.id, primary_origin_id = "api-1", secondary_origin_id = "api-2" }
  package           = { path = var.package_path }
  environment       = var.environment
  failback          = "automatic"
  hold_seconds      = 3
  notice_topic      = { arn = aws_sns_topic.notices.arn }
  dead_letter_queue = { arn = var.dead_letter_queue }
}

resource "lectern_alarm_bundle" "us_east_1" {
  name            = "edu"
  severities      = { warning = { alarm_actions = [aws_sns_topic.notices.arn] } }
  origin_failover = { writes = module.origin_failover.origin_failover_target }
}

output "distribution_id" {
  value = aws_cloudfront_distribution.main.id
}
