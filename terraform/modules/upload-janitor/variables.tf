variable "name" {
  description = "First part of the names of the function, its roles and the schedule."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name must begin with a letter and have at most 32 characters: a-z, 0-9 and -."
  }
}

variable "package" {
  description = "Deployment package, upload-janitor.zip: `{ path }` of a local file, or `{ bucket, key, version_id, sha256 }` of an object in the function's region, with the checksum from SHA256SUMS."
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

variable "files" {
  description = "Bucket of the files, as in upload-api. Use the outputs `ready_bucket` and `bucket_arn` of the module storage."
  type = object({
    bucket     = string
    bucket_arn = string
  })
  nullable = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]+$", var.files.bucket_arn))
    error_message = "files.bucket_arn must be the ARN of the bucket, for example arn:aws:s3:::edu-files."
  }
}

variable "mongo_secret" {
  description = "Secrets Manager secret with the connection string of a user that can find, update and remove in the collection `files`: its ARN, and the customer managed key that encrypts it unless that is `aws/secretsmanager`. Required unless `mongo_host` is set."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.mongo_secret == null ? true : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.mongo_secret.arn))
    error_message = "mongo_secret.arn must be the ARN of a Secrets Manager secret, for example arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf."
  }
}

variable "mongo_host" {
  description = "Host name of an Atlas cluster that the function signs in to with its own role (MONGODB-AWS), without a password. Required unless `mongo_secret` is set."
  type        = string
  default     = null

  validation {
    condition     = (var.mongo_secret == null) != (var.mongo_host == null)
    error_message = "Set either mongo_secret, a secret with {\"uri\": \"mongodb+srv://...\"}, or mongo_host, the host name of an Atlas cluster that has the role of the output role_arn as a database user, but not both."
  }
}

variable "mongo_database" {
  description = "Name of the database with the collection `files`."
  type        = string

  validation {
    condition     = can(regex("^[^/\\\\. \"$*<>:|?]{1,63}$", var.mongo_database))
    error_message = "mongo_database must have 1 to 63 characters and must not contain spaces or / \\ . \" $ * < > : | ?, which MongoDB rejects in database names."
  }
}

variable "schedule_expression" {
  description = "Schedule expression of EventBridge Scheduler: `rate(...)` or `cron(...)`. The `left` alarm requires a run at least every 24 hours."
  type        = string
  default     = "rate(1 hour)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.schedule_expression))
    error_message = "schedule_expression must be an EventBridge Scheduler expression, for example rate(1 hour) or cron(0 * * * ? *)."
  }
}

variable "memory_mb" {
  description = "Memory of the function in MB. CPU increases with memory; 1769 MB correspond to one full vCPU."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240, the limit of Lambda."
  }
}

variable "timeout_seconds" {
  description = "Timeout of the function in seconds. The function starts no deletion in the last 12 seconds; the next invocation continues."
  type        = number
  default     = 300
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
  description = "Subnets and security groups of the function. Use the output `vpc` of the module network. They need endpoints for S3, STS and Secrets Manager, and a route to the cluster. Default: the function is not in a VPC."
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
