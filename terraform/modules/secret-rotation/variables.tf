variable "name" {
  description = "First part of the names of the function, roles and schedule. For a second administrator, use the module again with another name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name must begin with a letter and have at most 32 characters: a-z, 0-9 and -, because names in AWS can have 64 characters."
  }
}

variable "secrets" {
  description = "Map of secrets to rotate, by a key of your choice: the ARN, and the ARN of the customer managed key that encrypts the secret. Each secret has two database users with the same roles. Its value is `{\"uri\": ...}` or `{\"host\", \"username\", \"password\"}`."
  type = map(object({
    arn         = string
    kms_key_arn = optional(string)
  }))
  nullable = false

  validation {
    condition     = length(var.secrets) > 0 && alltrue([for key in keys(var.secrets) : can(regex("^[A-Za-z0-9_-]{1,64}$", key))])
    error_message = "secrets must have at least one element, and keys with 1 to 64 characters of A-Z, a-z, 0-9, - and _."
  }

  validation {
    condition     = alltrue([for secret in values(var.secrets) : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+-[A-Za-z0-9]{6}$", secret.arn))])
    error_message = "secrets.arn must be the complete ARN of a Secrets Manager secret, for example arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf."
  }

  validation {
    condition     = alltrue([for secret in values(var.secrets) : secret.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", secret.kms_key_arn))])
    error_message = "secrets.kms_key_arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab. An IAM policy cannot refer to a key by its alias."
  }
}

variable "master_secret" {
  description = "Secret of the administrator of self-managed MongoDB or Amazon DocumentDB, who can view and change these users (`userAdminAnyDatabase`): its ARN, and the ARN of the customer managed key that encrypts it. Its value has one of the same forms. Required unless `atlas` is set."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.master_secret == null ? true : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.master_secret.arn))
    error_message = "master_secret.arn must be the ARN of a Secrets Manager secret, for example arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-admin-AbCdEf."
  }

  validation {
    condition     = try(var.master_secret.kms_key_arn, null) == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.master_secret.kms_key_arn))
    error_message = "master_secret.kms_key_arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab. An IAM policy cannot refer to a key by its alias."
  }
}

variable "atlas" {
  description = "Settings of the Atlas Admin API, to change passwords of Atlas database users. `project_id`: ID of the project. `host`: host name of the cluster in its private connection string. `service_account`: secret with `{\"client_id\", \"client_secret\"}` of a service account with the role Project Database Access Admin, and the ARN of the customer managed key that encrypts it. `way_out`: how the function reaches the API, which is on the public internet: `route` (the subnets of `vpc` have a route to a NAT gateway or firewall) or `proxy` (an HTTP proxy at `proxy_url`). The README compares cost and risk. Required unless `master_secret` is set."
  type = object({
    project_id = string
    host       = string
    service_account = object({
      arn         = string
      kms_key_arn = optional(string)
    })
    way_out   = string
    proxy_url = optional(string)
  })
  default = null

  validation {
    condition     = (var.master_secret == null) != (var.atlas == null)
    error_message = "Set either master_secret (self-managed MongoDB or Amazon DocumentDB) or atlas (MongoDB Atlas), but not both: the function changes passwords either by commands of MongoDB or with the Atlas Admin API."
  }

  validation {
    condition     = var.atlas == null ? true : can(regex("^[0-9a-f]{24}$", var.atlas.project_id))
    error_message = "atlas.project_id must have 24 characters of 0-9 and a-f, as in the project settings of Atlas."
  }

  validation {
    condition     = var.atlas == null ? true : can(regex("^[A-Za-z0-9.-]+(:[0-9]+)?$", var.atlas.host))
    error_message = "atlas.host must be the host name of the private connection string, for example main-pl-0.abcde.mongodb.net, without mongodb+srv:// and without a user."
  }

  validation {
    condition     = var.atlas == null ? true : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.atlas.service_account.arn))
    error_message = "atlas.service_account.arn must be the ARN of a Secrets Manager secret, for example arn:aws:secretsmanager:eu-west-1:123456789012:secret:atlas-AbCdEf."
  }

  validation {
    condition     = try(var.atlas.service_account.kms_key_arn, null) == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.atlas.service_account.kms_key_arn))
    error_message = "atlas.service_account.kms_key_arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab. An IAM policy cannot refer to a key by its alias."
  }

  validation {
    condition     = var.atlas == null ? true : contains(["route", "proxy"], var.atlas.way_out)
    error_message = "atlas.way_out must be \"route\" or \"proxy\": private subnets cannot reach the Atlas Admin API without one of them."
  }

  validation {
    condition     = var.atlas == null ? true : var.atlas.way_out == "proxy" ? can(regex("^http://[A-Za-z0-9.-]+:[0-9]+$", var.atlas.proxy_url)) : var.atlas.proxy_url == null
    error_message = "atlas.proxy_url must be http://HOST:PORT, without a user or password, if way_out is \"proxy\", and must not be set if way_out is \"route\"."
  }

  validation {
    condition     = var.atlas == null || var.vpc != null
    error_message = "atlas requires vpc: outside of a VPC, the function cannot use the private link, and the Atlas access list would have to allow all of AWS Lambda."
  }
}

