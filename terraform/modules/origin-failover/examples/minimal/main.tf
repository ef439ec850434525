# The write path of a distribution goes to region 2 when region 1 fails its health check. A person decides on the way back.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

variable "package_path" {
  description = "Path of the package; `cargo dist` builds the packages in target/dist."
  type        = string
  default     = "target/dist/origin-failover.zip"
}

variable "health_checks" {
  description = "Ids of Route 53's health checks of both regions' APIs."
  type        = object({ primary = string, secondary = string })
}

resource "aws_cloudwatch_metric_alarm" "regions" {
  for_each = var.health_checks

  alarm_name          = "edu/${each.key}"
  alarm_description   = "The API of the ${each.key} region does not answer Route 53's health check"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = each.value }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
}

module "origin_failover" {
  source = "../.."

  name         = "edu"
  alarms       = { for region, alarm in aws_cloudwatch_metric_alarm.regions : region => alarm.alarm_name }
  distribution = { id = "E2QWRUHAPOMQZL", primary_origin_id = "api-region-1", secondary_origin_id = "api-region-2" }
  package      = { path = var.package_path }
}

output "origin_failover_target" {
  description = "Target for origin_failover of an alarm bundle in us-east-1."
  value       = module.origin_failover.origin_failover_target
}
