data "lectern_alarm_catalog" "lambda" {
  preset  = "platform"
  service = "lambda"
}

output "lambda_alarms" {
  value = {
    for entry in data.lectern_alarm_catalog.lambda.entries : "${entry.alarm}/${entry.severity}" => entry.source
  }
}
