# modules/observability/main.tf
terraform {
  required_providers {
    lectern = {
      source = "lectern/lectern"
    }
  }
}

variable "name" {
  description = "Prefix of the alarm names."
  type        = string
}

variable "topic_arn" {
  description = "ARN of the SNS topic that is notified."
  type        = string
}

variable "functions" {
  description = "Map of a short name to Lambda function to monitor."
  type = map(object({
    function_name   = string
    timeout_seconds = optional(number)
    alias           = optional(string)
  }))
  default  = {}
  nullable = false
}

variable "overrides" {
  description = "Settings that differ from the catalogue, by alarm key."
  type = map(object({
    enabled            = optional(bool)
    actions_enabled    = optional(bool)
    threshold          = optional(number)
    evaluation_periods = optional(number)
    warning            = optional(object({ enabled = optional(bool), threshold = optional(number) }))
    critical           = optional(object({ enabled = optional(bool), threshold = optional(number) }))
  }))
  default  = {}
  nullable = false
}

resource "lectern_alarm_bundle" "this" {
  name = var.name

  severities = {
    warning  = { alarm_actions = [var.topic_arn] }
    critical = { alarm_actions = [var.topic_arn], ok_actions = [var.topic_arn] }
  }

  lambda    = var.functions
  overrides = var.overrides
}

output "alarms" {
  description = "Names of the alarms, by alarm key."
  value       = { for key, alarm in lectern_alarm_bundle.this.alarms : key => alarm.name }
}

output "muted" {
  description = "Keys of the alarms whose actions are disabled."
  value       = [for key, alarm in lectern_alarm_bundle.this.alarms : key if !alarm.actions_enabled]
}
