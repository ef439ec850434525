output "function_name" {
  description = "Name of the function."
  value       = module.function.function_name
}

output "function_arn" {
  description = "ARN of the function's alias, to invoke it by hand with `{\"version\": 1}`."
  value       = module.function.alias_arn
}

output "role_arn" {
  description = "ARN of the function's execution role: with `mongo_host`, the AWS IAM database user that the cluster needs."
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
