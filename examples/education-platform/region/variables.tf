variable "name" {
  description = "First part of all names. Names that must be unique in the account end with the Region."
  type        = string
}

variable "region" {
  description = "Region of this copy of the platform."
  type        = string
}

variable "cidr" {
  description = "Private IPv4 CIDR block of the VPC. The VPCs of the two Regions must not overlap, so that they can be peered."
  type        = string
}

variable "buckets" {
  description = "Names of the buckets of this Region."
  type = object({
    files   = string
    dumps   = string
    exports = string
  })
}

variable "mongo" {
  description = "MongoDB of this Region: `cluster`, its name in object keys and metrics; `database`; and either `secret`, or `host` with the roles of the functions as AWS IAM database users. `backup_secret_arn` is the secret of the user that dumps, `restore_secret_arn` that of the user that restores."
  type = object({
    cluster            = string
    database           = string
    host               = optional(string)
    secret             = optional(object({ arn = string, kms_key_arn = optional(string) }))
    backup_secret_arn  = string
    restore_secret_arn = string
  })
}

variable "atlas" {
  description = "Atlas project and clusters to create a private link to, in the form of `atlas` of the module network. Default: no private link."
  type = object({
    project_id    = string
    cluster_names = optional(set(string), [])
  })
  default = null
}

variable "topology" {
  description = "How functions connect to MongoDB: `endpoint` or `nlb`, in the form of `topology` of the module network."
  type        = string
  default     = "endpoint"
}

variable "dns_firewall" {
  description = "Domains that the functions can resolve in addition to the endpoints, in the form of `dns_firewall` of the module network."
  type = object({
    allowed_domains = optional(set(string), [])
  })
  default = {}
}

variable "dump_schedule" {
  description = "Schedule of the dumps: `name` and `expression`."
  type        = object({ name = string, expression = string })
}

variable "dump_role_name" {
  description = "Name of the role that writes dumps. Default: a name with the Region."
  type        = string
  default     = null
}

variable "restore_clusters" {
  description = "Names of other clusters whose dumps are in the bucket, for example replicated from the other Region, and can be restored here."
  type        = set(string)
  default     = []
}

variable "export_schedule_expression" {
  description = "Schedule on which the users of this Region are exported. Default: they are not exported."
  type        = string
  default     = null
}

variable "import_users_from" {
  description = "User pool of the other Region whose exports can be imported here. Default: no import."
  type = object({
    user_pool_id = string
  })
  default = null
}

variable "profile_key_arn" {
  description = "ARN of the KMS key of the profiles: a multi-Region key, because profiles that were written in one Region are read in the other."
  type        = string
}

variable "export_data_key_arn" {
  description = "ARN of the KMS key of the exports of users: a multi-Region key, for the same reason."
  type        = string
}

variable "cdn" {
  description = "Distribution in front of this Region: `domain`, the host name of its URLs, and `signing_secret`, the secret with the key that signs them."
  type = object({
    domain         = string
    signing_secret = object({ arn = string, kms_key_arn = optional(string) })
  })
}

# Not in `cdn`: the functions would wait for the distribution, which waits for their API.
variable "cdn_policies" {
  description = "Policies of the distribution for the bucket of the files and for its key, in JSON."
  type        = object({ bucket = string, key = string })
}

variable "origin_verify_values" {
  description = "Values of the header that the distribution adds to requests to the API."
  type        = list(string)
  sensitive   = true
}

variable "resource_policy" {
  description = "Resource policy of the API, in the form of `resource_policy` of the module api. Default: the policy of that module."
  type        = object({ json = string })
  default     = null
}

variable "page_origins" {
  description = "Origins of the web pages that can call the API and S3."
  type        = list(string)
}

variable "mfa" {
  description = "Multi-factor authentication of the users: `ON` or `OPTIONAL`."
  type        = string
}

variable "auth_flows" {
  description = "Authentication flows without the hosted pages, in the form of `auth_flows` of the module auth."
  type        = set(string)
}

variable "expected_peak_rpm" {
  description = "Expected peak traffic in requests per minute. An alarm fires at 20 % above it."
  type        = number
}

variable "warning_emails" {
  description = "Email addresses that receive warnings."
  type        = set(string)
}

variable "critical_emails" {
  description = "Email addresses that receive critical alarms."
  type        = set(string)
}

variable "extra_alarms" {
  description = "Additional alarms of this Region, in the form of `extra_alarms` of lectern_alarm_bundle."
  type        = any
  default     = {}
}

variable "s3_targets" {
  description = "Additional buckets to monitor, in the form of `s3` of the module monitoring."
  type        = map(object({ bucket = string, filter_id = string }))
  default     = {}
}

variable "packages" {
  description = "Folder that contains the packages that cargo dist creates."
  type        = string
}

variable "artifacts" {
  description = "Packages in S3 to use instead, by handler."
  type = map(object({
    bucket     = string
    key        = string
    version_id = string
    sha256     = string
  }))
  default = {}
}

variable "environment" {
  description = "Additional environment variables of the functions, for example endpoints of the local cloud."
  type        = map(string)
  default     = {}
}

variable "manage_account_logging_role" {
  description = "Whether to create the account-wide role that API Gateway uses to write logs in this Region."
  type        = bool
  default     = false
}

variable "force_destroy" {
  description = "Whether destroy deletes the buckets with their objects, and the users."
  type        = bool
  default     = false
}
