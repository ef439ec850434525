output "role_arns" {
  description = "ARNs of the replication roles by name of the replication; the role of the way back is at `<name>/back`. For the key policies of keys that you manage."
  value       = { for key, role in aws_iam_role.replication : key => role.arn }
}

output "extra_alarms" {
  description = "Alarms in the Region of the sources, for `extra_alarms` of the module monitoring there: failed replications, and with `two_way` what is late and pending on the way back."
  value       = local.alarms_by_region[local.region]
}

output "replica_extra_alarms" {
  description = "Map of Region of the destinations to the alarms there, for `extra_alarms` of the module monitoring in that Region: late and pending replications, because S3 publishes these metrics in the Region of the destination."
  value       = { for region, alarms in local.alarms_by_region : region => alarms if region != local.region }
}

output "replica_buckets" {
  description = "Map of name of the replication to `bucket` and `region` of the replicas, after replication is configured, for example for the data source `lectern_mongo_dumps` in Region 2."
  value = {
    for name, pair in local.forward : name => { bucket = pair.destination.bucket, region = pair.destination.region }
  }
  depends_on = [aws_s3_bucket_replication_configuration.this]
}

output "destination_policies" {
  description = "For each replication with `destination.account_id`: `bucket_policy_json` and `key_policy_json`, which the other account must add to the policies of its bucket and key, for example with the module storage."
  value = {
    for name, document in data.aws_iam_policy_document.destination_bucket : name => {
      bucket_policy_json = document.json
      key_policy_json    = data.aws_iam_policy_document.destination_key[name].json
    }
  }
}
