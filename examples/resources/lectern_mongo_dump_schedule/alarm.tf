resource "lectern_mongo_dump_schedule" "watched" {
  name                = "MongoDBDumpWatched"
  schedule_expression = "rate(6 hours)"
  target_arn          = "arn:aws:lambda:eu-central-1:111122223333:function:mongo-dump:live"
  role_arn            = "arn:aws:iam::111122223333:role/mongo-dump-scheduler"

  dump = {
    cluster     = "watched"
    secret_arn  = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:mongo-AbCdEf"
    bucket      = "edu-mongo-dumps"
    prefix      = "mongo"
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901"
    role_arn    = "arn:aws:iam::111122223333:role/BucketMongoDBBackup"
  }
}

# An alarm that fires when no complete dump was written for longer than the longest interval, plus an hour for the dump itself.
resource "lectern_alarm_bundle" "dumps" {
  name       = "edu-dumps"
  severities = { critical = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:page"] } }

  mongo_dump = {
    watched = {
      schedule_name = lectern_mongo_dump_schedule.watched.name
      max_age_hours = ceil(lectern_mongo_dump_schedule.watched.max_interval_seconds / 3600) + 1
    }
  }
}
