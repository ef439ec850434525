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
