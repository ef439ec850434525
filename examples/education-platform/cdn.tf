# The distribution in front of both Regions, and the function that switches its writes (A4, D8, D11, F5).

# The key that signs URLs. Its private half is written to the secret and to no state or plan.
resource "aws_secretsmanager_secret" "signing" {
  # checkov:skip=CKV2_AWS_57:The key pair is rotated with signing_key.previous, because the public key must be in the key group first.

  region                  = var.regions.primary
  name                    = "${var.name}-signing-key"
  description             = "Key of download-api that signs URLs"
  kms_key_id              = aws_kms_key.multi_region["signing"].arn
  recovery_window_in_days = var.force_destroy ? 0 : 30

  replica {
    region     = var.regions.secondary
    kms_key_id = aws_kms_replica_key.multi_region["signing"].arn
  }
}

resource "aws_secretsmanager_secret_version" "signing" {
  region                   = var.regions.primary
  secret_id                = aws_secretsmanager_secret.signing.id
  secret_string_wo         = jsonencode({ key_pair_id = module.cdn.key_ids[var.signing_key.name], private_key = var.signing_private_key })
  secret_string_wo_version = var.signing_key_version
}

locals {
  signing_secret_replica_arn = replace(aws_secretsmanager_secret.signing.arn, ":${var.regions.primary}:", ":${var.regions.secondary}:")
}

module "edge" {
  source = "../../terraform/modules/edge"

  name                  = var.name
  region                = var.regions.primary
  us_east_1_kms_key_arn = aws_kms_key.logs_us_east_1.arn
}

module "cdn" {
  source = "../../terraform/modules/cdn"

  name                = var.name
  aliases             = [var.domain]
  certificate_arn     = var.certificate_arn
  geo                 = var.geo
  web_acl_arn         = module.edge.cdn_web_acl_arn
  wait_for_deployment = !var.local_cloud

  signing_keys = merge(
    { (var.signing_key.name) = var.signing_key.public_key },
    { for key in var.signing_key.previous[*] : key.name => key.public_key },
  )

  files = {
    bucket_arn                  = module.primary.files.bucket_arn
    bucket_regional_domain_name = module.primary.files.bucket_regional_domain_name
    secondary = {
      bucket_arn                  = module.secondary.files.bucket_arn
      bucket_regional_domain_name = module.secondary.files.bucket_regional_domain_name
    }
  }

  assets = { content_security_policy = local.content_security_policy }

  api = {
    host      = module.primary.api.host
    stage     = module.primary.api.stage
    verify    = module.primary.verify
    secondary = { host = module.secondary.api.host }
  }
}

resource "aws_route53_record" "alias" {
  for_each = var.zone_id == null ? toset([]) : toset(["A", "AAAA"])

  zone_id = var.zone_id
  name    = var.domain
  type    = each.key

  alias {
    name                   = module.cdn.domain_name
    zone_id                = module.cdn.hosted_zone_id
    evaluate_target_health = false
  }
}

# From outside of both Regions. API Gateway answers by itself; alarms of each Region show the rest.
resource "aws_route53_health_check" "api" {
  for_each = { primary = module.primary.api, secondary = module.secondary.api }

  type              = "HTTPS"
  fqdn              = each.value.host
  port              = 443
  resource_path     = "/${each.value.stage}/health"
  request_interval  = var.health.request_interval
  failure_threshold = var.health.failure_threshold
  measure_latency   = false

  tags = { Name = "${var.name}-api-${each.key}" }
}

# Metrics of health checks are in us-east-1, and so is the function that reads the alarms.
resource "lectern_alarm_bundle" "health" {
  name   = "${var.name}-health"
  region = "us-east-1"
  preset = "none"

  severities = { critical = { alarm_actions = [module.monitoring.topics.critical.arn], ok_actions = [module.monitoring.topics.critical.arn] } }

  extra_alarms = {
    for place, check in aws_route53_health_check.api : place => {
      severity            = "critical"
      description         = "The API in ${var.regions[place]} does not answer Route 53."
      namespace           = "AWS/Route53"
      metric_name         = "HealthCheckStatus"
      dimensions          = { HealthCheckId = check.id }
      statistic           = "Minimum"
      comparison_operator = "LessThanThreshold"
      threshold           = 1
      period              = var.health.period
      evaluation_periods  = var.health.evaluation_periods
      treat_missing_data  = "breaching"
    }
  }
}

module "origin_failover" {
  source = "../../terraform/modules/origin-failover"

  name          = var.name
  region        = "us-east-1"
  package       = try(var.artifacts["us_east_1"]["origin-failover"], { path = "${var.packages}/origin-failover.zip" })
  alarms        = { for place in keys(var.regions) : place => lectern_alarm_bundle.health.alarms["extra/${place}/critical"].name }
  distribution  = merge(module.cdn.failover, { web_acl_arn = module.edge.cdn_web_acl_arn })
  kms_key_arn   = aws_kms_key.logs_us_east_1.arn
  notice_topic  = module.monitoring.topics.critical
  failure_topic = module.monitoring.topics.critical
  environment   = lookup(var.environment, "us_east_1", {})
}

# Metrics of CloudFront are in us-east-1.
module "monitoring" {
  source = "../../terraform/modules/monitoring"

  name            = "${var.name}-global"
  region          = "us-east-1"
  warning_emails  = var.warning_emails
  critical_emails = var.critical_emails
  cloudfront      = { site = module.cdn.alarm_target }
  lambda          = { failover = module.origin_failover.alarm_target }
  origin_failover = { writes = module.origin_failover.origin_failover_target }
}
