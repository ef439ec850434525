output "rest_api_id" {
  description = "The API, for a custom domain's mapping."
  value       = aws_api_gateway_rest_api.this.id
}

output "execution_arn" {
  description = "First part of the ARNs of its methods, for policies."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "stage_name" {
  description = "The stage."
  value       = aws_api_gateway_stage.this.stage_name
}

output "stage_arn" {
  description = "ARN of the stage, for a web ACL."
  value       = aws_api_gateway_stage.this.arn
}

output "url" {
  description = "Address of the API, the stage included and no slash at its end. It waits for the permissions and settings, so that what is called also answers."
  value       = aws_api_gateway_stage.this.invoke_url
  depends_on = [
    aws_api_gateway_method_settings.all,
    aws_api_gateway_method_settings.method,
    aws_lambda_permission.this,
    aws_wafv2_web_acl_association.this,
  ]
}

output "host" {
  description = "Host name of the API, for a CloudFront origin, whose path is the stage's."
  value       = "${aws_api_gateway_rest_api.this.id}.execute-api.${local.region}.${local.dns_suffix}"
}

output "domain" {
  description = "The domain of its own: name, and the host name and zone of the region for an alias record in DNS; null without one. Its paths have no stage in them."
  value = one([
    for domain in values(aws_api_gateway_domain_name.this) : {
      name                 = domain.domain_name
      regional_domain_name = domain.regional_domain_name
      regional_zone_id     = domain.regional_zone_id
    }
  ])
}

output "publicly_reachable" {
  description = "Whether anybody on the internet reaches the API itself, past the CDN. A token is needed either way."
  value       = var.origin_verify == null
}

output "deployed" {
  description = "Checksum of what shapes the API: another one, another deployment."
  value       = aws_api_gateway_deployment.this.triggers.shape
}

output "routes" {
  description = "What is served: the handler's name by method and path; null for preflights, which API Gateway answers."
  value       = { for key, method in local.methods : key => method.handler }
}

output "log_group_names" {
  description = "Log groups of the API: access and execution."
  value       = { access = aws_cloudwatch_log_group.access.name, execution = aws_cloudwatch_log_group.execution.name }
}

output "alarm_target" {
  description = "For a bundle's api_gateway targets: api_name, stage."
  value       = { api_name = aws_api_gateway_rest_api.this.name, stage = aws_api_gateway_stage.this.stage_name }
}
