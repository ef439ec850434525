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
  nullable    = false

  validation {
    condition     = alltrue([for address in var.warning_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "warning_emails has addresses of mail, as ops@example.com."
  }
}

variable "critical_emails" {
  description = "Addresses that critical alarms go to, and their end; each has to confirm the mail that AWS sends it."
  type        = set(string)
  default     = []
  nullable    = false

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
  description = "Flow logs to watch for public addresses, by name: the output flow_logs of the module network. What the alarm reads is measured by the function flow-log-guard; without it there is nothing to read."
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
  description = "Other thresholds and settings, as overrides of lectern_alarm_bundle takes them; docs/alarms.md has the keys. null: none."
  type        = any
  default     = null

  validation {
    condition     = var.overrides == null ? true : can(keys(var.overrides)) && alltrue([for key in try(keys(var.overrides), []) : length(split("/", key)) == 3])
    error_message = "overrides is by <service>/<target>/<alarm>, as \"lambda/upload/duration\", each part a name or *."
  }
}

variable "composite" {
  description = "One alarm over all those of a severity, and whether it alone tells anybody. null: none."
  type = object({
    severity      = optional(string, "critical")
    mute_children = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.composite == null ? true : contains(["warning", "critical"], var.composite.severity)
    error_message = "composite.severity is \"warning\" or \"critical\"."
  }
}

variable "min_requests" {
  description = "Requests in a period below which a rate says nothing: of three requests one that fails is no 33 %."
  type        = number
  default     = 20

  validation {
    condition     = var.min_requests >= 1 && floor(var.min_requests) == var.min_requests
    error_message = "min_requests is a whole number from 1."
  }
}

variable "runbook_url" {
  description = "Link that every alarm's description has; {key} becomes the alarm's key. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.runbook_url == null ? true : can(regex("^https://[^ ]+$", var.runbook_url))
    error_message = "runbook_url is an address with https, as https://runbooks.example.com/{key}."
  }
}

variable "dashboard" {
  description = "Make a dashboard of the bundle's metrics and thresholds."
  type        = bool
  default     = true
}
