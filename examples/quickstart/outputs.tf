output "alarms" {
  description = "Every alarm of the bundle by its key: name, condition and severity."
  value = {
    for key, alarm in lectern_alarm_bundle.courses.alarms : key => {
      name      = alarm.name
      condition = "${alarm.comparison_operator} ${alarm.threshold}"
      severity  = alarm.severity
    }
  }
}

output "coverage" {
  description = "What became of each documented metric of the functions: an alarm, a graph, or why neither."
  value       = lectern_alarm_bundle.courses.coverage
}

output "private_link" {
  description = "The private link: its id, the service name for aws_vpc_endpoint, and its status; null without one."
  value = one([
    for link in lectern_atlas_private_link.courses : {
      private_link_id       = link.private_link_id
      endpoint_service_name = link.endpoint_service_name
      status                = link.status
    }
  ])
}

output "latest_dumps" {
  description = "By cluster: the newest complete dump, as mongo-restore --from takes it; null while there is none."
  value       = { for cluster, dumps in data.lectern_mongo_dumps.courses : cluster => try(dumps.latest.uri, null) }
}
