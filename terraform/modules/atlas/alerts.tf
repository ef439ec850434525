# What Atlas itself watches and records.

locals {
  alerts = length(var.alert_emails) == 0 ? {} : {
    connections  = { event_type = "OUTSIDE_METRIC_THRESHOLD", of_cluster = false }
    no_primary   = { event_type = "NO_PRIMARY", of_cluster = true }
    oplog_window = { event_type = "REPLICATION_OPLOG_WINDOW_RUNNING_OUT", of_cluster = true }
  }

  audit_filter = jsonencode({
    "$or" = [
      { atype = "authenticate", result = { "$ne" = 0 } },
      { atype = { "$in" = ["createCollection", "createIndex", "createRole", "createUser", "dropCollection", "dropDatabase", "dropIndex", "dropRole", "dropUser", "grantRolesToUser", "updateRole", "updateUser"] } },
    ]
  })
}

resource "mongodbatlas_alert_configuration" "this" {
  for_each   = local.alerts
  depends_on = [mongodbatlas_advanced_cluster.this]

  project_id = local.project_id
  event_type = each.value.event_type
  enabled    = true

  # An alert about a node has no matcher for the cluster.
  dynamic "matcher" {
    for_each = each.value.of_cluster ? [var.cluster.name] : []

    content {
      field_name = "CLUSTER_NAME"
      operator   = "EQUALS"
      value      = matcher.value
    }
  }

  dynamic "metric_threshold_config" {
    for_each = each.key == "connections" ? [var.alert_connections] : []

    content {
      metric_name = "CONNECTIONS"
      operator    = "GREATER_THAN"
      threshold   = metric_threshold_config.value
      units       = "RAW"
      mode        = "AVERAGE"
    }
  }

  dynamic "threshold_config" {
    for_each = each.key == "oplog_window" ? [1] : []

    content {
      operator  = "LESS_THAN"
      threshold = threshold_config.value
      units     = "HOURS"
    }
  }

  dynamic "notification" {
    for_each = var.alert_emails

    content {
      type_name     = "EMAIL"
      email_address = notification.value
      interval_min  = 60
      delay_min     = 0
    }
  }
}

resource "mongodbatlas_auditing" "this" {
  for_each = { for settings in var.auditing[*] : "main" => settings }

  project_id                  = local.project_id
  enabled                     = true
  audit_filter                = each.value.filter == null ? local.audit_filter : each.value.filter
  audit_authorization_success = false
}
