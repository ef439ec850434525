import {
  to = lectern_alarm_bundle.platform
  id = "eu-central-1/edu-prod"
}
