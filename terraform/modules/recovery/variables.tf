variable "name" {
  description = "First part of the names of the replication roles."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,22}$", var.name))
    error_message = "name is \"${var.name}\"; it must begin with a letter and have at most 23 characters: a-z, 0-9 and -, because role names can have 64 characters."
  }
}

variable "replications" {
  description = "Map of name to pair of buckets to replicate. `source` and `destination` are the outputs `bucket`, `bucket_arn` and `kms_key_arn` of the module storage or backup; both buckets must be versioned. `prefix` limits the replication to keys that begin with it. `two_way` also replicates from the destination to the source. `delete_markers` replicates the delete markers of deleted objects, never those of lifecycle rules. `replication_time_control` adds AWS's service level agreement of 15 minutes, at a higher price. `storage_class` is the storage class of the replicas; by default, the one of the source object. Set `destination.account_id` only if another account owns the destination."
  type = map(object({
    source = object({
      bucket      = string
      bucket_arn  = string
      kms_key_arn = string
    })
    destination = object({
      bucket      = string
      bucket_arn  = string
      kms_key_arn = string
      region      = string
      account_id  = optional(string)
    })
    prefix                   = optional(string)
    two_way                  = optional(bool, false)
    delete_markers           = optional(bool, true)
    replication_time_control = optional(bool, false)
    storage_class            = optional(string)
  }))
  nullable = false

  validation {
    condition     = length(var.replications) > 0 && alltrue([for name in keys(var.replications) : can(regex("^[a-z][a-z0-9-]{0,15}$", name))])
    error_message = "replications has the names ${jsonencode(keys(var.replications))}; it needs at least one, and each must begin with a letter and have at most 16 characters: a-z, 0-9 and -, because role names can have 64 characters."
  }

  validation {
    condition = alltrue(flatten([for pair in values(var.replications) : [for side in [pair.source, pair.destination] : [
      can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]+$", side.bucket_arn)),
      endswith(side.bucket_arn, ":::${side.bucket}"),
    ]]]))
    error_message = "In replications, bucket_arn must be the ARN of the bucket that bucket names, for example { bucket = \"edu-files\", bucket_arn = \"arn:aws:s3:::edu-files\", ... }."
  }

  validation {
    condition = alltrue(flatten([for pair in values(var.replications) : [for side in [pair.source, pair.destination] :
      can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", side.kms_key_arn))
    ]]))
    error_message = "In replications, kms_key_arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab. A role cannot get permissions for an alias, and S3 accepts a wrong key and then fails to replicate."
  }

  validation {
    condition     = alltrue([for pair in values(var.replications) : try(split(":", pair.destination.kms_key_arn)[3] == pair.destination.region, false)])
    error_message = "In replications, destination.kms_key_arn must be a key in destination.region: S3 encrypts replicas in the Region of their bucket."
  }

  validation {
    condition     = alltrue([for pair in values(var.replications) : try(split(":", pair.source.kms_key_arn)[3] != pair.destination.region, true)])
    error_message = "In replications, source.kms_key_arn is a key in destination.region. Source and destination must be in different Regions: a replica in the same Region is lost with it."
  }

  validation {
    condition     = length(distinct([for pair in values(var.replications) : pair.source.bucket])) == length(var.replications)
    error_message = "In replications, two entries have the same source bucket. A bucket has one replication configuration, and the second entry would overwrite the first one. Replicate the whole bucket with one entry, or use one bucket for each prefix."
  }

  validation {
    condition     = length(setintersection(toset([for pair in values(var.replications) : pair.source.bucket]), toset([for pair in values(var.replications) : pair.destination.bucket]))) == 0
    error_message = "In replications, a bucket is a source of one entry and a destination of another. S3 does not replicate replicas, so the chain would stop there. To replicate in both directions, set two_way = true in one entry."
  }

  validation {
    condition     = alltrue([for pair in values(var.replications) : pair.prefix == null ? true : can(regex("^[^/].*$", pair.prefix))])
    error_message = "In replications, prefix must have at least one character and must not begin with a slash, for example \"mongo/\". To replicate the whole bucket, remove it."
  }

  validation {
    condition     = alltrue([for pair in values(var.replications) : pair.destination.account_id == null ? true : can(regex("^[0-9]{12}$", pair.destination.account_id)) && !pair.two_way && !pair.delete_markers])
    error_message = "In replications, destination.account_id must have 12 digits. With it, set delete_markers = false, because S3 does not replicate delete markers to another account's bucket, and do not set two_way, because the other account must own the role of the way back."
  }

  validation {
    condition     = alltrue([for pair in values(var.replications) : contains(["", "STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"], coalesce(pair.storage_class, "STANDARD")) && !(pair.two_way && pair.storage_class != null)])
    error_message = "In replications, storage_class must be STANDARD, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR, GLACIER or DEEP_ARCHIVE, and cannot be set with two_way. A restore cannot read GLACIER and DEEP_ARCHIVE before the objects are restored to S3, which takes hours."
  }
}

variable "alarms" {
  description = "Thresholds of the alarms: `latency_minutes`, the time by which a destination can be behind its source, and `pending_operations`, the number of operations that can wait to be replicated."
  type = object({
    latency_minutes    = optional(number, 60)
    pending_operations = optional(number, 10000)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.alarms.latency_minutes >= 1 && var.alarms.latency_minutes <= 1440 && var.alarms.pending_operations >= 1
    error_message = "alarms.latency_minutes is ${var.alarms.latency_minutes} and must be from 1 to 1440; alarms.pending_operations is ${var.alarms.pending_operations} and must be 1 or more."
  }
}

variable "permissions_boundary" {
  description = "ARN of the permissions boundary of the roles. It must allow what the roles need in both Regions. Default: no permissions boundary."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "permissions_boundary must be the ARN of an IAM policy, for example arn:aws:iam::123456789012:policy/boundary."
  }
}

variable "region" {
  description = "Region of the source buckets. Default: the provider's Region."
  type        = string
  default     = null

  validation {
    condition     = var.region == null ? true : alltrue([for pair in values(var.replications) : try(split(":", pair.source.kms_key_arn)[3] == var.region, true)])
    error_message = "region is ${coalesce(var.region, "null")}, but the source.kms_key_arn of a replication is in another Region. Set region to the Region of the source buckets, and use one module for each Region of sources."
  }
}

variable "tags" {
  description = "Map of tags to assign to the roles, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}
