output "bucket" {
  description = "Name of the dumps' bucket."
  value       = local.bucket.name
}

output "kms_key_arn" {
  description = "Key of the dumps."
  value       = local.bucket.kms_key_arn
}

output "dump_role_arn" {
  description = "Role that writes dumps."
  value       = aws_iam_role.dump.arn
}

output "restore_role_arn" {
  description = "Role that reads dumps."
  value       = aws_iam_role.restore.arn
}

output "dump_function" {
  description = "For a bundle's lambda targets: the output alarm_target of the module function."
  value       = module.dump.alarm_target
}

output "restore_function" {
  description = "The same of the restore function; null if there is none."
  value       = one(values(module.restore)[*].alarm_target)
}

output "restore_function_arn" {
  description = "Alias of the restore function; null if there is none."
  value       = one(values(module.restore)[*].alias_arn)
}

output "function_role_arns" {
  description = "Roles that the functions run as, by function; mongo-restore only if there is one."
  value       = merge({ mongo-dump = module.dump.role_arn }, { for restore in values(module.restore) : "mongo-restore" => restore.role_arn })
}

output "state_machine_arn" {
  description = "State machine that dumps large databases; null unless large."
  value       = one(values(aws_sfn_state_machine.dump)[*].arn)
}

output "alarm_target" {
  description = "For a bundle's s3 targets: bucket, filter_id; null for a bucket that is there already."
  value       = one(values(module.bucket)[*].alarm_target)
}

output "schedule" {
  description = "For a bundle's mongo_dump targets and for lectern_mongo_dumps: schedule_name, max_age_hours (the longest interval plus one), payload."
  value = {
    schedule_name = lectern_mongo_dump_schedule.dump.name
    max_age_hours = try(ceil(lectern_mongo_dump_schedule.dump.max_interval_seconds / 3600) + 1, null)
    payload       = lectern_mongo_dump_schedule.dump.payload
  }
}

output "dumps" {
  description = "Where the dumps are, as lectern_mongo_dumps takes it."
  value = {
    # Unknown until the bucket is there: nobody reads it before.
    bucket   = local.bucket.name
    prefix   = var.prefix
    cluster  = var.cluster
    role_arn = aws_iam_role.restore.arn
  }
}
