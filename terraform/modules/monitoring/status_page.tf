# The bundle's coverage for people: what watches each documented metric.

locals {
  # In the order of a reader who looks for gaps.
  status_titles = [
    { state = "needs", title = "Alarms that require an input" },
    { state = "off", title = "Alarms that are off" },
    { state = "graph", title = "Metrics that are only on the dashboard" },
    { state = "alarm", title = "Metrics with an alarm" },
  ]
  status_of = {
    for metric, words in lectern_alarm_bundle.platform.coverage : metric =>
    strcontains(words, "needs ") ? "needs" : strcontains(words, "off: ") ? "off" : words == "graph" ? "graph" : "alarm"
  }
  status_sections = concat(
    [for section in local.status_titles : {
      title   = section.title
      columns = "metric | monitored by"
      rows    = [for metric, words in lectern_alarm_bundle.platform.coverage : "| `${metric}` | ${words} |" if local.status_of[metric] == section.state]
    }],
    [{
      title   = "Additional alarms"
      columns = "alarm | metric"
      rows = [
        for name, alarm in var.extra_alarms :
        "| `extra/${name}/${alarm.severity}` | ${alarm.metric_name == null ? "`${alarm.expression}`" : "${alarm.namespace} ${alarm.metric_name}"} |"
      ]
    }],
  )
  with_an_alarm = length([for words in values(lectern_alarm_bundle.platform.coverage) : words if strcontains(words, "alarm: ")])
  status_page = join("\n", concat(
    ["# Monitoring of ${var.name} in ${local.region}", "", "${local.with_an_alarm} of ${length(lectern_alarm_bundle.platform.coverage)} documented metrics have an alarm."],
    flatten([for section in local.status_sections :
      concat(["", "## ${section.title}", "", "| ${section.columns} |", "| --- | --- |"], section.rows) if length(section.rows) > 0
    ]),
    [""],
  ))
}
