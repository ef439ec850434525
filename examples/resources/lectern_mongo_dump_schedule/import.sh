# <region>/<group>/<name>
terraform import lectern_mongo_dump_schedule.six_hourly eu-central-1/default/MongoDBDumpEvery6Hours
