variable "bucket" {
  description = "Name of the bucket to create. Bucket names are unique across all AWS accounts."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket has 3 to 63 of a-z, 0-9 and -, and begins and ends with a letter or digit."
  }
}

variable "kms_key" {
  description = "ARN of the customer managed key to encrypt objects with. Its owner manages its rotation and policy. `null`: the module creates a key, which is rotated every year."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key.arn))
    error_message = "kms_key.arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab: an alias can move, and the bucket's policy compares keys."
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
  description = "Origins of the web pages that can upload to and download from S3 with presigned requests. Empty: none can. The values may be unknown at plan."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.allowed_origins : can(regex("^(https://[A-Za-z0-9.-]+(:[0-9]+)?|http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?)$", origin))])
    error_message = "allowed_origins has origins without a path, as https://learn.example.com; http only for localhost, and no *."
  }
}

variable "noncurrent_days" {
  description = "Days until versions with the tag `upload=deleted` are removed. Until then a deleted file can be restored."
  type        = number
  default     = 90

  validation {
    condition     = var.noncurrent_days >= 1 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "noncurrent_days is a whole number from 1."
  }
}

variable "pending_uploads" {
  description = "How to recognise uploads that are not confirmed, and after how many days they are removed. Either by a tag, which is removed at confirmation, or by a prefix, which takes precedence. `null`: there are no such uploads, and `noncurrent_days` has no effect."
  type = object({
    tag    = optional(object({ key = string, value = string }), { key = "upload", value = "pending" })
    prefix = optional(string)
    days   = optional(number, 1)
  })
  default = {}

  validation {
    condition     = var.pending_uploads == null ? true : var.pending_uploads.days >= 1 && floor(var.pending_uploads.days) == var.pending_uploads.days
    error_message = "pending_uploads.days is a whole number from 1."
  }

  validation {
    condition     = try(var.pending_uploads.prefix, null) == null ? true : can(regex("^[^/].*/$", var.pending_uploads.prefix))
    error_message = "pending_uploads.prefix is a folder that ends with a slash, as pending/: an empty one would be every file's."
  }

  validation {
    condition     = var.pending_uploads == null ? true : try(length(var.pending_uploads.tag.key) > 0 && length(var.pending_uploads.tag.value) > 0, var.pending_uploads.prefix != null)
    error_message = "pending_uploads.tag has a key and a value, unless there is a prefix: a rule without either would be for every file."
  }
}

variable "access_logs" {
  description = "Bucket for access logs, and days to keep them. With `create = false` the bucket exists, its policy allows S3 to write to it, and its owner removes old logs. `null`: no access logs."
  type = object({
    bucket         = string
    create         = optional(bool, true)
    retention_days = optional(number, 365)
  })
  default = null

  validation {
    condition     = var.access_logs == null ? true : can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.access_logs.bucket)) && var.access_logs.retention_days >= 1
    error_message = "access_logs.bucket has 3 to 63 of a-z, 0-9 and -, and begins and ends with a letter or digit; access_logs.retention_days is at least 1."
  }
}

variable "retention" {
  description = "Objects to remove after a time, by rule name: their prefix, the days until they expire, and the days after that until the last version is removed."
  type = map(object({
    prefix          = string
    days            = number
    noncurrent_days = optional(number, 1)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for rule in values(var.retention) : can(regex("^[^/].*/$", rule.prefix)) && rule.days >= 1 && rule.noncurrent_days >= 1])
    error_message = "retention is by folder, which ends with a slash, as { dumps = { prefix = \"mongo/main/\", days = 35 } }, for at least a day."
  }
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

variable "force_destroy" {
  description = "Delete the objects in the buckets on destroy. With `false` a destroy fails while there are any."
  type        = bool
  default     = false
  nullable    = false
}
