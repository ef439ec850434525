data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  topics    = { warning = "${var.name}-warning", critical = "${var.name}-critical" }

  subscriptions = merge([
    for severity, addresses in { warning = var.warning_emails, critical = var.critical_emails } :
    { for address in addresses : "${severity}/${address}" => { severity = severity, address = address } }
  ]...)
}

# CloudWatch cannot use the AWS managed key of SNS: an alarm whose topic has that key changes its state, but its notification is lost. The
# account's statement in this key's policy does not cover CloudWatch either: the account's IAM policies are about its own principals.
data "aws_iam_policy_document" "key" {
  statement {
    sid       = "AccountDecides"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "Alarms"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    # Any account's alarms come from the same service.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_kms_key" "topics" {
  description         = "Notifications of ${var.name}"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "topics" {
  name          = "alias/${var.name}-alarms"
  target_key_id = aws_kms_key.topics.key_id
}

resource "aws_sns_topic" "alarms" {
  for_each = local.topics

  name              = each.value
  kms_master_key_id = aws_kms_key.topics.arn
}

data "aws_iam_policy_document" "topic" {
  for_each = local.topics

  statement {
    sid       = "Alarms"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms[each.key].arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  for_each = local.topics

  arn    = aws_sns_topic.alarms[each.key].arn
  policy = data.aws_iam_policy_document.topic[each.key].json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = local.subscriptions

  topic_arn = aws_sns_topic.alarms[each.value.severity].arn
  protocol  = "email"
  endpoint  = each.value.address
}

resource "lectern_alarm_bundle" "platform" {
  # An alarm that goes off before it may publish to the topic notifies nobody.
  depends_on = [aws_sns_topic_policy.alarms]

  name = var.name

  severities = {
    warning = { alarm_actions = [aws_sns_topic.alarms["warning"].arn] }
    # The people who were woken are notified when the alarm returns to OK.
    critical = { alarm_actions = [aws_sns_topic.alarms["critical"].arn], ok_actions = [aws_sns_topic.alarms["critical"].arn] }
  }

  defaults = { min_requests = var.min_requests, runbook_url = var.runbook_url }

  lambda      = var.lambda
  api_gateway = var.api_gateway
  s3          = var.s3
  cognito     = var.cognito
  nlb         = var.nlb
  flow_logs   = var.flow_logs
  mongo_dump  = var.mongo_dump
  overrides   = var.overrides
  composite   = var.composite
}

# From the same catalogue as the alarms, with their thresholds drawn in (C9).
resource "aws_cloudwatch_dashboard" "platform" {
  for_each = var.dashboard ? toset([var.name]) : toset([])

  dashboard_name = each.key
  dashboard_body = lectern_alarm_bundle.platform.dashboard_body
}
