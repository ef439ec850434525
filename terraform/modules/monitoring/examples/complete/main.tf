# Alarms on every kind of target, with other thresholds, a composite alarm and EventBridge as a publisher. The distribution's are in us-east-1.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
    lectern = {
      source  = "lectern/lectern"
      version = ">= 0.1"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "lectern" {
  region = "eu-west-1"
}

module "monitoring" {
  source = "../.."

  name                = "edu"
  warning_emails      = ["team@example.com"]
  critical_emails     = ["oncall@example.com"]
  publishing_services = ["cloudwatch", "events"]

  # The outputs of the other modules have these values.
  lambda          = { upload = { function_name = "edu-upload-api", alias = "live", timeout_seconds = 28, reserved_concurrency = 50 } }
  api_gateway     = { main = { api_name = "edu", stage = "v1", expected_peak_rpm = 1000 } }
  s3              = { files = { bucket = "edu-files", filter_id = "EntireBucket" } }
  cognito         = { web = { user_pool_id = "eu-west-1_AbCdEfGhI", client_id = "1234567890abcdefghijklmnop" } }
  nlb             = { mongo_1024 = { load_balancer = "net/edu-mongodb/0123456789abcdef", target_group = "targetgroup/edu-1024/0123456789abcdef" } }
  flow_logs       = { main = { flow_log_group = "/aws/vpc/edu/flow-logs" } }
  mongo_dump      = { six_hourly = { schedule_name = "MongoDBDumpEvery6Hours", max_age_hours = 7 } }
  cognito_export  = { users = { user_pool_id = "eu-west-1_AbCdEfGhI", max_age_hours = 25 } }
  upload_janitor  = { files = { bucket = "edu-files" } }
  secret_rotation = { app = { secret_name = "mongo-app", max_age_days = 35 } }
  origin_failover = { writes = { write_path = "E2QWRUHAPOMQZL" } }

  extra_alarms = {
    files_replication_failed = {
      severity            = "critical"
      namespace           = "AWS/S3"
      metric_name         = "OperationsFailedReplication"
      dimensions          = { SourceBucket = "edu-files", DestinationBucket = "edu-files-2", RuleId = "files" }
      statistic           = "Sum"
      comparison_operator = "GreaterThanThreshold"
      threshold           = 0
      treat_missing_data  = "ignore"
    }
  }

  overrides    = { "lambda/upload/duration" = { warning = { enabled = false } } }
  composite    = { severity = "critical", mute_children = true }
  min_requests = 50
  runbook_url  = "https://runbooks.example.com/{key}"
  tags         = { team = "platform" }
}

module "monitoring_cdn" {
  source = "../.."

  name       = "edu"
  region     = "us-east-1"
  cloudfront = { site = { distribution_id = "E2QWRUHAPOMQZL", additional_metrics = true, origin_read_timeout_seconds = 30 } }
}

output "topics" {
  description = "Topics by severity, for the modules function and backup."
  value       = module.monitoring.topics
}

output "status" {
  description = "What is done with each documented metric, in Markdown."
  value       = module.monitoring.status_page
}
