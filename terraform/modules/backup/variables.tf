variable "name" {
  description = "First part of the names of functions, roles and the state machine."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -, so that role names stay within IAM's 64 characters."
  }
}

variable "cluster" {
  description = "The cluster's name in keys, metrics and dump manifests. It need not be Atlas' name of it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", var.cluster))
    error_message = "cluster has 1 to 64 of A-Z, a-z, 0-9, -, _ and ., a letter or digit first."
  }
}

variable "secret_arn" {
  description = "Secrets Manager secret of the database user that reads: {\"uri\": ...} or {\"host\", \"username\", \"password\"}."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.secret_arn))
    error_message = "secret_arn is the ARN of a secret of Secrets Manager, as arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf."
  }
}

variable "secret_kms_key_arn" {
  description = "Customer key that the secret is encrypted with; null for the account's aws/secretsmanager key."
  type        = string
  default     = null

  validation {
    condition     = var.secret_kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.secret_kms_key_arn))
    error_message = "secret_kms_key_arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab: a role cannot be let use an alias."
  }
}

variable "bucket" {
  description = "Name of the bucket to make for dumps. null with existing_bucket."
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
  description = "Bucket that is there already, and the customer key that dumps in it are encrypted with; its versions, policy, metrics and the removal of old dumps are its owner's. null: bucket."
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
  description = "Customer key to encrypt dumps with in the bucket that is made, by its ARN. null: a key is made, and rotated every year."
  type = object({
    arn = string
  })
  default = null
}

variable "access_logs" {
  description = "Access logs of the bucket that is made, as the module storage takes them: bucket, create, retention_days. null: none."
  type = object({
    bucket         = string
    create         = optional(bool, true)
    retention_days = optional(number, 365)
  })
  default = null
}

variable "prefix" {
  description = "First part of all keys. No slash in it."
  type        = string
  default     = "mongo"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{1,64}$", var.prefix)) && !contains([".", ".."], var.prefix)
    error_message = "prefix has 1 to 64 of A-Z, a-z, 0-9, _, . and -; no slash."
  }
}

variable "dump_package" {
  description = "Package of the dump function, mongo-dump.zip, as the module function takes it: { path } or { bucket, key, version_id, sha256 }."
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
  description = "Package of the restore function, mongo-restore.zip, in the same way. null: there is no restore function."
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
  description = "What the packages were built for."
  type        = string
  default     = "x86_64"
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture is x86_64 or arm64."
  }
}

variable "memory_mb" {
  description = "Memory of each function. A dump needs under 100 MB; CPU comes with memory, one whole CPU at 1769."
  type        = number
  default     = 1769
  nullable    = false

  validation {
    condition     = var.memory_mb >= 512 && var.memory_mb <= 10240
    error_message = "memory_mb is from 512, below which a dump has too little CPU to be done in time, to Lambda's 10240."
  }
}

variable "schedule_name" {
  description = "Name of the schedule; the dimension of its metrics. null: <name>-mongo-dump. The platform's first copy names it MongoDBDumpEvery6Hours."
  type        = string
  default     = null

  validation {
    condition     = var.schedule_name == null ? true : can(regex("^[0-9A-Za-z_.-]{1,64}$", var.schedule_name))
    error_message = "schedule_name has 1 to 64 of 0-9, A-Z, a-z, _, . and -, as MongoDBDumpEvery6Hours."
  }
}

variable "schedule_expression" {
  description = "rate(...), cron(...) or at(...) of EventBridge Scheduler."
  type        = string
  default     = "rate(6 hours)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron|at)\\(.+\\)$", var.schedule_expression))
    error_message = "schedule_expression is rate(...), cron(...) or at(...), as rate(6 hours)."
  }
}

variable "schedule_expression_timezone" {
  description = "Time zone that a cron or at expression is meant in."
  type        = string
  default     = "UTC"
  nullable    = false
}

variable "include" {
  description = "Namespaces to dump, as <database>.<collection> with * for any characters."
  type        = list(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.include) >= 1 && alltrue([for namespace in var.include : length(namespace) > 0])
    error_message = "include names at least one namespace, as shop.orders or *: with none a dump would be empty."
  }
}

variable "exclude" {
  description = "Namespaces not to dump; stronger than include."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = !contains(var.exclude, "*")
    error_message = "exclude is stronger than include: with * every dump would be empty."
  }
}

