output "function_name" {
  description = "Name of the function."
  value       = module.function.function_name
}

output "function_arn" {
  description = "ARN of the alias of the function. handlers/cognito-import/events contains example events."
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

output "import_role_arn" {
  description = "ARN of the role that reads exports and writes reports, for the policies of a bucket and KMS key that you manage without the module storage."
  value       = module.function.assumed_role_arn
}
