output "latest" {
  description = "The newest complete dump, as mongo-restore --from takes it; null while there is none."
  value       = try(data.lectern_mongo_dumps.all.latest.uri, null)
}

output "backup" {
  description = "What the module made: functions, roles, bucket, schedule."
  value       = module.backup
}

output "failure_topic" {
  description = "Who is told of a dump that failed, by ARN and the key that the topic is encrypted with."
  value       = module.monitoring.topics.critical
}
