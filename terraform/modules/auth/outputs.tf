output "user_pool_id" {
  description = "The user pool."
  value       = aws_cognito_user_pool.this.id
}

output "user_pool_arn" {
  description = "ARN of the user pool, for API Gateway's authorizer."
  value       = aws_cognito_user_pool.this.arn
}

output "client_id" {
  description = "The apps' client; it has no secret."
  value       = aws_cognito_user_pool_client.app.id
}

output "issuer" {
  description = "What tokens say in iss; their keys are below it at /.well-known/jwks.json."
  value       = "https://${aws_cognito_user_pool.this.endpoint}"
}

output "groups" {
  description = "Names of the groups."
  value       = keys(aws_cognito_user_group.this)
}

output "admin_group" {
  description = "Name of the administrators' group, for the handlers."
  value       = aws_cognito_user_group.this["admin"].name
}

output "domain" {
  description = "The hosted pages' domain as given, a first part or a whole host name; null without them."
  value       = one(values(aws_cognito_user_pool_domain.this)[*].domain)
}

output "domain_cloudfront" {
  description = "Where a domain of your own leads: host name and hosted zone of the CloudFront that serves the pages, for an alias record in DNS; null without a domain."
  value = one([
    for domain in values(aws_cognito_user_pool_domain.this) : { host = domain.cloudfront_distribution, zone_id = domain.cloudfront_distribution_zone_id }
  ])
}

output "alarm_target" {
  description = "For a bundle's cognito targets: user_pool_id, client_id."
  value = {
    user_pool_id = aws_cognito_user_pool.this.id
    client_id    = aws_cognito_user_pool_client.app.id
  }
}
