output "user_pool_id" {
  description = "ID of the user pool."
  value       = aws_cognito_user_pool.this.id
}

output "user_pool_arn" {
  description = "ARN of the user pool, for the authorizer of an API."
  value       = aws_cognito_user_pool.this.arn
}

output "client_id" {
  description = "ID of the app client. It has no client secret."
  value       = aws_cognito_user_pool_client.app.id
}

output "issuer" {
  description = "Issuer of the tokens (`iss`). The public keys are at `<issuer>/.well-known/jwks.json`."
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
  description = "Domain of the hosted pages: a prefix or a full host name. `null` without hosted pages."
  value       = one(values(aws_cognito_user_pool_domain.this)[*].domain)
}

output "domain_cloudfront" {
  description = "Target of the DNS alias record of a custom domain: `host` and `zone_id` of the CloudFront distribution that serves the pages. `null` without a domain."
  value = one([
    for domain in values(aws_cognito_user_pool_domain.this) : { host = domain.cloudfront_distribution, zone_id = domain.cloudfront_distribution_zone_id }
  ])
}

output "alarm_target" {
  description = "Target for `cognito` of an alarm bundle: `user_pool_id` and `client_id`."
  value = {
    user_pool_id = aws_cognito_user_pool.this.id
    client_id    = aws_cognito_user_pool_client.app.id
  }
}
