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

  own    = var.topics == null
  topics = local.own ? { warning = "${var.name}-warning", critical = "${var.name}-critical" } : {}
  key    = local.own && var.kms_key == null ? { main = "Notifications of ${var.name}" } : {}
  # Whatever tells something needs both: a topic that is encrypted takes notices only from who may also use its key.
  key_arn = var.kms_key == null ? one(values(aws_kms_key.topics)[*].arn) : var.kms_key.arn
  told = local.own ? {
    for severity, topic in aws_sns_topic.alarms : severity => { arn = topic.arn, kms_key_arn = local.key_arn }
  } : var.topics

  # Services that tell by themselves, as no role of this account. EventBridge's requests name no account, so that a condition would
  # refuse its own as well.
  services = {
    cloudwatch = { sid = "Alarms", principal = "cloudwatch.amazonaws.com", names_its_account = true }
    events     = { sid = "Rules", principal = "events.amazonaws.com", names_its_account = false }
  }
  publishers = { for name in var.publishing_services : name => local.services[name] }

  subscriptions = merge([
    for severity, addresses in { warning = var.warning_emails, critical = var.critical_emails } :
    { for address in addresses : "${severity}/${address}" => { severity = severity, address = address } }
  ]...)
}

# CloudWatch cannot use the AWS managed key of SNS: an alarm whose topic has that key changes its state, but its notification is lost. The
# account's statement in this key's policy does not cover a service either: the account's IAM policies are about its own principals.
data "aws_iam_policy_document" "key" {
  # checkov:skip=CKV_AWS_109:A key policy's "*" is the key itself, and the account has to keep all rights to it.
  # checkov:skip=CKV_AWS_111:A key policy's "*" is the key itself, and the account has to keep all rights to it.
  # checkov:skip=CKV_AWS_356:A key policy's "*" is the key itself, and the account has to keep all rights to it.

  statement {
    sid       = "AccountDecides"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  dynamic "statement" {
    for_each = local.publishers

    content {
      sid       = statement.value.sid
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [statement.value.principal]
      }

      # Any account's alarms come from the same service.
      dynamic "condition" {
        for_each = statement.value.names_its_account ? [local.account] : []

        content {
          test     = "StringEquals"
          variable = "aws:SourceAccount"
          values   = [condition.value]
        }
      }
    }
  }
}

resource "aws_kms_key" "topics" {
  for_each = local.key

  region                  = var.region
  description             = each.value
  enable_key_rotation     = true
  deletion_window_in_days = var.kms_deletion_window_days
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = var.tags
}

resource "aws_kms_alias" "topics" {
  for_each = aws_kms_key.topics

  region        = var.region
  name          = "alias/${var.name}-alarms"
  target_key_id = each.value.key_id
}

resource "aws_sns_topic" "alarms" {
  for_each = local.topics

  region            = var.region
  name              = each.value
  kms_master_key_id = local.key_arn
  tags              = var.tags
}

data "aws_iam_policy_document" "topic" {
  for_each = local.topics

  dynamic "statement" {
    for_each = local.publishers

    content {
      sid       = statement.value.sid
      actions   = ["sns:Publish"]
      resources = [aws_sns_topic.alarms[each.key].arn]

      principals {
        type        = "Service"
        identifiers = [statement.value.principal]
      }

      dynamic "condition" {
        for_each = statement.value.names_its_account ? [local.account] : []

        content {
          test     = "StringEquals"
          variable = "aws:SourceAccount"
          values   = [condition.value]
        }
      }
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  for_each = local.topics

  region = var.region
  arn    = aws_sns_topic.alarms[each.key].arn
  policy = data.aws_iam_policy_document.topic[each.key].json
}

# For roles that tell something: what an encrypted topic takes.
data "aws_iam_policy_document" "publish" {
  statement {
    sid       = "Tell"
    actions   = ["sns:Publish"]
    resources = [for topic in values(local.told) : topic.arn]
  }

  dynamic "statement" {
    for_each = local.own || anytrue([for topic in values(local.told) : topic.kms_key_arn != null]) ? ["encrypted"] : []

    content {
      sid       = "TellEncrypted"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = distinct(compact([for topic in values(local.told) : topic.kms_key_arn]))

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["sns.${local.region}.${local.dns_suffix}"]
      }
    }
  }
}

resource "aws_sns_topic_subscription" "email" {
  for_each = local.subscriptions

  region    = var.region
  topic_arn = local.told[each.value.severity].arn
  protocol  = "email"
  endpoint  = each.value.address
}

resource "lectern_alarm_bundle" "platform" {
  # An alarm that goes off before it may publish to the topic notifies nobody.
  depends_on = [aws_sns_topic_policy.alarms]

  name   = var.name
  region = var.region
  tags   = length(var.tags) == 0 ? null : var.tags

  severities = {
    warning = { alarm_actions = [local.told.warning.arn] }
    # The people who were woken are notified when the alarm returns to OK.
    critical = { alarm_actions = [local.told.critical.arn], ok_actions = [local.told.critical.arn] }
  }

  defaults = { min_requests = var.min_requests, runbook_url = var.runbook_url }

  lambda          = var.lambda
  api_gateway     = var.api_gateway
  s3              = var.s3
  cloudfront      = var.cloudfront
  cognito         = var.cognito
  nlb             = var.nlb
  mongodb         = var.mongodb
  flow_logs       = var.flow_logs
  mongo_dump      = var.mongo_dump
  cognito_export  = var.cognito_export
  upload_janitor  = var.upload_janitor
  secret_rotation = var.secret_rotation
  origin_failover = var.origin_failover
  extra_alarms    = var.extra_alarms
  overrides       = var.overrides
  composite       = var.composite
  dashboard       = var.dashboard
}

# From the same catalogue as the alarms, with their thresholds drawn in (C9). A dashboard's name is the account's over all regions.
resource "aws_cloudwatch_dashboard" "platform" {
  for_each = var.dashboard ? toset([var.name]) : toset([])

  region         = var.region
  dashboard_name = "${each.key}-${local.region}"
  dashboard_body = lectern_alarm_bundle.platform.dashboard_body
}
