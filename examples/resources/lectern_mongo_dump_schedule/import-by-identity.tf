import {
  to = lectern_mongo_dump_schedule.six_hourly
  identity = {
    region     = "eu-central-1"
    group_name = "default"
    name       = "MongoDBDumpEvery6Hours"
  }
}
