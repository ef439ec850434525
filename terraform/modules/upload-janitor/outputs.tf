output "function_name" {
  description = "Name of the function."
  value       = module.function.function_name
}

output "function_arn" {
  description = "ARN of the alias of the function. To invoke it manually, send `{\"version\": 1}`."
  value       = module.function.alias_arn
}

output "role_arn" {
  description = "ARN of the execution role of the function. With `mongo_host`, it is the AWS IAM database user of the cluster."
  value       = module.function.role_arn
}

output "function" {
  description = "Target for `lambda` of an alarm bundle: `function_name`, `alias`, `timeout_seconds` and `reserved_concurrency`."
  value       = module.function.alarm_target
}

output "alarm_target" {
  description = "Target for `upload_janitor` of an alarm bundle: `bucket`."
  value       = { bucket = var.files.bucket }
}
