# Credentials, Region and endpoints come from environment variables.
provider "lectern" {}

module "backup" {
  source = "../../terraform/modules/backup"

  name            = var.name
  cluster         = var.cluster
  bucket          = var.bucket
  secret_arn      = var.secret_arn
  dump_package    = try(var.artifacts["mongo-dump"], { path = "${var.packages}/mongo-dump.zip" })
  restore_package = try(var.artifacts["mongo-restore"], { path = "${var.packages}/mongo-restore.zip" })
  schedule_name   = var.schedule_name
  dump_role_name  = var.dump_role_name
  failure_topic   = module.monitoring.topics.critical
  large           = var.large
  environment     = var.environment
  access_logs     = { bucket = "${var.bucket}-logs" }
  force_destroy   = var.force_destroy

  restore_secret_arns = [var.drill_secret_arn]
  drill               = { secret_arn = var.drill_secret_arn }
}

# Alarms if no dump completes in time, and if a dump fails.
module "monitoring" {
  source = "../../terraform/modules/monitoring"

  name            = "${var.name}-backup"
  critical_emails = var.critical_emails
  dashboard       = false

  lambda = { dump = module.backup.dump_function }
  s3     = { dumps = module.backup.alarm_target }

  mongo_dump = {
    (var.cluster) = {
      schedule_name = module.backup.schedule.schedule_name
      max_age_hours = module.backup.schedule.max_age_hours
    }
  }
}

moved {
  from = lectern_alarm_bundle.backup
  to   = module.monitoring.lectern_alarm_bundle.platform
}

data "lectern_mongo_dumps" "all" {
  bucket  = module.backup.dumps.bucket
  prefix  = module.backup.dumps.prefix
  cluster = module.backup.dumps.cluster
}
