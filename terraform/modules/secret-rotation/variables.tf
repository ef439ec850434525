variable "name" {
  description = "First part of the names of the function, roles and schedule. One administrator has one module, so a second one has another name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -, so that names stay within AWS's 64 characters."
  }
}

variable "secrets" {
  description = "Secrets to rotate, by a name of your own: the ARN, and the ARN of the customer managed key that encrypts it. Each is of two users with the same roles, in text as `{\"uri\": ...}` or `{\"host\", \"username\", \"password\"}`."
  type = map(object({
    arn         = string
    kms_key_arn = optional(string)
  }))
  nullable = false

  validation {
    condition     = length(var.secrets) > 0 && alltrue([for key in keys(var.secrets) : can(regex("^[A-Za-z0-9_-]{1,64}$", key))])
    error_message = "secrets has at least one, and its keys have 1 to 64 of A-Z, a-z, 0-9, - and _."
  }

  validation {
    condition     = alltrue([for secret in values(var.secrets) : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+-[A-Za-z0-9]{6}$", secret.arn))])
    error_message = "secrets.arn is the whole ARN of a secret of Secrets Manager, as arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf."
  }

  validation {
    condition     = alltrue([for secret in values(var.secrets) : secret.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", secret.kms_key_arn))])
    error_message = "secrets.kms_key_arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab: a role cannot be let use an alias."
  }
}

variable "master_secret" {
  description = "Secret of the administrator, who may view and change these users (`userAdminAnyDatabase`): its ARN, and the ARN of the customer managed key that encrypts it. Its text has one of the same forms."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  nullable = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.master_secret.arn))
    error_message = "master_secret.arn is the ARN of a secret of Secrets Manager, as arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-admin-AbCdEf."
  }

  validation {
    condition     = var.master_secret.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.master_secret.kms_key_arn))
    error_message = "master_secret.kms_key_arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab: a role cannot be let use an alias."
  }
}

variable "rotation_days" {
  description = "Days between rotations, unless there is a `schedule_expression`."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.rotation_days >= 1 && var.rotation_days <= 1000 && floor(var.rotation_days) == var.rotation_days
    error_message = "rotation_days is a whole number from 1 to Secrets Manager's 1000."
  }
}

variable "schedule_expression" {
  description = "When to rotate, in Secrets Manager's words: `rate(10 days)`, or `cron(0 3 1 * ? *)` in UTC. `null`: each `rotation_days`."
  type        = string
  default     = null

  validation {
    condition     = var.schedule_expression == null ? true : can(regex("^(rate|cron)\\(.+\\)$", var.schedule_expression))
    error_message = "schedule_expression is a rate or a cron expression, as rate(10 days) or cron(0 3 1 * ? *)."
  }
}

variable "window" {
  description = "How long the window of a rotation is, in hours: `3h`. `null`: to the end of the day, by Secrets Manager's default."
  type        = string
  default     = null

  validation {
    condition     = var.window == null ? true : can(regex("^([1-9]|1[0-9]|2[0-4])h$", var.window))
    error_message = "window has whole hours from 1h to 24h."
  }
}

variable "rotate_immediately" {
  description = "Rotate as soon as rotation is set up, and with each change of its rules. `false`: only test that the value there is signs in."
  type        = bool
  default     = true
  nullable    = false
}

variable "max_age_days" {
  description = "Oldest that a value may become before the alarm on the output `alarm_targets`: the days between rotations and some for repetitions."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.max_age_days >= 1 && var.max_age_days <= 1000 && floor(var.max_age_days) == var.max_age_days
    error_message = "max_age_days is a whole number from 1 to 1000."
  }

  validation {
    condition     = var.schedule_expression != null || var.max_age_days > var.rotation_days
    error_message = "max_age_days is more than rotation_days: else the alarm fires before each rotation."
  }
}

variable "package" {
  description = "Deployment package of the function, secret-rotation.zip, as the module function takes it: `{ path }` or `{ bucket, key, version_id, sha256 }`."
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

variable "memory_mb" {
  description = "Memory of the function in MB. 128, Lambda's least, is enough."
  type        = number
  default     = 128
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb is a whole number from 128 to Lambda's 10240."
  }
}

variable "vpc" {
  description = "Subnets and security groups of the function: the output `vpc` of the module network. They need an endpoint for Secrets Manager and a route to the cluster. `null`: not in a VPC."
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
  description = "Additional environment variables of the function, such as `LECTERN_LOG` or the endpoints of a local cloud."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])
    error_message = "The names in environment begin with a letter and have letters, digits and _, at least two characters."
  }
}

variable "reserved_concurrency" {
  description = "Maximum number of concurrent invocations, reserved for this function. As many as secrets are enough. `null`: the account's unreserved concurrency."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 1 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency is a whole number from 1, or null."
  }
}

variable "log_retention_days" {
  description = "Days to keep the function's log."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is one that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, or 3 to 10 years' days."
  }
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for the function's log and environment variables. Its policy must allow CloudWatch Logs to use it. `null`: AWS owned keys."
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
