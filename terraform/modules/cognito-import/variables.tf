variable "name" {
  description = "First part of the names of the function and its roles."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name must begin with a letter and have at most 32 characters: a-z, 0-9 and -."
  }
}

variable "package" {
  description = "Deployment package, cognito-import.zip: `{ path }` of a local file, or `{ bucket, key, version_id, sha256 }` of an object in the function's region, with the checksum from SHA256SUMS."
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

variable "user_pools" {
  description = "ARNs of the user pools that the function can import into. The event of an import selects one of them."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.user_pools) >= 1 && alltrue([for arn in values(var.user_pools) : can(regex("^arn:[a-z-]+:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[A-Za-z0-9_-]+$", arn))])
    error_message = "user_pools must have at least one ARN of a user pool, for example arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI."
  }
}

variable "source_user_pool_id" {
  description = "ID of the user pool whose exports the function can read. It can be in another Region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+_[A-Za-z0-9]+$", var.source_user_pool_id))
    error_message = "source_user_pool_id must be the ID of a user pool, for example eu-central-1_AbCdEfGhI."
  }
}

variable "exports" {
  description = "Bucket with exports, or its replica in this Region: its name, its ARN, the ARN of its KMS key, and the prefix of object keys, without a slash at the beginning or end. The function also writes its reports to this bucket."
  type = object({
    bucket      = string
    bucket_arn  = string
    kms_key_arn = string
    prefix      = optional(string, "cognito")
  })
  nullable = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]+$", var.exports.bucket_arn)) && can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.exports.kms_key_arn))
    error_message = "exports.bucket_arn must be the ARN of the bucket, for example arn:aws:s3:::edu-exports, and exports.kms_key_arn must be the ARN of its key."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", var.exports.prefix))
    error_message = "exports.prefix must contain letters, digits, _ and -, separated by /, for example cognito or recovery/cognito."
  }
}

variable "data_key_arn" {
  description = "ARN of the KMS key that encrypts the data keys of exports, or of its replica in this Region."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.data_key_arn))
    error_message = "data_key_arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab."
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
  description = "Timeout of the function in seconds. Shortly before the timeout, the function saves its progress and invokes itself."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 60 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds must be a whole number from 60 to 900, the limit of Lambda."
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

variable "vpc" {
  description = "Subnets and security groups of the function. Use the output `vpc` of the module network. They need endpoints for `cognito-idp`, `kms`, `sts` and `lambda`, and the S3 gateway endpoint. Default: the function is not in a VPC."
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

variable "failure_topic" {
  description = "SNS topic that is notified of invocations that failed, with its customer managed key. Use the output `topics` of the module monitoring. Default: no notification."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.failure_topic == null ? true : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.failure_topic.arn))
    error_message = "failure_topic.arn must be the ARN of an SNS topic, for example arn:aws:sns:eu-west-1:123456789012:edu-critical."
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
  description = "ARN of the customer managed key for the function's logs and environment variables. Its policy must allow CloudWatch Logs to use it. Default: AWS owned keys."
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
