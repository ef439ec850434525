output "latest" {
  description = "Newest complete dump, as S3 URI for mongo-restore --from. Null if there is none."
  value       = try(data.lectern_mongo_dumps.all.latest.uri, null)
}

output "backup" {
  description = "Outputs of the module backup: functions, roles, bucket and schedule."
  value       = module.backup
}

output "failure_topic" {
  description = "SNS topic for failed dumps: its ARN and the ARN of the key that encrypts it."
  value       = module.monitoring.topics.critical
}
