variable "name" {
  description = "First part of the names of the web ACLs, log groups and policies."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name is \"${var.name}\"; it begins with a letter and has at most 32 of a-z, 0-9 and -, which metrics and log groups take."
  }
}

variable "cdn" {
  description = "Rules of the web ACL of the distribution, which is created in us-east-1. `managed_rules`: AWS managed rule groups, each with a `version` (default: the version that AWS recommends), an `action` (`block`, or `count` to test the group) and `count_rules`, rules of the group that only count. `rate`: maximum number of requests of an IP address in `window_seconds`. `max_body_bytes`: maximum size of a request body. Set to `null` to create no web ACL for a distribution, for example in a second region."
  type = object({
    managed_rules = optional(object({
      # Its SizeRestrictions_BODY blocks bodies above 8 KB, which the API takes; max_body_bytes has the limit.
      common = optional(object({
        version     = optional(string)
        action      = optional(string, "block")
        count_rules = optional(list(string), ["SizeRestrictions_BODY"])
      }), {})
      sql_injection = optional(object({
        version     = optional(string)
        action      = optional(string, "block")
        count_rules = optional(list(string), [])
      }), {})
      known_bad_inputs = optional(object({
        version     = optional(string)
        action      = optional(string, "block")
        count_rules = optional(list(string), [])
      }), {})
    }), {})
    rate = optional(object({
      limit          = optional(number, 2000)
      window_seconds = optional(number, 300)
    }), {})
    max_body_bytes = optional(number, 65536)
  })
  default = {}

  validation {
    condition     = var.cdn == null ? true : alltrue([for group in values(var.cdn.managed_rules) : contains(["block", "count"], group.action)])
    error_message = "cdn.managed_rules has the actions ${join(", ", try([for group in values(var.cdn.managed_rules) : group.action], []))}; set block or count for each group."
  }

  validation {
    condition     = var.cdn == null ? true : alltrue([for group in values(var.cdn.managed_rules) : group.version == null ? true : can(regex("^Version_[0-9]+\\.[0-9]+$", group.version))])
    error_message = "cdn.managed_rules has the versions ${jsonencode(try([for group in values(var.cdn.managed_rules) : group.version], []))}; set one that the AWS console lists, for example Version_1.10, or leave version out."
  }

  validation {
    condition     = var.cdn == null ? true : var.cdn.rate.limit >= 10 && var.cdn.rate.limit <= 2000000000 && contains([60, 120, 300, 600], var.cdn.rate.window_seconds)
    error_message = "cdn.rate is ${jsonencode(try(var.cdn.rate, null))}; WAF takes a limit from 10 to 2,000,000,000 requests, in 60, 120, 300 or 600 seconds."
  }

  validation {
    condition     = var.cdn == null ? true : var.cdn.max_body_bytes >= 1 && var.cdn.max_body_bytes <= 65536 && floor(var.cdn.max_body_bytes) == var.cdn.max_body_bytes
    error_message = "cdn.max_body_bytes is ${try(var.cdn.max_body_bytes, "null")}; set a whole number from 1 to 65536: WAF reads 64 KB of a body at most, and rules do not see what comes after."
  }
}

variable "origin_verify" {
  description = "Header that the distribution adds to requests to the API, and its secret random values. The distribution sends the first value; the web ACL of the API accepts both, so that the value can be changed. Default: no web ACL for an API."
  type = object({
    header = optional(string, "x-origin-verify")
    values = list(string)
  })
  default   = null
  sensitive = true

  validation {
    condition     = var.origin_verify == null ? true : contains([1, 2], length(var.origin_verify.values))
    error_message = "origin_verify.values must have one value, or two values while you replace one. Remove a value that is no longer used: everyone who knows it can call the API."
  }

  validation {
    condition     = var.origin_verify == null ? true : alltrue([for value in var.origin_verify.values : can(regex("^[A-Za-z0-9_.~+/=-]{32,200}$", value))])
    error_message = "The values in origin_verify.values must have 32 to 200 letters, digits and _.~+/=-, because everyone who guesses a value can call the API. Set a random value, for example from random_password with special = false."
  }

  validation {
    condition     = var.origin_verify == null ? true : can(regex("^x-[a-z0-9-]{1,62}$", var.origin_verify.header)) && !can(regex("^x-(amz|edge)", var.origin_verify.header))
    error_message = "origin_verify.header is a name in lower case that begins with x-, for example x-origin-verify, and not with x-amz or x-edge: CloudFront keeps those for itself."
  }
}

variable "health_path" {
  description = "Path of a health check below the stage that the web ACL of the API lets pass without the header: `health_path` of the module api, for example `/health`. Default: none."
  type        = string
  default     = null

  validation {
    condition     = var.health_path == null ? true : can(regex("^/[A-Za-z0-9._~-]{1,64}$", var.health_path))
    error_message = "health_path is ${jsonencode(var.health_path)}. Set a path of one part, for example \"/health\"."
  }
}

variable "stage" {
  description = "Name of the stage of the API, the first part of the path of a health check: the output `stage_name` of the module api."
  type        = string
  default     = "v1"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage))
    error_message = "stage is \"${var.stage}\". Set the name of a stage: 1 to 128 characters of A-Z, a-z, 0-9, _ and -."
  }
}

variable "shield_advanced" {
  description = "Shield Advanced. It costs 3,000 USD a month with a commitment of one year; confirm with `acknowledged_yearly_commitment = true`. `subscribe`: whether to subscribe this account; use `false` if the account is subscribed already. `protected`: ARNs of the resources to protect, by name, for example of the distribution. Default: Shield Standard only, which is free."
  type = object({
    acknowledged_yearly_commitment = bool
    subscribe                      = optional(bool, true)
    protected                      = optional(map(string), {})
  })
  default = null

  validation {
    condition     = var.shield_advanced == null ? true : var.shield_advanced.acknowledged_yearly_commitment
    error_message = "shield_advanced.acknowledged_yearly_commitment is ${jsonencode(try(var.shield_advanced.acknowledged_yearly_commitment, null))}; Shield Advanced costs 3,000 USD a month, and nobody can end it within a year. Set it to true if you want that, or leave shield_advanced out."
  }
}

variable "log_requests" {
  description = "Requests to log: `blocked` (blocked and counted requests) or `all`."
  type        = string
  default     = "blocked"
  nullable    = false

  validation {
    condition     = contains(["blocked", "all"], var.log_requests)
    error_message = "log_requests is \"${var.log_requests}\"; set blocked or all."
  }
}

variable "log_retention_days" {
  description = "Number of days to keep the logs."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; set one that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, or 3 to 10 years' days."
  }
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for the log of the web ACL of the API, in the region of the API. Its policy must allow CloudWatch Logs to use it. Default: AWS owned keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; set the ARN of the key itself, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "us_east_1_kms_key_arn" {
  description = "ARN of the customer managed key for the log of the web ACL of the distribution, in us-east-1. Its policy must allow CloudWatch Logs to use it. Default: AWS owned keys."
  type        = string
  default     = null

  validation {
    condition     = var.us_east_1_kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:us-east-1:[0-9]{12}:key/[A-Za-z0-9-]+$", var.us_east_1_kms_key_arn))
    error_message = "us_east_1_kms_key_arn is ${jsonencode(var.us_east_1_kms_key_arn)}; set the ARN of a key of us-east-1, where this log is, for example arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "region" {
  description = "Region of the API and its web ACL. The web ACL of the distribution is always in us-east-1. Default: the provider's Region."
  type        = string
  default     = null
}

variable "tags" {
  description = "Map of tags to assign to all resources of the module, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}
