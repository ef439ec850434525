# Both Regions, and what keeps the second a copy of the first.

locals {
  names = {
    for place, region in var.regions : place => {
      files   = "${var.bucket_prefix}-files-${region}"
      dumps   = "${var.bucket_prefix}-dumps-${region}"
      exports = "${var.bucket_prefix}-exports-${region}"
    }
  }

  page_origins = concat(["https://${var.domain}"], var.page_origins)

  # On the local cloud the AWS provider knows no account, and would write the ARN of the default policy without one.
  resource_policy = {
    for place, region in var.regions : place => !var.local_cloud ? null : {
      json = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "arn:aws:execute-api:${region}:000000000000:*/v1/*" }]
      })
    }
  }
}

module "primary" {
  source = "./region"

  name                        = var.name
  region                      = var.regions.primary
  cidr                        = var.cidrs.primary
  buckets                     = local.names.primary
  mongo                       = local.mongo.primary
  atlas                       = one(values({ for place, atlas in module.atlas : place => atlas.atlas if place == "primary" }))
  topology                    = var.topology
  dns_firewall                = var.dns_firewall
  dump_schedule               = { name = "MongoDBDumpEvery6Hours", expression = var.dump_schedule_expression }
  dump_role_name              = "BucketMongoDBBackup"
  export_schedule_expression  = var.export_schedule_expression
  restore_clusters            = [var.mongo.secondary.cluster]
  profile_key_arn             = aws_kms_key.multi_region["profile"].arn
  export_data_key_arn         = aws_kms_key.multi_region["exports"].arn
  origin_verify_values        = var.origin_verify_values
  resource_policy             = local.resource_policy.primary
  page_origins                = local.page_origins
  mfa                         = var.mfa
  auth_flows                  = var.auth_flows
  expected_peak_rpm           = var.expected_peak_rpm
  warning_emails              = var.warning_emails
  critical_emails             = var.critical_emails
  extra_alarms                = merge(module.recovery.extra_alarms, try(module.audit["primary"].extra_alarms, {}))
  s3_targets                  = { for place, audit in module.audit : "audit" => audit.alarm_target if place == "primary" }
  packages                    = var.packages
  artifacts                   = lookup(var.artifacts, "primary", {})
  environment                 = lookup(var.environment, "primary", {})
  manage_account_logging_role = var.manage_account_logging_role
  force_destroy               = var.force_destroy

  cdn = {
    domain         = var.domain
    signing_secret = { arn = aws_secretsmanager_secret.signing.arn, kms_key_arn = aws_kms_key.multi_region["signing"].arn }
  }

  cdn_policies = { bucket = module.cdn.bucket_policy_json, key = module.cdn.key_policy_json }
}

# Warm: everything but the users and the data is there. Dumps, files and exports arrive by replication.
module "secondary" {
  source = "./region"

  name                        = var.name
  region                      = var.regions.secondary
  cidr                        = var.cidrs.secondary
  buckets                     = local.names.secondary
  mongo                       = local.mongo.secondary
  atlas                       = one(values({ for place, atlas in module.atlas : place => atlas.atlas if place == "secondary" }))
  topology                    = var.topology
  dns_firewall                = var.dns_firewall
  dump_schedule               = { name = "MongoDBDumpEvery6Hours", expression = var.dump_schedule_expression }
  restore_clusters            = [var.mongo.primary.cluster]
  import_users_from           = { user_pool_id = module.primary.users.user_pool_id }
  profile_key_arn             = aws_kms_replica_key.multi_region["profile"].arn
  export_data_key_arn         = aws_kms_replica_key.multi_region["exports"].arn
  origin_verify_values        = var.origin_verify_values
  resource_policy             = local.resource_policy.secondary
  page_origins                = local.page_origins
  mfa                         = var.mfa
  auth_flows                  = var.auth_flows
  expected_peak_rpm           = var.expected_peak_rpm
  warning_emails              = var.warning_emails
  critical_emails             = var.critical_emails
  extra_alarms                = module.recovery.replica_extra_alarms[var.regions.secondary]
  s3_targets                  = { for place, audit in module.audit : "audit" => audit.alarm_target if place == "secondary" }
  packages                    = var.packages
  artifacts                   = lookup(var.artifacts, "secondary", {})
  environment                 = lookup(var.environment, "secondary", {})
  manage_account_logging_role = var.manage_account_logging_role
  force_destroy               = var.force_destroy

  cdn = {
    domain         = var.domain
    signing_secret = { arn = local.signing_secret_replica_arn, kms_key_arn = aws_kms_replica_key.multi_region["signing"].arn }
  }

  cdn_policies = { bucket = module.cdn.secondary_bucket_policy_json, key = module.cdn.key_policy_json }
}

# Files, dumps and exports of the primary Region arrive in the secondary (F2). Files and dumps go both ways: what was written in the
# secondary Region is in the primary for the failback.
module "recovery" {
  source = "../../terraform/modules/recovery"

  name   = var.name
  region = var.regions.primary

  replications = merge({
    files = {
      source      = module.primary.files
      destination = merge(module.secondary.files, { region = var.regions.secondary })
      two_way     = true

      replication_time_control = var.replication_time_control
    }
    dumps = {
      source      = module.primary.dumps
      destination = merge(module.secondary.dumps, { region = var.regions.secondary })
      two_way     = true

      replication_time_control = var.replication_time_control
    }
    exports = {
      source      = module.primary.exports
      destination = merge(module.secondary.exports, { region = var.regions.secondary })

      replication_time_control = var.replication_time_control
    }
  }, local.audit_replication)
}