variable "rotation_days" {
  description = "Number of days between rotations. Ignored if `schedule_expression` is set."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.rotation_days >= 1 && var.rotation_days <= 1000 && floor(var.rotation_days) == var.rotation_days
    error_message = "rotation_days must be a whole number from 1 to 1000, the limit of Secrets Manager."
  }
}

variable "schedule_expression" {
  description = "Schedule of rotations, for example `rate(10 days)`, or `cron(0 3 1 * ? *)` in UTC. Default: every `rotation_days`."
  type        = string
  default     = null

  validation {
    condition     = var.schedule_expression == null ? true : can(regex("^(rate|cron)\\(.+\\)$", var.schedule_expression))
    error_message = "schedule_expression must be a rate or cron expression, for example rate(10 days) or cron(0 3 1 * ? *)."
  }
}

variable "window" {
  description = "Length of the rotation window in hours, for example `3h`. Default: until the end of the day."
  type        = string
  default     = null

  validation {
    condition     = var.window == null ? true : can(regex("^([1-9]|1[0-9]|2[0-4])h$", var.window))
    error_message = "window must be a whole number of hours from 1h to 24h."
  }
}

variable "rotate_immediately" {
  description = "Whether to rotate when rotation is enabled and whenever its rules change. If `false`, Secrets Manager only tests that the current value can sign in."
  type        = bool
  default     = true
  nullable    = false
}

variable "max_age_days" {
  description = "Maximum age of a value in days, for the alarm of the output `alarm_targets`: the days between rotations, and some more for repetitions."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.max_age_days >= 1 && var.max_age_days <= 1000 && floor(var.max_age_days) == var.max_age_days
    error_message = "max_age_days must be a whole number from 1 to 1000."
  }

  validation {
    condition     = var.schedule_expression != null || var.max_age_days > var.rotation_days
    error_message = "max_age_days must be greater than rotation_days. Otherwise, the alarm fires before each rotation."
  }
}

variable "package" {
  description = "Deployment package of the function, secret-rotation.zip, in the form of `package` of the module function: `{ path }` or `{ bucket, key, version_id, sha256 }`."
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
  description = "Memory of the function in MB. 128, the minimum of Lambda, is sufficient."
  type        = number
  default     = 128
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240, the limit of Lambda."
  }
}

variable "vpc" {
  description = "Subnets and security groups of the function. Use the output `vpc` of the module network. They need an endpoint for Secrets Manager and a route to the cluster; with `atlas`, also the way out. Required with `atlas`. Default: the function is not in a VPC."
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
  description = "Reserved concurrent executions of the function. The number of secrets is sufficient. Default: none; the function uses the unreserved concurrency of the account."
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
