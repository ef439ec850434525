output "bucket" {
  description = "Name of the bucket. It depends on encryption, versioning and the public access block, but not on the policies, so that the policies can refer to resources that use it."
  value       = aws_s3_bucket.files.bucket
  depends_on = [
    aws_s3_bucket_public_access_block.files,
    aws_s3_bucket_server_side_encryption_configuration.files,
    aws_s3_bucket_versioning.files,
  ]
}

output "ready_bucket" {
  description = "Name of the bucket after its policies are attached, for resources that read or write objects. `bucket_policy_documents` and `key_policy_documents` must not depend on it."
  # The id, which is unknown until then: no data source looks into a bucket that is not there.
  value = aws_s3_bucket.files.id
  depends_on = [
    aws_kms_key_policy.files,
    aws_s3_bucket_policy.files,
    aws_s3_bucket_public_access_block.files,
    aws_s3_bucket_server_side_encryption_configuration.files,
    aws_s3_bucket_versioning.files,
  ]
}

output "bucket_arn" {
  description = "ARN of the bucket, for policies."
  value       = aws_s3_bucket.files.arn
}

output "bucket_regional_domain_name" {
  description = "Host name of the bucket, for a CloudFront origin."
  value       = aws_s3_bucket.files.bucket_regional_domain_name
}

output "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the objects. Presigned uploads that set a key must use this ARN."
  value       = local.kms_key_arn
}

output "pending_uploads" {
  description = "How unconfirmed uploads are identified: `tag` with `key` and `value`, or `prefix`. The other one is `null`. `null` without `pending_uploads`."
  value = one([
    for uploads in local.uploads : {
      tag    = uploads.prefix == null ? uploads.tag : null
      prefix = uploads.prefix
    }
  ])
}

output "alarm_target" {
  description = "Target for `s3` of an alarm bundle: `bucket` and `filter_id`."
  value = {
    bucket    = aws_s3_bucket.files.bucket
    filter_id = aws_s3_bucket_metric.entire.name
  }
}

output "access_log_bucket" {
  description = "Name of the bucket with the access logs. `null` without access logs."
  value       = one([for key, logs in local.access_logs : logs.create ? aws_s3_bucket.access_logs[key].bucket : logs.bucket])
}
