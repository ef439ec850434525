variable "name" {
  description = "First part of the names of the functions, roles and state machine."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name must begin with a letter and have at most 32 characters: a-z, 0-9 and -, because role names can have 64 characters."
  }
}

variable "cluster" {
  description = "Name of the cluster in object keys, metrics and manifests. It can differ from the name in Atlas."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", var.cluster))
    error_message = "cluster must have 1 to 64 characters of A-Z, a-z, 0-9, -, _ and ., and must begin with a letter or digit."
  }
}

variable "secret_arn" {
  description = "ARN of the Secrets Manager secret with the connection string of the database user that reads: `{\"uri\": ...}`, or `{\"host\", \"username\", \"password\"}`."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.secret_arn))
    error_message = "secret_arn must be the ARN of a Secrets Manager secret, for example arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf."
  }
}

variable "secret_kms_key_arn" {
  description = "ARN of the customer managed key that encrypts the secrets. Default: the AWS managed key `aws/secretsmanager`."
  type        = string
  default     = null

  validation {
    condition     = var.secret_kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.secret_kms_key_arn))
    error_message = "secret_kms_key_arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab. An IAM policy cannot refer to a key by its alias."
  }
}

variable "bucket" {
  description = "Name of the bucket to create for dumps. Required unless `existing_bucket` is set."
  type        = string
  default     = null

  validation {
    condition     = (var.bucket == null) != (var.existing_bucket == null)
    error_message = "Set either bucket, the name of a bucket to create, or existing_bucket, but not both."
  }

  validation {
    condition     = var.bucket == null ? true : can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket must have 3 to 63 characters of a-z, 0-9 and -, and must begin and end with a letter or digit."
  }
}

variable "existing_bucket" {
  description = "Existing bucket for dumps, and the customer managed key that encrypts them. You manage its versioning, bucket policy, metrics and lifecycle rules. Default: the module creates `bucket`."
  type = object({
    name        = string
    kms_key_arn = string
  })
  default = null

  validation {
    condition     = var.existing_bucket == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.existing_bucket.kms_key_arn))
    error_message = "existing_bucket.kms_key_arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "dump_key" {
  description = "ARN of the customer managed key that encrypts dumps in the bucket that the module creates. Default: the module creates a key with yearly rotation."
  type = object({
    arn = string
  })
  default = null
}

variable "access_logs" {
  description = "Settings for access logs of the bucket that the module creates, in the form of `access_logs` of the module storage. Default: no access logs."
  type = object({
    bucket         = string
    create         = optional(bool, true)
    retention_days = optional(number, 365)
  })
  default = null
}

variable "prefix" {
  description = "First part of all object keys, without a slash."
  type        = string
  default     = "mongo"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{1,64}$", var.prefix)) && !contains([".", ".."], var.prefix)
    error_message = "prefix must have 1 to 64 characters of A-Z, a-z, 0-9, _, . and -, without a slash."
  }
}

variable "dump_package" {
  description = "Deployment package of the dump function, mongo-dump.zip, in the form of `package` of the module function: `{ path }` or `{ bucket, key, version_id, sha256 }`."
  type = object({
    path       = optional(string)
    bucket     = optional(string)
    key        = optional(string)
    version_id = optional(string)
    sha256     = optional(string)
  })
  nullable = false
}

variable "restore_package" {
  description = "Deployment package of the restore function, mongo-restore.zip, in the same form. Default: no restore function."
  type = object({
    path       = optional(string)
    bucket     = optional(string)
    key        = optional(string)
    version_id = optional(string)
    sha256     = optional(string)
  })
  default = null

  validation {
    condition     = length(var.restore_secret_arns) == 0 || var.restore_package != null
    error_message = "restore_package is required with restore_secret_arns, which creates a restore function."
  }
}

variable "architecture" {
  description = "Instruction set architecture of the packages: `x86_64` or `arm64`."
  type        = string
  default     = "x86_64"
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture must be x86_64 or arm64."
  }
}

variable "memory_mb" {
  description = "Memory of each function in MB. A dump needs less than 100 MB, but CPU increases with memory; 1769 MB correspond to one full vCPU."
  type        = number
  default     = 1769
  nullable    = false

  validation {
    condition     = var.memory_mb >= 512 && var.memory_mb <= 10240
    error_message = "memory_mb must be from 512 to 10240. With less memory, a dump has too little CPU to finish in time; 10240 is the limit of Lambda."
  }
}

variable "schedule_name" {
  description = "Name of the schedule. It is also a dimension of its metrics. Default: `<name>-mongo-dump`."
  type        = string
  default     = null

  validation {
    condition     = var.schedule_name == null ? true : can(regex("^[0-9A-Za-z_.-]{1,64}$", var.schedule_name))
    error_message = "schedule_name must have 1 to 64 characters of 0-9, A-Z, a-z, _, . and -, for example MongoDBDumpEvery6Hours."
  }
}

variable "schedule_expression" {
  description = "Schedule expression of EventBridge Scheduler: `rate(...)`, `cron(...)` or `at(...)`."
  type        = string
  default     = "rate(6 hours)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron|at)\\(.+\\)$", var.schedule_expression))
    error_message = "schedule_expression must be rate(...), cron(...) or at(...), for example rate(6 hours)."
  }
}

variable "schedule_expression_timezone" {
  description = "Time zone of a `cron` or `at` expression."
  type        = string
  default     = "UTC"
  nullable    = false
}

variable "include" {
  description = "Patterns of the namespaces (`<database>.<collection>`) to dump. `*` matches any characters."
  type        = list(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.include) >= 1 && alltrue([for namespace in var.include : length(namespace) > 0])
    error_message = "include must have at least one pattern, for example shop.orders or *, because a dump would be empty without one."
  }
}

