output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function, without a version."
  value       = aws_lambda_function.this.arn
}

output "version" {
  description = "Latest published version. With `rollout = \"codedeploy\"`, the alias can still refer to an older version."
  value       = aws_lambda_function.this.version
}

output "alias_arn" {
  description = "ARN of the alias."
  value       = local.alias.arn
}

output "alias_name" {
  description = "Name of the alias. Set it as `qualifier` of Lambda permissions."
  value       = local.alias.name
}

output "invoke_arn" {
  description = "Invoke ARN of the alias, for API Gateway."
  value       = local.alias.invoke_arn
}

output "handler" {
  description = "Value for `handlers` of the module api: `function_name`, `alias_name` and `invoke_arn`."
  value = {
    function_name = aws_lambda_function.this.function_name
    alias_name    = local.alias.name
    invoke_arn    = local.alias.invoke_arn
  }
}

output "role_arn" {
  description = "ARN of the function's execution role, for resource policies."
  value       = aws_iam_role.function.arn
}

output "role_name" {
  description = "Name of the function's execution role."
  value       = aws_iam_role.function.name
}

output "assumed_role_arn" {
  description = "ARN of the role that the function can assume. `null` if there is no such role."
  value       = one(values(aws_iam_role.assumed)[*].arn)
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "alarm_target" {
  description = "Target for `lambda` of an alarm bundle: `function_name`, `alias`, `timeout_seconds` and `reserved_concurrency`."
  value = {
    function_name        = aws_lambda_function.this.function_name
    alias                = local.alias.name
    timeout_seconds      = var.timeout_seconds
    reserved_concurrency = var.reserved_concurrency
  }
}
