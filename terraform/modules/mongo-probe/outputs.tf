output "alarm_target" {
  description = "Target for `mongodb` of an alarm bundle: `cluster`. It depends on the schedule, so that the `probe_silent` alarm is created after the probe."
  value       = { cluster = var.cluster }
  depends_on  = [aws_scheduler_schedule.probe]
}

output "function" {
  description = "Target for `lambda` of an alarm bundle: the probe function."
  value       = module.function.alarm_target
}

output "function_arn" {
  description = "ARN of the alias of the function."
  value       = module.function.alias_arn
}

output "role_arn" {
  description = "ARN of the execution role of the function. With `mongo_host`, it is the database user."
  value       = module.function.role_arn
}

output "schedule_name" {
  description = "Name of the schedule."
  value       = aws_scheduler_schedule.probe.name
}
