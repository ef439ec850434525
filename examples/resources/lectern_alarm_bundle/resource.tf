resource "lectern_alarm_bundle" "platform" {
  name = "edu-prod"

  severities = {
    warning  = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:warn"] }
    critical = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:page"] }
  }

  defaults = {
    runbook_url = "https://runbooks.example.com/{key}"
  }

  # Each target is one resource to monitor.
  lambda = {
    upload = { function_name = "edu-upload", alias = "live", timeout_seconds = 30 }
  }
  api_gateway = {
    main = { api_name = "edu-api", stage = "v1", expected_peak_rpm = 1000 }
  }
  s3 = {
    files = { bucket = "edu-files", filter_id = "EntireBucket" }
  }

  # Attributes that are not set keep the values of the catalogue. Rates are in percent, durations in milliseconds.
  overrides = {
    "api_gateway/main/error_rate_4xx" = {
      warning  = { threshold = 3 }
      critical = { threshold = 8 }
    }
    "lambda/upload/duration" = { warning = { enabled = false } }
    "s3/files/*"             = { evaluation_periods = 3 }
  }

  # Alarms on metrics that are not in the catalogue.
  extra_alarms = {
    queue_age = {
      severity            = "critical"
      namespace           = "AWS/SQS"
      metric_name         = "ApproximateAgeOfOldestMessage"
      dimensions          = { QueueName = "edu-jobs" }
      statistic           = "Maximum"
      comparison_operator = "GreaterThanThreshold"
      threshold           = 300
      evaluation_periods  = 5
    }
  }

  # Generates dashboard_body for aws_cloudwatch_dashboard. Plans are shorter without it.
  dashboard = true

  # One notification for the whole platform instead of one for each alarm.
  composite = {
    severity      = "critical"
    mute_children = true
  }
}

output "alarm_names" {
  value = [for alarm in lectern_alarm_bundle.platform.alarms : alarm.name]
}

output "dashboard_body" {
  value = lectern_alarm_bundle.platform.dashboard_body
}

output "coverage" {
  value = lectern_alarm_bundle.platform.coverage
}
