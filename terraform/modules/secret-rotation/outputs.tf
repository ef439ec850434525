output "alarm_targets" {
  description = "Map of targets for `secret_rotation` of an alarm bundle, by the keys of `secrets`: `secret_name` and `max_age_days`. It depends on the schedule, so that the first measurement starts before the alarm is created."
  value = {
    for key, secret in var.secrets : key => {
      # An ARN ends with the name and six characters.
      secret_name  = regex("^arn:[^:]+:secretsmanager:[^:]+:[^:]+:secret:(.+)-[A-Za-z0-9]{6}$", secret.arn)[0]
      max_age_days = var.max_age_days
    }
  }
  depends_on = [aws_scheduler_schedule.age]
}

output "function" {
  description = "Target for `lambda` of an alarm bundle: the rotation function."
  value       = module.function.alarm_target
}

output "function_arn" {
  description = "ARN of the alias of the function."
  value       = module.function.alias_arn
}

output "role_arn" {
  description = "ARN of the function's execution role. The policies of keys and secrets in other accounts must allow it."
  value       = module.function.role_arn
}

output "schedule_name" {
  description = "Name of the schedule that measures the age."
  value       = aws_scheduler_schedule.age.name
}
