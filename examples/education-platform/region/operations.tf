# What keeps the Region observable and recoverable.

module "backup" {
  source = "../../../terraform/modules/backup"

  name                = var.name
  region              = var.region
  cluster             = var.mongo.cluster
  bucket              = var.buckets.dumps
  access_logs         = { bucket = "${var.buckets.dumps}-logs" }
  secret_arn          = var.mongo.backup_secret_arn
  dump_package        = local.package["mongo-dump"]
  restore_package     = local.package["mongo-restore"]
  restore_secret_arns = [var.mongo.restore_secret_arn]
  restore_clusters    = var.restore_clusters
  schedule_name       = var.dump_schedule.name
  schedule_expression = var.dump_schedule.expression
  dump_role_name      = var.dump_role_name
  vpc                 = module.network.vpc
  kms_key_arn         = aws_kms_key.logs.arn
  failure_topic       = module.monitoring.topics.critical
  environment         = var.environment
  force_destroy       = var.force_destroy

  # An account with the smallest quota of concurrency cannot reserve any of it.
  restore_reserved_concurrency = null
}

module "exports" {
  source = "../../../terraform/modules/storage"

  bucket          = var.buckets.exports
  region          = var.region
  pending_uploads = null
  retention       = { exports = { prefix = "cognito/", days = 35, noncurrent_days = 7 } }
  access_logs     = { bucket = "${var.buckets.exports}-logs" }
  force_destroy   = var.force_destroy
}

locals {
  exports = {
    bucket      = module.exports.ready_bucket
    bucket_arn  = module.exports.bucket_arn
    kms_key_arn = module.exports.kms_key_arn
  }
}

module "cognito_export" {
  source   = "../../../terraform/modules/cognito-export"
  for_each = var.export_schedule_expression == null ? {} : { main = var.export_schedule_expression }

  name          = var.name
  region        = var.region
  package       = local.package["cognito-export"]
  user_pool     = { id = module.auth.user_pool_id, arn = module.auth.user_pool_arn }
  exports       = local.exports
  data_key_arn  = var.export_data_key_arn
  vpc           = module.network.vpc
  kms_key_arn   = aws_kms_key.logs.arn
  failure_topic = module.monitoring.topics.critical
  environment   = var.environment

  schedule_expression = each.value
}

module "cognito_import" {
  source   = "../../../terraform/modules/cognito-import"
  for_each = var.import_users_from == null ? {} : { main = var.import_users_from }

  name                = var.name
  region              = var.region
  package             = local.package["cognito-import"]
  user_pools          = { main = module.auth.user_pool_arn }
  source_user_pool_id = each.value.user_pool_id
  exports             = local.exports
  data_key_arn        = var.export_data_key_arn
  vpc                 = module.network.vpc
  kms_key_arn         = aws_kms_key.logs.arn
  failure_topic       = module.monitoring.topics.critical
  environment         = var.environment
}

module "mongo_probe" {
  source = "../../../terraform/modules/mongo-probe"

  name         = var.name
  region       = var.region
  cluster      = var.mongo.cluster
  package      = local.package["mongo-probe"]
  mongo_secret = var.mongo.secret
  mongo_host   = var.mongo.host
  vpc          = module.network.vpc
  kms_key_arn  = aws_kms_key.logs.arn
  environment  = var.environment
}

module "flow_log_guard" {
  source = "../../../terraform/modules/flow-log-guard"

  name           = var.name
  region         = var.region
  flow_log       = module.network.flow_log
  package        = local.package["flow-log-guard"]
  findings_topic = module.monitoring.topics.critical
  failure_topic  = module.monitoring.topics.warning
  kms_key_arn    = aws_kms_key.logs.arn
  environment    = var.environment
}

module "monitoring" {
  source = "../../../terraform/modules/monitoring"

  name            = var.name
  region          = var.region
  warning_emails  = var.warning_emails
  critical_emails = var.critical_emails
  extra_alarms    = var.extra_alarms

  lambda = merge(
    {
      upload   = module.upload.alarm_target
      download = module.download.alarm_target
      profile  = module.profile.alarm_target
      janitor  = module.janitor.function
      dump     = module.backup.dump_function
      restore  = module.backup.restore_function
      probe    = module.mongo_probe.function
      guard    = module.flow_log_guard.alarm_target
    },
    { for key, export in module.cognito_export : "export" => export.function },
    { for key, import in module.cognito_import : "import" => import.function },
  )
  api_gateway    = { main = merge(module.api.alarm_target, { expected_peak_rpm = var.expected_peak_rpm }) }
  s3             = merge({ files = module.storage.alarm_target, dumps = module.backup.alarm_target, exports = module.exports.alarm_target }, var.s3_targets)
  cognito        = { web = module.auth.alarm_target }
  nlb            = module.network.nlb
  mongodb        = { main = module.mongo_probe.alarm_target }
  flow_logs      = { vpc = module.flow_log_guard.flow_logs_target }
  mongo_dump     = { main = { schedule_name = module.backup.schedule.schedule_name, max_age_hours = module.backup.schedule.max_age_hours } }
  upload_janitor = { files = module.janitor.alarm_target }
  cognito_export = { for key, export in module.cognito_export : key => export.alarm_target }
}
