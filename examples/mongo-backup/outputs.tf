output "latest" {
  description = "The newest complete dump, as mongo-restore --from takes it; null while there is none."
  value       = try(data.lectern_mongo_dumps.all.latest.uri, null)
}

output "backup" {
  description = "What the module made: functions, roles, bucket, schedule."
  value       = module.backup
}
