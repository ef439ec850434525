output "origin_failover_target" {
  description = "Target for `origin_failover` of an alarm bundle in the Region of the module: `write_path`. It depends on the schedule, so that the `not_ready` alarm is created after the function."
  value       = { write_path = local.write_path.name }
  depends_on  = [aws_scheduler_schedule.look]
}

output "alarm_target" {
  description = "Target for `lambda` of an alarm bundle: `function_name`, `alias`, `timeout_seconds` and `reserved_concurrency`."
  value       = module.function.alarm_target
}

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

output "override_parameter_name" {
  description = "Name of the parameter with which an operator sets the write path: `auto`, `primary` or `secondary`."
  value       = aws_ssm_parameter.override.name
}

output "rule_arn" {
  description = "ARN of the EventBridge rule, for the policy of your own `dead_letter_queue`."
  value       = aws_cloudwatch_event_rule.alarms.arn
}

output "dead_letter_queue_arn" {
  description = "ARN of the queue for events that EventBridge could not deliver."
  value       = local.dead_letters.arn
}
