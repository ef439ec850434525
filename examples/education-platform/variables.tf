variable "name" {
  description = "First part of all names."
  type        = string
  default     = "edu"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,17}$", var.name))
    error_message = "name is \"${var.name}\". Set a name of at most 18 characters that begins with a letter: a-z, 0-9 and -. Names of roles are longer and have a limit of 64."
  }
}

variable "regions" {
  description = "Regions of the platform: `primary`, which users work in, and `secondary`, which takes over. Both must be other Regions than us-east-1, which has the resources that CloudFront needs and must not be lost with one of them."
  type        = object({ primary = string, secondary = string })
  default     = { primary = "eu-west-1", secondary = "eu-central-1" }
  nullable    = false

  validation {
    condition     = var.regions.primary != var.regions.secondary && !contains(values(var.regions), "us-east-1")
    error_message = "regions is ${jsonencode(var.regions)}. Set two different Regions, neither of them us-east-1: the function that switches Regions runs there and must survive the loss of each."
  }
}

variable "cidrs" {
  description = "Private IPv4 CIDR blocks of the VPCs. They must not overlap."
  type        = object({ primary = string, secondary = string })
  default     = { primary = "10.42.0.0/16", secondary = "10.43.0.0/16" }
  nullable    = false
}

variable "bucket_prefix" {
  description = "First part of the names of all buckets. Bucket names are unique across all AWS accounts."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{2,29}$", var.bucket_prefix))
    error_message = "bucket_prefix is \"${var.bucket_prefix}\". Set 3 to 30 characters: a-z, 0-9 and -. The names end with the purpose and the Region and have a limit of 63."
  }
}

variable "domain" {
  description = "Host name of the platform, for example `learn.example.com`: an alias of the distribution."
  type        = string
}

variable "zone_id" {
  description = "Route 53 hosted zone in which to create the records of `domain`. Default: you create them from the output `distribution`."
  type        = string
  default     = null
}

variable "certificate_arn" {
  description = "ARN of the ACM certificate in us-east-1 that covers `domain`."
  type        = string
}

variable "geo" {
  description = "Countries that can use the platform, in the form of `geo` of the module cdn. There is no default: choose."
  type = object({
    restriction_type = string
    locations        = optional(list(string), [])
  })
}

variable "signing_key" {
  description = "Key that signs URLs of files: `name`, and `public_key` in PEM. To rotate it, set `previous` to the old name and public key, until the last old URL has expired."
  type = object({
    name       = string
    public_key = string
    previous   = optional(object({ name = string, public_key = string }))
  })
}

