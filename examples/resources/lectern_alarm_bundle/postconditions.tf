resource "lectern_alarm_bundle" "checked" {
  name = "edu-checked"

  severities = {
    warning  = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:warn"] }
    critical = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:page"] }
  }

  lambda = {
    upload = { function_name = "edu-upload", timeout_seconds = 30 }
  }

  lifecycle {
    # Every critical alarm runs an action.
    postcondition {
      condition = alltrue([
        for alarm in self.alarms : length(alarm.alarm_actions) > 0 && alarm.actions_enabled if alarm.severity == "critical"
      ])
      error_message = "A critical alarm has no actions, or its actions are disabled."
    }

    # No function is without its duration alarms because timeout_seconds is missing.
    postcondition {
      condition     = alltrue([for how in self.coverage : !strcontains(how, "needs timeout_seconds")])
      error_message = "Set timeout_seconds for ${join(", ", [for metric, how in self.coverage : metric if strcontains(how, "needs timeout_seconds")])}."
    }
  }
}
