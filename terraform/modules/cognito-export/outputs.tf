output "function_name" {
  description = "Name of the function."
  value       = module.function.function_name
}

output "function_arn" {
  description = "ARN of the alias of the function, to invoke it manually."
  value       = module.function.alias_arn
}

output "role_arn" {
  description = "ARN of the function's execution role, for resource policies."
  value       = module.function.role_arn
}

output "function" {
  description = "Target for `lambda` of an alarm bundle: `function_name`, `alias`, `timeout_seconds` and `reserved_concurrency`."
  value       = module.function.alarm_target
}

output "alarm_target" {
  description = "Target for `cognito_export` of an alarm bundle: `user_pool_id` and `max_age_hours`."
  value       = { user_pool_id = var.user_pool.id, max_age_hours = var.max_age_hours }
}

output "export_role_arn" {
  description = "ARN of the role that writes exports, for the policies of a bucket and KMS key that you manage without the module storage."
  value       = module.function.assumed_role_arn
}
