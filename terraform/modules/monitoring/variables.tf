variable "name" {
  description = "Name of the alarm bundle, and first part of the topics' and the dashboard's names."
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

variable "topics" {
  description = "Topics that are there already, and the customer key that each is encrypted with; they have to let CloudWatch in, and so has the key. null: two are made."
  type = object({
    warning  = object({ arn = string, kms_key_arn = optional(string) })
    critical = object({ arn = string, kms_key_arn = optional(string) })
  })
  default = null

  validation {
    condition     = var.topics == null ? true : alltrue([for topic in values(var.topics) : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", topic.arn))])
    error_message = "topics has the ARNs of two topics of SNS, as { warning = { arn = \"arn:aws:sns:eu-west-1:123456789012:edu-warning\" }, critical = { ... } }."
  }
}

variable "kms_key" {
  description = "Customer key to encrypt the topics with, by its ARN; its policy has to allow what output topic_key_policy_json says. null: a key is made, and rotated every year."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key.arn))
    error_message = "kms_key.arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "publishing_services" {
  description = "Services that tell the topics something by themselves: \"cloudwatch\", for alarms, and \"events\", for rules of EventBridge. Of EventBridge nobody can say which account's rules are meant: who knows a topic's ARN could have a rule of their own tell it."
  type        = set(string)
  default     = ["cloudwatch"]
  nullable    = false

  validation {
    condition     = contains(var.publishing_services, "cloudwatch") && length(setsubtract(var.publishing_services, ["cloudwatch", "events"])) == 0
    error_message = "publishing_services has \"cloudwatch\", without which no alarm tells anybody, and may have \"events\"."
  }
}

variable "kms_deletion_window_days" {
  description = "Days that the key made here can still be brought back after a destroy."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.kms_deletion_window_days >= 7 && var.kms_deletion_window_days <= 30 && floor(var.kms_deletion_window_days) == var.kms_deletion_window_days
    error_message = "kms_deletion_window_days is a whole number from KMS' 7 to its 30."
  }
}

variable "region" {
  description = "Region of everything here; null: the provider's."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything that takes them, beside the provider's default_tags."
  type        = map(string)
  default     = {}
  nullable    = false
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
  description = "Other thresholds and settings, as overrides of lectern_alarm_bundle takes them; docs/guides/alarms.md has the keys. null: none."
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
  nullable    = false

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
  nullable    = false
}
