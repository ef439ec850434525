variable "name" {
  description = "Name of the function and its log group. It is also the first part of the names of its roles, which end with the Region."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,63}$", var.name))
    error_message = "name must begin with a letter and have at most 64 characters: a-z, 0-9 and -."
  }
}

variable "description" {
  description = "Description of the function."
  type        = string

  validation {
    condition     = length(var.description) >= 1 && length(var.description) <= 256
    error_message = "description must have 1 to 256 characters, the limit of Lambda."
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
    error_message = "package must be { path = \"target/dist/upload-api.zip\" } or { bucket, key, version_id, sha256 }. Set all four, because the object of a key can change."
  }

  validation {
    condition     = var.package.sha256 == null ? true : can(regex("^[0-9A-Fa-f]{64}$", var.package.sha256))
    error_message = "package.sha256 must have 64 hexadecimal digits. The file SHA256SUMS contains the checksum of each package."
  }
}

variable "architecture" {
  description = "Instruction set architecture of the package: `x86_64` or `arm64`. To use `arm64`, build the package on an arm64 machine."
  type        = string
  default     = "x86_64"
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture must be x86_64 or arm64."
  }
}

variable "memory_mb" {
  description = "Memory of the function in MB. CPU increases with memory; 1769 MB correspond to one full vCPU."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240, the limit of Lambda."
  }
}

variable "timeout_seconds" {
  description = "Timeout of the function in seconds. Behind API Gateway, which returns 504 after 29 seconds, set at most 28. Otherwise the function could still write data after the client has received an error."
  type        = number
  default     = 28
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds must be a whole number from 1 to 900, the limit of Lambda."
  }
}

variable "environment" {
  description = "Environment variables of the function. Do not set secrets, only their ARNs."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])
    error_message = "The names in environment must begin with a letter, have at least two characters, and contain only letters, digits and _."
  }
}

variable "vpc" {
  description = "Subnets and security groups of the function: the output `vpc` of the module network. Functions with the same subnets and groups share Lambda's network interfaces. Default: the function is not in a VPC."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) >= 2 && length(var.vpc.security_group_ids) >= 1
    error_message = "vpc.subnet_ids must have subnets in at least two Availability Zones, so that the function survives the loss of one, and vpc.security_group_ids must have at least one security group."
  }
}

variable "policy_documents" {
  description = "IAM policies in JSON that grant permissions to the function, in addition to writing its logs. Statement IDs must be unique across all documents."
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
    error_message = "policy_documents must be policies in JSON. Statements must name their actions, for example s3:GetObject, and their resources by ARN: wildcards in actions, NotAction, the resource \"*\" and NotResource are rejected."
  }
}

variable "assumed_role" {
  description = "Second role that only this function can assume, for example to access S3: its IAM policies in JSON, the environment variable that contains its ARN, and the suffix of its name. Default: no second role."
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
    error_message = "assumed_role.policy_documents must be policies in JSON. Statements must name their actions, for example s3:GetObject, and their resources by ARN: wildcards in actions, NotAction, the resource \"*\" and NotResource are rejected."
  }

  validation {
    condition     = var.assumed_role == null ? true : length(var.assumed_role.policy_documents) >= 1 && can(regex("^[A-Z][A-Z0-9_]+$", var.assumed_role.environment_variable)) && can(regex("^[a-z0-9]{1,7}$", var.assumed_role.suffix))
    error_message = "assumed_role must have at least one policy in policy_documents, an environment_variable of capital letters, digits and _, and a suffix of 1 to 7 characters of a-z and 0-9."
  }
}

variable "reserved_concurrency" {
  description = "Reserved concurrent executions of the function. `0` disables the function. Default: the function uses the unreserved concurrency of the account."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 0 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency must be a whole number of 0 or more, or null."
  }
}

variable "alias" {
  description = "Name of the alias that callers invoke."
  type        = string
  default     = "live"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.alias))
    error_message = "alias must begin with a letter and have at most 32 characters: a-z, 0-9 and -."
  }
}

variable "rollout" {
  description = "How the alias moves to a new version: `terraform` moves it on every apply; `codedeploy` shifts traffic in steps and rolls back on an alarm. Before you change this value, read the section on rollouts in the README."
  type        = string
  default     = "terraform"
  nullable    = false

  validation {
    condition     = contains(["terraform", "codedeploy"], var.rollout)
    error_message = "rollout must be \"terraform\" or \"codedeploy\"."
  }
}

variable "log_retention_days" {
  description = "Number of days to keep the function's logs."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a value that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for the function's logs and environment variables. Its policy must allow CloudWatch Logs to use it. The function's code is denied the key. Default: AWS owned keys."
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

variable "async" {
  description = "Settings of asynchronous invocations, for example by a schedule: retry attempts, maximum age of an event, and the SNS topic for events that failed after all retries, with its customer managed key. Use the output `topics` of the module monitoring. Default: the Lambda defaults (two retries within six hours) and no notification."
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
    error_message = "async.maximum_retry_attempts must be 0, 1 or 2, and async.maximum_event_age_seconds must be from 60 to 21600."
  }

  validation {
    condition     = try(var.async.failure_topic, null) == null ? true : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.async.failure_topic.arn))
    error_message = "async.failure_topic.arn must be the ARN of an SNS topic, for example arn:aws:sns:eu-west-1:123456789012:edu-critical."
  }
}

variable "hands_over" {
  description = "Whether to allow the function to invoke itself, for work that takes longer than one invocation."
  type        = bool
  default     = false
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy to set as permissions boundary of the roles. Default: no boundary."
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
