variable "name" {
  description = "First part of all names."
  type        = string
  default     = "edu"
}

variable "cluster" {
  description = "Name of the cluster in object keys, metrics and manifests."
  type        = string
  default     = "main"
}

variable "bucket" {
  description = "Name of the bucket to create for dumps. Bucket names are unique across all AWS accounts."
  type        = string
}

variable "secret_arn" {
  description = "ARN of the Secrets Manager secret with the connection string of a user that can read all databases."
  type        = string
}

variable "drill_secret_arn" {
  description = "ARN of the Secrets Manager secret with the connection string of a cluster for restore drills and a user that can write to it."
  type        = string
}

variable "packages" {
  description = "Folder that contains mongo-dump.zip and mongo-restore.zip. cargo dist creates them."
  type        = string
  default     = "../../target/dist"
}

variable "artifacts" {
  description = "Packages in S3 to use instead of these files, by function (mongo-dump and mongo-restore), each { bucket, key, version_id, sha256 }. A plan then needs no local files."
  type = map(object({
    bucket     = string
    key        = string
    version_id = string
    sha256     = string
  }))
  default = {}
}

variable "schedule_name" {
  description = "Name of the schedule. Set to null for a second copy in the same Region: the name then contains var.name."
  type        = string
  default     = "MongoDBDumpEvery6Hours"
}

variable "dump_role_name" {
  description = "Name of the role that writes dumps. Set to null for a second copy in the same account: the name then contains var.name and the Region."
  type        = string
  default     = "BucketMongoDBBackup"
}

variable "critical_emails" {
  description = "Email addresses that are notified when a dump fails or is missing."
  type        = set(string)
  default     = []
}

variable "large" {
  description = "Whether to dump with a state machine that reads ranges of _id in parallel."
  type        = bool
  default     = false
}

variable "environment" {
  description = "Additional environment variables of the functions, for example endpoints of the local cloud."
  type        = map(string)
  default     = {}
}

variable "force_destroy" {
  description = "Whether destroy deletes the bucket with its dumps."
  type        = bool
  default     = false
}

variable "local_cloud" {
  description = "Set to true when you apply to the local cloud. Otherwise, the AWS provider builds account-specific host names that do not resolve."
  type        = bool
  default     = false
}
