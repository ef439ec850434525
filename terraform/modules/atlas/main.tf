# The project, the cluster and its snapshots. The cluster waits for the key: encryption at rest is a setting of the project first.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region

  # As Atlas spells AWS's Regions.
  atlas_region = upper(replace(local.region, "-", "_"))

  # By the name, which is typed; an organization may be made beside.
  projects   = var.project.name == null ? {} : { main = { org_id = var.project.org_id, name = var.project.name } }
  project_id = var.project.name == null ? var.project.id : one(values(mongodbatlas_project.this)[*].id)
}

resource "mongodbatlas_project" "this" {
  for_each = local.projects

  org_id                       = each.value.org_id
  name                         = each.value.name
  with_default_alerts_settings = true
  is_data_explorer_enabled     = var.data_explorer
  tags                         = var.tags
}

# The whole list: what somebody adds in the user interface goes with the next apply (D1).
resource "lectern_atlas_access_list" "this" {
  project_id     = local.project_id
  entries        = var.access_list
  adopt_existing = var.adopt_access_list
}

resource "mongodbatlas_advanced_cluster" "this" {
  # Atlas refuses a cluster with customer keys in a project without them, and deletes none of them while a cluster uses it: in this order a
  # destroy stops at the cluster's protection before anything happens to the key.
  depends_on = [mongodbatlas_encryption_at_rest.this]

  project_id                     = local.project_id
  name                           = var.cluster.name
  cluster_type                   = "REPLICASET"
  mongo_db_major_version         = var.cluster.mongodb_version
  backup_enabled                 = true
  pit_enabled                    = var.backup.continuous
  retain_backups_enabled         = var.retain_backups
  termination_protection_enabled = var.termination_protection
  encryption_at_rest_provider    = "AWS"
  # Documents hold personal data, and slow queries would bring it into logs (D4).
  redact_client_log_data = true
  tags                   = var.tags

  advanced_configuration = {
    minimum_enabled_tls_protocol = "TLS1_2"
    # Nothing here runs code on the server.
    javascript_enabled = false
  }

  replication_specs = [{
    region_configs = [{
      provider_name = "AWS"
      region_name   = local.atlas_region
      priority      = 7

      electable_specs = {
        instance_size = var.cluster.instance_size
        node_count    = var.cluster.node_count
        disk_size_gb  = var.cluster.disk_size_gb
      }

      auto_scaling = {
        disk_gb_enabled = var.cluster.disk_auto_scaling
        compute_enabled = false
      }
    }]
  }]
}

resource "mongodbatlas_cloud_backup_schedule" "this" {
  project_id               = mongodbatlas_advanced_cluster.this.project_id
  cluster_name             = mongodbatlas_advanced_cluster.this.name
  reference_hour_of_day    = var.backup.reference_hour_utc
  reference_minute_of_hour = 0
  restore_window_days      = var.backup.continuous ? var.backup.restore_window_days : null

  policy_item_hourly {
    frequency_interval = var.backup.interval_hours
    retention_unit     = "days"
    retention_value    = var.backup.hourly_days
  }

  policy_item_daily {
    frequency_interval = 1
    retention_unit     = "days"
    retention_value    = var.backup.daily_days
  }

  # Day 6 of a week is Saturday.
  policy_item_weekly {
    frequency_interval = 6
    retention_unit     = "weeks"
    retention_value    = var.backup.weekly_weeks
  }

  # 40 is the last day of a month.
  policy_item_monthly {
    frequency_interval = 40
    retention_unit     = "months"
    retention_value    = var.backup.monthly_months
  }
}
