variable "name" {
  description = "First part of the names of the IAM role and the alias of the key."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name is \"${var.name}\"; it must begin with a letter and have at most 32 characters: a-z, 0-9 and -."
  }
}

variable "project" {
  description = "Atlas project of the cluster: the `id` of an existing project, or the `org_id` and `name` of a project to create. The module manages the access list and the encryption at rest of the whole project, so use it once for each project. `name` must be known at plan."
  type = object({
    id     = optional(string)
    org_id = optional(string)
    name   = optional(string)
  })
  nullable = false

  validation {
    condition     = (var.project.id == null) != (var.project.org_id == null && var.project.name == null) && (var.project.org_id == null) == (var.project.name == null)
    error_message = "project must have either id, for an existing project, or both org_id and name, for a project to create."
  }

  validation {
    condition     = alltrue([for id in [var.project.id, var.project.org_id] : can(regex("^[0-9a-f]{24}$", id)) if id != null])
    error_message = "project.id and project.org_id must have 24 hexadecimal digits. The settings of the project and of the organization in Atlas show them."
  }
}

variable "cluster" {
  description = "Dedicated cluster in one AWS Region: `name`; `instance_size`, M10 or larger, because smaller clusters support neither private endpoints nor customer managed keys; `mongodb_version`, a major version; `node_count`, the number of electable nodes; `disk_size_gb` (default: the size that Atlas selects); `disk_auto_scaling`, whether Atlas enlarges full disks."
  type = object({
    name              = string
    instance_size     = optional(string, "M10")
    mongodb_version   = optional(string, "8.0")
    node_count        = optional(number, 3)
    disk_size_gb      = optional(number)
    disk_auto_scaling = optional(bool, true)
  })
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,62}[A-Za-z0-9]$|^[A-Za-z0-9]$", var.cluster.name))
    error_message = "cluster.name is \"${var.cluster.name}\"; it must have 1 to 64 characters of A-Z, a-z, 0-9 and -, and must begin and end with a letter or digit."
  }

  validation {
    condition     = can(regex("^[MR]([1-9][0-9]{1,2})(_NVME)?$", var.cluster.instance_size))
    error_message = "cluster.instance_size is \"${var.cluster.instance_size}\"; it must be a dedicated size, M10 or larger, for example M10 or M30. Free and Flex clusters support neither private endpoints nor customer managed keys, and Atlas discontinued Serverless in January 2026."
  }

  validation {
    condition     = can(regex("^([7-9]|[1-9][0-9])\\.0$", var.cluster.mongodb_version))
    error_message = "cluster.mongodb_version is \"${var.cluster.mongodb_version}\"; it must be a major version from 7.0, for example 8.0."
  }

  validation {
    condition     = contains([3, 5, 7], var.cluster.node_count)
    error_message = "cluster.node_count is ${var.cluster.node_count}; it must be 3, 5 or 7, because an election needs an odd number of nodes."
  }

  validation {
    condition     = var.cluster.disk_size_gb == null ? true : !var.cluster.disk_auto_scaling && var.cluster.disk_size_gb >= 10
    error_message = "cluster.disk_size_gb must be at least 10, and requires disk_auto_scaling = false. With automatic scaling, each plan would reset the size that Atlas set."
  }
}

variable "termination_protection" {
  description = "Whether Atlas rejects the deletion of the cluster. Before `terraform destroy`, set it to `false` and apply."
  type        = bool
  default     = true
  nullable    = false
}

variable "retain_backups" {
  description = "Whether Atlas keeps the snapshots after the cluster is deleted. They can be restored only while the key exists."
  type        = bool
  default     = true
  nullable    = false
}

variable "backup" {
  description = "Snapshots of Atlas: the interval in hours of the hourly snapshots (1, 2, 4, 6, 8 or 12), and for how many days, weeks and months snapshots are kept. `continuous`: whether Atlas also keeps the oplog, to restore any point in time of the last `restore_window_days`. Independent of the dumps of the module backup."
  type = object({
    continuous          = optional(bool, true)
    restore_window_days = optional(number, 7)
    interval_hours      = optional(number, 6)
    hourly_days         = optional(number, 7)
    daily_days          = optional(number, 7)
    weekly_weeks        = optional(number, 4)
    monthly_months      = optional(number, 12)
    reference_hour_utc  = optional(number, 3)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains([1, 2, 4, 6, 8, 12], var.backup.interval_hours)
    error_message = "backup.interval_hours is ${var.backup.interval_hours}; Atlas accepts 1, 2, 4, 6, 8 and 12."
  }

  validation {
    condition     = alltrue([for kept in [var.backup.hourly_days, var.backup.daily_days, var.backup.weekly_weeks, var.backup.monthly_months, var.backup.restore_window_days] : kept >= 1 && floor(kept) == kept])
    error_message = "backup.hourly_days, daily_days, weekly_weeks, monthly_months and restore_window_days must be whole numbers of 1 or more."
  }

  validation {
    condition     = var.backup.daily_days >= var.backup.hourly_days && var.backup.weekly_weeks * 7 >= var.backup.daily_days && var.backup.monthly_months * 31 >= var.backup.weekly_weeks * 7
    error_message = "backup must keep snapshots of a longer interval at least as long: hourly_days <= daily_days <= weekly_weeks * 7 <= monthly_months * 31. Atlas rejects other policies."
  }

  validation {
    condition     = !var.backup.continuous || var.backup.restore_window_days <= var.backup.hourly_days
    error_message = "backup.restore_window_days is ${var.backup.restore_window_days}; it must not exceed hourly_days (${var.backup.hourly_days}), because a restore to a point in time begins with an hourly snapshot."
  }

  validation {
    condition     = var.backup.reference_hour_utc >= 0 && var.backup.reference_hour_utc <= 23 && floor(var.backup.reference_hour_utc) == var.backup.reference_hour_utc
    error_message = "backup.reference_hour_utc is ${var.backup.reference_hour_utc}; it must be a whole number from 0 to 23."
  }
}

variable "kms_key" {
  description = "ARN of the customer managed key for the encryption at rest, in the Region of the cluster. You manage its rotation and policy, which must allow IAM policies of this account. Default: the module creates a key with yearly rotation."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key.arn))
    error_message = "kms_key.arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab. An IAM policy cannot refer to a key by its alias."
  }
}

