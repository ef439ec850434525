variable "name" {
  description = "First part of the names of the function, roles and schedule. One cluster has one probe, so a second one has another name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -, so that names stay within AWS's 64 characters."
  }
}

variable "cluster" {
  description = "Name of the cluster, the dimension `Cluster` of its metrics. It can differ from the name in Atlas."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", var.cluster))
    error_message = "cluster has 1 to 64 of A-Z, a-z, 0-9, -, _ and ., a letter or digit first."
  }
}

variable "mongo_secret" {
  description = "Secrets Manager secret of the database user, whose role is `clusterMonitor`: its ARN, and the ARN of the customer managed key that encrypts it. Its text is `{\"uri\": ...}`, or `{\"host\", \"username\", \"password\"}`. `null` with `mongo_host`."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = (var.mongo_secret == null) != (var.mongo_host == null)
    error_message = "The function signs in to MongoDB in one way: give mongo_secret, or mongo_host where its role is the database user."
  }

  validation {
    condition     = var.mongo_secret == null ? true : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.mongo_secret.arn))
    error_message = "mongo_secret.arn is the ARN of a secret of Secrets Manager, as arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf."
  }

  validation {
    condition     = try(var.mongo_secret.kms_key_arn, null) == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.mongo_secret.kms_key_arn))
    error_message = "mongo_secret.kms_key_arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab: a role cannot be let use an alias."
  }
}

variable "mongo_host" {
  description = "Atlas host name of the cluster, if the function's role (output `role_arn`) is the database user: no secret, no password. `null` with `mongo_secret`."
  type        = string
  default     = null

  validation {
    condition     = var.mongo_host == null ? true : can(regex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", var.mongo_host))
    error_message = "mongo_host is the host of the cluster's private connection string, as main-pl-0.ab1cd.mongodb.net."
  }
}

variable "package" {
  description = "Deployment package of the function, mongo-probe.zip, as the module function takes it: `{ path }` or `{ bucket, key, version_id, sha256 }`."
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
  description = "Memory of the function in MB. It needs less than 32 MB, and Lambda's least is 128."
  type        = number
  default     = 128
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb is a whole number from 128 to Lambda's 10240."
  }
}

variable "vpc" {
  description = "Subnets and security groups of the function: the output `vpc` of the module network. They need an endpoint for Secrets Manager, or for STS with `mongo_host`, and a route to the cluster. `null`: not in a VPC."
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
  description = "Maximum number of concurrent invocations, reserved for this function. One is enough. `null`: the account's unreserved concurrency."
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
