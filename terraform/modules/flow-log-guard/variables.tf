variable "name" {
  description = "First part of the name of the function, `<name>-flow-log-guard`."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -."
  }
}

variable "flow_log" {
  description = "The flow log to read: its log group, and its format string. Without `log_format` it is the default format of version 2. The output `flow_log` of the module network has both."
  type = object({
    flow_log_group = string
    log_format     = optional(string)
  })
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_./#-]{1,512}$", var.flow_log.flow_log_group))
    error_message = "flow_log.flow_log_group is the name of a log group, as /aws/vpc/edu/flow-logs, and not its ARN."
  }

  validation {
    condition     = var.flow_log.log_format == null ? true : can(regex("srcaddr", var.flow_log.log_format)) && can(regex("dstaddr", var.flow_log.log_format)) && can(regex("\\baction\\b", var.flow_log.log_format))
    error_message = "flow_log.log_format has srcaddr or pkt-srcaddr, dstaddr or pkt-dstaddr, and action, as in \"$${version} $${pkt-srcaddr} $${pkt-dstaddr} $${action} $${log-status}\". The format of a flow log cannot be changed: make it anew."
  }
}

variable "package" {
  description = "Deployment package, flow-log-guard.zip, as the module function takes it: `{ path }` or `{ bucket, key, version_id, sha256 }`."
  type = object({
    path       = optional(string)
    bucket     = optional(string)
    key        = optional(string)
    version_id = optional(string)
    sha256     = optional(string)
  })
  nullable = false
}

variable "own_cidrs" {
  description = "Ranges of addresses that are not public, beside private ones (RFC 1918, fc00::/7): the VPC's IPv6 range, and shared addresses (100.64.0.0/10) that it uses."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for range in var.own_cidrs : can(cidrhost(range, 0)) && !endswith(range, "/0")])
    error_message = "own_cidrs are ranges in CIDR notation, as 100.64.0.0/16 or 2001:db8:42::/56, and not all addresses."
  }
}

variable "prefix_lists" {
  description = "Prefix lists of AWS whose addresses are not reported, by the last part of their names: `s3` is `com.amazonaws.<region>.s3`. Traffic through gateway endpoints has these addresses."
  type        = set(string)
  default     = ["s3", "dynamodb"]
  nullable    = false

  validation {
    condition     = alltrue([for name in var.prefix_lists : can(regex("^[a-z0-9][a-z0-9.-]*$", name)) && !startswith(name, "com.amazonaws")])
    error_message = "prefix_lists are the last parts of names, as s3, dynamodb or ipv6.s3."
  }
}

variable "findings_topic" {
  description = "SNS topic that every finding is published to, with its customer managed key; the output `topics` of the module monitoring has both. `null`: no messages."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "event_bus" {
  description = "EventBridge event bus that every finding is put on, by its ARN. `null`: no events."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.event_bus == null ? true : can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9_./-]+$", var.event_bus.arn))
    error_message = "event_bus.arn is the ARN of an event bus, as arn:aws:events:eu-west-1:123456789012:event-bus/default."
  }
}

variable "failure_topic" {
  description = "SNS topic that is notified of events that failed for good, with its customer managed key; the output `topics` of the module monitoring has both. `null`: no notification."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "window_seconds" {
  description = "Records of one five-tuple in so many seconds are one finding. With 3600 a flow that lasts is reported once an hour."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.window_seconds >= 60 && var.window_seconds <= 86400 && var.window_seconds % 60 == 0
    error_message = "window_seconds is a multiple of 60 from 60 to 86400."
  }
}

variable "rejected" {
  description = "What to do with flows that security groups or network ACLs refused: `report` them, or only `count` them, for networks that the internet reaches."
  type        = string
  default     = "report"
  nullable    = false

  validation {
    condition     = contains(["report", "count"], var.rejected)
    error_message = "rejected is \"report\" or \"count\"."
  }
}

variable "findings_per_event" {
  description = "Most findings of one event that are published one by one. How many more there were is in one message."
  type        = number
  default     = 500
  nullable    = false

  validation {
    condition     = var.findings_per_event >= 1 && var.findings_per_event <= 5000 && floor(var.findings_per_event) == var.findings_per_event
    error_message = "findings_per_event is a whole number from 1 to 5000."
  }
}

variable "architecture" {
  description = "Architecture that the package was built for: `x86_64` or `arm64`."
  type        = string
  default     = "x86_64"
  nullable    = false
}

variable "memory_mb" {
  description = "Memory of the function in MB. CPU grows with it."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_mb >= 256 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb is a whole number from 256, which the largest event needs, to Lambda's 10240."
  }
}

variable "timeout_seconds" {
  description = "Seconds after which Lambda stops an invocation."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 30 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds is a whole number from 30 to Lambda's 900."
  }
}

variable "environment" {
  description = "Additional environment variables of the function, such as `LECTERN_LOG` or the endpoints of a local cloud."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "vpc" {
  description = "Subnets and security groups of the function. It needs none: it reads no data of the platform. In a VPC it needs endpoints of EC2, SNS and EventBridge. `null`: not in a VPC."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null
}

variable "reserved_concurrency" {
  description = "Maximum number of concurrent invocations, reserved for this function. `null`: the account's unreserved concurrency."
  type        = number
  default     = null
}

variable "log_retention_days" {
  description = "Days to keep the function's logs."
  type        = number
  default     = 90
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for the function's logs and environment variables. Its policy must allow CloudWatch Logs to use it. `null`: AWS owned keys."
  type        = string
  default     = null
}

variable "tracing" {
  description = "Send traces to X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that is set as permissions boundary on the role. `null`: no boundary."
  type        = string
  default     = null
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