variable "signing_private_key" {
  description = "Private key of `signing_key` in PEM. Terraform writes it to a secret and to no state or plan. Set it with the environment variable TF_VAR_signing_private_key for the first apply and whenever you change `signing_key_version`; an apply that writes the secret without it stores no key, and download-api cannot sign URLs. Otherwise it is not needed."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

variable "signing_key_version" {
  description = "Number of the private key. Increase it to write a new one, also when you change the name of `signing_key`: until then, URLs are signed with the previous key."
  type        = number
  default     = 1
  nullable    = false
}

variable "origin_verify_values" {
  description = "Secret values of the header that the distribution adds to requests to the APIs, 32 characters or more each. The distribution sends the first. Two values while you replace one. They are in the state, because CloudFront's configuration contains them."
  type        = list(string)
  sensitive   = true
}

variable "mongo" {
  description = "MongoDB by Region. `cluster`: name in object keys and metrics, different in each Region. Either `secret`, with the connection string of the functions, or `host`, the host name of a cluster that has the roles of the output `function_roles` as AWS IAM database users; with `atlas`, the default is the host of its private link. `backup_secret_arn` and `restore_secret_arn`: secrets with the connection strings of the users that dump and restore."
  type = object({
    database = optional(string, "lectern")
    primary = object({
      cluster            = optional(string, "primary")
      host               = optional(string)
      secret             = optional(object({ arn = string, kms_key_arn = optional(string) }))
      backup_secret_arn  = string
      restore_secret_arn = string
    })
    secondary = object({
      cluster            = optional(string, "secondary")
      host               = optional(string)
      secret             = optional(object({ arn = string, kms_key_arn = optional(string) }))
      backup_secret_arn  = string
      restore_secret_arn = string
    })
  })

  validation {
    condition     = var.mongo.primary.cluster != var.mongo.secondary.cluster
    error_message = "mongo.primary.cluster and mongo.secondary.cluster are both \"${var.mongo.primary.cluster}\". Set different names: the dumps of both are in one bucket in the secondary Region, and would be mixed."
  }
}

variable "atlas" {
  description = "MongoDB Atlas: a project and a dedicated cluster in each Region, in new projects of the organization `org_id`, or in existing projects. The clusters are named `primary` and `secondary`. Default: you manage the clusters and set `mongo`."
  type = object({
    org_id          = optional(string)
    project_ids     = optional(object({ primary = string, secondary = string }))
    instance_size   = optional(string, "M10")
    mongodb_version = optional(string, "8.0")
  })
  default = null

  validation {
    condition     = var.atlas == null ? true : (var.atlas.org_id == null) != (var.atlas.project_ids == null)
    error_message = "atlas needs either org_id, to create a project in each Region, or project_ids, the IDs of existing projects, and not both."
  }

  validation {
    condition     = try(var.atlas.project_ids, null) == null ? true : var.atlas.project_ids.primary != var.atlas.project_ids.secondary
    error_message = "atlas.project_ids.primary and atlas.project_ids.secondary are both ${jsonencode(try(var.atlas.project_ids.primary, null))}. Set the IDs of two projects: access list, customer key and private links belong to a project, and the Regions would replace each other's."
  }
}

variable "audit" {
  description = "CloudTrail and AWS Config. An account has one recorder of AWS Config in a Region: set `create_recorder` to `false` to use the existing one, and `create_service_linked_role` to `false` if the account has the role AWSServiceRoleForConfig. Default: both are created. Set to `null` to create neither."
  type = object({
    cloudtrail                 = optional(bool, true)
    config                     = optional(bool, true)
    create_recorder            = optional(bool, true)
    create_service_linked_role = optional(bool, true)
  })
  default = {}

  validation {
    condition     = var.audit == null ? true : var.audit.cloudtrail || var.audit.config
    error_message = "audit has neither cloudtrail nor config. Set audit = null for neither."
  }
}

variable "topology" {
  description = "How functions connect to MongoDB, in the form of `topology` of the module network: `endpoint` or `nlb`."
  type        = string
  default     = "endpoint"
}

variable "dns_firewall" {
  description = "Domains that the functions can resolve in addition to the endpoints, in the form of `dns_firewall` of the module network. `null` on the local cloud, which has no DNS firewall."
  type = object({
    allowed_domains = optional(set(string), [])
  })
  default = {}
}

variable "dump_schedule_expression" {
  description = "Schedule of the dumps. Data that is written after the last dump is lost with the Region."
  type        = string
  default     = "rate(6 hours)"
  nullable    = false
}

variable "export_schedule_expression" {
  description = "Schedule of the exports of users. Users who are created after the last export are lost with the Region."
  type        = string
  default     = "rate(24 hours)"
  nullable    = false
}

variable "replication_time_control" {
  description = "Whether S3 replicates 99.99 % of the objects within 15 minutes, which AWS charges for."
  type        = bool
  default     = false
  nullable    = false
}

variable "health" {
  description = "How the loss of a Region is detected: `request_interval`, seconds between the requests of Route 53 (10 or 30); `failure_threshold`, failed requests in a row; and `period` and `evaluation_periods` of the alarm. Route 53 publishes one data point per minute."
  type = object({
    request_interval   = optional(number, 30)
    failure_threshold  = optional(number, 3)
    period             = optional(number, 60)
    evaluation_periods = optional(number, 2)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains([10, 30], var.health.request_interval) && var.health.period >= 60 && var.health.period % 60 == 0
    error_message = "health is ${jsonencode(var.health)}. Set request_interval to 10 or 30, and period to a multiple of 60: Route 53 publishes one data point per minute, so an alarm with a shorter period would have no data."
  }
}

variable "mfa" {
  description = "Multi-factor authentication of the users: ON or OPTIONAL."
  type        = string
  default     = "ON"
}

variable "auth_flows" {
  description = "Authentication flows without the hosted pages, in the form of `auth_flows` of the module auth."
  type        = set(string)
  default     = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
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

variable "packages" {
  description = "Folder that contains the packages that cargo dist creates."
  type        = string
  default     = "../../target/dist"
}

variable "artifacts" {
  description = "Packages in S3 to use instead, by Region (primary, secondary, us_east_1) and handler, each { bucket, key, version_id, sha256 }. Lambda reads packages from buckets of its own Region."
  type = map(map(object({
    bucket     = string
    key        = string
    version_id = string
    sha256     = string
  })))
  default  = {}
  nullable = false
}

variable "page_origins" {
  description = "Origins of other web pages that can call the API and S3, besides https://<domain>."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "page_connect_sources" {
  description = "Additional sources that the page can connect to (Content-Security-Policy), for example the endpoint of the local cloud."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "cognito_endpoints" {
  description = "Endpoints of Cognito for the page, by Region (primary, secondary). Default: those of AWS."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "environment" {
  description = "Additional environment variables of the functions, by Region (primary, secondary, us_east_1), for example endpoints of the local cloud."
  type        = map(map(string))
  default     = {}
  nullable    = false
}

variable "manage_account_logging_role" {
  description = "Whether to create the account-wide role that API Gateway uses to write logs, in both Regions. Set false if the account already has one."
  type        = bool
  default     = false
}

variable "force_destroy" {
  description = "Whether destroy deletes the buckets with their objects, and the users."
  type        = bool
  default     = false
}

variable "local_cloud" {
  description = "Set to true when you apply to the local cloud."
  type        = bool
  default     = false
}
