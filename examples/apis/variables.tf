variable "name" {
  description = "First part of all names. Names of roles and dashboards, which are unique in the account over all regions, end with the region."
  type        = string
  default     = "edu"
}

variable "bucket" {
  description = "Name of the bucket to make for files; names of buckets are unique in the world."
  type        = string
}

variable "mongo_secret" {
  description = "Secret with the address of the cluster and a user that may find, insert, update and remove in files, memberships and profiles: its ARN, and the customer key that it is encrypted with, if that is not the account's aws/secretsmanager. null: mongo_host."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = (var.mongo_secret == null) != (var.mongo_host == null)
    error_message = "The functions sign in to MongoDB in one way: give mongo_secret, a secret with {\"uri\": \"mongodb+srv://...\"}, or mongo_host, an Atlas host name whose database users are the roles of output role_arns."
  }
}

variable "mongo_host" {
  description = "Host name of an Atlas cluster, such as main-pl-0.ab1cd.mongodb.net, to which each function signs in as its own role (MONGODB-AWS): no password is kept anywhere. null: mongo_secret."
  type        = string
  default     = null
}

variable "mongo_database" {
  description = "Database of the platform in that cluster."
  type        = string
  default     = "lectern"
}

variable "mongodb_security_group" {
  description = "Security group, by its ID, of an existing cluster, or of its endpoints, in a VPC of this region that is peered with the one made here; functions are let through. AWS takes the rules only once the peering is active, so leave it null in the first apply. null: the cluster is reached by atlas or private_link."
  type = object({
    id = string
  })
  default = null
}

variable "atlas" {
  description = "MongoDB Atlas project to make, or adopt, the private link of, as the module network takes it."
  type = object({
    project_id    = string
    cluster_names = optional(set(string), [])
  })
  default = null
}

variable "private_link" {
  description = "Endpoint service of a private link that was made elsewhere, as the module network takes it."
  type = object({
    service_name = string
  })
  default = null
}

variable "dns_firewall" {
  description = "Let functions ask for the names of the endpoints only, and for those allowed here, as the module network takes them; a cluster that is peered needs its own. null: any name, which a local cloud needs."
  type = object({
    allowed_domains = optional(set(string), [])
  })
  default = {}
}

variable "flow_logs" {
  description = "Flow logs of the VPC, as the module network takes them; null: none."
  type = object({
    retention_days = optional(number, 90)
  })
  default = {}
}

variable "packages" {
  description = "Folder with upload-api.zip, upload-janitor.zip, download-api.zip and profile-api.zip, as cargo dist makes them."
  type        = string
  default     = "../../target/dist"
}

variable "artifacts" {
  description = "Packages in S3 in place of those files, by handler: upload-api, upload-janitor, download-api and profile-api, each { bucket, key, version_id, sha256 }. Then nobody who plans needs the files."
  type = map(object({
    bucket     = string
    key        = string
    version_id = string
    sha256     = string
  }))
  default = {}
}

variable "cors_origins" {
  description = "Origins of the pages that may call the API and S3, as https://learn.example.com."
  type        = set(string)
  default     = []
}

variable "upload_content_types" {
  description = "Types of files that administrators may upload. Empty: documents, images, audio and video."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for type in var.upload_content_types : can(regex("^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$", type)) && !can(regex("^multipart/|[/+]xml$|/(html|javascript|ecmascript|x-javascript)$", type))])
    error_message = "upload_content_types must be media types in small letters without parameters or patterns, for example application/pdf, and none that a browser runs, for example text/html or image/svg+xml."
  }
}

variable "upload_max_bytes" {
  description = "The largest file; null: 5,000,000,000, the largest that S3 verifies as it is sent."
  type        = number
  default     = null

  validation {
    condition     = var.upload_max_bytes == null ? true : var.upload_max_bytes >= 1 && var.upload_max_bytes <= 5000000000 && floor(var.upload_max_bytes) == var.upload_max_bytes
    error_message = "upload_max_bytes must be a whole number of bytes from 1 to 5000000000."
  }
}

variable "link_seconds" {
  description = "How long a link to a file works; null: 900 for an upload, 300 for a download."
  type        = number
  default     = null

  validation {
    condition     = var.link_seconds == null ? true : var.link_seconds >= 60 && var.link_seconds <= 3600 && floor(var.link_seconds) == var.link_seconds
    error_message = "link_seconds must be a whole number from 60 to 3600: an upload needs a minute, and the session that signs links lasts an hour."
  }
}

variable "expected_peak_rpm" {
  description = "Requests a minute that are expected at most; a fifth above, an alarm."
  type        = number
  default     = 1000
}

variable "warning_emails" {
  description = "Who gets warnings by mail."
  type        = set(string)
  default     = []
}

variable "critical_emails" {
  description = "Who gets critical alarms by mail."
  type        = set(string)
  default     = []
}

variable "dashboard" {
  description = "Make a dashboard of what the alarms watch."
  type        = bool
  default     = true
}

variable "mfa" {
  description = "Second factor of users: ON or OPTIONAL."
  type        = string
  default     = "ON"
}

variable "auth_flows" {
  description = "Ways to sign in without the hosted pages, as the module auth takes them."
  type        = set(string)
  default     = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
}

variable "manage_account_logging_role" {
  description = "Make the role by which API Gateway writes logs in this account and region, of which there is one: it takes the place of one that was made elsewhere, and a destroy leaves none. false: it is there already."
  type        = bool
  default     = false
}

variable "environment" {
  description = "More environment of the functions; a local cloud's endpoints, for example."
  type        = map(string)
  default     = {}
}

variable "force_destroy" {
  description = "Let destroy remove the bucket with the files in it, and the users."
  type        = bool
  default     = false
}

variable "local_cloud" {
  description = "Whether this is for a local cloud: with an account, the AWS provider takes host names for it that are nowhere."
  type        = bool
  default     = false
}
