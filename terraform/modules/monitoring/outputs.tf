output "topics" {
  description = "Topics by severity, `warning` and `critical`, each `{ arn, kms_key_arn }` for the modules function and backup. They wait for the topic policies, so that a notification is delivered."
  value       = local.told
  depends_on  = [aws_sns_topic_policy.alarms]
}

output "topic_arns" {
  description = "ARNs of the topics by severity, for other alarms."
  value       = { for severity, topic in local.told : severity => topic.arn }
  depends_on  = [aws_sns_topic_policy.alarms]
}

output "kms_key_arn" {
  description = "ARN of the key of the topics that the module created. A queue that subscribes needs permission to use it. `null` with existing topics."
  value       = local.own ? local.key_arn : null
}

output "publish_policy_json" {
  description = "Policy in JSON that lets a role publish to the topics."
  value       = data.aws_iam_policy_document.publish.json
}

output "topic_key_policy_json" {
  description = "Policy in JSON for a key that is given as `kms_key`."
  value       = data.aws_iam_policy_document.key.json
}

output "alarms" {
  description = "All alarms by key: `name` and `arn`."
  value       = { for key, alarm in lectern_alarm_bundle.platform.alarms : key => { name = alarm.name, arn = alarm.arn } }
}

output "coverage" {
  description = "What is done with each documented metric: `alarm`, `graph`, `off`, or the input that an alarm needs."
  value       = lectern_alarm_bundle.platform.coverage
}

output "dashboard_name" {
  description = "Name of the dashboard. `null` without one."
  value       = one(values(aws_cloudwatch_dashboard.platform)[*].dashboard_name)
}

output "dashboard_body" {
  description = "Body of the dashboard in JSON, to create one elsewhere. `null` with `dashboard = false`."
  value       = lectern_alarm_bundle.platform.dashboard_body
}