variable "exclude" {
  description = "Patterns of the namespaces to exclude. They take precedence over `include`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = !contains(var.exclude, "*")
    error_message = "exclude must not contain *, because it takes precedence over include and every dump would be empty."
  }
}

variable "large" {
  description = "Whether to dump with a state machine that reads ranges of `_id` in parallel, instead of with one function. Use it for databases of more than about 50 GB."
  type        = bool
  default     = false
  nullable    = false
}

variable "max_concurrency" {
  description = "Number of ranges to read in parallel with `large`. Each range needs one cursor on the cluster."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.max_concurrency >= 1 && var.max_concurrency <= 100
    error_message = "max_concurrency must be from 1 to 100."
  }
}

variable "retention_days" {
  description = "Number of days until the objects of a dump expire."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.retention_days >= 2
    error_message = "retention_days must be at least 2, because one day of failed dumps would otherwise leave nothing to restore."
  }
}

variable "dump_role_name" {
  description = "Name of the role that the dump function assumes to write. It must be unique in the account. Default: `<name>-dump-<region>`."
  type        = string
  default     = null

  validation {
    condition     = var.dump_role_name == null ? true : can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.dump_role_name))
    error_message = "dump_role_name must have 1 to 64 characters that IAM accepts in role names, for example BucketMongoDBBackup."
  }
}

variable "restore_secret_arns" {
  description = "ARNs of the secrets of the database users that restores and drills write with. Default: no restore function."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.restore_secret_arns : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", arn))])
    error_message = "restore_secret_arns must contain ARNs of Secrets Manager secrets, for example arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf."
  }
}

variable "restore_principal_arns" {
  description = "ARNs of additional principals that can assume the restore role, for example administrators who restore from the command line. If this list is empty and no restore function is created, the trust policy allows the account, and IAM policies decide who can assume the role."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.restore_principal_arns : can(regex("^arn:[a-z-]+:(iam|sts)::[0-9]{12}:(root|(role|user|assumed-role)/.+)$", arn))])
    error_message = "restore_principal_arns must contain ARNs of roles, users or accounts, for example arn:aws:iam::123456789012:role/on-call. * is not allowed."
  }
}

variable "restore_clusters" {
  description = "Names of other clusters whose dumps the restore role can read, besides `cluster`, for example of a cluster in another Region whose dumps are replicated to this bucket."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cluster in var.restore_clusters : can(regex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", cluster))]) && !contains(var.restore_clusters, var.cluster)
    error_message = "restore_clusters must contain names of other clusters than cluster, each 1 to 64 characters of A-Z, a-z, 0-9, -, _ and ."
  }
}

variable "drill" {
  description = "Scheduled restore drill: the secret of the target cluster, and the schedule. Default: no drill."
  type = object({
    secret_arn          = string
    schedule_expression = optional(string, "cron(0 3 ? * SUN *)")
  })
  default = null

  validation {
    condition     = var.drill == null ? true : contains(var.restore_secret_arns, var.drill.secret_arn)
    error_message = "drill.secret_arn must be one of restore_secret_arns, because the restore function can read no other secret."
  }
}

variable "failure_topic" {
  description = "SNS topic that is notified of invocations that failed after all retries, with its customer managed key. Use the output `topics` of the module monitoring. Default: no notification."
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

variable "vpc" {
  description = "Subnets and security groups of the functions. Use the output `vpc` of the module network. They need endpoints for S3, STS, Secrets Manager, Lambda and KMS, and a route to the cluster. Default: the functions are not in a VPC."
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
  description = "Additional environment variables of the functions, for example `LECTERN_LOG`, or endpoints of the local cloud."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])
    error_message = "The names in environment must begin with a letter, have at least two characters, and contain only letters, digits and _."
  }
}

variable "force_destroy" {
  description = "Whether destroy deletes the dumps in the bucket. If `false`, destroy fails while the bucket contains dumps."
  type        = bool
  default     = false
  nullable    = false
}

variable "dump_reserved_concurrency" {
  description = "Reserved concurrent executions of the dump function. With `large` it must be higher than `max_concurrency`. Default: the function uses the unreserved concurrency of the account."
  type        = number
  default     = null

  validation {
    condition     = var.dump_reserved_concurrency == null ? true : var.dump_reserved_concurrency > (var.large ? var.max_concurrency : 0)
    error_message = "dump_reserved_concurrency must be at least 1. With large, it must be greater than max_concurrency, because the plan and commit steps are invocations too."
  }
}

variable "restore_reserved_concurrency" {
  description = "Reserved concurrent executions of the restore function, which limits parallel restores. Set to null if the account cannot reserve concurrency; the function then uses the unreserved concurrency."
  type        = number
  default     = 1

  validation {
    condition     = var.restore_reserved_concurrency == null ? true : var.restore_reserved_concurrency >= 1 && floor(var.restore_reserved_concurrency) == var.restore_reserved_concurrency
    error_message = "restore_reserved_concurrency must be a whole number of 1 or more, or null."
  }
}

variable "log_retention_days" {
  description = "Number of days to keep the logs of the functions and the state machine."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a value that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for all logs and the environment variables of the functions. Its policy must allow CloudWatch Logs to use it. Default: AWS owned keys."
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

variable "kms_deletion_window_days" {
  description = "Number of days after destroy until KMS deletes the key that this module creates. Until then you can restore the key."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.kms_deletion_window_days >= 7 && var.kms_deletion_window_days <= 30 && floor(var.kms_deletion_window_days) == var.kms_deletion_window_days
    error_message = "kms_deletion_window_days must be a whole number from 7 to 30."
  }
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