variable "large" {
  description = "Dump by a state machine that fans out over ranges of _id instead of by one function. For databases of more than about 50 GB."
  type        = bool
  default     = false
  nullable    = false
}

variable "max_concurrency" {
  description = "Ranges read at once when large. Each is one cursor on the cluster."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.max_concurrency >= 1 && var.max_concurrency <= 100
    error_message = "max_concurrency is from 1 to 100."
  }
}

variable "retention_days" {
  description = "After so many days a dump's objects are removed."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.retention_days >= 2
    error_message = "retention_days is at least 2: with fewer, one failed day leaves nothing to restore."
  }
}

variable "dump_role_name" {
  description = "Name of the role that the dump function assumes to write, unique in the account over all regions. null: <name>-dump-<region>. The platform's first copy names it BucketMongoDBBackup."
  type        = string
  default     = null

  validation {
    condition     = var.dump_role_name == null ? true : can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.dump_role_name))
    error_message = "dump_role_name has 1 to 64 of the characters that IAM takes, as BucketMongoDBBackup."
  }
}

variable "restore_secret_arns" {
  description = "Secrets of the database users that restores and drills may write with. Empty: no restore function is made."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.restore_secret_arns : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", arn))])
    error_message = "restore_secret_arns has ARNs of secrets of Secrets Manager, as arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf."
  }
}

variable "restore_principal_arns" {
  description = "Who else may assume the restore role: people who restore by command line. With none and no restore function, whom the account's own policies let."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.restore_principal_arns : can(regex("^arn:[a-z-]+:(iam|sts)::[0-9]{12}:(root|(role|user|assumed-role)/.+)$", arn))])
    error_message = "restore_principal_arns has ARNs of roles, users or accounts, as arn:aws:iam::123456789012:role/on-call; no *."
  }
}

variable "drill" {
  description = "A restore drill by schedule: where to, and when. null: none."
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
  description = "SNS topic that is told of every invocation that failed for good, and the customer key that it is encrypted with, as the module monitoring gives them in its output topics. null: none."
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
  description = "Subnets and security groups of the functions; null for none. They need the endpoints of S3, STS, Secrets Manager, Lambda and KMS, and a way to the cluster."
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
  description = "More environment of the functions, such as LECTERN_LOG or the endpoints of a local cloud."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])
    error_message = "The names in environment begin with a letter and have letters, digits and _, at least two characters."
  }
}

variable "force_destroy" {
  description = "Let destroy remove the bucket with the dumps in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "dump_reserved_concurrency" {
  description = "At most so many invocations of the dump function at once; large takes more than max_concurrency. null: what the account has left."
  type        = number
  default     = null

  validation {
    condition     = var.dump_reserved_concurrency == null ? true : var.dump_reserved_concurrency > (var.large ? var.max_concurrency : 0)
    error_message = "dump_reserved_concurrency is at least 1, and with large more than max_concurrency: plan and commit are invocations too."
  }
}

variable "restore_reserved_concurrency" {
  description = "At most so many restores at once. null: what the account has left, for accounts that have too little to reserve any."
  type        = number
  default     = 1

  validation {
    condition     = var.restore_reserved_concurrency == null ? true : var.restore_reserved_concurrency >= 1 && floor(var.restore_reserved_concurrency) == var.restore_reserved_concurrency
    error_message = "restore_reserved_concurrency is a whole number from 1, or null."
  }
}

variable "log_retention_days" {
  description = "Days to keep the functions' logs."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is one that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, or 3 to 10 years' days."
  }
}

variable "kms_key_arn" {
  description = "Customer key of the functions' logs and environment; its policy has to let CloudWatch Logs use it. null: AWS' own keys."
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
  description = "Days that the dumps' key, made here, can still be brought back after a destroy."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.kms_deletion_window_days >= 7 && var.kms_deletion_window_days <= 30 && floor(var.kms_deletion_window_days) == var.kms_deletion_window_days
    error_message = "kms_deletion_window_days is a whole number from KMS' 7 to its 30."
  }
}

variable "permissions_boundary" {
  description = "Policy that bounds what the roles made here may do, by its ARN. null: none."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of everything here; null: the provider's."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything that takes them, beside the provider's default_tags."
  type        = map(string)
  default     = {}
  nullable    = false
}
