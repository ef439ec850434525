variable "name" {
  description = "First part of all names. Names of roles and dashboards, which must be unique in the account, end with the Region."
  type        = string
  default     = "edu"
}

variable "bucket" {
  description = "Name of the bucket to create for files. Bucket names are unique across all AWS accounts."
  type        = string
}

variable "mongo_secret" {
  description = "Secrets Manager secret with the connection string of a user that can find, insert, update and remove in files, memberships and profiles: its ARN, and the customer managed key that encrypts it unless that is aws/secretsmanager. Required unless mongo_host is set."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = (var.mongo_secret == null) != (var.mongo_host == null)
    error_message = "Set either mongo_secret, a secret with {\"uri\": \"mongodb+srv://...\"}, or mongo_host, the host name of an Atlas cluster that has the roles of the output role_arns as database users, but not both."
  }
}

variable "mongo_host" {
  description = "Host name of an Atlas cluster, for example main-pl-0.ab1cd.mongodb.net, that each function signs in to with its own role (MONGODB-AWS), without a password. Required unless mongo_secret is set."
  type        = string
  default     = null
}

variable "mongo_database" {
  description = "Name of the database of the platform in the cluster."
  type        = string
  default     = "lectern"
}

variable "mongodb_security_group" {
  description = "ID of the security group of an existing cluster, or of its endpoints, in a VPC of this Region that is peered with the VPC of this example. The functions are allowed to connect to it. AWS accepts the rules only after the peering is active, so leave it null in the first apply. Default: the functions connect to the cluster with atlas or private_link."
  type = object({
    id = string
  })
  default = null
}

variable "atlas" {
  description = "MongoDB Atlas project in which to create (or adopt) the private link, in the form of atlas of the module network."
  type = object({
    project_id    = string
    cluster_names = optional(set(string), [])
  })
  default = null
}

variable "private_link" {
  description = "Existing endpoint service of a private link, in the form of private_link of the module network."
  type = object({
    service_name = string
  })
  default = null
}

variable "dns_firewall" {
  description = "Domains that the functions can resolve in addition to the endpoints, in the form of dns_firewall of the module network. A peered cluster needs its own domain. Default: all domains, which the local cloud requires."
  type = object({
    allowed_domains = optional(set(string), [])
  })
  default = {}
}

variable "flow_logs" {
  description = "Flow logs of the VPC, in the form of flow_logs of the module network. Default: no flow logs."
  type = object({
    retention_days = optional(number, 90)
  })
  default = {}
}

variable "packages" {
  description = "Folder that contains upload-api.zip, upload-janitor.zip, download-api.zip and profile-api.zip. cargo dist creates them."
  type        = string
  default     = "../../target/dist"
}

variable "artifacts" {
  description = "Packages in S3 to use instead of these files, by handler (upload-api, upload-janitor, download-api and profile-api), each { bucket, key, version_id, sha256 }. A plan then needs no local files."
  type = map(object({
    bucket     = string
    key        = string
    version_id = string
    sha256     = string
  }))
  default = {}
}

variable "cors_origins" {
  description = "Origins of the web pages that can call the API and S3, for example https://learn.example.com."
  type        = set(string)
  default     = []
}

variable "upload_content_types" {
  description = "Content types of the files that administrators can upload. Default: documents, images, audio and video."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for type in var.upload_content_types : can(regex("^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$", type)) && !can(regex("^multipart/|[/+]xml$|/(html|javascript|ecmascript|x-javascript)$", type))])
    error_message = "upload_content_types must be media types in lowercase letters without parameters or wildcards, for example application/pdf. Types that a browser executes, for example text/html or image/svg+xml, are not allowed."
  }
}

variable "upload_max_bytes" {
  description = "Maximum size of a file in bytes. Default: 5,000,000,000, the largest size that S3 verifies during the upload."
  type        = number
  default     = null

  validation {
    condition     = var.upload_max_bytes == null ? true : var.upload_max_bytes >= 1 && var.upload_max_bytes <= 5000000000 && floor(var.upload_max_bytes) == var.upload_max_bytes
    error_message = "upload_max_bytes must be a whole number of bytes from 1 to 5000000000."
  }
}

variable "link_seconds" {
  description = "Validity of a presigned URL in seconds. Default: 900 for an upload, 300 for a download."
  type        = number
  default     = null

  validation {
    condition     = var.link_seconds == null ? true : var.link_seconds >= 60 && var.link_seconds <= 3600 && floor(var.link_seconds) == var.link_seconds
    error_message = "link_seconds must be a whole number from 60 to 3600. An upload needs at least a minute, and the role session that signs the URLs lasts an hour."
  }
}

variable "expected_peak_rpm" {
  description = "Expected peak traffic in requests per minute. An alarm fires at 20 % above it."
  type        = number
  default     = 1000
}

variable "warning_emails" {
  description = "Email addresses that receive warnings."
  type        = set(string)
  default     = []
}

variable "critical_emails" {
  description = "Email addresses that receive critical alarms."
  type        = set(string)
  default     = []
}

variable "dashboard" {
  description = "Whether to create a CloudWatch dashboard with the metrics of the alarms."
  type        = bool
  default     = true
}

variable "mfa" {
  description = "Multi-factor authentication of the users: ON or OPTIONAL."
  type        = string
  default     = "ON"
}

variable "auth_flows" {
  description = "Authentication flows without the hosted pages, in the form of auth_flows of the module auth."
  type        = set(string)
  default     = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
}

variable "manage_account_logging_role" {
  description = "Whether to create the IAM role that API Gateway uses to write logs. It is an account-wide setting in each Region: the new role replaces the existing one, and destroy leaves the account without one. Set false if the account already has a role."
  type        = bool
  default     = false
}

variable "environment" {
  description = "Additional environment variables of the functions, for example endpoints of the local cloud."
  type        = map(string)
  default     = {}
}

variable "force_destroy" {
  description = "Whether destroy deletes the bucket with its files, and the users."
  type        = bool
  default     = false
}

variable "local_cloud" {
  description = "Set to true when you apply to the local cloud. Otherwise, the AWS provider builds account-specific host names that do not resolve."
  type        = bool
  default     = false
}
