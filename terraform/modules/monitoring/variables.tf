variable "name" {
  description = "Name of the alarm bundle, and first part of the names of the topics and the dashboard."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -."
  }
}

variable "warning_emails" {
  description = "Email addresses that receive warnings. Each must confirm the subscription that AWS sends."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.warning_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "warning_emails has addresses of mail, as ops@example.com."
  }
}

variable "critical_emails" {
  description = "Email addresses that are notified when a critical alarm starts and when it ends. Each must confirm the subscription that AWS sends."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.critical_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "critical_emails has addresses of mail, as ops@example.com."
  }
}

variable "topics" {
  description = "Existing topics, each with the customer managed key that encrypts it. The policies of topics and keys must allow CloudWatch. `null`: the module creates two topics."
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
  description = "ARN of the customer managed key to encrypt the topics with. Its policy must allow what the output `topic_key_policy_json` contains. `null`: the module creates a key, which is rotated every year."
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
  description = "AWS services that can publish to the topics: `cloudwatch` for alarms and `events` for EventBridge rules. EventBridge does not say for which account it publishes: with `events`, a rule in any account that knows the topic's ARN can publish."
  type        = set(string)
  default     = ["cloudwatch"]
  nullable    = false

  validation {
    condition     = contains(var.publishing_services, "cloudwatch") && length(setsubtract(var.publishing_services, ["cloudwatch", "events"])) == 0
    error_message = "publishing_services has \"cloudwatch\", without which no alarm tells anybody, and may have \"events\"."
  }
}

variable "kms_deletion_window_days" {
  description = "Days from a destroy until KMS deletes the key that this module creates. Until then the key can be restored."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.kms_deletion_window_days >= 7 && var.kms_deletion_window_days <= 30 && floor(var.kms_deletion_window_days) == var.kms_deletion_window_days
    error_message = "kms_deletion_window_days is a whole number from KMS' 7 to its 30."
  }
}

variable "region" {
  description = "Region of the module's resources. `null`: the provider's region."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for every resource that takes tags, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "lambda" {
  description = "Functions to watch, by name: the output `alarm_target` of the module function."
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
  description = "APIs to watch, by name: the output `alarm_target` of the module api, and the highest number of requests per minute that you expect."
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
  description = "Buckets to watch, by name: the output `alarm_target` of the module storage."
  type = map(object({
    bucket    = string
    filter_id = string
  }))
  default  = {}
  nullable = false
}

variable "cognito" {
  description = "User pools to watch, by name: the output `alarm_target` of the module auth."
  type = map(object({
    user_pool_id = string
    client_id    = string
  }))
  default  = {}
  nullable = false
}

variable "nlb" {
  description = "Load balancers to watch, by name: the output `nlb` of the module network."
  type = map(object({
    load_balancer = string
    target_group  = string
  }))
  default  = {}
  nullable = false
}

variable "mongodb" {
  description = "MongoDB clusters to watch, by name: the output `alarm_target` of the module mongo-probe. Until a probe measures the cluster, `probe_silent` is in ALARM."
  type = map(object({
    cluster = string
  }))
  default  = {}
  nullable = false
}

variable "flow_logs" {
  description = "Flow logs to watch for public addresses, by name: the output `flow_logs` of the module network. The function flow-log-guard publishes the metric of this alarm; without it there is no data."
  type = map(object({
    flow_log_group = string
  }))
  default  = {}
  nullable = false
}

variable "mongo_dump" {
  description = "Dump schedules to watch, by name: `schedule_name` and `max_age_hours` of the output `schedule` of the module backup. An alarm starts if there is no complete dump in time."
  type = map(object({
    schedule_name = string
    max_age_hours = number
  }))
  default  = {}
  nullable = false
}

variable "cognito_export" {
  description = "User pools whose users are exported, by name: the output `alarm_target` of the module cognito-export."
  type = map(object({
    user_pool_id  = string
    max_age_hours = number
  }))
  default  = {}
  nullable = false
}

variable "upload_janitor" {
  description = "Buckets of files whose abandoned uploads the function upload-janitor removes, by name: the output `alarm_target` of the module upload-janitor."
  type = map(object({
    bucket = string
  }))
  default  = {}
  nullable = false
}

variable "secret_rotation" {
  description = "Secrets that the function secret-rotation rotates, by name: the output `alarm_targets` of the module secret-rotation."
  type = map(object({
    secret_name  = string
    max_age_days = number
  }))
  default  = {}
  nullable = false
}

variable "origin_failover" {
  description = "Write paths of the CDN that the function origin-failover switches, by name: the output `origin_failover_target` of the module origin-failover. For the region of that function."
  type = map(object({
    write_path = string
  }))
  default  = {}
  nullable = false
}

variable "overrides" {
  description = "Thresholds and settings that differ from the catalogue, in the form of `overrides` of `lectern_alarm_bundle`. docs/guides/alarms.md lists the keys. `null`: none."
  type        = any
  default     = null

  validation {
    condition     = var.overrides == null ? true : can(keys(var.overrides)) && alltrue([for key in try(keys(var.overrides), []) : length(split("/", key)) == 3])
    error_message = "overrides is by <service>/<target>/<alarm>, as \"lambda/upload/duration\", each part a name or *."
  }
}

variable "composite" {
  description = "One composite alarm over all alarms of a severity, and whether only it notifies. `null`: none."
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
  description = "Minimum number of requests in a period for an alarm on a rate. With fewer, a single failure would be a high rate."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.min_requests >= 1 && floor(var.min_requests) == var.min_requests
    error_message = "min_requests is a whole number from 1."
  }
}

variable "runbook_url" {
  description = "Link in the description of every alarm. `{key}` is replaced by the alarm's key. `null`: none."
  type        = string
  default     = null

  validation {
    condition     = var.runbook_url == null ? true : can(regex("^https://[^ ]+$", var.runbook_url))
    error_message = "runbook_url is an address with https, as https://runbooks.example.com/{key}."
  }
}

variable "dashboard" {
  description = "Create a dashboard with the metrics and thresholds of the alarms."
  type        = bool
  default     = true
  nullable    = false
}
