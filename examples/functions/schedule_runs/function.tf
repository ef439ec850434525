variable "dump_expression" {
  type        = string
  description = "When the database is dumped, Berlin time."
  default     = "cron(30 3 ? * MON-FRI *)"

  validation {
    condition     = length(provider::lectern::schedule_runs(var.dump_expression, "Europe/Berlin", plantimestamp(), 1)) > 0
    error_message = "dump_expression never fires; set for example cron(30 3 ? * MON-FRI *)."
  }
}

# ["2030-03-29T02:30:00Z", "2030-04-01T01:30:00Z"]: daylight saving time begins on this weekend.
output "runs" {
  value = provider::lectern::schedule_runs(var.dump_expression, "Europe/Berlin", "2030-03-29T00:00:00Z", 2)
}
