# Region, credentials and endpoints come from the environment: the same files work on the local cloud and on AWS.
provider "lectern" {}

# One resource for all the alarms of all the functions. docs/alarms.md lists what the platform preset watches and why.
resource "lectern_alarm_bundle" "courses" {
  name = var.name

  severities = {
    warning = {
      alarm_actions = [var.topic_arn]
    }
    critical = {
      alarm_actions = [var.topic_arn]
      ok_actions    = [var.topic_arn]
    }
  }

  lambda = var.functions

  overrides = {
    for target in keys(var.functions) : "lambda/${target}/errors" => {
      threshold = var.errors_allowed_per_minute
    }
  }
}
