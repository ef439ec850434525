# Credentials, region and endpoints come from the environment.
provider "lectern" {}

module "backup" {
  source = "../../terraform/modules/backup"

  name              = var.name
  cluster           = var.cluster
  bucket            = var.bucket
  secret_arn        = var.secret_arn
  mongo_dump_zip    = "${var.packages}/mongo-dump.zip"
  mongo_restore_zip = "${var.packages}/mongo-restore.zip"
  failure_topic_arn = aws_sns_topic.alarms.arn
  large             = var.large
  environment       = var.environment
  force_destroy     = var.force_destroy

  restore_secret_arns = [var.drill_secret_arn]
  drill               = { secret_arn = var.drill_secret_arn }
}

resource "aws_sns_topic" "alarms" {
  name = "${var.name}-backup-alarms"
}

# The dead man's switch: no complete dump in time is an alarm, and so is a dump that failed.
resource "lectern_alarm_bundle" "backup" {
  name = "${var.name}-backup"

  severities = {
    warning  = { alarm_actions = [aws_sns_topic.alarms.arn] }
    critical = { alarm_actions = [aws_sns_topic.alarms.arn] }
  }

  lambda = { dump = module.backup.dump_function }

  mongo_dump = {
    (var.cluster) = {
      schedule_name = module.backup.schedule.schedule_name
      max_age_hours = module.backup.schedule.max_age_hours
    }
  }
}

data "lectern_mongo_dumps" "all" {
  bucket  = module.backup.dumps.bucket
  prefix  = module.backup.dumps.prefix
  cluster = module.backup.dumps.cluster
}
