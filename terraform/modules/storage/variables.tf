variable "bucket" {
  description = "Name of the bucket to create. Bucket names are unique across all AWS accounts."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket must have 3 to 63 characters of a-z, 0-9 and -, and must begin and end with a letter or digit."
  }
}

variable "kms_key" {
  description = "ARN of the customer managed key that encrypts objects. You manage its rotation and policy. Default: the module creates a key with yearly rotation."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key.arn))
    error_message = "kms_key.arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab: an alias can move, and the bucket's policy compares keys."
  }
}

variable "key_policy_documents" {
  description = "Policies in JSON whose statements are added to the policy of the key that the module creates, for example for a CloudFront distribution that serves the files."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "bucket_policy_documents" {
  description = "Policies in JSON whose statements are added to the bucket policy, for example for a CloudFront distribution that serves the files."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "allowed_origins" {
  description = "Origins of the web pages that can upload to and download from S3 with presigned URLs (CORS). Default: no origins. The values can be unknown at plan."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.allowed_origins : can(regex("^(https://[A-Za-z0-9.-]+(:[0-9]+)?|http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?)$", origin))])
    error_message = "allowed_origins must contain origins without a path, for example https://learn.example.com. http is allowed for localhost only, and * is not allowed."
  }
}

variable "noncurrent_days" {
  description = "Number of days until object versions with the tag `upload=deleted` are deleted. Until then you can restore a deleted file."
  type        = number
  default     = 90

  validation {
    condition     = var.noncurrent_days >= 1 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "noncurrent_days must be a whole number of 1 or more."
  }
}

variable "pending_uploads" {
  description = "How to identify uploads that are not confirmed, and after how many days they are deleted. They have either a tag, which is removed on confirmation, or a prefix, which takes precedence. If null, there are no such uploads, and `noncurrent_days` has no effect."
  type = object({
    tag    = optional(object({ key = string, value = string }), { key = "upload", value = "pending" })
    prefix = optional(string)
    days   = optional(number, 1)
  })
  default = {}

  validation {
    condition     = var.pending_uploads == null ? true : var.pending_uploads.days >= 1 && floor(var.pending_uploads.days) == var.pending_uploads.days
    error_message = "pending_uploads.days must be a whole number of 1 or more."
  }

  validation {
    condition     = try(var.pending_uploads.prefix, null) == null ? true : can(regex("^[^/].*/$", var.pending_uploads.prefix))
    error_message = "pending_uploads.prefix must end with a slash, for example pending/. An empty prefix would apply to every object."
  }

  validation {
    condition     = var.pending_uploads == null ? true : try(length(var.pending_uploads.tag.key) > 0 && length(var.pending_uploads.tag.value) > 0, var.pending_uploads.prefix != null)
    error_message = "pending_uploads.tag must have a key and a value, unless prefix is set. A rule without both would apply to every object."
  }
}

variable "access_logs" {
  description = "Bucket for access logs, and number of days to keep them. With `create = false`, the bucket must exist, its policy must allow S3 to write to it, and you manage its lifecycle rules. Default: no access logs."
  type = object({
    bucket         = string
    create         = optional(bool, true)
    retention_days = optional(number, 365)
  })
  default = null

  validation {
    condition     = var.access_logs == null ? true : can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.access_logs.bucket)) && var.access_logs.retention_days >= 1
    error_message = "access_logs.bucket must have 3 to 63 characters of a-z, 0-9 and -, and must begin and end with a letter or digit. access_logs.retention_days must be at least 1."
  }
}

variable "retention" {
  description = "Map of rule name to objects to expire: their prefix, the number of days until they expire, and the number of days after that until the last version is deleted."
  type = map(object({
    prefix          = string
    days            = number
    noncurrent_days = optional(number, 1)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for rule in values(var.retention) : can(regex("^[^/].*/$", rule.prefix)) && rule.days >= 1 && rule.noncurrent_days >= 1])
    error_message = "The prefixes in retention must end with a slash, and their days must be at least 1, for example { dumps = { prefix = \"mongo/main/\", days = 35 } }."
  }
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

variable "force_destroy" {
  description = "Whether destroy deletes the objects in the buckets. If `false`, destroy fails while the buckets contain objects."
  type        = bool
  default     = false
  nullable    = false
}
