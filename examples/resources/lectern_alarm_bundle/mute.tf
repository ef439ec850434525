resource "lectern_alarm_bundle" "mute" {
  name = "edu-jobs"

  severities = {
    warning  = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:warn"] }
    critical = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:page"] }
  }

  lambda = {
    report = { function_name = "edu-report", timeout_seconds = 300 }
    legacy = { function_name = "edu-legacy", timeout_seconds = 60 }
  }

  overrides = {
    # Mute: the alarm exists and changes its state, but its actions do not run.
    "lambda/report/errors" = { actions_enabled = false }

    # Remove one severity of an alarm: it is deleted from CloudWatch.
    "lambda/report/duration" = { warning = { enabled = false } }

    # Mute every alarm of a target.
    "lambda/legacy/*" = { actions_enabled = false }
  }
}
