variable "name" {
  description = "Name of the alarm bundle, and first part of the names of the topics and the dashboard."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name must begin with a letter and have at most 32 characters: a-z, 0-9 and -."
  }
}

variable "warning_emails" {
  description = "Email addresses that receive warnings. Each recipient must confirm the subscription email of AWS."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.warning_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "warning_emails must contain email addresses, for example ops@example.com."
  }
}

variable "critical_emails" {
  description = "Email addresses that are notified when a critical alarm fires and when it returns to `OK`. Each recipient must confirm the subscription email of AWS."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.critical_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "critical_emails must contain email addresses, for example ops@example.com."
  }
}

variable "topics" {
  description = "Existing SNS topics, each with the customer managed key that encrypts it. The policies of the topics and keys must allow CloudWatch. Default: the module creates two topics."
  type = object({
    warning  = object({ arn = string, kms_key_arn = optional(string) })
    critical = object({ arn = string, kms_key_arn = optional(string) })
  })
  default = null

  validation {
    condition     = var.topics == null ? true : alltrue([for topic in values(var.topics) : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", topic.arn))])
    error_message = "topics must have the ARNs of two SNS topics, for example { warning = { arn = \"arn:aws:sns:eu-west-1:123456789012:edu-warning\" }, critical = { ... } }."
  }
}

variable "kms_key" {
  description = "ARN of the customer managed key that encrypts the topics. Its policy must contain the statements of the output `topic_key_policy_json`. Default: the module creates a key with yearly rotation."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key.arn))
    error_message = "kms_key.arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "publishing_services" {
  description = "AWS services that can publish to the topics: `cloudwatch` for alarms and `events` for EventBridge rules. With `events`, EventBridge rules of any account that knows the ARN of a topic can publish to it, because EventBridge does not send the source account."
  type        = set(string)
  default     = ["cloudwatch"]
  nullable    = false

  validation {
    condition     = contains(var.publishing_services, "cloudwatch") && length(setsubtract(var.publishing_services, ["cloudwatch", "events"])) == 0
    error_message = "publishing_services must contain \"cloudwatch\", because alarms cannot send notifications without it, and can contain \"events\"."
  }
}

variable "kms_deletion_window_days" {
  description = "Number of days after destroy until KMS deletes the key that this module creates. Until then you can restore the key."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.kms_deletion_window_days >= 7 && var.kms_deletion_window_days <= 30 && floor(var.kms_deletion_window_days) == var.kms_deletion_window_days
    error_message = "kms_deletion_window_days must be a whole number from 7 to 30."
  }
}

variable "region" {
  description = "Region of the resources of the module. Default: the provider's Region."
  type        = string
  default     = null
}

variable "tags" {
  description = "Map of tags to assign to all resources of the module, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "lambda" {
  description = "Map of name to Lambda function to monitor: the output `alarm_target` of the module function."
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
  description = "Map of name to API to monitor: the output `alarm_target` of the module api, and the expected peak traffic in requests per minute."
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
  description = "Map of name to S3 bucket to monitor: the output `alarm_target` of the module storage."
  type = map(object({
    bucket    = string
    filter_id = string
  }))
  default  = {}
  nullable = false
}

