# Cognito sends SMS as a role of this account.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region
  # Not a secret: it ties the role to this pool's setting.
  sms_external_id = "${var.name}-sms"
}

data "aws_iam_policy_document" "assumed_by_cognito" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["cognito-idp.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [local.sms_external_id]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    # Any pool of this account and region: this one's id is not known before the pool, which needs the role.
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:cognito-idp:${local.region}:${local.account}:userpool/*"]
    }
  }
}

resource "aws_iam_role" "sms" {
  for_each = local.sms

  name                 = "${var.name}-cognito-sms-${local.region}"
  description          = "Cognito sends SMS of user pool ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.assumed_by_cognito.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

# A phone number is no resource that a policy could name; what can be named is what this role may not publish to: every topic.
data "aws_iam_policy_document" "sms" {
  statement {
    sid           = "SendToPhones"
    actions       = ["sns:Publish"]
    not_resources = ["arn:${local.partition}:sns:*:*:*"]
  }
}

resource "aws_iam_role_policy" "sms" {
  for_each = local.sms

  name   = "sms"
  role   = aws_iam_role.sms[each.key].id
  policy = data.aws_iam_policy_document.sms.json
}
