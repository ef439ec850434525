variable "name" {
  description = "First part of the name of the function, `<name>-flow-log-guard`."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name must begin with a letter and have at most 32 characters: a-z, 0-9 and -."
  }
}

variable "flow_log" {
  description = "Flow log to read: its log group and its format. Use the output `flow_log` of the module network. Default of `log_format`: the default format of version 2."
  type = object({
    flow_log_group = string
    log_format     = optional(string)
  })
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_./#-]{1,512}$", var.flow_log.flow_log_group))
    error_message = "flow_log.flow_log_group must be the name of a log group, for example /aws/vpc/edu/flow-logs, not its ARN."
  }

  validation {
    condition     = var.flow_log.log_format == null ? true : can(regex("srcaddr", var.flow_log.log_format)) && can(regex("dstaddr", var.flow_log.log_format)) && can(regex("\\baction\\b", var.flow_log.log_format))
    error_message = "flow_log.log_format must contain srcaddr or pkt-srcaddr, dstaddr or pkt-dstaddr, and action, for example \"$${version} $${pkt-srcaddr} $${pkt-dstaddr} $${action} $${log-status}\". The format of an existing flow log cannot be changed: create a new flow log."
  }
}

variable "package" {
  description = "Deployment package, flow-log-guard.zip, in the form of `package` of the module function: `{ path }` or `{ bucket, key, version_id, sha256 }`."
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
  description = "Additional CIDR blocks that are not public, besides the private ranges (RFC 1918, fc00::/7): the IPv6 CIDR block of the VPC, and shared addresses (100.64.0.0/10) that it uses."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for range in var.own_cidrs : can(cidrhost(range, 0)) && !endswith(range, "/0")])
    error_message = "own_cidrs must contain CIDR blocks, for example 100.64.0.0/16 or 2001:db8:42::/56, and must not cover all addresses."
  }
}

variable "prefix_lists" {
  description = "AWS managed prefix lists whose addresses are not reported, by the last part of their names, for example `s3` for `com.amazonaws.<region>.s3`. Traffic through gateway endpoints has these addresses."
  type        = set(string)
  default     = ["s3", "dynamodb"]
  nullable    = false

  validation {
    condition     = alltrue([for name in var.prefix_lists : can(regex("^[a-z0-9][a-z0-9.-]*$", name)) && !startswith(name, "com.amazonaws")])
    error_message = "prefix_lists must contain the last parts of the names of AWS managed prefix lists, for example s3, dynamodb or ipv6.s3."
  }
}

variable "findings_topic" {
  description = "SNS topic for findings, with its customer managed key. Use the output `topics` of the module monitoring. Default: findings are not published to SNS."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "event_bus" {
  description = "ARN of the EventBridge event bus for findings. Default: findings are not sent to EventBridge."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.event_bus == null ? true : can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9_./-]+$", var.event_bus.arn))
    error_message = "event_bus.arn must be the ARN of an event bus, for example arn:aws:events:eu-west-1:123456789012:event-bus/default."
  }
}

variable "failure_topic" {
  description = "SNS topic that is notified of events that failed after all retries, with its customer managed key. Use the output `topics` of the module monitoring. Default: no notification."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "window_seconds" {
  description = "Period in seconds for which records of the same five-tuple are one finding. With 3600, a permanent flow is reported once per hour."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.window_seconds >= 60 && var.window_seconds <= 86400 && var.window_seconds % 60 == 0
    error_message = "window_seconds must be a multiple of 60 from 60 to 86400."
  }
}

variable "rejected" {
  description = "What to do with flows that security groups or network ACLs rejected: `report` publishes findings; `count` only counts them, for networks that are reachable from the internet."
  type        = string
  default     = "report"
  nullable    = false

  validation {
    condition     = contains(["report", "count"], var.rejected)
    error_message = "rejected must be \"report\" or \"count\"."
  }
}

variable "findings_per_event" {
  description = "Maximum number of findings of one event to publish one by one. The number of further findings is published in one message."
  type        = number
  default     = 500
  nullable    = false

  validation {
    condition     = var.findings_per_event >= 1 && var.findings_per_event <= 5000 && floor(var.findings_per_event) == var.findings_per_event
    error_message = "findings_per_event must be a whole number from 1 to 5000."
  }
}

variable "architecture" {
  description = "Instruction set architecture of the package: `x86_64` or `arm64`."
  type        = string
  default     = "x86_64"
  nullable    = false
}

variable "memory_mb" {
  description = "Memory of the function in MB. CPU increases with memory."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_mb >= 256 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 256, which the largest event needs, to 10240, the limit of Lambda."
  }
}

variable "timeout_seconds" {
  description = "Timeout of the function in seconds."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 30 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds must be a whole number from 30 to 900, the limit of Lambda."
  }
}

variable "environment" {
  description = "Additional environment variables of the function, for example `LECTERN_LOG`, or endpoints of the local cloud."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "vpc" {
  description = "Subnets and security groups of the function. The function does not need a VPC. In a VPC it needs endpoints for EC2, SNS and EventBridge. Default: the function is not in a VPC."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null
}

variable "reserved_concurrency" {
  description = "Reserved concurrent executions of the function. Default: the function uses the unreserved concurrency of the account."
  type        = number
  default     = null
}

variable "log_retention_days" {
  description = "Number of days to keep the function's logs."
  type        = number
  default     = 90
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for the function's logs and environment variables. Its policy must allow CloudWatch Logs to use it. Default: AWS owned keys."
  type        = string
  default     = null
}

variable "tracing" {
  description = "Whether to send traces to AWS X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy to set as permissions boundary of the role. Default: no boundary."
  type        = string
  default     = null
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
