output "topic_arns" {
  description = "Topics by severity, warning and critical, for other alarms. They wait for their policies, so that an alarm that exists can also tell."
  value       = { for severity, topic in aws_sns_topic.alarms : severity => topic.arn }
  depends_on  = [aws_sns_topic_policy.alarms]
}

output "kms_key_arn" {
  description = "Key of the topics: who subscribes a queue to them has to be let use it."
  value       = aws_kms_key.topics.arn
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
  value       = one(keys(aws_cloudwatch_dashboard.platform))
}

output "dashboard_body" {
  description = "What the dashboard shows, in JSON, for one that is made elsewhere."
  value       = lectern_alarm_bundle.platform.dashboard_body
}
