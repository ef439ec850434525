variable "name" {
  description = "First part of the names of the trail, the Config rules, the role and the log group, and namespace of the metrics."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name is \"${var.name}\"; it must begin with a letter and have at most 32 characters: a-z, 0-9 and -."
  }
}

variable "bucket" {
  description = "Name of the bucket to create for the files of CloudTrail and AWS Config. Required unless both `cloudtrail` and `config` use what exists."
  type        = string
  default     = null

  validation {
    condition     = var.bucket == null ? true : can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket must have 3 to 63 characters of a-z, 0-9 and -, and must begin and end with a letter or digit."
  }

  validation {
    condition     = !(try(var.cloudtrail.create, false) || try(var.config.create_recorder, false)) || var.bucket != null
    error_message = "bucket is required: the trail and the recorder deliver files to it. To use an existing trail and recorder, set cloudtrail = { create = false } and config = { create_recorder = false }."
  }
}

variable "cloudtrail" {
  description = "Multi-Region trail of the account. `create = false` uses an existing trail, for example of the organization or of the first Region: set `log_group_name` to its log group to get metrics for the alarms. `data_event_bucket_arns`: buckets whose object-level requests are recorded, which is charged for each request. If null, there is neither a trail nor metrics."
  type = object({
    create                 = optional(bool, true)
    data_event_bucket_arns = optional(list(string), [])
    log_group_name         = optional(string)
    log_retention_days     = optional(number, 365)
  })
  default = {}

  validation {
    condition     = var.cloudtrail == null ? true : var.cloudtrail.create || length(var.cloudtrail.data_event_bucket_arns) == 0
    error_message = "cloudtrail.data_event_bucket_arns has ${try(length(var.cloudtrail.data_event_bucket_arns), 0)} buckets, but create is false: the module does not change an existing trail. Add the buckets to that trail, or set create = true."
  }

  validation {
    condition     = var.cloudtrail == null ? true : !var.cloudtrail.create || var.cloudtrail.log_group_name == null
    error_message = "cloudtrail.log_group_name is the log group of an existing trail and requires create = false. With create = true, the module creates the log group /aws/cloudtrail/<name>."
  }

  validation {
    condition     = var.cloudtrail == null ? true : alltrue([for arn in var.cloudtrail.data_event_bucket_arns : can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]+$", arn))])
    error_message = "cloudtrail.data_event_bucket_arns must contain ARNs of buckets without a path, for example arn:aws:s3:::edu-files."
  }

  validation {
    condition     = var.cloudtrail == null ? true : contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.cloudtrail.log_retention_days)
    error_message = "cloudtrail.log_retention_days must be a value that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "config" {
  description = "AWS Config. An account has one recorder and one delivery channel in a Region: `create_recorder = false` uses the existing ones and creates only rules. `create_service_linked_role`: set to `false` if the account has the role AWSServiceRoleForConfig, for example in the second Region. `record_global_resources`: whether to record IAM resources; set to `false` in all Regions but one. `cloudfront_rules`: whether to create the rules for CloudFront, which AWS offers in us-east-1 only. `noncompliance_topic`: ARN of the SNS topic that EventBridge notifies when a resource does not comply with a rule of this module. If null, there are neither recorder nor rules."
  type = object({
    create_recorder            = optional(bool, true)
    create_service_linked_role = optional(bool, true)
    record_global_resources    = optional(bool, true)
    cloudfront_rules           = optional(bool, false)
    snapshot_frequency         = optional(string, "TwentyFour_Hours")
    noncompliance_topic = optional(object({
      arn = string
    }))
  })
  default = {}

  validation {
    condition     = var.config == null ? true : contains(["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"], var.config.snapshot_frequency)
    error_message = "config.snapshot_frequency is \"${try(var.config.snapshot_frequency, "")}\"; it must be One_Hour, Three_Hours, Six_Hours, Twelve_Hours or TwentyFour_Hours."
  }

  validation {
    condition     = try(var.config.noncompliance_topic, null) == null ? true : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.config.noncompliance_topic.arn))
    error_message = "config.noncompliance_topic.arn must be the ARN of an SNS topic, for example arn:aws:sns:eu-west-1:123456789012:edu-warning."
  }
}

