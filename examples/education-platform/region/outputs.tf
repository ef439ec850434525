output "api" {
  description = "The API: `id`, `host`, `stage` and `stage_arn`."
  value = {
    id        = module.api.rest_api_id
    host      = module.api.host
    stage     = module.api.stage_name
    stage_arn = module.api.stage_arn
  }
}

output "verify" {
  description = "Header and value that the distribution adds: `api.verify` of the module cdn."
  value       = module.edge.verify
  sensitive   = true
}

output "files" {
  description = "Bucket of the files: `bucket`, `bucket_arn`, `bucket_regional_domain_name` and `kms_key_arn`."
  value = {
    bucket                      = module.storage.bucket
    bucket_arn                  = module.storage.bucket_arn
    bucket_regional_domain_name = module.storage.bucket_regional_domain_name
    kms_key_arn                 = module.storage.kms_key_arn
  }
}

output "dumps" {
  description = "Bucket of the dumps: `bucket`, `bucket_arn`, `kms_key_arn`, `prefix` and `cluster`."
  value = {
    bucket      = module.backup.bucket
    bucket_arn  = "arn:${local.partition}:s3:::${module.backup.bucket}"
    kms_key_arn = module.backup.kms_key_arn
    prefix      = module.backup.dumps.prefix
    cluster     = module.backup.dumps.cluster
  }
}

output "exports" {
  description = "Bucket of the exports of users: `bucket`, `bucket_arn` and `kms_key_arn`."
  value       = { bucket = module.exports.bucket, bucket_arn = module.exports.bucket_arn, kms_key_arn = module.exports.kms_key_arn }
}

output "users" {
  description = "The user pool: `user_pool_id`, `user_pool_arn` and `client_id`."
  value       = { user_pool_id = module.auth.user_pool_id, user_pool_arn = module.auth.user_pool_arn, client_id = module.auth.client_id }
}

output "topics" {
  description = "SNS topics by severity, `warning` and `critical`."
  value       = module.monitoring.topics
}

output "restore" {
  description = "What a restore needs: `function_arn`, the alias of the restore function, and `role_arn`, the role that reads dumps."
  value       = { function_arn = module.backup.restore_function_arn, role_arn = module.backup.restore_role_arn }
}

output "export_function_arn" {
  description = "ARN of the function that exports users. `null` where users are not exported."
  value       = one(values(module.cognito_export)[*].function_arn)
}

output "import_function_arn" {
  description = "ARN of the function that imports users. `null` where no users are imported."
  value       = one(values(module.cognito_import)[*].function_arn)
}

output "function_roles" {
  description = "ARNs of the roles that connect to MongoDB, by handler: the AWS IAM database users of a cluster without passwords."
  value = {
    upload-api     = module.upload.role_arn
    download-api   = module.download.role_arn
    profile-api    = module.profile.role_arn
    upload-janitor = module.janitor.role_arn
    mongo-probe    = module.mongo_probe.role_arn
  }
}

output "network" {
  description = "`vpc_id`, `route_table_ids` and `connection_strings`, the private connection strings of Atlas."
  value       = { vpc_id = module.network.vpc_id, route_table_ids = module.network.route_table_ids, connection_strings = module.network.connection_strings }
}

output "alarms" {
  description = "Names of the alarms of this Region."
  value       = [for alarm in values(module.monitoring.alarms) : alarm.name]
}

output "coverage" {
  description = "How each documented metric of this Region is monitored."
  value       = module.monitoring.coverage
}
