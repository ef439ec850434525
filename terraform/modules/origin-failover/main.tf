# The function that switches the write path of the CDN (F5), and what starts it: alarms, and each minute.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account    = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  dns_suffix = data.aws_partition.current.dns_suffix
  region     = data.aws_region.current.region
  function   = "${var.name}-origin-failover"

  # A role's name is the account's over all regions. IAM takes 64 characters.
  scheduler_role = "${var.name}-failover-scheduler-${local.region}"

  distribution_arns = [for one in var.distribution[*] : "arn:${local.partition}:cloudfront::${local.account}:distribution/${one.id}"]
  write_path        = var.distribution == null ? { name = try(var.record.name, null), settings = local.of_the_record } : { name = var.distribution.id, settings = local.of_the_distribution }

  of_the_distribution = {
    LECTERN_DISTRIBUTION_ID     = try(var.distribution.id, null)
    LECTERN_PRIMARY_ORIGIN_ID   = try(var.distribution.primary_origin_id, null)
    LECTERN_SECONDARY_ORIGIN_ID = try(var.distribution.secondary_origin_id, null)
  }

  of_the_record = {
    LECTERN_HOSTED_ZONE_ID           = try(var.record.zone_id, null)
    LECTERN_RECORD_NAME              = try(var.record.name, null)
    LECTERN_RECORD_TYPE              = try(var.record.type, null)
    LECTERN_PRIMARY_TARGET           = try(var.record.primary.name, null)
    LECTERN_PRIMARY_TARGET_ZONE_ID   = try(var.record.primary.zone_id, null)
    LECTERN_SECONDARY_TARGET         = try(var.record.secondary.name, null)
    LECTERN_SECONDARY_TARGET_ZONE_ID = try(var.record.secondary.zone_id, null)
  }

  settings = merge(local.write_path.settings, {
    LECTERN_PRIMARY_ALARM      = var.alarms.primary
    LECTERN_SECONDARY_ALARM    = var.alarms.secondary
    LECTERN_OVERRIDE_PARAMETER = aws_ssm_parameter.override.name
    LECTERN_HOLD_SECONDS       = tostring(var.hold_seconds)
    LECTERN_FAILBACK           = var.failback
    LECTERN_DRY_RUN            = tostring(var.dry_run)
    LECTERN_TOPIC_ARN          = try(var.notice_topic.arn, null)
    LECTERN_EVENT_BUS          = try(var.event_bus.arn, null)
  })
}

# A person's decision. Terraform makes it and never sets it back.
resource "aws_ssm_parameter" "override" {
  # checkov:skip=CKV2_AWS_34:Its value is auto, primary or secondary, which is no secret.
  # checkov:skip=CKV_AWS_337:Its value is auto, primary or secondary, which is no secret.

  region          = var.region
  name            = "/${var.name}/write-path"
  description     = "Where writes of ${var.name} go: auto (the alarms decide), primary or secondary"
  type            = "String"
  value           = "auto"
  allowed_pattern = "^(auto|primary|secondary)$"
  tags            = var.tags

  lifecycle {
    ignore_changes = [value]
  }
}

