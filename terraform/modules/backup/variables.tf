variable "name" {
  description = "First part of the names of the functions, roles and state machine."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -, so that role names stay within IAM's 64 characters."
  }
}

variable "cluster" {
  description = "Name of the cluster in object keys, metrics and manifests. It can differ from the name in Atlas."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", var.cluster))
    error_message = "cluster has 1 to 64 of A-Z, a-z, 0-9, -, _ and ., a letter or digit first."
  }
}

variable "secret_arn" {
  description = "ARN of the Secrets Manager secret of the database user that reads: `{\"uri\": ...}`, or `{\"host\", \"username\", \"password\"}`."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.secret_arn))
    error_message = "secret_arn is the ARN of a secret of Secrets Manager, as arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf."
  }
}

variable "secret_kms_key_arn" {
  description = "ARN of the customer managed key that encrypts the secrets. `null`: the AWS managed key `aws/secretsmanager`."
  type        = string
  default     = null

  validation {
    condition     = var.secret_kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.secret_kms_key_arn))
    error_message = "secret_kms_key_arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab: a role cannot be let use an alias."
  }
}

variable "bucket" {
  description = "Name of the bucket to create for dumps. `null` with `existing_bucket`."
  type        = string
  default     = null

  validation {
    condition     = (var.bucket == null) != (var.existing_bucket == null)
    error_message = "Dumps go to one bucket: give bucket, a name to make it by, or existing_bucket."
  }

  validation {
    condition     = var.bucket == null ? true : can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket has 3 to 63 of a-z, 0-9 and -, and begins and ends with a letter or digit."
  }
}

variable "existing_bucket" {
  description = "An existing bucket, and the customer managed key to encrypt dumps with. Its owner manages versioning, policy, metrics and the removal of old dumps. `null`: the module creates `bucket`."
  type = object({
    name        = string
    kms_key_arn = string
  })
  default = null

  validation {
    condition     = var.existing_bucket == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.existing_bucket.kms_key_arn))
    error_message = "existing_bucket.kms_key_arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "dump_key" {
  description = "ARN of the customer managed key to encrypt dumps with in the bucket that the module creates. `null`: the module creates a key, which is rotated every year."
  type = object({
    arn = string
  })
  default = null
}

variable "access_logs" {
  description = "Access logs of the bucket that the module creates, as the module storage takes them. `null`: no access logs."
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
    error_message = "prefix has 1 to 64 of A-Z, a-z, 0-9, _, . and -; no slash."
  }
}

variable "dump_package" {
  description = "Deployment package of the dump function, mongo-dump.zip, as the module function takes it: `{ path }` or `{ bucket, key, version_id, sha256 }`."
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
  description = "Deployment package of the restore function, mongo-restore.zip, in the same form. `null`: no restore function."
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
    error_message = "restore_secret_arns makes a restore function, which needs restore_package."
  }
}

variable "architecture" {
  description = "Architecture that the packages were built for: `x86_64` or `arm64`."
  type        = string
  default     = "x86_64"
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture is x86_64 or arm64."
  }
}

variable "memory_mb" {
  description = "Memory of each function in MB. A dump needs less than 100 MB, but CPU grows with memory; 1769 MB have one full CPU."
  type        = number
  default     = 1769
  nullable    = false

  validation {
    condition     = var.memory_mb >= 512 && var.memory_mb <= 10240
    error_message = "memory_mb is from 512, below which a dump has too little CPU to be done in time, to Lambda's 10240."
  }
}

variable "schedule_name" {
  description = "Name of the schedule, and dimension of its metrics. `null`: `<name>-mongo-dump`. The platform's first copy sets `MongoDBDumpEvery6Hours`."
  type        = string
  default     = null

  validation {
    condition     = var.schedule_name == null ? true : can(regex("^[0-9A-Za-z_.-]{1,64}$", var.schedule_name))
    error_message = "schedule_name has 1 to 64 of 0-9, A-Z, a-z, _, . and -, as MongoDBDumpEvery6Hours."
  }
}

variable "schedule_expression" {
  description = "`rate(...)`, `cron(...)` or `at(...)` expression of EventBridge Scheduler."
  type        = string
  default     = "rate(6 hours)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron|at)\\(.+\\)$", var.schedule_expression))
    error_message = "schedule_expression is rate(...), cron(...) or at(...), as rate(6 hours)."
  }
}

variable "schedule_expression_timezone" {
  description = "Time zone of a `cron` or `at` expression."
  type        = string
  default     = "UTC"
  nullable    = false
}

variable "include" {
  description = "Namespaces to dump, as `<database>.<collection>`; `*` matches any characters."
  type        = list(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.include) >= 1 && alltrue([for namespace in var.include : length(namespace) > 0])
    error_message = "include names at least one namespace, as shop.orders or *: with none a dump would be empty."
  }
}

