output "bucket" {
  description = "Name of the files' bucket. It waits for the bucket's policy and encryption, so that nobody writes before them."
  value       = aws_s3_bucket.files.bucket
  depends_on = [
    aws_s3_bucket_policy.files,
    aws_s3_bucket_public_access_block.files,
    aws_s3_bucket_server_side_encryption_configuration.files,
    aws_s3_bucket_versioning.files,
  ]
}

output "bucket_arn" {
  description = "ARN of the files' bucket, for policies."
  value       = aws_s3_bucket.files.arn
}

output "bucket_regional_domain_name" {
  description = "Host name of the bucket, for a CloudFront origin."
  value       = aws_s3_bucket.files.bucket_regional_domain_name
}

output "kms_key_arn" {
  description = "Key of the files. A presigned upload that names a key has to name it by this ARN."
  value       = local.kms_key_arn
}

output "pending_uploads" {
  description = "What marks an upload that is not confirmed: tag { key, value } or prefix; the other is null."
  value = {
    tag    = var.pending_uploads.prefix == null ? var.pending_uploads.tag : null
    prefix = var.pending_uploads.prefix
  }
}

output "alarm_target" {
  description = "For a bundle's s3 targets: bucket, filter_id."
  value = {
    bucket    = aws_s3_bucket.files.bucket
    filter_id = aws_s3_bucket_metric.entire.name
  }
}

output "access_log_bucket" {
  description = "Bucket of the access logs; null without them."
  value       = one(values(aws_s3_bucket.access_logs)[*].bucket)
}
