output "url" {
  description = "Address of the API: on a local cloud the one that it has there."
  value       = var.local_cloud ? try("${var.environment["AWS_ENDPOINT_URL"]}/restapis/${module.api.rest_api_id}/${module.api.stage_name}/_user_request_", module.api.url) : module.api.url
}

output "publicly_reachable" {
  description = "Whether the API can be reached past a CDN."
  value       = module.api.publicly_reachable
}

output "rest_api_id" {
  description = "The API."
  value       = module.api.rest_api_id
}

output "stage" {
  description = "Stage of the API."
  value       = module.api.stage_name
}

output "user_pool_id" {
  description = "The users."
  value       = module.auth.user_pool_id
}

output "client_id" {
  description = "The client that apps sign in with."
  value       = module.auth.client_id
}

output "bucket" {
  description = "Bucket of the files."
  value       = module.storage.bucket
}

output "functions" {
  description = "Name of each handler's function."
  value = {
    upload-api     = module.upload.function_name
    download-api   = module.download.function_name
    profile-api    = module.profile.function_name
    upload-janitor = module.janitor.function_name
  }
}

output "role_arns" {
  description = "Role of each handler's function: with mongo_host, the AWS IAM database users that the cluster needs."
  value = {
    upload-api     = module.upload.role_arn
    download-api   = module.download.role_arn
    profile-api    = module.profile.role_arn
    upload-janitor = module.janitor.role_arn
  }
}

output "connection_strings" {
  description = "With atlas: the cluster's private addresses, of which the secret, or mongo_host, has to hold one."
  value       = module.network.connection_strings
}

output "vpc_id" {
  description = "The VPC that was made: with mongodb_security_group, one end of the peering."
  value       = module.network.vpc_id
}

output "route_table_ids" {
  description = "Its route tables, by zone, which then need a route to the cluster's VPC."
  value       = module.network.route_table_ids
}

output "alarms" {
  description = "Names of the alarms."
  value       = [for alarm in values(module.monitoring.alarms) : alarm.name]
}