variable "exclude" {
  description = "Namespaces not to dump. `exclude` takes precedence over `include`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = !contains(var.exclude, "*")
    error_message = "exclude is stronger than include: with * every dump would be empty."
  }
}

variable "large" {
  description = "Dump with a state machine that reads ranges of `_id` in parallel, instead of with one function. For databases of more than about 50 GB."
  type        = bool
  default     = false
  nullable    = false
}

variable "max_concurrency" {
  description = "Ranges to read in parallel with `large`. Each needs one cursor on the cluster."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.max_concurrency >= 1 && var.max_concurrency <= 100
    error_message = "max_concurrency is from 1 to 100."
  }
}

variable "retention_days" {
  description = "Days until the objects of a dump expire."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.retention_days >= 2
    error_message = "retention_days is at least 2: with fewer, one failed day leaves nothing to restore."
  }
}

variable "dump_role_name" {
  description = "Name of the role that the dump function assumes to write, unique in the account. `null`: `<name>-dump-<region>`. The platform's first copy sets `BucketMongoDBBackup`."
  type        = string
  default     = null

  validation {
    condition     = var.dump_role_name == null ? true : can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.dump_role_name))
    error_message = "dump_role_name has 1 to 64 of the characters that IAM takes, as BucketMongoDBBackup."
  }
}

variable "restore_secret_arns" {
  description = "ARNs of the secrets of the database users that restores and drills write with. Empty: no restore function."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.restore_secret_arns : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", arn))])
    error_message = "restore_secret_arns has ARNs of secrets of Secrets Manager, as arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf."
  }
}

variable "restore_principal_arns" {
  description = "ARNs of other principals that can assume the restore role, such as operators who restore from the command line. With none and no restore function, the account's IAM policies decide."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.restore_principal_arns : can(regex("^arn:[a-z-]+:(iam|sts)::[0-9]{12}:(root|(role|user|assumed-role)/.+)$", arn))])
    error_message = "restore_principal_arns has ARNs of roles, users or accounts, as arn:aws:iam::123456789012:role/on-call; no *."
  }
}

variable "drill" {
  description = "A scheduled restore drill: the secret of the target, and the schedule. `null`: none."
  type = object({
    secret_arn          = string
    schedule_expression = optional(string, "cron(0 3 ? * SUN *)")
  })
  default = null

  validation {
    condition     = var.drill == null ? true : contains(var.restore_secret_arns, var.drill.secret_arn)
    error_message = "drill.secret_arn has to be one of restore_secret_arns: the restore function may read no other secret."
  }
}

variable "failure_topic" {
  description = "SNS topic that is notified of invocations that failed for good, with its customer managed key; the output `topics` of the module monitoring has both. `null`: no notification."
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

variable "vpc" {
  description = "Subnets and security groups of the functions: the output `vpc` of the module network. They need endpoints for S3, STS, Secrets Manager, Lambda and KMS, and a route to the cluster. `null`: not in a VPC."
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

variable "environment" {
  description = "Additional environment variables of the functions, such as `LECTERN_LOG` or the endpoints of a local cloud."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])
    error_message = "The names in environment begin with a letter and have letters, digits and _, at least two characters."
  }
}

variable "force_destroy" {
  description = "Delete the dumps in the bucket on destroy. With `false` a destroy fails while there are any."
  type        = bool
  default     = false
  nullable    = false
}

variable "dump_reserved_concurrency" {
  description = "Maximum number of concurrent invocations of the dump function. With `large` it must be higher than `max_concurrency`. `null`: the account's unreserved concurrency."
  type        = number
  default     = null

  validation {
    condition     = var.dump_reserved_concurrency == null ? true : var.dump_reserved_concurrency > (var.large ? var.max_concurrency : 0)
    error_message = "dump_reserved_concurrency is at least 1, and with large more than max_concurrency: plan and commit are invocations too."
  }
}

variable "restore_reserved_concurrency" {
  description = "Maximum number of concurrent restores. `null`: the account's unreserved concurrency, for accounts that cannot reserve any."
  type        = number
  default     = 1

  validation {
    condition     = var.restore_reserved_concurrency == null ? true : var.restore_reserved_concurrency >= 1 && floor(var.restore_reserved_concurrency) == var.restore_reserved_concurrency
    error_message = "restore_reserved_concurrency is a whole number from 1, or null."
  }
}

variable "log_retention_days" {
  description = "Days to keep the logs of the functions and the state machine."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is one that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, or 3 to 10 years' days."
  }
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for all logs and the functions' environment variables. Its policy must allow CloudWatch Logs to use it. `null`: AWS owned keys."
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

variable "kms_deletion_window_days" {
  description = "Days from a destroy until KMS deletes the key that this module creates. Until then the key can be restored."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.kms_deletion_window_days >= 7 && var.kms_deletion_window_days <= 30 && floor(var.kms_deletion_window_days) == var.kms_deletion_window_days
    error_message = "kms_deletion_window_days is a whole number from KMS' 7 to its 30."
  }
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
