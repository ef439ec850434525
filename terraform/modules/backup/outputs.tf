output "bucket" {
  description = "Name of the bucket with the dumps."
  value       = local.bucket.name
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts the dumps."
  value       = local.bucket.kms_key_arn
}

output "dump_role_arn" {
  description = "ARN of the role that writes dumps."
  value       = aws_iam_role.dump.arn
}

output "restore_role_arn" {
  description = "ARN of the role that reads dumps."
  value       = aws_iam_role.restore.arn
}

output "dump_function" {
  description = "Target for `lambda` of an alarm bundle: the dump function."
  value       = module.dump.alarm_target
}

output "restore_function" {
  description = "Target for `lambda` of an alarm bundle: the restore function. `null` if there is no restore function."
  value       = one(values(module.restore)[*].alarm_target)
}

output "restore_function_arn" {
  description = "ARN of the alias of the restore function. `null` if there is no restore function."
  value       = one(values(module.restore)[*].alias_arn)
}

output "function_role_arns" {
  description = "ARNs of the execution roles of the functions: `mongo-dump`, and `mongo-restore` if it exists."
  value       = merge({ mongo-dump = module.dump.role_arn }, { for restore in values(module.restore) : "mongo-restore" => restore.role_arn })
}

output "state_machine_arn" {
  description = "ARN of the state machine that dumps large databases. `null` unless `large`."
  value       = one(values(aws_sfn_state_machine.dump)[*].arn)
}

output "alarm_target" {
  description = "Target for `s3` of an alarm bundle: `bucket` and `filter_id`. `null` with an existing bucket."
  value       = one(values(module.bucket)[*].alarm_target)
}

output "schedule" {
  description = "Schedule, for `mongo_dump` of an alarm bundle: `schedule_name`, `max_age_hours` (the longest interval plus one hour) and `payload`."
  value = {
    schedule_name = lectern_mongo_dump_schedule.dump.name
    max_age_hours = try(ceil(lectern_mongo_dump_schedule.dump.max_interval_seconds / 3600) + 1, null)
    payload       = lectern_mongo_dump_schedule.dump.payload
  }
}

output "dumps" {
  description = "Location of the dumps, for the arguments of the data source `lectern_mongo_dumps`: `bucket`, `prefix`, `cluster` and `role_arn`."
  value = {
    # Unknown until the bucket is there: nobody reads it before.
    bucket   = local.bucket.name
    prefix   = var.prefix
    cluster  = var.cluster
    role_arn = aws_iam_role.restore.arn
  }
}
