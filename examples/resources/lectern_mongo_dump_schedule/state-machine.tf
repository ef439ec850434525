# At 03:30 on weekdays, Berlin time. A run between 02:00 and 03:00 would be skipped when daylight saving time begins.
resource "lectern_mongo_dump_schedule" "nightly" {
  name                         = "MongoDBDumpNightly"
  schedule_expression          = "cron(30 3 ? * MON-FRI *)"
  schedule_expression_timezone = "Europe/Berlin"
  flexible_window_minutes      = 15
  target_arn                   = "arn:aws:states:eu-central-1:111122223333:stateMachine:mongo-dump"
  role_arn                     = "arn:aws:iam::111122223333:role/mongo-dump-scheduler"

  dump = {
    cluster     = "analytics"
    secret_arn  = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:mongo-analytics-AbCdEf"
    bucket      = "edu-mongo-dumps"
    prefix      = "mongo"
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901"
    role_arn    = "arn:aws:iam::111122223333:role/BucketMongoDBBackup"
    exclude     = ["*.sessions"]
  }

  retry_policy       = { maximum_retry_attempts = 5, maximum_event_age_in_seconds = 1800 }
  dead_letter_config = { arn = "arn:aws:sqs:eu-central-1:111122223333:mongo-dump-lost-events" }
}