variable "kms_deletion_window_days" {
  description = "Number of days after destroy until KMS deletes the key that this module creates. Until then you can restore the key. Afterwards, no snapshot of the cluster can be restored."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.kms_deletion_window_days >= 7 && var.kms_deletion_window_days <= 30 && floor(var.kms_deletion_window_days) == var.kms_deletion_window_days
    error_message = "kms_deletion_window_days must be a whole number from 7 to 30."
  }
}

variable "iam_propagation_seconds" {
  description = "Number of seconds to wait after the IAM role is created or changed, before Atlas assumes it. AWS needs some seconds to propagate a role. Uses the command `sleep`. Set to 0 to disable."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.iam_propagation_seconds >= 0 && var.iam_propagation_seconds <= 300 && floor(var.iam_propagation_seconds) == var.iam_propagation_seconds
    error_message = "iam_propagation_seconds must be a whole number from 0 to 300."
  }
}

variable "database_users" {
  description = "Map of name to database user that signs in with an IAM role and has no password: the ARN of the role, for example the output `role_arn` of the module function, and its `roles` in MongoDB, each on a `database`, or on one `collection` of it. Users can access only the cluster of this module."
  type = map(object({
    role_arn = string
    roles = list(object({
      role       = string
      database   = string
      collection = optional(string)
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for user in values(var.database_users) : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", user.role_arn))])
    error_message = "database_users must have the ARNs of IAM roles as role_arn, for example arn:aws:iam::123456789012:role/edu-upload-api-eu-west-1."
  }

  validation {
    condition     = alltrue([for user in values(var.database_users) : length(user.roles) >= 1 && alltrue([for role in user.roles : role.database != "" && !contains(["atlasAdmin", "root", "dbOwner"], role.role)])])
    error_message = "database_users must have at least one entry in roles for each user, and no administrator role (atlasAdmin, root, dbOwner). For a function that reads and writes, use { role = \"readWrite\", database = \"lectern\" }; for mongo-probe, { role = \"clusterMonitor\", database = \"admin\" }."
  }
}

variable "access_list" {
  description = "Map of the entries of the IP access list of the project, in the form of `entries` of `lectern_atlas_access_list`. Only private addresses are allowed. Default: no entries, because connections through private endpoints need none. The next apply deletes all other entries."
  type = map(object({
    comment = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = !anytrue([for entry in keys(var.access_list) : can(regex("^(0\\.0\\.0\\.0|::)(/|$)", entry))])
    error_message = "access_list must not contain 0.0.0.0/0 or ::/0. Clients connect through the private endpoint of the module network and need no entry."
  }
}

variable "adopt_access_list" {
  description = "Whether to manage the access list of an existing project that already has entries. The second apply **deletes** the entries that are not in `access_list`."
  type        = bool
  default     = false
  nullable    = false
}

variable "alert_emails" {
  description = "Email addresses that Atlas notifies of three conditions: more than `alert_connections` connections to a node, a replica set without a primary, and an oplog window of less than one hour. Default: only the default alerts of Atlas, which notify the members of the project."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "alert_emails must contain email addresses, for example ops@example.com."
  }
}

variable "alert_connections" {
  description = "Number of connections to a node above which Atlas sends an alert to `alert_emails`."
  type        = number
  default     = 500
  nullable    = false

  validation {
    condition     = var.alert_connections >= 1 && floor(var.alert_connections) == var.alert_connections
    error_message = "alert_connections must be a whole number of 1 or more."
  }
}

variable "auditing" {
  description = "Database auditing of the project, which raises the price of its clusters. `filter`: JSON of the events to record. Default: failed sign-ins, and changes of users, roles, collections and indexes. Set to `{}` to enable it with the default filter. Default: no auditing."
  type = object({
    filter = optional(string)
  })
  default = null

  validation {
    condition     = try(var.auditing.filter, null) == null ? true : can(keys(jsondecode(var.auditing.filter)))
    error_message = "auditing.filter must be a JSON object, for example jsonencode({ atype = \"authenticate\" })."
  }
}

variable "data_explorer" {
  description = "Whether members of the project can read and change documents in the Atlas user interface. Used only with a project that the module creates."
  type        = bool
  default     = false
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy to set as permissions boundary of the role. Default: no boundary."
  type        = string
  default     = null
}

variable "region" {
  description = "AWS Region of the cluster and the key. Default: the Region of the provider `aws`."
  type        = string
  default     = null
}

variable "tags" {
  description = "Map of tags to assign to all resources of the module that support tags, in AWS and in Atlas."
  type        = map(string)
  default     = {}
  nullable    = false
}
