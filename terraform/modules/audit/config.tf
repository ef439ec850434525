# How resources are configured, and which are not as they should be (E2).

locals {
  default_rules = {
    # what is recorded
    cloudtrail-enabled              = { identifier = "MULTI_REGION_CLOUD_TRAIL_ENABLED" }
    cloudtrail-encryption           = { identifier = "CLOUD_TRAIL_ENCRYPTION_ENABLED" }
    cloudtrail-log-file-validation  = { identifier = "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED" }
    cloudtrail-cloudwatch-logs      = { identifier = "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED" }
    vpc-flow-logs                   = { identifier = "VPC_FLOW_LOGS_ENABLED" }
    api-gateway-execution-logging   = { identifier = "API_GW_EXECUTION_LOGGING_ENABLED" }
    wafv2-logging                   = { identifier = "WAFV2_LOGGING_ENABLED" }
    cloudwatch-log-retention        = { identifier = "CW_LOGGROUP_RETENTION_PERIOD_CHECK", parameters = { MinRetentionTime = "30" } }
    kms-key-rotation                = { identifier = "CMK_BACKING_KEY_ROTATION_ENABLED" }
    kms-key-not-scheduled           = { identifier = "KMS_CMK_NOT_SCHEDULED_FOR_DELETION" }
    secrets-manager-rotation        = { identifier = "SECRETSMANAGER_ROTATION_ENABLED_CHECK", parameters = { maximumAllowedRotationFrequency = "90" } }
    secrets-manager-rotated         = { identifier = "SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK" }
    secrets-manager-customer-key    = { identifier = "SECRETSMANAGER_USING_CMK" }
    sns-encrypted                   = { identifier = "SNS_ENCRYPTED_KMS" }
    s3-account-public-access-block  = { identifier = "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS" }
    s3-bucket-public-access-block   = { identifier = "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED" }
    s3-bucket-public-read           = { identifier = "S3_BUCKET_PUBLIC_READ_PROHIBITED" }
    s3-bucket-public-write          = { identifier = "S3_BUCKET_PUBLIC_WRITE_PROHIBITED" }
    s3-bucket-tls-only              = { identifier = "S3_BUCKET_SSL_REQUESTS_ONLY" }
    s3-bucket-versioning            = { identifier = "S3_BUCKET_VERSIONING_ENABLED" }
    lambda-in-vpc                   = { identifier = "LAMBDA_INSIDE_VPC" }
    lambda-not-public               = { identifier = "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED" }
    api-gateway-waf                 = { identifier = "API_GW_ASSOCIATED_WITH_WAF" }
    vpc-default-security-group      = { identifier = "VPC_DEFAULT_SECURITY_GROUP_CLOSED" }
    vpc-no-internet-gateway         = { identifier = "INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY" }
    vpc-no-route-to-internet        = { identifier = "NO_UNRESTRICTED_ROUTE_TO_IGW" }
    iam-root-access-key             = { identifier = "IAM_ROOT_ACCESS_KEY_CHECK" }
    iam-root-mfa                    = { identifier = "ROOT_ACCOUNT_MFA_ENABLED" }
    iam-console-mfa                 = { identifier = "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS" }
    iam-no-administrator-statements = { identifier = "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS" }
  }

  # CloudFront is recorded in us-east-1 alone, and AWS knows its rules there alone. Asked for and not read off the Region, which a module with
  # depends_on knows only after the apply.
  cloudfront_rules = try(var.config.cloudfront_rules, false) ? {
    cloudfront-https = { identifier = "CLOUDFRONT_VIEWER_POLICY_HTTPS" }
    cloudfront-waf   = { identifier = "CLOUDFRONT_ASSOCIATED_WITH_WAF" }
  } : {}

  # Users' rules over ours; a null takes one away.
  rules = var.config == null ? {} : {
    for key in setunion(keys(local.default_rules), keys(local.cloudfront_rules), keys(var.config_rules)) : key => {
      identifier     = contains(keys(var.config_rules), key) ? var.config_rules[key].identifier : merge(local.default_rules, local.cloudfront_rules)[key].identifier
      parameters     = tomap(contains(keys(var.config_rules), key) ? var.config_rules[key].parameters : try(merge(local.default_rules, local.cloudfront_rules)[key].parameters, {}))
      resource_types = tolist(try(var.config_rules[key].resource_types, []))
      frequency      = tostring(try(var.config_rules[key].frequency, null))
    } if !contains(keys(var.config_rules), key) || try(var.config_rules[key] != null, false)
  }

  config_service          = "config.amazonaws.com"
  service_linked_role_arn = "arn:${local.partition}:iam::${local.account}:role/aws-service-role/${local.config_service}/AWSServiceRoleForConfig"
}

