resource "lectern_alarm_bundle" "extra" {
  name = "edu-extra"

  severities = {
    warning  = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:warn"] }
    critical = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:page"] }
  }

  extra_alarms = {
    # One metric.
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

    # A metric math expression: the share of failed logins in percent. Below 20 logins per period there is no data point.
    login_failures = {
      severity = "warning"
      metrics = {
        failed = { namespace = "Edu/Login", metric_name = "Failed", statistic = "Sum" }
        all    = { namespace = "Edu/Login", metric_name = "Attempts", statistic = "Sum" }
      }
      expression          = "IF(all >= 20, 100 * failed / all)"
      period              = 300
      comparison_operator = "GreaterThanThreshold"
      threshold           = 15
      evaluation_periods  = 3
      description         = "More than 15 % of the logins failed."
    }
  }
}
