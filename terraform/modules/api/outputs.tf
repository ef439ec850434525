output "rest_api_id" {
  description = "ID of the REST API, for the mapping of a custom domain."
  value       = aws_api_gateway_rest_api.this.id
}

output "execution_arn" {
  description = "Execution ARN of the API, for policies and Lambda permissions."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "stage_name" {
  description = "Name of the stage."
  value       = aws_api_gateway_stage.this.stage_name
}

output "stage_arn" {
  description = "ARN of the stage, for a web ACL."
  value       = aws_api_gateway_stage.this.arn
}

output "url" {
  description = "URL of the API with the stage, without a trailing slash. It depends on the permissions and settings of the stage, so resources that use it can send requests."
  value       = aws_api_gateway_stage.this.invoke_url
  depends_on = [
    aws_api_gateway_method_settings.all,
    aws_api_gateway_method_settings.method,
    aws_lambda_permission.this,
    aws_wafv2_web_acl_association.this,
  ]
}

output "host" {
  description = "Host name of the API, for a CloudFront origin. Set the stage as the origin path."
  value       = "${aws_api_gateway_rest_api.this.id}.execute-api.${local.region}.${local.dns_suffix}"
}

output "domain" {
  description = "Custom domain: `name`, and `regional_domain_name` and `regional_zone_id` for an alias record in DNS. Its paths begin with `base_path`, and do not contain the stage. `null` without one."
  value = one([
    for domain in values(aws_api_gateway_domain_name.this) : {
      name                 = domain.domain_name
      regional_domain_name = domain.regional_domain_name
      regional_zone_id     = domain.regional_zone_id
    }
  ])
}

output "publicly_reachable" {
  description = "Whether clients can call the API without CloudFront. They need a valid token in both cases."
  value       = var.origin_verify == null
}

output "deployed" {
  description = "Checksum of the configuration of the API. A new checksum creates a new deployment."
  value       = aws_api_gateway_deployment.this.triggers.shape
}

output "routes" {
  description = "Map of method and path to the name of the handler. `null` for preflight requests and the health check, which API Gateway answers."
  value       = { for key, method in local.methods : key => method.handler }
}

output "log_group_names" {
  description = "Names of the log groups: `access` and `execution`."
  value       = { access = aws_cloudwatch_log_group.access.name, execution = aws_cloudwatch_log_group.execution.name }
}

output "alarm_target" {
  description = "Target for `api_gateway` of an alarm bundle: `api_name` and `stage`."
  value       = { api_name = aws_api_gateway_rest_api.this.name, stage = aws_api_gateway_stage.this.stage_name }
}
