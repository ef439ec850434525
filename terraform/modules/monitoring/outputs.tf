output "topics" {
  description = "SNS topics by severity, `warning` and `critical`, each `{ arn, kms_key_arn }`, for the modules function and backup. They depend on the topic policies, so that notifications can be delivered."
  value       = local.told
  depends_on  = [aws_sns_topic_policy.alarms]
}

output "topic_arns" {
  description = "ARNs of the SNS topics by severity, for other alarms."
  value       = { for severity, topic in local.told : severity => topic.arn }
  depends_on  = [aws_sns_topic_policy.alarms]
}

output "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the topics. Principals that subscribe an SQS queue need permission to use this key. `null` with existing topics."
  value       = local.own ? local.key_arn : null
}

output "publish_policy_json" {
  description = "IAM policy in JSON that allows a role to publish to the topics."
  value       = data.aws_iam_policy_document.publish.json
}

output "topic_key_policy_json" {
  description = "Key policy statements in JSON for a key that you set in `kms_key`."
  value       = data.aws_iam_policy_document.key.json
}

output "alarms" {
  description = "Map of alarm key to `name` and `arn` of the alarm."
  value       = { for key, alarm in lectern_alarm_bundle.platform.alarms : key => { name = alarm.name, arn = alarm.arn } }
}

output "coverage" {
  description = "How each documented metric is monitored: `alarm`, `graph`, `off`, or the input that an alarm requires."
  value       = lectern_alarm_bundle.platform.coverage
}

output "status_page" {
  description = "Markdown page that lists each documented metric, and the alarms on it, whether it is only on the dashboard, why an alarm is off, or the input that an alarm requires. Metrics without an alarm come first. Write it to a file with `local_file`, or show it with `terraform output -raw`."
  value       = local.status_page
}

output "dashboard_name" {
  description = "Name of the dashboard. `null` with `dashboard = false`."
  value       = one(values(aws_cloudwatch_dashboard.platform)[*].dashboard_name)
}

output "dashboard_body" {
  description = "JSON body of the dashboard, to create it elsewhere. `null` with `dashboard = false`."
  value       = lectern_alarm_bundle.platform.dashboard_body
}
