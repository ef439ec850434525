output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function, without a version."
  value       = aws_lambda_function.this.arn
}

output "version" {
  description = "The version published last; with rollout \"codedeploy\" not always the one that callers reach."
  value       = aws_lambda_function.this.version
}

output "alias_arn" {
  description = "ARN of the alias."
  value       = local.alias.arn
}

output "alias_name" {
  description = "Name of the alias, which a permission has to name too."
  value       = local.alias.name
}

output "invoke_arn" {
  description = "The alias as API Gateway takes it."
  value       = local.alias.invoke_arn
}

output "handler" {
  description = "For the module api's handlers: function_name, alias_name, invoke_arn."
  value = {
    function_name = aws_lambda_function.this.function_name
    alias_name    = local.alias.name
    invoke_arn    = local.alias.invoke_arn
  }
}

output "role_arn" {
  description = "Role that the function runs as, for policies of others that let it in."
  value       = aws_iam_role.function.arn
}

output "role_name" {
  description = "Name of that role."
  value       = aws_iam_role.function.name
}

output "assumed_role_arn" {
  description = "Role that the function may become; null without one."
  value       = one(values(aws_iam_role.assumed)[*].arn)
}

output "log_group_name" {
  description = "Log group of the function."
  value       = aws_cloudwatch_log_group.this.name
}

output "alarm_target" {
  description = "For a bundle's lambda targets: function_name, alias, timeout_seconds, reserved_concurrency."
  value = {
    function_name        = aws_lambda_function.this.function_name
    alias                = local.alias.name
    timeout_seconds      = var.timeout_seconds
    reserved_concurrency = var.reserved_concurrency
  }
}
