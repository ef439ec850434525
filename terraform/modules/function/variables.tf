variable "name" {
  description = "Name of the function and its log group, and first part of the names of its roles, which end with the region."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,63}$", var.name))
    error_message = "name begins with a letter and has at most 64 of a-z, 0-9 and -, Lambda's most."
  }
}

variable "description" {
  description = "What the function does, in one sentence."
  type        = string

  validation {
    condition     = length(var.description) >= 1 && length(var.description) <= 256
    error_message = "description has 1 to 256 characters, Lambda's most."
  }
}

variable "package" {
  description = "Deployment package, a zip with `bootstrap` for `provided.al2023`: `{ path }` of a local file, or `{ bucket, key, version_id, sha256 }` of an object in the function's region, with the checksum from SHA256SUMS. With an object in S3, plan and destroy need no local file."
  type = object({
    path       = optional(string)
    bucket     = optional(string)
    key        = optional(string)
    version_id = optional(string)
    sha256     = optional(string)
  })
  nullable = false

  validation {
    condition = var.package.path == null ? (
      var.package.bucket != null && var.package.key != null && var.package.version_id != null && var.package.sha256 != null
      ) : (
      var.package.bucket == null && var.package.key == null && var.package.version_id == null && var.package.sha256 == null
    )
    error_message = "package is { path = \"target/dist/upload-api.zip\" } or { bucket, key, version_id, sha256 }, all four: a key without its version is another package tomorrow."
  }

  validation {
    condition     = var.package.sha256 == null ? true : can(regex("^[0-9A-Fa-f]{64}$", var.package.sha256))
    error_message = "package.sha256 has 64 hexadecimal digits, as SHA256SUMS has them."
  }
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
  description = "Memory of the function in MB. CPU grows with it; 1769 MB have one full CPU."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb is a whole number from 128 to Lambda's 10240."
  }
}

variable "timeout_seconds" {
  description = "Seconds after which Lambda stops an invocation. Use at most 28 behind API Gateway, which answers 504 after 29 seconds: a function that continues would write for a client that was told that the request failed."
  type        = number
  default     = 28
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds is a whole number from 1 to Lambda's 900."
  }
}

variable "environment" {
  description = "Environment variables of the function. Do not put secrets here, only their ARNs."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])
    error_message = "The names in environment begin with a letter and have letters, digits and _, at least two characters."
  }
}

variable "vpc" {
  description = "Subnets and security groups of the function: the output `vpc` of the module network. Functions with the same subnets and groups share Lambda's network interfaces. `null`: not in a VPC."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) >= 2 && length(var.vpc.security_group_ids) >= 1
    error_message = "vpc.subnet_ids has subnets in two zones or more, so that the loss of one stops nobody, and vpc.security_group_ids at least one group."
  }
}

variable "policy_documents" {
  description = "Policies in JSON with the permissions of the function, in addition to its logs. Statement ids must be unique over all documents."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue(flatten([
      for document in var.policy_documents : [
        for statement in flatten([try(jsondecode(document).Statement, [{ Effect = "Allow", Action = "*" }])]) :
        try(statement.Effect, "") == "Deny" ? true : alltrue(concat(
          [for action in try(flatten([statement.Action]), ["*"]) : !can(regex("[*?]", action))],
          [for resource in try(flatten([statement.Resource]), ["*"]) : resource != "*"],
        ))
      ]
    ]))
    error_message = "policy_documents are policies in JSON whose statements allow actions by name, as s3:GetObject, on resources by ARN: no * or ? in an action, no NotAction, no \"*\" for all resources, and no NotResource."
  }
}

variable "assumed_role" {
  description = "A second role that only this function can assume, for example to access S3: its policies in JSON, the environment variable with its ARN, and the suffix of its name. `null`: none."
  type = object({
    policy_documents     = list(string)
    environment_variable = optional(string, "LECTERN_FILES_ROLE_ARN")
    suffix               = optional(string, "files")
  })
  default = null

  validation {
    condition = alltrue(flatten([
      for document in try(var.assumed_role.policy_documents, []) : [
        for statement in flatten([try(jsondecode(document).Statement, [{ Effect = "Allow", Action = "*" }])]) :
        try(statement.Effect, "") == "Deny" ? true : alltrue(concat(
          [for action in try(flatten([statement.Action]), ["*"]) : !can(regex("[*?]", action))],
          [for resource in try(flatten([statement.Resource]), ["*"]) : resource != "*"],
        ))
      ]
    ]))
    error_message = "assumed_role.policy_documents are policies in JSON whose statements allow actions by name, as s3:GetObject, on resources by ARN: no * or ? in an action, no NotAction, no \"*\" for all resources, and no NotResource."
  }

  validation {
    condition     = var.assumed_role == null ? true : length(var.assumed_role.policy_documents) >= 1 && can(regex("^[A-Z][A-Z0-9_]+$", var.assumed_role.environment_variable)) && can(regex("^[a-z0-9]{1,7}$", var.assumed_role.suffix))
    error_message = "assumed_role has at least one of policy_documents, an environment_variable of capitals, digits and _, and a suffix of 1 to 7 of a-z and 0-9."
  }
}

variable "reserved_concurrency" {
  description = "Maximum number of concurrent invocations, reserved for this function. `0` stops the function. `null`: the function uses the account's unreserved concurrency, which AWS keeps at 100 or more."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 0 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency is a whole number from 0, or null."
  }
}

variable "alias" {
  description = "Name of the alias that callers invoke."
  type        = string
  default     = "live"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.alias))
    error_message = "alias begins with a letter and has at most 32 of a-z, 0-9 and -."
  }
}

variable "rollout" {
  description = "Who moves the alias to a new version: `terraform` on every apply, or `codedeploy`, which shifts traffic in steps and rolls back on an alarm. The README says how to change it later."
  type        = string
  default     = "terraform"
  nullable    = false

  validation {
    condition     = contains(["terraform", "codedeploy"], var.rollout)
    error_message = "rollout is \"terraform\" or \"codedeploy\"."
  }
}

variable "log_retention_days" {
  description = "Days to keep the function's logs."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is one that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, or 3 to 10 years' days."
  }
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for the function's logs and environment variables. Its policy must allow CloudWatch Logs to use it. The function's code is denied the key. `null`: AWS owned keys."
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

variable "async" {
  description = "Asynchronous invocations, such as those of a schedule: retries, maximum age of an event, and the SNS topic that is notified of events that failed for good, with its customer managed key; the output `topics` of the module monitoring has both. `null`: Lambda's defaults (two retries within six hours) and no notification."
  type = object({
    maximum_retry_attempts    = optional(number, 2)
    maximum_event_age_seconds = optional(number, 3600)
    failure_topic = optional(object({
      arn         = string
      kms_key_arn = optional(string)
    }))
  })
  default = null

  validation {
    condition     = var.async == null ? true : contains([0, 1, 2], var.async.maximum_retry_attempts) && var.async.maximum_event_age_seconds >= 60 && var.async.maximum_event_age_seconds <= 21600
    error_message = "async.maximum_retry_attempts is 0, 1 or 2, and async.maximum_event_age_seconds from 60 to 21600, Lambda's least and most."
  }

  validation {
    condition     = try(var.async.failure_topic, null) == null ? true : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.async.failure_topic.arn))
    error_message = "async.failure_topic.arn is the ARN of a topic of SNS, as arn:aws:sns:eu-west-1:123456789012:edu-critical."
  }
}

variable "hands_over" {
  description = "Let the function invoke itself, for work that takes longer than one invocation."
  type        = bool
  default     = false
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that is set as permissions boundary on the roles. `null`: no boundary."
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
