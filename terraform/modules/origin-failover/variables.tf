variable "name" {
  description = "First part of the names of the function, roles, rule, queue and schedule, and of the override parameter, `/<name>/write-path`."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -, so that names stay within AWS's 64 characters."
  }
}

variable "alarms" {
  description = "Names of the alarms that say how each region is, metric alarms or composite ones, in the region of this module. Each judges its region from outside, for example by a health check of Route 53, and treats missing data as breaching."
  type = object({
    primary   = string
    secondary = string
  })
  nullable = false

  validation {
    condition     = var.alarms.primary != var.alarms.secondary
    error_message = "alarms.primary and alarms.secondary are two alarms: one cannot say of two regions how they are."
  }

  validation {
    condition     = alltrue([for name in values(var.alarms) : length(name) <= 255 && !startswith(name, "arn:")])
    error_message = "alarms are names, as edu/region-1, and not ARNs."
  }
}

variable "distribution" {
  description = "The CloudFront distribution to switch: its id, and the ids of the origins of both regions in it. `web_acl_arn` is its web ACL, which the function's role must be able to read; `log_bucket_arn` is the bucket of its standard logs (legacy). `null` with `record`."
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
    error_message = "One write path is switched: give distribution, or record."
  }

  validation {
    condition     = var.distribution == null ? true : var.distribution.primary_origin_id != var.distribution.secondary_origin_id
    error_message = "distribution.primary_origin_id and distribution.secondary_origin_id are the ids of two origins."
  }
}

variable "record" {
  description = "The Route 53 record to switch: a `CNAME`, or an alias of type `A` or `AAAA` whose targets have a `zone_id`. `null` with `distribution`."
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
    error_message = "record.type is CNAME, or A or AAAA for an alias."
  }

  validation {
    condition     = var.record == null ? true : alltrue([for target in [var.record.primary, var.record.secondary] : (target.zone_id != null) == (var.record.type != "CNAME")])
    error_message = "record.primary.zone_id and record.secondary.zone_id are the hosted zones of an alias' targets; a CNAME has none."
  }

  validation {
    condition     = var.record == null ? true : !can(regex("[*\\\\]|\\.$", var.record.name)) && var.record.primary.name != var.record.secondary.name
    error_message = "record.name is the full name of one host, as write.example.com, without a dot at the end, and its targets are two."
  }
}

variable "hold_seconds" {
  description = "Seconds that region 1 has to be healthy before the write path goes back to it, with `failback = \"automatic\"`. Each alarm in between starts them anew."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.hold_seconds >= 0 && var.hold_seconds <= 86400 && floor(var.hold_seconds) == var.hold_seconds
    error_message = "hold_seconds is a whole number from 0 to 86400."
  }
}

variable "failback" {
  description = "How the write path goes back to region 1: `manual`, by the override parameter, when what was written to region 2 is brought back; or `automatic`, after the hold time, where both regions write to one database."
  type        = string
  default     = "manual"
  nullable    = false

  validation {
    condition     = contains(["manual", "automatic"], var.failback)
    error_message = "failback is \"manual\" or \"automatic\"."
  }
}

variable "dry_run" {
  description = "Decide, log and publish, and change nothing."
  type        = bool
  default     = false
  nullable    = false
}

variable "notice_topic" {
  description = "SNS topic that switches and refusals are published to, with its customer managed key; the output `topics` of the module monitoring has both. `null`: no messages."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "event_bus" {
  description = "EventBridge event bus that switches and refusals are put on, by its ARN. `null`: no events."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.event_bus == null ? true : can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9_./-]+$", var.event_bus.arn))
    error_message = "event_bus.arn is the ARN of an event bus, as arn:aws:events:us-east-1:123456789012:event-bus/default."
  }
}

variable "failure_topic" {
  description = "SNS topic that is notified of events that the function failed for good, with its customer managed key; the output `topics` of the module monitoring has both. `null`: no notification."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "dead_letter_queue" {
  description = "SQS queue for events that EventBridge could not hand to the function, by its ARN; its policy must allow the rule to send. `null`: the module makes one."
  type = object({
    arn = string
  })
  default = null
}

variable "timeout_seconds" {
  description = "Seconds after which Lambda stops an invocation."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 30 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds is a whole number from 30, which the attempts need, to Lambda's 900."
  }
}

variable "package" {
  description = "Deployment package of the function, origin-failover.zip, as the module function takes it: `{ path }` or `{ bucket, key, version_id, sha256 }`."
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
  description = "Architecture that the package was built for: `x86_64` or `arm64`."
  type        = string
  default     = "x86_64"
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture is x86_64 or arm64."
  }
}

variable "memory_mb" {
  description = "Memory of the function in MB."
  type        = number
  default     = 128
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb is a whole number from 128 to Lambda's 10240."
  }
}

variable "environment" {
  description = "Additional environment variables of the function, such as `LECTERN_LOG` or the endpoints of a local cloud."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])
    error_message = "The names in environment begin with a letter and have letters, digits and _, at least two characters."
  }
}

variable "reserved_concurrency" {
  description = "Maximum number of concurrent invocations, reserved for this function. `null`: the account's unreserved concurrency."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 1 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency is a whole number from 1, or null."
  }
}

variable "log_retention_days" {
  description = "Days to keep the function's log."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is one that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, or 3 to 10 years' days."
  }
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for the function's log and environment variables. Its policy must allow CloudWatch Logs to use it. `null`: AWS owned keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "tracing" {
  description = "Send traces to X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that is set as permissions boundary on the roles. `null`: no boundary."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of the module's resources, which is the alarms' region. us-east-1 has the metrics of CloudFront and of Route 53's health checks. Never region 1. `null`: the provider's region."
  type        = string
  default     = "us-east-1"
}

variable "tags" {
  description = "Tags for every resource that takes tags, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}
