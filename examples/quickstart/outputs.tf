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
