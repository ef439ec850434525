# Every six hours, counted from the first apply. With an alias, new versions of the function need no change here.
resource "lectern_mongo_dump_schedule" "six_hourly" {
  name                = "MongoDBDumpEvery6Hours"
  schedule_expression = "rate(6 hours)"
  target_arn          = "arn:aws:lambda:eu-central-1:111122223333:function:mongo-dump:live"
  role_arn            = "arn:aws:iam::111122223333:role/mongo-dump-scheduler"

  dump = {
    cluster     = "main"
    secret_arn  = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:mongo-AbCdEf"
    bucket      = "edu-mongo-dumps"
    prefix      = "mongo"
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901"
    role_arn    = "arn:aws:iam::111122223333:role/BucketMongoDBBackup"
  }
}
