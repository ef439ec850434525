# Two Regions: the trail of the first records both; each has a recorder and rules of its own. And an account whose organization has all.

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
  region = "eu-west-1"
}

variable "file_bucket_arns" {
  description = "ARNs of the buckets whose reads and writes are recorded: outputs bucket_arn of the modules storage. They can be known only after the apply."
  type        = list(string)
}

variable "warning_topic_arn" {
  description = "ARN of the SNS topic for resources that do not comply: topics.warning.arn of the module monitoring with publishing_services = [\"cloudwatch\", \"events\"]."
  type        = string
}

module "audit" {
  source = "../.."

  name           = "edu"
  region         = "eu-west-1"
  bucket         = "edu-audit-eu-west-1"
  access_logs    = { bucket = "edu-audit-eu-west-1-logs" }
  retention_days = 2557

  cloudtrail = {
    data_event_bucket_arns = var.file_bucket_arns
    log_retention_days     = 731
  }

  config = {
    snapshot_frequency  = "Six_Hours"
    noncompliance_topic = { arn = var.warning_topic_arn }
  }

  config_rules = {
    cloudwatch-log-retention = { identifier = "CW_LOGGROUP_RETENTION_PERIOD_CHECK", parameters = { MinRetentionTime = "90" } }
    access-keys-rotated      = { identifier = "ACCESS_KEYS_ROTATED", parameters = { maxAccessKeyAge = "90" }, frequency = "Twelve_Hours" }
    iam-console-mfa          = null
  }

  alarms = {
    unauthorized_calls = { threshold = 10 }
    iam_changes        = { severity = "critical" }
    vpc_changes        = null
  }

  tags = { team = "platform" }
}

# IAM is recorded once, and the service-linked role exists.
module "audit_secondary" {
  source = "../.."

  name       = "edu"
  region     = "eu-central-1"
  bucket     = "edu-audit-eu-central-1"
  cloudtrail = null
  config     = { create_service_linked_role = false, record_global_resources = false }
  tags       = { team = "platform" }
}

# Rules and alarms on what the organization records.
module "audit_of_the_organization" {
  source = "../.."

  name       = "school"
  region     = "us-east-1"
  cloudtrail = { create = false, log_group_name = "/aws/cloudtrail/organization" }
  config     = { create_recorder = false, cloudfront_rules = true }
}

output "extra_alarms" {
  description = "The value extra_alarms of the module monitoring in eu-west-1."
  value       = module.audit.extra_alarms
}
