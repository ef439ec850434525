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
}

variable "bucket" {
  description = "Name of the bucket to make for dumps."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket has 3 to 63 of a-z, 0-9 and -, and begins and ends with a letter or digit."
  }
}

variable "prefix" {
  description = "First part of all keys. No slash in it."
  type        = string
  default     = "mongo"

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{1,64}$", var.prefix)) && !contains([".", ".."], var.prefix)
    error_message = "prefix has 1 to 64 of A-Z, a-z, 0-9, _, . and -; no slash."
  }
}

variable "mongo_dump_zip" {
  description = "Path of the dump function's package, mongo-dump.zip."
  type        = string
}

variable "mongo_restore_zip" {
  description = "Path of the restore function's package, mongo-restore.zip."
  type        = string
}

variable "architecture" {
  description = "What the packages were built for."
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture is x86_64 or arm64."
  }
}

variable "memory_mb" {
  description = "Memory of each function. A dump needs under 100 MB; CPU comes with memory, one whole CPU at 1769."
  type        = number
  default     = 1769

  validation {
    condition     = var.memory_mb >= 512 && var.memory_mb <= 10240
    error_message = "memory_mb is from 512, below which a dump has too little CPU to be done in time, to Lambda's 10240."
  }
}

variable "schedule_name" {
  description = "Name of the schedule; the dimension of its metrics."
  type        = string
  default     = "MongoDBDumpEvery6Hours"
}

variable "schedule_expression" {
  description = "rate(...), cron(...) or at(...) of EventBridge Scheduler."
  type        = string
  default     = "rate(6 hours)"
}

variable "schedule_expression_timezone" {
  description = "Time zone that a cron or at expression is meant in."
  type        = string
  default     = "UTC"
}

variable "include" {
  description = "Namespaces to dump, as <database>.<collection> with * for any characters."
  type        = list(string)
  default     = ["*"]
}

variable "exclude" {
  description = "Namespaces not to dump; stronger than include."
  type        = list(string)
  default     = []
}

variable "large" {
  description = "Dump by a state machine that fans out over ranges of _id instead of by one function. For databases of more than about 50 GB."
  type        = bool
  default     = false
}

variable "max_concurrency" {
  description = "Ranges read at once when large. Each is one cursor on the cluster."
  type        = number
  default     = 4

  validation {
    condition     = var.max_concurrency >= 1 && var.max_concurrency <= 100
    error_message = "max_concurrency is from 1 to 100."
  }
}

variable "retention_days" {
  description = "After so many days a dump's objects are removed."
  type        = number
  default     = 35

  validation {
    condition     = var.retention_days >= 2
    error_message = "retention_days is at least 2: with fewer, one failed day leaves nothing to restore."
  }
}

variable "dump_role_name" {
  description = "Name of the role that the dump function assumes to write."
  type        = string
  default     = "BucketMongoDBBackup"
}

variable "restore_secret_arns" {
  description = "Secrets of the database users that restores and drills may write with. Empty: no restore function is made."
  type        = list(string)
  default     = []
}

variable "restore_principal_arns" {
  description = "Who else may assume the restore role: people who restore by command line. With none and no restore function, whom the account's own policies let."
  type        = list(string)
  default     = []
}

variable "drill" {
  description = "A restore drill by schedule: where to, and when. null: none."
  type = object({
    secret_arn          = string
    schedule_expression = optional(string, "cron(0 3 ? * SUN *)")
  })
  default = null

  validation {
    condition     = var.drill == null || contains(var.restore_secret_arns, try(var.drill.secret_arn, ""))
    error_message = "drill.secret_arn has to be one of restore_secret_arns: the restore function may read no other secret."
  }
}

variable "failure_topic_arn" {
  description = "SNS topic that is told of every invocation that failed for good. null: none."
  type        = string
  default     = null
}

variable "vpc" {
  description = "Subnets and security groups of the functions; null for none. They need the endpoints of S3, STS, Secrets Manager, Lambda and KMS, and a way to the cluster."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null
}

variable "environment" {
  description = "More environment of the functions, such as LECTERN_LOG or the endpoints of a local cloud."
  type        = map(string)
  default     = {}
}

variable "force_destroy" {
  description = "Let destroy remove the bucket with the dumps in it."
  type        = bool
  default     = false
}