resource "aws_iam_service_linked_role" "config" {
  for_each = { for key, settings in local.recorders : key => settings if settings.create_service_linked_role }

  aws_service_name = local.config_service
  tags             = var.tags

  # The service describes its role.
  lifecycle {
    ignore_changes = [description]
  }
}

resource "aws_config_configuration_recorder" "this" {
  # checkov:skip=CKV2_AWS_48:IAM resources are recorded by default; in further Regions the copies would only be paid for twice.

  for_each   = local.recorders
  depends_on = [aws_iam_service_linked_role.config]

  region   = var.region
  name     = "default"
  role_arn = local.service_linked_role_arn

  recording_group {
    all_supported                 = true
    include_global_resource_types = each.value.record_global_resources
  }
}

resource "aws_config_delivery_channel" "this" {
  for_each   = local.recorders
  depends_on = [aws_config_configuration_recorder.this]

  region         = var.region
  name           = "default"
  s3_bucket_name = one(values(module.bucket)[*].ready_bucket)
  s3_kms_key_arn = local.kms_key_arn

  snapshot_delivery_properties {
    delivery_frequency = each.value.snapshot_frequency
  }
}

# It starts when there is a channel, and stops before the channel and the recorder go.
resource "aws_config_configuration_recorder_status" "this" {
  for_each   = local.recorders
  depends_on = [aws_config_delivery_channel.this]

  region     = var.region
  name       = aws_config_configuration_recorder.this[each.key].name
  is_enabled = true
}

resource "aws_config_config_rule" "this" {
  for_each   = local.rules
  depends_on = [aws_config_configuration_recorder_status.this]

  region                      = var.region
  name                        = "${var.name}-${each.key}"
  input_parameters            = length(each.value.parameters) == 0 ? null : jsonencode(each.value.parameters)
  maximum_execution_frequency = each.value.frequency
  tags                        = var.tags

  source {
    owner             = "AWS"
    source_identifier = each.value.identifier
  }

  dynamic "scope" {
    for_each = length(each.value.resource_types) == 0 ? [] : [each.value.resource_types]

    content {
      compliance_resource_types = scope.value
    }
  }
}

# A rule finds; this tells.
resource "aws_cloudwatch_event_rule" "noncompliance" {
  for_each = { for settings in var.config[*] : "main" => settings if settings.noncompliance_topic != null }

  region      = var.region
  name        = "${var.name}-config-noncompliance"
  description = "Resources that do not comply with a rule of ${var.name}"
  tags        = var.tags

  event_pattern = jsonencode({
    source      = ["aws.config"]
    detail-type = ["Config Rules Compliance Change"]
    detail = {
      configRuleName      = [{ prefix = "${var.name}-" }]
      newEvaluationResult = { complianceType = ["NON_COMPLIANT"] }
    }
  })
}

resource "aws_cloudwatch_event_target" "noncompliance" {
  for_each = aws_cloudwatch_event_rule.noncompliance

  region = var.region
  rule   = each.value.name
  arn    = var.config.noncompliance_topic.arn
}
