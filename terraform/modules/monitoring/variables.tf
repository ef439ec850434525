variable "name" {
  description = "Name of the alarm bundle and the dashboard, and first part of the topics' names."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -."
  }
}

variable "warning_emails" {
  description = "Addresses that warnings go to; each has to confirm the mail that AWS sends it."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.warning_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "warning_emails has addresses of mail, as ops@example.com."
  }
}

variable "critical_emails" {
  description = "Addresses that critical alarms go to, and their end; each has to confirm the mail that AWS sends it."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.critical_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "critical_emails has addresses of mail, as ops@example.com."
  }
}

variable "lambda" {
  description = "Functions to watch, by name: the output alarm_target of the module function."
  type = map(object({
    function_name        = string
    alias                = optional(string)
    timeout_seconds      = optional(number)
    reserved_concurrency = optional(number)
  }))
  default  = {}
  nullable = false
}

variable "api_gateway" {
  description = "APIs to watch, by name: the output alarm_target of the module api, and what traffic is expected at most."
  type = map(object({
    api_name          = string
    stage             = string
    cache_enabled     = optional(bool)
    expected_peak_rpm = optional(number)
  }))
  default  = {}
  nullable = false
}

variable "s3" {
  description = "Buckets to watch, by name: the output alarm_target of the module storage."
  type = map(object({
    bucket    = string
    filter_id = string
  }))
  default  = {}
  nullable = false
}

variable "cognito" {
  description = "User pools to watch, by name: the output alarm_target of the module auth."
  type = map(object({
    user_pool_id = string
    client_id    = string
  }))
  default  = {}
  nullable = false
}

variable "nlb" {
  description = "Load balancers to watch: the output nlb of the module network."
  type = map(object({
    load_balancer = string
    target_group  = string
  }))
  default  = {}
  nullable = false
}

variable "flow_logs" {
  description = "Flow logs to watch for public addresses, by name: the output flow_logs of the module network. The function that measures them comes with a later module; without it the alarm has no data."
  type = map(object({
    flow_log_group = string
  }))
  default  = {}
  nullable = false
}

variable "mongo_dump" {
  description = "Dumps to miss when they do not come, by name: schedule_name and max_age_hours of the module backup's output schedule."
  type = map(object({
    schedule_name = string
    max_age_hours = number
  }))
  default  = {}
  nullable = false
}

variable "overrides" {
  description = "Other thresholds and severities, as overrides of lectern_alarm_bundle takes them; docs/alarms.md has the keys. null: none."
  type        = any
  default     = null
}
