# Optional: scheduled dumps of a MongoDB cluster to S3, a list of the dumps, and an alarm if a dump is missing.
resource "lectern_mongo_dump_schedule" "courses" {
  for_each = var.dumps

  name                = "MongoDBDump-${each.key}"
  schedule_expression = each.value.schedule_expression
  target_arn          = each.value.function_arn
  role_arn            = each.value.scheduler_role_arn

  dump = {
    cluster     = each.key
    secret_arn  = each.value.secret_arn
    bucket      = each.value.bucket
    prefix      = "mongo"
    kms_key_arn = each.value.kms_key_arn
    role_arn    = each.value.role_arn
  }
}

data "lectern_mongo_dumps" "courses" {
  for_each = var.dumps

  bucket  = each.value.bucket
  prefix  = "mongo"
  cluster = each.key
}
