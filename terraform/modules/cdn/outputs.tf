output "id" {
  description = "Id of the distribution."
  value       = aws_cloudfront_distribution.this.id
}

output "arn" {
  description = "ARN of the distribution, for policies and for Shield Advanced."
  value       = aws_cloudfront_distribution.this.arn
}

output "domain_name" {
  description = "CloudFront host name of the distribution, the target of the DNS records of the aliases."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "hosted_zone_id" {
  description = "Hosted zone of `domain_name`, for alias records of Route 53."
  value       = aws_cloudfront_distribution.this.hosted_zone_id
}

output "key_group_id" {
  description = "ID of the key group that verifies signed URLs and cookies."
  value       = aws_cloudfront_key_group.this.id
}

output "key_ids" {
  description = "CloudFront IDs of the public keys, by their names in `signing_keys`. The secret of download-api contains the ID as `key_pair_id`."
  value       = { for name, key in aws_cloudfront_public_key.this : name => key.id }
}

output "bucket_policy_json" {
  description = "Policy in JSON that allows this distribution to read the files and assets: an element of `bucket_policy_documents` of the module storage."
  value       = data.aws_iam_policy_document.bucket["primary"].json
}

output "key_policy_json" {
  description = "Policy in JSON that allows this distribution to decrypt: an element of `key_policy_documents` of the module storage, in both regions."
  value       = data.aws_iam_policy_document.key.json
}

output "secondary_bucket_policy_json" {
  description = "The same as `bucket_policy_json`, for the bucket of the second region. `null` without `files.secondary`."
  value       = one([for region, document in data.aws_iam_policy_document.bucket : document.json if region == "secondary"])
}

output "log_bucket_policy_json" {
  description = "Policy in JSON that allows CloudFront to write access logs to `log_bucket`. `null` without it."
  value       = one([for document in data.aws_iam_policy_document.log_bucket : document.json])
}

output "log_key_policy_json" {
  description = "Policy in JSON that allows CloudFront to encrypt access logs with the key of that bucket. `null` without `log_bucket`."
  value       = one([for document in data.aws_iam_policy_document.log_key : document.json])
}

output "alarm_target" {
  description = "Target for `cloudfront` of an alarm bundle in us-east-1: `distribution_id`, `additional_metrics` and `origin_read_timeout_seconds`."
  value = {
    distribution_id             = aws_cloudfront_distribution.this.id
    additional_metrics          = var.additional_metrics
    origin_read_timeout_seconds = var.origin_read_timeout_seconds
  }
}

output "failover" {
  description = "Value for `distribution` of the module origin-failover, which switches the API's origin. `null` without `api.secondary`."
  value = var.api.secondary == null ? null : {
    id                  = aws_cloudfront_distribution.this.id
    primary_origin_id   = "api-primary"
    secondary_origin_id = "api-secondary"
    web_acl_arn         = var.web_acl_arn
  }
}
