# A trail of all Regions, AWS Config with the default rules, and the alarms on the trail.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
    lectern = {
      source  = "lectern/lectern"
      version = "~> 0.1"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "lectern" {
  region = "eu-west-1"
}

variable "topic_arn" {
  description = "ARN of the SNS topic for the alarms."
  type        = string
}

module "audit" {
  source = "../.."

  name   = "edu"
  bucket = "edu-audit"
}

resource "lectern_alarm_bundle" "audit" {
  name         = "edu-audit"
  preset       = "none"
  severities   = { warning = { alarm_actions = [var.topic_arn] }, critical = { alarm_actions = [var.topic_arn] } }
  extra_alarms = module.audit.extra_alarms
}

output "trail_arn" {
  description = "ARN of the trail."
  value       = module.audit.trail_arn
}
