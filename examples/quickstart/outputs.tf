output "alarms" {
  description = "Map of alarm key to the name, condition and severity of the alarm."
  value = {
    for key, alarm in lectern_alarm_bundle.courses.alarms : key => {
      name      = alarm.name
      condition = "${alarm.comparison_operator} ${alarm.threshold}"
      severity  = alarm.severity
    }
  }
}

output "coverage" {
  description = "How each documented metric of the functions is monitored: by an alarm, by a graph, or why there is no alarm."
  value       = lectern_alarm_bundle.courses.coverage
}

output "private_link" {
  description = "Private link: its ID, the service name for aws_vpc_endpoint, and its status. Null if there is none."
  value = one([
    for link in lectern_atlas_private_link.courses : {
      private_link_id       = link.private_link_id
      endpoint_service_name = link.endpoint_service_name
      status                = link.status
    }
  ])
}

output "latest_dumps" {
  description = "Map of cluster to the newest complete dump, as S3 URI for mongo-restore --from. Null if there is none."
  value       = { for cluster, dumps in data.lectern_mongo_dumps.courses : cluster => try(dumps.latest.uri, null) }
}
