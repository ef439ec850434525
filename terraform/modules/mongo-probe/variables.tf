variable "name" {
  description = "First part of the names of the function, roles and schedule. Each probe monitors one cluster. To monitor more clusters, use the module again with other names."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name must begin with a letter and have at most 32 characters: a-z, 0-9 and -, because names in AWS can have 64 characters."
  }
}

variable "cluster" {
  description = "Name of the cluster. It is the dimension `Cluster` of its metrics. It can differ from the name in Atlas."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", var.cluster))
    error_message = "cluster must have 1 to 64 characters of A-Z, a-z, 0-9, -, _ and ., and must begin with a letter or digit."
  }
}

variable "mongo_secret" {
  description = "Secrets Manager secret of the database user, which needs the role `clusterMonitor`: its ARN, and the ARN of the customer managed key that encrypts it. Its value is `{\"uri\": ...}`, or `{\"host\", \"username\", \"password\"}`. Required unless `mongo_host` is set."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = (var.mongo_secret == null) != (var.mongo_host == null)
    error_message = "Set either mongo_secret, or mongo_host if the function's role is the database user, but not both."
  }

  validation {
    condition     = var.mongo_secret == null ? true : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.mongo_secret.arn))
    error_message = "mongo_secret.arn must be the ARN of a Secrets Manager secret, for example arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf."
  }

  validation {
    condition     = try(var.mongo_secret.kms_key_arn, null) == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.mongo_secret.kms_key_arn))
    error_message = "mongo_secret.kms_key_arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab. An IAM policy cannot refer to a key by its alias."
  }
}

variable "mongo_host" {
  description = "Host name of the Atlas cluster, if the role of the function (output `role_arn`) is the database user. No secret is needed. Required unless `mongo_secret` is set."
  type        = string
  default     = null

  validation {
    condition     = var.mongo_host == null ? true : can(regex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", var.mongo_host))
    error_message = "mongo_host must be the host name of the cluster's private connection string, for example main-pl-0.ab1cd.mongodb.net."
  }
}

variable "package" {
  description = "Deployment package of the function, mongo-probe.zip, in the form of `package` of the module function: `{ path }` or `{ bucket, key, version_id, sha256 }`."
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
  description = "Memory of the function in MB. It uses less than 32 MB; the minimum of Lambda is 128."
  type        = number
  default     = 128
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240, the limit of Lambda."
  }
}

variable "vpc" {
  description = "Subnets and security groups of the function. Use the output `vpc` of the module network. They need an endpoint for Secrets Manager, or for STS with `mongo_host`, and a route to the cluster. Default: the function is not in a VPC."
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
  description = "Reserved concurrent executions of the function. One is sufficient. Set to null if the account cannot reserve concurrency."
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
