import {
  to = lectern_alarm_bundle.platform
  identity = {
    region = "eu-central-1"
    name   = "edu-prod"
  }
}
