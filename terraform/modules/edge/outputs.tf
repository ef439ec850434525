output "cdn_web_acl_arn" {
  description = "ARN of the web ACL of the distribution, `web_acl_arn` of the module cdn. `null` without `cdn`."
  value       = one([for acl in aws_wafv2_web_acl.cdn : acl.arn])
}

output "api_web_acl_arn" {
  description = "ARN of the web ACL of the API, for `origin_verify` of the module api. `null` without `origin_verify`."
  value       = one([for acl in aws_wafv2_web_acl.api : acl.arn])
}

output "verify" {
  description = "Header and current value that the distribution adds, `api.verify` of the module cdn. It waits for the web ACL, so that the API accepts a new value before the distribution sends it. `null` without `origin_verify`."
  value       = var.origin_verify == null ? null : { header = var.origin_verify.header, value = var.origin_verify.values[0] }
  sensitive   = true
  depends_on  = [aws_wafv2_web_acl.api]
}

output "log_group_names" {
  description = "Names of the log groups: `cdn`, in us-east-1, and `api`."
  value       = { for key, group in aws_cloudwatch_log_group.this : key => group.name }
}
