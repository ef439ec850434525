import {
  to = lectern_mongo_dump_schedule.six_hourly
  id = "eu-central-1/default/MongoDBDumpEvery6Hours"
}
