//! The changes. Files of `modules/` are those of terraform/modules, the others are the example's.

use super::Change;

const fn change(
    plan: u8,
    rule: &'static str,
    resource: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
) -> Change {
    Change {
        plan,
        rule,
        resource,
        file,
        from,
        to,
    }
}

pub(super) const CHANGES: &[Change] = &[
    // Buckets
    change(
        1,
        "s3-versioning",
        "aws_s3_bucket_versioning.files",
        "modules/storage/main.tf",
        r#"status = "Enabled""#,
        r#"status = "Suspended""#,
    ),
    change(
        1,
        "s3-encryption",
        "aws_s3_bucket_server_side_encryption_configuration.files",
        "modules/storage/main.tf",
        r#"sse_algorithm     = "aws:kms""#,
        r#"sse_algorithm     = "AES256""#,
    ),
    change(
        2,
        "s3-encryption",
        "aws_s3_bucket_server_side_encryption_configuration.files",
        "modules/storage/main.tf",
        "kms_master_key_id = local.kms_key_arn",
        "kms_master_key_id = null",
    ),
    change(
        1,
        "s3-public-access",
        "aws_s3_bucket_public_access_block.files",
        "modules/storage/main.tf",
        "block_public_policy     = true",
        "block_public_policy     = false",
    ),
    change(
        2,
        "s3-public-access",
        "aws_s3_bucket_public_access_block.files",
        "modules/storage/main.tf",
        "restrict_public_buckets = true",
        "restrict_public_buckets = false",
    ),
    change(
        1,
        "s3-tls-only",
        "aws_s3_bucket_policy.files",
        "modules/storage/policy.tf",
        r#"variable = "aws:SecureTransport""#,
        r#"variable = "aws:ViaAWSService""#,
    ),
    change(
        1,
        "s3-lifecycle",
        "aws_s3_bucket_lifecycle_configuration.files",
        "modules/storage/lifecycle.tf",
        r#"abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }"#,
        "",
    ),
    change(
        1,
        "s3-replication",
        "aws_s3_bucket_replication_configuration.this",
        "modules/recovery/main.tf",
        r#"sse_kms_encrypted_objects {
        status = "Enabled""#,
        r#"sse_kms_encrypted_objects {
        status = "Disabled""#,
    ),
    change(
        1,
        "s3-logging",
        "aws_s3_bucket.files",
        "region/main.tf",
        r#"access_logs             = { bucket = "${var.buckets.files}-logs" }"#,
        "access_logs             = null",
    ),
    // Network
    change(
        1,
        "network-private",
        "aws_subnet.private",
        "modules/network/main.tf",
        "map_public_ip_on_launch = false",
        "map_public_ip_on_launch = true",
    ),
    change(
        2,
        "network-private",
        "aws_internet_gateway.this",
        "modules/network/main.tf",
        r#"resource "aws_route_table" "private" {"#,
        r#"resource "aws_internet_gateway" "this" {
  region = var.region
  vpc_id = local.vpc_id
}

resource "aws_route_table" "private" {"#,
    ),
    change(
        1,
        "network-endpoint-ingress",
        "aws_vpc_security_group_ingress_rule.endpoints_from_lambda",
        "modules/network/security_groups.tf",
        r#"security_group_id            = aws_security_group.endpoints.id
  description                  = "Functions"
  referenced_security_group_id = aws_security_group.lambda.id"#,
        r#"security_group_id            = aws_security_group.endpoints.id
  description                  = "Functions"
  cidr_ipv4                    = "0.0.0.0/0""#,
    ),
    change(
        1,
        "network-flow-log",
        "aws_flow_log.this",
        "modules/network/flow_logs.tf",
        r#"traffic_type             = "ALL""#,
        r#"traffic_type             = "REJECT""#,
    ),
    change(
        2,
        "network-flow-log",
        "aws_vpc.this",
        "modules/network/flow_logs.tf",
        "vpc_id                   = local.vpc_id",
        "subnet_id                = local.subnet_ids[0]",
    ),
    change(
        1,
        "network-atlas-ports",
        "aws_vpc_security_group_ingress_rule.mongodb_from_lambda",
        "modules/network/security_groups.tf",
        r#"description                  = "Functions"
  referenced_security_group_id = aws_security_group.lambda.id
  ip_protocol                  = "tcp"
  from_port                    = local.mongodb_ports.from"#,
        r#"description                  = "Functions"
  referenced_security_group_id = aws_security_group.lambda.id
  ip_protocol                  = "tcp"
  from_port                    = 22"#,
    ),
    change(
        2,
        "network-s3-endpoint",
        "aws_vpc_endpoint.s3",
        "modules/network/endpoints.tf",
        "route_table_ids   = [for zone in local.zones : local.route_table_ids[zone]]",
        "route_table_ids   = []",
    ),
    change(
        1,
        "network-load-balancer",
        "aws_lb.mongodb",
        "modules/network/nlb.tf",
        "enable_cross_zone_load_balancing = true",
        "enable_cross_zone_load_balancing = false",
    ),
    change(
        2,
        "network-load-balancer",
        "aws_lb_target_group.mongodb",
        "modules/network/nlb.tf",
        "preserve_client_ip = false",
        "preserve_client_ip = true",
    ),
    // Functions and their roles
    change(
        1,
        "lambda-vpc",
        "aws_lambda_function.this",
        "region/functions.tf",
        r#"description      = "Profiles of the users"
  package          = local.package["profile-api"]
  kms_key_arn      = aws_kms_key.logs.arn
  vpc              = module.network.vpc"#,
        r#"description      = "Profiles of the users"
  package          = local.package["profile-api"]
  kms_key_arn      = aws_kms_key.logs.arn"#,
    ),
    change(
        1,
        "lambda-environment-key",
        "aws_lambda_function.this",
        "modules/function/main.tf",
        "kms_key_arn       = var.kms_key_arn",
        "kms_key_arn       = null",
    ),
    change(
        1,
        "lambda-log-group",
        "aws_cloudwatch_log_group.this",
        "modules/function/main.tf",
        "retention_in_days = var.log_retention_days",
        "retention_in_days = 1",
    ),
    change(
        2,
        "lambda-log-group",
        "aws_cloudwatch_log_group.this",
        "modules/function/main.tf",
        "kms_key_id        = var.kms_key_arn",
        "kms_key_id        = null",
    ),
    change(
        1,
        "lambda-alias",
        "aws_lambda_function.this",
        "modules/function/main.tf",
        "publish = true",
        "publish = false",
    ),
    change(
        2,
        "lambda-alias",
        "aws_lambda_permission.this",
        "modules/api/main.tf",
        "qualifier     = var.handlers[each.value.handler].alias_name",
        "qualifier     = null",
    ),
    change(
        1,
        "iam-actions",
        "aws_iam_role_policy.replication",
        "modules/recovery/main.tf",
        r#"actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]"#,
        r#"actions   = ["s3:*"]"#,
    ),
    change(
        1,
        "iam-resources",
        "aws_iam_role_policy.given",
        "modules/backup/dump.tf",
        "resources = [var.secret_arn]",
        r#"resources = ["*"]"#,
    ),
    change(
        2,
        "iam-s3-assumed",
        "aws_iam_role_policy.given",
        "region/functions.tf",
        "concat(local.mongo_policy_documents, [data.aws_iam_policy_document.signing_secret.json])",
        "concat(local.mongo_policy_documents, [data.aws_iam_policy_document.download_files.json])",
    ),
    // APIs and users
    change(
        1,
        "api-regional",
        "aws_api_gateway_rest_api.this",
        "modules/api/main.tf",
        r#"types = ["REGIONAL"]"#,
        r#"types = ["EDGE"]"#,
    ),
    change(
        1,
        "api-authorization",
        "aws_api_gateway_method.this",
        "modules/api/main.tf",
        r#"authorization = each.value.open ? "NONE" : "COGNITO_USER_POOLS""#,
        r#"authorization = "NONE""#,
    ),
    change(
        2,
        "api-validator",
        "aws_api_gateway_method.this",
        "modules/api/main.tf",
        "request_validator_id = each.value.open ? null : aws_api_gateway_request_validator.all.id",
        "request_validator_id = null",
    ),
    change(
        1,
        "api-data-trace",
        "aws_api_gateway_method_settings.all",
        "modules/api/stage.tf",
        "    data_trace_enabled = false",
        "    data_trace_enabled = true",
    ),
    change(
        1,
        "api-throttling",
        "aws_api_gateway_method_settings.all",
        "modules/api/stage.tf",
        "throttling_rate_limit  = var.throttling.rate_per_second",
        "throttling_rate_limit  = -1",
    ),
    change(
        1,
        "api-guarded",
        "aws_api_gateway_stage.this",
        "region/main.tf",
        "origin_verify               = { web_acl_arn = module.edge.api_web_acl_arn }",
        "origin_verify               = null",
    ),
    change(
        1,
        "cognito-mfa-optional",
        "aws_cognito_user_pool.this",
        "region/main.tf",
        "mfa                 = var.mfa",
        r#"mfa                 = "OPTIONAL""#,
    ),
    change(
        2,
        "cognito-mfa",
        "aws_cognito_user_pool.this",
        "modules/auth/main.tf",
        "mfa_configuration = var.mfa",
        r#"mfa_configuration = "OFF""#,
    ),
    change(
        1,
        "cognito-password",
        "aws_cognito_user_pool.this",
        "modules/auth/main.tf",
        "require_symbols                  = true",
        "require_symbols                  = false",
    ),
    change(
        2,
        "cognito-password",
        "aws_cognito_user_pool.this",
        "modules/auth/main.tf",
        "minimum_length                   = var.password_minimum_length",
        "minimum_length                   = 8",
    ),
    change(
        1,
        "cognito-recovery",
        "aws_cognito_user_pool.this",
        "modules/auth/main.tf",
        "auto_verified_attributes = local.verified",
        "auto_verified_attributes = []",
    ),
    change(
        1,
        "cognito-deletion-protection",
        "aws_cognito_user_pool.this",
        "region/main.tf",
        "deletion_protection = !var.force_destroy",
        "deletion_protection = false",
    ),
    // Distribution
    change(
        1,
        "cdn-origin-access",
        "aws_cloudfront_distribution.this",
        "modules/cdn/main.tf",
        "origin_access_control_id = aws_cloudfront_origin_access_control.files.id",
        "origin_access_control_id = null",
    ),
    change(
        1,
        "cdn-viewer-https",
        "aws_cloudfront_distribution.this",
        "modules/cdn/main.tf",
        r#"viewer_protocol_policy     = "redirect-to-https""#,
        r#"viewer_protocol_policy     = "allow-all""#,
    ),
    change(
        1,
        "cdn-tls",
        "aws_cloudfront_distribution.this",
        "modules/cdn/main.tf",
        "minimum_protocol_version = var.minimum_protocol_version",
        r#"minimum_protocol_version = "TLSv1.1_2016""#,
    ),
    change(
        2,
        "cdn-tls",
        "aws_cloudfront_distribution.this",
        "modules/cdn/main.tf",
        "acm_certificate_arn      = var.certificate_arn",
        "cloudfront_default_certificate = true",
    ),
    change(
        1,
        "cdn-web-acl",
        "aws_cloudfront_distribution.this",
        "cdn.tf",
        "web_acl_arn         = module.edge.cdn_web_acl_arn",
        "web_acl_arn         = null",
    ),
    change(
        1,
        "cdn-web-acl-rules",
        "aws_wafv2_web_acl.cdn",
        "modules/edge/main.tf",
        "AWSManagedRulesSQLiRuleSet           = merge(settings.managed_rules.sql_injection, { priority = 3 })\n",
        "",
    ),
    change(
        2,
        "cdn-body-size",
        "aws_wafv2_web_acl.cdn",
        "modules/edge/main.tf",
        r#"size_constraint_statement {
        comparison_operator = "GT"
        size                = each.value.max_body_bytes
"#,
        r#"byte_match_statement {
        positional_constraint = "CONTAINS"
        search_string         = "<script"
"#,
    ),
    change(
        1,
        "cdn-failover",
        "aws_cloudfront_distribution.this",
        "modules/cdn/main.tf",
        "groups  = var.files.secondary == null ? toset([]) : toset(keys(local.folders))",
        "groups  = toset([])",
    ),
    change(
        1,
        "cdn-geo",
        "aws_cloudfront_distribution.this",
        "cdn.tf",
        "geo                 = var.geo",
        r#"geo                 = { restriction_type = "none" }"#,
    ),
    change(
        1,
        "cdn-origin-https",
        "aws_cloudfront_distribution.this",
        "modules/cdn/main.tf",
        r#"origin_protocol_policy   = "https-only""#,
        r#"origin_protocol_policy   = "http-only""#,
    ),
    change(
        1,
        "cdn-signed",
        "aws_cloudfront_distribution.this",
        "modules/cdn/main.tf",
        "trusted_key_groups         = [aws_cloudfront_key_group.this.id]\n",
        "trusted_key_groups         = []\n",
    ),
    change(
        1,
        "cdn-uncached-api",
        "aws_cloudfront_distribution.this",
        "modules/cdn/main.tf",
        "cache_policy_id            = local.caching_disabled",
        "cache_policy_id            = local.caching_optimized",
    ),
    change(
        2,
        "cdn-shield",
        "aws_shield_subscription.this",
        "cdn.tf",
        "us_east_1_kms_key_arn = aws_kms_key.logs_us_east_1.arn",
        r"us_east_1_kms_key_arn = aws_kms_key.logs_us_east_1.arn
  shield_advanced       = { acknowledged_yearly_commitment = true }",
    ),
    // Keys and secrets
    change(
        1,
        "kms-rotation",
        "aws_kms_key.logs",
        "region/keys.tf",
        "enable_key_rotation = true",
        "enable_key_rotation = false",
    ),
    change(
        1,
        "kms-principal",
        "aws_kms_key.topics",
        "modules/monitoring/main.tf",
        r#"identifiers = ["arn:${local.partition}:iam::${local.account}:root"]"#,
        r#"identifiers = ["*"]"#,
    ),
    change(
        1,
        "secret-key",
        "aws_secretsmanager_secret.signing",
        "cdn.tf",
        r#"kms_key_id              = aws_kms_key.multi_region["signing"].arn"#,
        "kms_key_id              = null",
    ),
    change(
        2,
        "secret-rotation",
        "aws_secretsmanager_secret.mongo",
        "cdn.tf",
        r#"module "edge" {"#,
        r#"resource "aws_secretsmanager_secret" "mongo" {
  region     = var.regions.primary
  name       = "${var.name}-mongo"
  kms_key_id = aws_kms_key.multi_region["signing"].arn
}

module "edge" {"#,
    ),
    // Atlas
    change(
        1,
        "atlas-access-list",
        "lectern_atlas_access_list.this",
        "modules/atlas/main.tf",
        "entries        = var.access_list",
        r#"entries        = { "203.0.113.0/24" = {} }
  allow_public   = true"#,
    ),
    change(
        1,
        "atlas-password",
        "mongodbatlas_database_user.this",
        "modules/atlas/users.tf",
        "description        = each.key",
        r#"password           = "hunter2""#,
    ),
    // Audit
    change(
        1,
        "audit-trail",
        "aws_cloudtrail.this",
        "modules/audit/cloudtrail.tf",
        "is_multi_region_trail         = true",
        "is_multi_region_trail         = false",
    ),
    change(
        2,
        "audit-trail",
        "aws_cloudtrail.this",
        "modules/audit/cloudtrail.tf",
        "enable_log_file_validation    = true",
        "enable_log_file_validation    = false",
    ),
    change(
        1,
        "audit-config",
        "aws_config_configuration_recorder.this",
        "modules/audit/config.tf",
        "rules = var.config == null ? {} : {",
        "rules = var.config != null ? {} : {",
    ),
    // Dumps
    change(
        1,
        "backup-schedule",
        "lectern_mongo_dump_schedule.dump",
        "modules/backup/dump.tf",
        "schedule_expression          = var.schedule_expression",
        r#"schedule_expression          = "rate(12 hours)""#,
    ),
    change(
        2,
        "backup-enabled",
        "lectern_mongo_dump_schedule.dump",
        "modules/backup/dump.tf",
        "verify_target                = true",
        "verify_target                = true\n  enabled                      = false",
    ),
    // Alarms
    change(
        1,
        "alarm-action",
        "lectern_alarm_bundle.health",
        "cdn.tf",
        "severities = { critical = { alarm_actions = [module.monitoring.topics.critical.arn], ok_actions",
        "severities = { critical = { ok_actions",
    ),
    change(
        1,
        "alarm-coverage",
        "aws_lambda_function.this",
        "region/operations.tf",
        "profile  = module.profile.alarm_target\n",
        "",
    ),
    change(
        1,
        "region-allowed",
        "aws_kms_key.logs_us_east_1",
        "keys.tf",
        r#"region              = "us-east-1""#,
        r#"region              = "us-west-2""#,
    ),
];
