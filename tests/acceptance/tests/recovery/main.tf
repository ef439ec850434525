# Files in both directions and dumps in one, with alarms in both Regions.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    lectern = {
      source = "lectern/lectern"
    }
  }
}

# With the account's ID, S3 Control's host name would begin with it.
provider "aws" {
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

provider "lectern" {}

locals {
  regions = { primary = "us-east-1", secondary = "eu-west-1" }
  buckets = { files = module.files, dumps = module.dumps }
}

module "files" {
  source   = "./modules/storage"
  for_each = local.regions

  bucket          = "edu-files-${each.value}"
  region          = each.value
  pending_uploads = each.key == "primary" ? {} : { days = 7 }
  force_destroy   = true
}

module "dumps" {
  source   = "./modules/storage"
  for_each = local.regions

  bucket          = "edu-dumps-${each.value}"
  region          = each.value
  pending_uploads = null
  retention       = { dumps = { prefix = "mongo/main/", days = 35, noncurrent_days = 7 } }
  force_destroy   = true
}

module "recovery" {
  source = "./modules/recovery"

  name = "edu"
  replications = {
    for name, sides in local.buckets : name => {
      source                   = { bucket = sides["primary"].bucket, bucket_arn = sides["primary"].bucket_arn, kms_key_arn = sides["primary"].kms_key_arn }
      destination              = { bucket = sides["secondary"].bucket, bucket_arn = sides["secondary"].bucket_arn, kms_key_arn = sides["secondary"].kms_key_arn, region = local.regions.secondary }
      two_way                  = name == "files"
      delete_markers           = name == "files"
      prefix                   = name == "files" ? null : "mongo/"
      replication_time_control = name == "dumps"
    }
  }
}

module "monitoring" {
  source = "./modules/monitoring"

  name         = "edu"
  dashboard    = false
  extra_alarms = module.recovery.extra_alarms
}

module "monitoring_secondary" {
  source = "./modules/monitoring"

  name         = "edu"
  region       = local.regions.secondary
  dashboard    = false
  extra_alarms = module.recovery.replica_extra_alarms[local.regions.secondary]
}

output "keys" {
  value = { for name, sides in local.buckets : name => { for side, bucket in sides : side => bucket.kms_key_arn } }
}

output "status_page" {
  value = module.monitoring_secondary.status_page
}
