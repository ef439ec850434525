output "extra_alarms" {
  description = "Alarms of the CIS AWS Foundations Benchmark, for `extra_alarms` of the module monitoring or of `lectern_alarm_bundle` in the Region of the trail. Empty without a log group to count events in."
  value = {
    for key, alarm in local.alarms : "cis_${key}" => {
      severity            = alarm.severity
      namespace           = aws_cloudwatch_log_metric_filter.cis[key].metric_transformation[0].namespace
      metric_name         = aws_cloudwatch_log_metric_filter.cis[key].metric_transformation[0].name
      statistic           = "Sum"
      comparison_operator = "GreaterThanOrEqualToThreshold"
      threshold           = alarm.threshold
      period              = alarm.period
      evaluation_periods  = 1
      treat_missing_data  = "notBreaching"
      description         = "CIS ${alarm.number}: ${alarm.about}."
    }
  }
}

output "trail_arn" {
  description = "ARN of the trail. `null` without a trail of this module."
  value       = one(values(aws_cloudtrail.this)[*].arn)
}

output "log_group_name" {
  description = "Name of the log group of the trail. `null` without one."
  value       = one(values(local.counted))
}

output "bucket" {
  description = "Name of the bucket with the files of CloudTrail and AWS Config. `null` without one."
  value       = one(values(module.bucket)[*].bucket)
}

output "bucket_arn" {
  description = "ARN of the bucket. `null` without one."
  value       = one(values(module.bucket)[*].bucket_arn)
}

output "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the files and the log. `null` without a bucket."
  value       = local.kms_key_arn
}

output "key_policy_json" {
  description = "Key policy statements in JSON for a key that you set in `kms_key`. `null` without a bucket."
  value       = one(values(data.aws_iam_policy_document.key)[*].json)
}

output "config_rule_names" {
  description = "Map of key to the name of the AWS Config rule."
  value       = { for key, rule in aws_config_config_rule.this : key => rule.name }
}

output "alarm_target" {
  description = "Target for `s3` of an alarm bundle: `bucket` and `filter_id`. `null` without a bucket."
  value       = one(values(module.bucket)[*].alarm_target)
}
