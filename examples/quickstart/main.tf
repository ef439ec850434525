# Region, credentials and endpoints come from the environment: the same files work on the local cloud, on AWS and with Atlas.
provider "lectern" {}

# One resource for all the alarms of all the functions. docs/guides/alarms.md lists what the platform preset watches and why.
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

  mongo_dump = {
    for cluster, schedule in lectern_mongo_dump_schedule.courses : cluster => {
      schedule_name = schedule.name
      max_age_hours = ceil(schedule.max_interval_seconds / 3600) + 1 # the longest interval, and an hour for the dump
    }
  }

  overrides = {
    for target in keys(var.functions) : "lambda/${target}/errors" => {
      threshold = var.errors_allowed_per_minute
    }
  }
}

# Optional: what interface endpoints of a VPC connect to, so that the functions reach MongoDB Atlas without the internet.
resource "lectern_atlas_private_link" "courses" {
  for_each = toset(compact([var.atlas_project_id]))

  project_id = each.value
  region     = coalesce(var.atlas_region, lectern_alarm_bundle.courses.region)
}
