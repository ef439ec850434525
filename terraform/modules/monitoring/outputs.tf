output "topics" {
  description = "Topics by severity, warning and critical, each { arn, kms_key_arn } as the modules function and backup take it for their failures. They wait for their policies, so that what exists can also tell."
  value       = local.told
  depends_on  = [aws_sns_topic_policy.alarms]
}

output "topic_arns" {
  description = "The topics' ARNs alone, for other alarms."
  value       = { for severity, topic in local.told : severity => topic.arn }
  depends_on  = [aws_sns_topic_policy.alarms]
}

output "kms_key_arn" {
  description = "Key of the topics that are made: who subscribes a queue to them has to be let use it. null with topics that are there already."
  value       = local.own ? local.key_arn : null
}

output "publish_policy_json" {
  description = "What a role needs to tell the topics something, in JSON, for a role's policy."
  value       = data.aws_iam_policy_document.publish.json
}

output "topic_key_policy_json" {
  description = "What the topics' key has to allow, in JSON: for the policy of a key that is given by kms_key."
  value       = data.aws_iam_policy_document.key.json
}

output "alarms" {
  description = "Every alarm by its key: name, arn."
  value       = { for key, alarm in lectern_alarm_bundle.platform.alarms : key => { name = alarm.name, arn = alarm.arn } }
}

output "coverage" {
  description = "What becomes of each metric that is documented: alarm, graph, off, or what it needs."
  value       = lectern_alarm_bundle.platform.coverage
}

output "dashboard_name" {
  description = "The dashboard; null without one."
  value       = one(values(aws_cloudwatch_dashboard.platform)[*].dashboard_name)
}

output "dashboard_body" {
  description = "What the dashboard shows, in JSON, to create one elsewhere; null unless dashboard is true."
  value       = lectern_alarm_bundle.platform.dashboard_body
}
