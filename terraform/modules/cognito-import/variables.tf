variable "name" {
  description = "First part of the names of the function and its roles."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -."
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
  description = "Architecture that the package was built for: `x86_64` or `arm64`."
  type        = string
  default     = "x86_64"
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture is x86_64 or arm64."
  }
}

variable "user_pools" {
  description = "ARNs of the user pools that may be imported into, by any name. The event names one of them."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.user_pools) >= 1 && alltrue([for arn in values(var.user_pools) : can(regex("^arn:[a-z-]+:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[A-Za-z0-9_-]+$", arn))])
    error_message = "user_pools has at least one ARN of a user pool, as arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI."
  }
}

variable "source_user_pool_id" {
  description = "Id of the user pool whose exports may be read. It may be in another region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+_[A-Za-z0-9]+$", var.source_user_pool_id))
    error_message = "source_user_pool_id is the id of a user pool, as eu-central-1_AbCdEfGhI."
  }
}

variable "exports" {
  description = "The bucket with exports, or its replica in this region: its name, its ARN, the key that S3 encrypts with, and what keys begin with, without a slash at either end. Reports go there too."
  type = object({
    bucket      = string
    bucket_arn  = string
    kms_key_arn = string
    prefix      = optional(string, "cognito")
  })
  nullable = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]+$", var.exports.bucket_arn)) && can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.exports.kms_key_arn))
    error_message = "exports.bucket_arn is the ARN of the bucket itself, as arn:aws:s3:::edu-exports, and exports.kms_key_arn the ARN of its key."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", var.exports.prefix))
    error_message = "exports.prefix has letters, digits, _ and -, and / between, as cognito or recovery/cognito."
  }
}

variable "data_key_arn" {
  description = "ARN of the KMS key that wraps the data keys of exports, or of its replica in this region."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.data_key_arn))
    error_message = "data_key_arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab."
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
  description = "Seconds after which Lambda stops an invocation. Before that the function writes what it has and invokes itself."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 60 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds is a whole number from 60 to Lambda's 900: in less than a minute little is done."
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

variable "vpc" {
  description = "Subnets and security groups of the function: the output `vpc` of the module network. They need endpoints for `cognito-idp`, `kms`, `sts` and `lambda`, and S3's gateway. `null`: not in a VPC."
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

variable "failure_topic" {
  description = "SNS topic that is notified of invocations that failed, with its customer managed key; the output `topics` of the module monitoring has both. `null`: no notification."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.failure_topic == null ? true : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.failure_topic.arn))
    error_message = "failure_topic.arn is the ARN of a topic of SNS, as arn:aws:sns:eu-west-1:123456789012:edu-critical."
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
  description = "ARN of the customer managed key for the function's logs and environment variables. Its policy must allow CloudWatch Logs to use it. `null`: AWS owned keys."
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
