variable "name" {
  description = "First part of the names of the function, roles, rule, queue and schedule, and of the override parameter, `/<name>/write-path`."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name must begin with a letter and have at most 32 characters: a-z, 0-9 and -, because names in AWS can have 64 characters."
  }
}

variable "alarms" {
  description = "Names of the metric alarms or composite alarms that show the health of each Region. They must be in the Region of this module, must measure the Region from outside, for example with a Route 53 health check, and must treat missing data as breaching."
  type = object({
    primary   = string
    secondary = string
  })
  nullable = false

  validation {
    condition     = var.alarms.primary != var.alarms.secondary
    error_message = "alarms.primary and alarms.secondary must be two different alarms, because each one shows the health of one Region."
  }

  validation {
    condition     = alltrue([for name in values(var.alarms) : length(name) <= 255 && !startswith(name, "arn:")])
    error_message = "alarms must contain names of alarms, for example edu/region-1, not ARNs."
  }
}

variable "distribution" {
  description = "CloudFront distribution to switch: its ID, and the IDs of the origins of both Regions. `web_acl_arn` is the ARN of its web ACL, which the role of the function must be able to read. `log_bucket_arn` is the ARN of the bucket of its standard logs (legacy). Required unless `record` is set."
  type = object({
    id                  = string
    primary_origin_id   = string
    secondary_origin_id = string
    web_acl_arn         = optional(string)
    log_bucket_arn      = optional(string)
  })
  default = null

  validation {
    condition     = (var.distribution == null) != (var.record == null)
    error_message = "Set either distribution or record, but not both."
  }

  validation {
    condition     = var.distribution == null ? true : var.distribution.primary_origin_id != var.distribution.secondary_origin_id
    error_message = "distribution.primary_origin_id and distribution.secondary_origin_id must be the IDs of two different origins."
  }
}

variable "record" {
  description = "Route 53 record to switch: a `CNAME` record, or an alias record of type `A` or `AAAA`, whose targets have a `zone_id`. Required unless `distribution` is set."
  type = object({
    zone_id   = string
    name      = string
    type      = optional(string, "CNAME")
    primary   = object({ name = string, zone_id = optional(string) })
    secondary = object({ name = string, zone_id = optional(string) })
  })
  default = null

  validation {
    condition     = var.record == null ? true : contains(["CNAME", "A", "AAAA"], var.record.type)
    error_message = "record.type must be CNAME, or A or AAAA for an alias record."
  }

  validation {
    condition     = var.record == null ? true : alltrue([for target in [var.record.primary, var.record.secondary] : (target.zone_id != null) == (var.record.type != "CNAME")])
    error_message = "record.primary.zone_id and record.secondary.zone_id must be the hosted zone IDs of the targets of an alias record. A CNAME record has none."
  }

  validation {
    condition     = var.record == null ? true : !can(regex("[*\\\\]|\\.$", var.record.name)) && var.record.primary.name != var.record.secondary.name
    error_message = "record.name must be a full host name without a dot at the end, for example write.example.com, and record.primary and record.secondary must have different targets."
  }
}

variable "hold_seconds" {
  description = "Number of seconds that Region 1 must be healthy before the write path switches back to it, with `failback = \"automatic\"`. Every alarm restarts the period."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.hold_seconds >= 0 && var.hold_seconds <= 86400 && floor(var.hold_seconds) == var.hold_seconds
    error_message = "hold_seconds must be a whole number from 0 to 86400."
  }
}

variable "failback" {
  description = "How the write path switches back to Region 1: `manual`, with the override parameter, after the data that was written to Region 2 has been copied back; or `automatic`, after `hold_seconds`, if both Regions write to the same database."
  type        = string
  default     = "manual"
  nullable    = false

  validation {
    condition     = contains(["manual", "automatic"], var.failback)
    error_message = "failback must be \"manual\" or \"automatic\"."
  }
}

variable "dry_run" {
  description = "Whether to only decide, log and publish, without changing the write path."
  type        = bool
  default     = false
  nullable    = false
}

variable "notice_topic" {
  description = "SNS topic for notifications of switches and rejected switches, with its customer managed key. Use the output `topics` of the module monitoring. Default: no notifications."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "event_bus" {
  description = "ARN of the EventBridge event bus for switches and rejected switches. Default: no events."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.event_bus == null ? true : can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9_./-]+$", var.event_bus.arn))
    error_message = "event_bus.arn must be the ARN of an event bus, for example arn:aws:events:us-east-1:123456789012:event-bus/default."
  }
}

variable "failure_topic" {
  description = "SNS topic that is notified of events that the function failed after all retries, with its customer managed key. Use the output `topics` of the module monitoring. Default: no notification."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "dead_letter_queue" {
  description = "ARN of the SQS queue for events that EventBridge could not deliver to the function. Its policy must allow the rule to send messages. Default: the module creates a queue."
  type = object({
    arn = string
  })
  default = null
}

variable "timeout_seconds" {
  description = "Timeout of the function in seconds."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 30 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds must be a whole number from 30, which the retries need, to 900, the limit of Lambda."
  }
}

variable "package" {
  description = "Deployment package of the function, origin-failover.zip, in the form of `package` of the module function: `{ path }` or `{ bucket, key, version_id, sha256 }`."
  type = object({
    path       = optional(string)
    bucket     = optional(string)
    key        = optional(string)
    version_id = optional(string)
    sha256     = optional(string)
  })
  nullable = false
}

variable "architecture" {
  description = "Instruction set architecture of the package: `x86_64` or `arm64`."
  type        = string
  default     = "x86_64"
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture must be x86_64 or arm64."
  }
}

variable "memory_mb" {
  description = "Memory of the function in MB."
  type        = number
  default     = 128
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240, the limit of Lambda."
  }
}

variable "environment" {
  description = "Additional environment variables of the function, for example `LECTERN_LOG`, or endpoints of the local cloud."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])
    error_message = "The names in environment must begin with a letter, have at least two characters, and contain only letters, digits and _."
  }
}

variable "reserved_concurrency" {
  description = "Reserved concurrent executions of the function. Default: the function uses the unreserved concurrency of the account."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 1 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency must be a whole number of 1 or more, or null."
  }
}

variable "log_retention_days" {
  description = "Number of days to keep the logs of the function."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a value that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for the function's log and environment variables. Its policy must allow CloudWatch Logs to use it. Default: AWS owned keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "tracing" {
  description = "Whether to send traces to AWS X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy to set as permissions boundary of the roles. Default: no boundary."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of the resources of the module and of the alarms. Metrics of CloudFront and Route 53 health checks are in us-east-1. Do not use Region 1. Default: the provider's Region."
  type        = string
  default     = "us-east-1"
}

variable "tags" {
  description = "Map of tags to assign to all resources of the module, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}
