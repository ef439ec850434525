data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account    = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  dns_suffix = data.aws_partition.current.dns_suffix
  region     = data.aws_region.current.region
  folder     = "${var.prefix}/${var.cluster}"

  # The bucket that this module creates, or the existing one.
  bucket = {
    name        = var.existing_bucket == null ? one(values(module.bucket)[*].ready_bucket) : var.existing_bucket.name
    arn         = var.existing_bucket == null ? one(values(module.bucket)[*].bucket_arn) : "arn:${local.partition}:s3:::${var.existing_bucket.name}"
    kms_key_arn = var.existing_bucket == null ? one(values(module.bucket)[*].kms_key_arn) : var.existing_bucket.kms_key_arn
  }
}

# Private, versioned, encrypted with one key, which goes after the bucket: a destroy that stops at a bucket with dumps in it leaves them
# readable.
module "bucket" {
  source   = "../storage"
  for_each = var.existing_bucket == null ? { main = var.bucket } : {}

  bucket                   = each.value
  kms_key                  = var.dump_key
  kms_deletion_window_days = var.kms_deletion_window_days
  pending_uploads          = null
  retention                = { dumps = { prefix = "${local.folder}/", days = var.retention_days, noncurrent_days = 7 } }
  access_logs              = var.access_logs
  force_destroy            = var.force_destroy
  region                   = var.region
  tags                     = var.tags
}
