output "function_name" {
  description = "Name of the function."
  value       = module.function.function_name
}

output "function_arn" {
  description = "ARN of the function's alias."
  value       = module.function.alias_arn
}

output "role_arn" {
  description = "ARN of the function's execution role."
  value       = module.function.role_arn
}

output "log_group_name" {
  description = "Name of the log group of the function."
  value       = module.function.log_group_name
}

output "alarm_target" {
  description = "Target for `lambda` of an alarm bundle: `function_name`, `alias`, `timeout_seconds` and `reserved_concurrency`."
  value       = module.function.alarm_target
}

output "flow_logs_target" {
  description = "Target for `flow_logs` of an alarm bundle: `flow_log_group`. It depends on the log subscription, because the alarm has no data without it."
  value       = { flow_log_group = aws_cloudwatch_log_subscription_filter.flow_logs.log_group_name }
}
