output "url" {
  description = "URL of the API. On the local cloud, its local URL."
  value       = var.local_cloud ? try("${var.environment["AWS_ENDPOINT_URL"]}/restapis/${module.api.rest_api_id}/${module.api.stage_name}/_user_request_", module.api.url) : module.api.url
}

output "publicly_reachable" {
  description = "Whether clients can call the API without CloudFront."
  value       = module.api.publicly_reachable
}

output "rest_api_id" {
  description = "ID of the REST API."
  value       = module.api.rest_api_id
}

output "stage" {
  description = "Stage of the API."
  value       = module.api.stage_name
}

output "user_pool_id" {
  description = "ID of the user pool."
  value       = module.auth.user_pool_id
}

output "client_id" {
  description = "ID of the app client."
  value       = module.auth.client_id
}

output "bucket" {
  description = "Name of the bucket of the files."
  value       = module.storage.bucket
}

output "functions" {
  description = "Map of handler to the name of its function."
  value = {
    upload-api     = module.upload.function_name
    download-api   = module.download.function_name
    profile-api    = module.profile.function_name
    upload-janitor = module.janitor.function_name
  }
}

output "role_arns" {
  description = "Map of handler to the ARN of the role of its function. With mongo_host, these are the AWS IAM database users that the cluster needs."
  value = {
    upload-api     = module.upload.role_arn
    download-api   = module.download.role_arn
    profile-api    = module.profile.role_arn
    upload-janitor = module.janitor.role_arn
  }
}

output "connection_strings" {
  description = "Private connection strings of the cluster, with atlas. Set one of them in the secret, or its host name in mongo_host."
  value       = module.network.connection_strings
}

output "vpc_id" {
  description = "ID of the VPC. With mongodb_security_group, it is one end of the peering."
  value       = module.network.vpc_id
}

output "route_table_ids" {
  description = "Map of Availability Zone to the ID of the route table. With a peering, the route tables need a route to the VPC of the cluster."
  value       = module.network.route_table_ids
}

output "alarms" {
  description = "Names of the alarms."
  value       = [for alarm in values(module.monitoring.alarms) : alarm.name]
}
