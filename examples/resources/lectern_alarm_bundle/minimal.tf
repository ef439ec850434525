resource "lectern_alarm_bundle" "minimal" {
  name = "edu-minimal"

  severities = {
    critical = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:page"] }
  }

  lambda = {
    upload = { function_name = "edu-upload", timeout_seconds = 30 }
  }
}