data "aws_iam_policy_document" "failover" {
  # It takes no single alarm (Service Authorization Reference, CloudWatch).
  statement {
    sid       = "ReadAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = ["arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:*"]
  }

  statement {
    sid       = "ReadOverride"
    actions   = ["ssm:GetParameter"]
    resources = ["arn:${local.partition}:ssm:${local.region}:${local.account}:parameter/${var.name}/write-path"]
  }

  dynamic "statement" {
    for_each = local.distribution_arns

    content {
      sid       = "SwitchDistribution"
      actions   = ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"]
      resources = [statement.value]
    }
  }

  # CloudFront looks whether who changes a distribution may read its web ACL.
  dynamic "statement" {
    for_each = flatten([for one in var.distribution[*] : one.web_acl_arn[*]])

    content {
      sid       = "KeepWebAcl"
      actions   = ["wafv2:GetWebACL"]
      resources = [statement.value]
    }
  }

  # And whether they may let it write its logs, where it writes standard logs by the bucket's ACL.
  dynamic "statement" {
    for_each = flatten([for one in var.distribution[*] : one.log_bucket_arn[*]])

    content {
      sid       = "KeepLogs"
      actions   = ["s3:GetBucketAcl", "s3:PutBucketAcl"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.record[*]

    content {
      sid       = "ReadRecords"
      actions   = ["route53:ListResourceRecordSets"]
      resources = ["arn:${local.partition}:route53:::hostedzone/${statement.value.zone_id}"]
    }
  }

  # This record and no other of the zone. A change is a deletion and a creation in one.
  dynamic "statement" {
    for_each = var.record[*]

    content {
      sid       = "SwitchRecord"
      actions   = ["route53:ChangeResourceRecordSets"]
      resources = ["arn:${local.partition}:route53:::hostedzone/${statement.value.zone_id}"]

      condition {
        test     = "ForAllValues:StringEquals"
        variable = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
        values   = [lower(statement.value.name)]
      }

      condition {
        test     = "ForAllValues:StringEquals"
        variable = "route53:ChangeResourceRecordSetsRecordTypes"
        values   = [statement.value.type]
      }

      condition {
        test     = "ForAllValues:StringEquals"
        variable = "route53:ChangeResourceRecordSetsActions"
        values   = ["CREATE", "DELETE"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.notice_topic[*]

    content {
      sid       = "PublishNotices"
      actions   = ["sns:Publish"]
      resources = [statement.value.arn]
    }
  }

  dynamic "statement" {
    for_each = flatten([for topic in var.notice_topic[*] : topic.kms_key_arn[*]])

    content {
      sid       = "EncryptNotices"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["sns.${local.region}.${local.dns_suffix}"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.event_bus[*]

    content {
      sid       = "PutNotices"
      actions   = ["events:PutEvents"]
      resources = [statement.value.arn]
    }
  }
}

module "function" {
  source = "../function"

  name                 = local.function
  description          = "Switches the write path of the CDN to region 2 and back"
  package              = var.package
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  timeout_seconds      = var.timeout_seconds
  environment          = merge({ for name, value in local.settings : name => value if value != null }, var.environment)
  policy_documents     = [data.aws_iam_policy_document.failover.json]
  reserved_concurrency = var.reserved_concurrency
  # It looks at what is now: an event that is older than some minutes says nothing that the schedule does not.
  async                = { maximum_event_age_seconds = 300, failure_topic = var.failure_topic }
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
  tracing              = var.tracing
  permissions_boundary = var.permissions_boundary
  region               = var.region
  tags                 = var.tags
}

# Of these two alarms and no others.
resource "aws_cloudwatch_event_rule" "alarms" {
  region      = var.region
  name        = local.function
  description = "State changes of the alarms that say how the regions of ${var.name} are"
  tags        = var.tags

  event_pattern = jsonencode({
    source        = ["aws.cloudwatch"]
    "detail-type" = ["CloudWatch Alarm State Change"]
    detail        = { alarmName = [var.alarms.primary, var.alarms.secondary] }
  })
}

# The function reads the alarms itself: name, state and time are all that it needs of the event.
resource "aws_cloudwatch_event_target" "function" {
  depends_on = [aws_lambda_permission.events]

  region    = var.region
  rule      = aws_cloudwatch_event_rule.alarms.name
  target_id = "origin-failover"
  arn       = module.function.alias_arn

  input_transformer {
    input_paths = {
      alarm  = "$.detail.alarmName"
      detail = "$.detail-type"
      source = "$.source"
      state  = "$.detail.state.value"
      time   = "$.detail.state.timestamp"
    }
    input_template = "{\"source\": <source>, \"detail-type\": <detail>, \"detail\": {\"alarmName\": <alarm>, \"state\": {\"value\": <state>, \"timestamp\": <time>}}}"
  }

  retry_policy {
    maximum_event_age_in_seconds = 300
    maximum_retry_attempts       = 10
  }

  dead_letter_config {
    arn = local.dead_letters.arn
  }
}

resource "aws_lambda_permission" "events" {
  region        = var.region
  statement_id  = "Alarms"
  action        = "lambda:InvokeFunction"
  function_name = module.function.function_name
  qualifier     = module.function.alias_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.alarms.arn
}

# Events that EventBridge could not hand over.
resource "aws_sqs_queue" "dead_letters" {
  for_each = var.dead_letter_queue == null ? toset(["own"]) : toset([])

  region                    = var.region
  name                      = "${local.function}-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = var.tags
}

data "aws_iam_policy_document" "dead_letters" {
  for_each = aws_sqs_queue.dead_letters

  statement {
    sid       = "EventBridge"
    actions   = ["sqs:SendMessage"]
    resources = [each.value.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.alarms.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "dead_letters" {
  for_each = aws_sqs_queue.dead_letters

  region    = var.region
  queue_url = each.value.id
  policy    = data.aws_iam_policy_document.dead_letters[each.key].json
}

locals {
  dead_letters = var.dead_letter_queue == null ? { arn = aws_sqs_queue.dead_letters["own"].arn } : var.dead_letter_queue
}

# The role of EventBridge Scheduler.
data "aws_iam_policy_document" "scheduler" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "scheduler" {
  name                 = length(local.scheduler_role) <= 64 ? local.scheduler_role : "${substr(local.scheduler_role, 0, 55)}-${substr(sha1(local.scheduler_role), 0, 8)}"
  description          = "Starts the function that switches the write path of ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.scheduler.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "scheduled" {
  statement {
    sid       = "Look"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.function.alias_arn]
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "scheduled"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduled.json
}

# It ends the hold time, carries out the override, and repeats what failed.
resource "aws_scheduler_schedule" "look" {
  # checkov:skip=CKV_AWS_297:Its input is {"version": 1}, which is no secret; AWS encrypts it with a key of its own.

  # A rate without a start date fires at once.
  depends_on = [module.function, aws_iam_role_policy.scheduler]

  region              = var.region
  name                = local.function
  description         = "Looks at the regions of ${var.name}"
  schedule_expression = "rate(1 minute)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.function.alias_arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ version = 1 })

    # The next one comes in a minute.
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 0
    }
  }
}
