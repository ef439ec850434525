output "bucket" {
  description = "Name of the dumps' bucket."
  value       = aws_s3_bucket.dumps.bucket
}

output "kms_key_arn" {
  description = "Key of the dumps."
  value       = aws_kms_key.dumps.arn
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
  description = "For a bundle's lambda targets: function_name, alias, timeout_seconds."
  value = {
    function_name   = aws_lambda_function.dump.function_name
    alias           = aws_lambda_alias.dump.name
    timeout_seconds = aws_lambda_function.dump.timeout
  }
}

output "restore_function_arn" {
  description = "Alias of the restore function; null if there is none."
  value       = one(aws_lambda_alias.restore[*].arn)
}

output "state_machine_arn" {
  description = "State machine that dumps large databases; null unless large."
  value       = one(aws_sfn_state_machine.dump[*].arn)
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
    # The id, which is unknown until the bucket is there: nobody reads it before.
    bucket   = aws_s3_bucket.dumps.id
    prefix   = var.prefix
    cluster  = var.cluster
    role_arn = aws_iam_role.restore.arn
  }
}
