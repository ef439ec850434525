variable "name" {
  description = "First part of all names."
  type        = string
  default     = "edu"
}

variable "cluster" {
  description = "The cluster's name in keys, metrics and manifests."
  type        = string
  default     = "main"
}

variable "bucket" {
  description = "Name of the bucket to make for dumps; names of buckets are unique in the world."
  type        = string
}

variable "secret_arn" {
  description = "Secret with the address of the cluster and a user that may read all of it."
  type        = string
}

variable "drill_secret_arn" {
  description = "Secret with the address of a cluster to drill on and a user that may write there."
  type        = string
}

variable "packages" {
  description = "Folder with mongo-dump.zip and mongo-restore.zip, as cargo dist makes them."
  type        = string
  default     = "../../target/dist"
}

variable "artifacts" {
  description = "Packages in S3 in place of those files, by function: mongo-dump and mongo-restore, each { bucket, key, version_id, sha256 }. Then nobody who plans needs the files."
  type = map(object({
    bucket     = string
    key        = string
    version_id = string
    sha256     = string
  }))
  default = {}
}

variable "schedule_name" {
  description = "Name of the schedule. null, for a second copy in the region: made of name."
  type        = string
  default     = "MongoDBDumpEvery6Hours"
}

variable "dump_role_name" {
  description = "Name of the role that writes dumps. null, for a second copy in the account: made of name and region."
  type        = string
  default     = "BucketMongoDBBackup"
}

variable "critical_emails" {
  description = "Who is told by mail when a dump fails or does not come."
  type        = set(string)
  default     = []
}

variable "large" {
  description = "Dump by a state machine over ranges of _id."
  type        = bool
  default     = false
}

variable "environment" {
  description = "More environment of the functions; a local cloud's endpoints, for example."
  type        = map(string)
  default     = {}
}

variable "force_destroy" {
  description = "Let destroy remove the bucket with the dumps in it."
  type        = bool
  default     = false
}

variable "local_cloud" {
  description = "Whether this is for a local cloud: with an account, the AWS provider takes host names for it that are nowhere."
  type        = bool
  default     = false
}
