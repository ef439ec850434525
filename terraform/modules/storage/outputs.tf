output "bucket" {
  description = "Name of the bucket. It waits for encryption, versions and the block of public access, and not for the policies: what is named in bucket_policy_documents can be made of it."
  value       = aws_s3_bucket.files.bucket
  depends_on = [
    aws_s3_bucket_public_access_block.files,
    aws_s3_bucket_server_side_encryption_configuration.files,
    aws_s3_bucket_versioning.files,
  ]
}

output "ready_bucket" {
  description = "The same name, known once the bucket is there with its policies in force: for what writes to it or reads it. Nothing in bucket_policy_documents or key_policy_documents may be made of it."
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
  description = "What marks an upload that is not confirmed: tag { key, value } or prefix; the other is null. null without pending_uploads."
  value = one([
    for uploads in local.uploads : {
      tag    = uploads.prefix == null ? uploads.tag : null
      prefix = uploads.prefix
    }
  ])
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
  value       = one([for key, logs in local.access_logs : logs.create ? aws_s3_bucket.access_logs[key].bucket : logs.bucket])
}
