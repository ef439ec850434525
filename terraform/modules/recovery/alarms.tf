# Alarms for lectern_alarm_bundle. S3 publishes failures in the Region of the source, and what is pending and late in the Region of the
# destination ("Using S3 Replication metrics"), so that the first are silent when Region 1 is lost and the others are not.

locals {
  dimensions = {
    for key, direction in local.directions : key => {
      SourceBucket      = direction.source.bucket
      DestinationBucket = direction.destination.bucket
      RuleId            = direction.name
    }
  }

  failed_alarms = {
    for key, direction in local.directions : key => {
      region = direction.region
      name   = "${replace(key, "/", "_")}_replication_failed"
      alarm = {
        severity            = "critical"
        description         = "Objects of ${direction.name} were not replicated to ${direction.destination.region}. S3 does not repeat them: see Failures in the README of the module recovery."
        namespace           = "AWS/S3"
        metric_name         = "OperationsFailedReplication"
        dimensions          = local.dimensions[key]
        statistic           = "Sum"
        period              = 60
        evaluation_periods  = 1
        comparison_operator = "GreaterThanThreshold"
        threshold           = 0
        treat_missing_data  = "ignore"
      }
    }
  }

  late_alarms = {
    for key, direction in local.directions : key => {
      region = direction.destination.region
      name   = "${replace(key, "/", "_")}_replication_late"
      alarm = {
        severity            = "critical"
        description         = "The replicas of ${direction.name} in ${direction.destination.region} are more than ${var.alarms.latency_minutes} minutes behind."
        namespace           = "AWS/S3"
        metric_name         = "ReplicationLatency"
        dimensions          = local.dimensions[key]
        statistic           = "Maximum"
        period              = 60
        evaluation_periods  = 5
        comparison_operator = "GreaterThanThreshold"
        threshold           = var.alarms.latency_minutes * 60
        treat_missing_data  = "ignore"
      }
    }
  }

  pending_alarms = {
    for key, direction in local.directions : key => {
      region = direction.destination.region
      name   = "${replace(key, "/", "_")}_replication_pending"
      alarm = {
        severity            = "warning"
        description         = "More than ${var.alarms.pending_operations} operations of ${direction.name} wait to be replicated to ${direction.destination.region}."
        namespace           = "AWS/S3"
        metric_name         = "OperationsPendingReplication"
        dimensions          = local.dimensions[key]
        statistic           = "Maximum"
        period              = 60
        evaluation_periods  = 15
        comparison_operator = "GreaterThanThreshold"
        threshold           = var.alarms.pending_operations
        treat_missing_data  = "ignore"
      }
    }
  }

  alarms        = concat(values(local.failed_alarms), values(local.late_alarms), values(local.pending_alarms))
  alarm_regions = toset(concat([local.region], [for pair in values(var.replications) : pair.destination.region]))
  alarms_by_region = {
    for region in local.alarm_regions : region => { for one in local.alarms : one.name => one.alarm if one.region == region }
  }
}
