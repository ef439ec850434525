resource "lectern_alarm_bundle" "shown" {
  name      = "edu-shown"
  dashboard = true

  severities = {
    critical = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:page"] }
  }

  lambda = {
    upload = { function_name = "edu-upload", timeout_seconds = 30 }
  }
}

resource "aws_cloudwatch_dashboard" "platform" {
  dashboard_name = "edu-platform"
  dashboard_body = lectern_alarm_bundle.shown.dashboard_body
}