variable "cloudfront" {
  description = "Map of name to CloudFront distribution to monitor: the output `alarm_target` of the module cdn. CloudFront publishes its metrics in us-east-1, so the module must be called there."
  type = map(object({
    distribution_id             = string
    additional_metrics          = optional(bool)
    origin_read_timeout_seconds = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.cloudfront) == 0 || var.region == null ? true : var.region == "us-east-1"
    error_message = "cloudfront is set and region is ${coalesce(var.region, "null")}. CloudFront publishes its metrics in us-east-1 only. Call the module a second time with region = \"us-east-1\", and set cloudfront there."
  }
}

variable "cognito" {
  description = "Map of name to user pool to monitor: the output `alarm_target` of the module auth."
  type = map(object({
    user_pool_id = string
    client_id    = string
  }))
  default  = {}
  nullable = false
}

variable "nlb" {
  description = "Map of name to load balancer to monitor: the output `nlb` of the module network."
  type = map(object({
    load_balancer = string
    target_group  = string
  }))
  default  = {}
  nullable = false
}

variable "mongodb" {
  description = "Map of name to MongoDB cluster to monitor: the output `alarm_target` of the module mongo-probe. The `probe_silent` alarm stays in the `ALARM` state until a probe publishes metrics for the cluster."
  type = map(object({
    cluster = string
  }))
  default  = {}
  nullable = false
}

variable "flow_logs" {
  description = "Map of name to flow log to monitor for traffic with public addresses: the output `flow_logs` of the module network. The module flow-log-guard publishes the metric; the alarm has no data without it."
  type = map(object({
    flow_log_group = string
  }))
  default  = {}
  nullable = false
}

variable "mongo_dump" {
  description = "Map of name to backup schedule to monitor: `schedule_name` and `max_age_hours` of the output `schedule` of the module backup. An alarm fires when no dump completes within `max_age_hours`."
  type = map(object({
    schedule_name = string
    max_age_hours = number
  }))
  default  = {}
  nullable = false
}

variable "cognito_export" {
  description = "Map of name to user pool whose exports to monitor: the output `alarm_target` of the module cognito-export."
  type = map(object({
    user_pool_id  = string
    max_age_hours = number
  }))
  default  = {}
  nullable = false
}

variable "upload_janitor" {
  description = "Map of name to upload bucket to monitor: the output `alarm_target` of the module upload-janitor. An alarm fires when abandoned uploads are not deleted."
  type = map(object({
    bucket = string
  }))
  default  = {}
  nullable = false
}

variable "secret_rotation" {
  description = "Map of name to secret whose rotation to monitor: the output `alarm_targets` of the module secret-rotation."
  type = map(object({
    secret_name  = string
    max_age_days = number
  }))
  default  = {}
  nullable = false
}

variable "origin_failover" {
  description = "Map of name to write path to monitor: the output `origin_failover_target` of the module origin-failover. Use it in the Region of that module."
  type = map(object({
    write_path = string
  }))
  default  = {}
  nullable = false
}

variable "overrides" {
  description = "Settings that differ from the alarm catalogue, in the form of `overrides` of `lectern_alarm_bundle`. docs/guides/alarms.md lists the keys. Default: no overrides."
  type        = any
  default     = null

  validation {
    condition     = var.overrides == null ? true : can(keys(var.overrides)) && alltrue([for key in try(keys(var.overrides), []) : length(split("/", key)) == 3])
    error_message = "The keys of overrides must have the form <service>/<target>/<alarm>, for example \"lambda/upload/duration\". Each part is a name or *."
  }
}

variable "extra_alarms" {
  description = "Map of name to additional alarm, in the form of `extra_alarms` of `lectern_alarm_bundle`, for example the output `extra_alarms` of the module recovery. `severity` is `warning` or `critical`."
  type = map(object({
    severity            = string
    description         = optional(string)
    namespace           = optional(string)
    metric_name         = optional(string)
    dimensions          = optional(map(string))
    statistic           = optional(string)
    unit                = optional(string)
    period              = optional(number)
    evaluation_periods  = optional(number)
    datapoints_to_alarm = optional(number)
    comparison_operator = string
    threshold           = number
    treat_missing_data  = optional(string)
    expression          = optional(string)
    metrics = optional(map(object({
      namespace   = string
      metric_name = string
      statistic   = string
      dimensions  = optional(map(string))
      period      = optional(number)
    })))
    runbook_url                          = optional(string)
    actions_enabled                      = optional(bool)
    alarm_actions                        = optional(set(string))
    ok_actions                           = optional(set(string))
    insufficient_data_actions            = optional(set(string))
    evaluate_low_sample_count_percentile = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name, alarm in var.extra_alarms : can(regex("^[A-Za-z0-9_-]{1,64}$", name)) && contains(["warning", "critical"], alarm.severity)])
    error_message = "The names in extra_alarms must have 1 to 64 letters, digits, _ and -, and severity must be \"warning\" or \"critical\", because these are the severities of the module."
  }

  validation {
    condition     = alltrue([for alarm in values(var.extra_alarms) : (alarm.metric_name != null && alarm.namespace != null && alarm.statistic != null && alarm.expression == null && alarm.metrics == null) || (alarm.metric_name == null && alarm.expression != null && alarm.metrics != null)])
    error_message = "Each of extra_alarms must have either namespace, metric_name and statistic, or metrics and expression."
  }
}

variable "composite" {
  description = "Composite alarm over all alarms of a severity, and whether only the composite alarm sends notifications. Default: no composite alarm."
  type = object({
    severity      = optional(string, "critical")
    mute_children = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.composite == null ? true : contains(["warning", "critical"], var.composite.severity)
    error_message = "composite.severity must be \"warning\" or \"critical\"."
  }
}

variable "min_requests" {
  description = "Minimum number of requests in a period for a rate alarm to evaluate the period. With few requests, a single failure would be a high rate."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.min_requests >= 1 && floor(var.min_requests) == var.min_requests
    error_message = "min_requests must be a whole number of 1 or more."
  }
}

variable "runbook_url" {
  description = "URL to add to the description of every alarm. `{key}` is replaced with the key of the alarm. Default: no URL."
  type        = string
  default     = null

  validation {
    condition     = var.runbook_url == null ? true : can(regex("^https://[^ ]+$", var.runbook_url))
    error_message = "runbook_url must be an https URL, for example https://runbooks.example.com/{key}."
  }
}

variable "dashboard" {
  description = "Whether to create a CloudWatch dashboard with the metrics and thresholds of the alarms."
  type        = bool
  default     = true
  nullable    = false
}
