# Who did what in the account, and whether its configuration is as it should be (E2, E3). The trail records all Regions; AWS Config records
# one, so there is one in each.

module "audit" {
  source   = "../../terraform/modules/audit"
  for_each = var.audit == null ? {} : var.regions

  name          = "${var.name}-${each.value}"
  region        = each.value
  bucket        = "${var.bucket_prefix}-audit-${each.value}"
  access_logs   = { bucket = "${var.bucket_prefix}-audit-${each.value}-logs" }
  force_destroy = var.force_destroy

  cloudtrail = each.key == "primary" && var.audit.cloudtrail ? {
    # Each output by its name: a whole module would wait for its alarms, of which some are this module's.
    data_event_bucket_arns = [
      module.primary.files.bucket_arn, module.primary.dumps.bucket_arn, module.primary.exports.bucket_arn,
      module.secondary.files.bucket_arn, module.secondary.dumps.bucket_arn, module.secondary.exports.bucket_arn,
    ]
  } : null

  config = var.audit.config ? {
    create_recorder            = var.audit.create_recorder
    create_service_linked_role = each.key == "primary" && var.audit.create_service_linked_role
    record_global_resources    = each.key == "primary"
  } : null
}

locals {
  audit_buckets = {
    for place, audit in module.audit : place => { bucket = audit.bucket, bucket_arn = audit.bucket_arn, kms_key_arn = audit.kms_key_arn }
  }

  # The records of a Region must not be lost with it.
  audit_replication = var.audit == null ? {} : {
    audit = {
      source      = local.audit_buckets["primary"]
      destination = merge(local.audit_buckets["secondary"], { region = var.regions.secondary })
      two_way     = true

      replication_time_control = false
    }
  }
}
