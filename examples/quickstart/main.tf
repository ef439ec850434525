# Region, credentials and endpoints come from environment variables: the same files work on the local cloud, on AWS and with Atlas.
provider "lectern" {}

# One resource for all alarms of all functions. docs/guides/alarms.md lists the alarms of the preset platform.
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
      max_age_hours = ceil(schedule.max_interval_seconds / 3600) + 1 # the longest interval, plus an hour for the dump
    }
  }

  overrides = {
    for target in keys(var.functions) : "lambda/${target}/errors" => {
      threshold = var.errors_allowed_per_minute
    }
  }
}

# Optional: the endpoint service for interface endpoints, so that functions in a VPC can connect to MongoDB Atlas without internet access.
resource "lectern_atlas_private_link" "courses" {
  for_each = toset(compact([var.atlas_project_id]))

  project_id = each.value
  region     = coalesce(var.atlas_region, lectern_alarm_bundle.courses.region)
}
