# Files in both directions, dumps, exports and deployment artifacts, with alarms in both Regions.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
    lectern = {
      source  = "lectern/lectern"
      version = ">= 0.1"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "lectern" {
  region = "eu-west-1"
}

locals {
  regions = { primary = "eu-west-1", secondary = "eu-central-1" }
}

# Replicas of uploads that are not confirmed are kept for a week: a tag that is removed in one Region arrives later in the other.
module "files" {
  source   = "../../../storage"
  for_each = local.regions

  bucket          = "edu-files-${each.value}"
  region          = each.value
  pending_uploads = each.key == "primary" ? {} : { days = 7 }
}

# Buckets that the modules backup and cognito-export write to have the same form.
module "dumps" {
  source   = "../../../storage"
  for_each = local.regions

  bucket          = "edu-dumps-${each.value}"
  region          = each.value
  pending_uploads = null
  retention       = { dumps = { prefix = "mongo/main/", days = 35, noncurrent_days = 7 } }
}

module "exports" {
  source   = "../../../storage"
  for_each = local.regions

  bucket          = "edu-exports-${each.value}"
  region          = each.value
  pending_uploads = null
  retention       = { exports = { prefix = "cognito/", days = 35 } }
}

# Packages of functions by version, and Terraform plans (F4).
module "artifacts" {
  source   = "../../../storage"
  for_each = local.regions

  bucket          = "edu-artifacts-${each.value}"
  region          = each.value
  pending_uploads = null
  retention       = { plans = { prefix = "plans/", days = 30 } }
}

locals {
  buckets = { files = module.files, dumps = module.dumps, exports = module.exports, artifacts = module.artifacts }
}

module "recovery" {
  source = "../.."

  name   = "edu"
  region = local.regions.primary
  alarms = { latency_minutes = 30, pending_operations = 1000 }
  tags   = { team = "platform" }

  replications = {
    for name, sides in local.buckets : name => {
      source                   = { bucket = sides["primary"].bucket, bucket_arn = sides["primary"].bucket_arn, kms_key_arn = sides["primary"].kms_key_arn }
      destination              = { bucket = sides["secondary"].bucket, bucket_arn = sides["secondary"].bucket_arn, kms_key_arn = sides["secondary"].kms_key_arn, region = local.regions.secondary }
      two_way                  = name == "files"
      delete_markers           = name == "files"
      replication_time_control = name == "dumps"
      storage_class            = name == "artifacts" ? "STANDARD_IA" : null
    }
  }
}

module "monitoring" {
  source = "../../../monitoring"

  name         = "edu"
  region       = local.regions.primary
  s3           = { for name, sides in local.buckets : name => sides["primary"].alarm_target }
  extra_alarms = module.recovery.extra_alarms
}

module "monitoring_secondary" {
  source = "../../../monitoring"

  name         = "edu"
  region       = local.regions.secondary
  s3           = { for name, sides in local.buckets : name => sides["secondary"].alarm_target }
  extra_alarms = module.recovery.replica_extra_alarms[local.regions.secondary]
}

output "replica_buckets" {
  description = "Buckets in the second Region."
  value       = module.recovery.replica_buckets
}