variable "config_rules" {
  description = "AWS managed rules, in addition to the default rules of this module. A rule with the key of a default rule replaces it, and `null` removes it. `identifier`: name of the rule in upper case, for example `LAMBDA_DLQ_CHECK`. `parameters`: its parameters. `resource_types`: types to evaluate (default: those of the rule). `frequency`: how often to evaluate a periodic rule (default: 24 hours)."
  type = map(object({
    identifier     = string
    parameters     = optional(map(string), {})
    resource_types = optional(list(string), [])
    frequency      = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for key, rule in var.config_rules : can(regex("^[a-z0-9][a-z0-9-]{0,79}$", key)) && (rule == null ? true : can(regex("^[A-Z0-9_]+$", rule.identifier)))])
    error_message = "The keys of config_rules must have at most 80 characters of a-z, 0-9 and -, and identifier must be the name of a managed rule in upper case with underscores, for example { lambda-dlq-check = { identifier = \"LAMBDA_DLQ_CHECK\" } }."
  }

  validation {
    condition     = alltrue([for rule in values(var.config_rules) : try(rule.frequency, null) == null ? true : contains(["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"], rule.frequency)])
    error_message = "config_rules must have One_Hour, Three_Hours, Six_Hours, Twelve_Hours or TwentyFour_Hours as frequency."
  }
}

variable "alarms" {
  description = "Settings of the CIS alarms that differ from the defaults, by the key of the alarm; the README lists the keys. `severity`: `warning` or `critical`. `threshold`: number of events in `period` seconds. `null` removes an alarm and its metric."
  type = map(object({
    severity  = optional(string)
    threshold = optional(number)
    period    = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(setsubtract(keys(var.alarms), keys(local.cis))) == 0
    error_message = "alarms has unknown keys: ${join(", ", setsubtract(keys(var.alarms), keys(local.cis)))}. The keys are ${join(", ", keys(local.cis))}."
  }

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : try(alarm.severity, null) == null ? true : contains(["warning", "critical"], alarm.severity)])
    error_message = "alarms must have \"warning\" or \"critical\" as severity, because these are the severities of the module monitoring."
  }

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : (try(alarm.threshold, null) == null ? true : alarm.threshold >= 1) && (try(alarm.period, null) == null ? true : alarm.period >= 60 && alarm.period % 60 == 0)])
    error_message = "alarms must have a threshold of at least 1 and a period that is a multiple of 60 seconds."
  }
}

variable "retention_days" {
  description = "Number of days until the files of CloudTrail and AWS Config are deleted."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = var.retention_days >= 90 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days is ${var.retention_days}; it must be a whole number of 90 or more. CloudTrail itself shows the last 90 days."
  }
}

variable "kms_key" {
  description = "ARN of the customer managed key that encrypts the files and the log. You manage its rotation, and its policy must contain the statements of the output `key_policy_json`. Default: the module creates a key with yearly rotation."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key.arn))
    error_message = "kms_key.arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab: an alias can move, and the bucket policy compares keys."
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

variable "access_logs" {
  description = "Bucket for access logs of the bucket, in the form of `access_logs` of the module storage. Default: no access logs."
  type = object({
    bucket         = string
    create         = optional(bool, true)
    retention_days = optional(number, 365)
  })
  default = null
}

variable "permissions_boundary" {
  description = "ARN of the policy to set as permissions boundary of the role. Default: no boundary."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of the resources of the module. The trail records all Regions. Default: the provider's Region."
  type        = string
  default     = null
}

variable "tags" {
  description = "Map of tags to assign to all resources of the module, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "force_destroy" {
  description = "Whether destroy deletes the files in the bucket. If `false`, destroy fails while the bucket contains files."
  type        = bool
  default     = false
  nullable    = false
}
