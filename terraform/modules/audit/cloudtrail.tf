# Who did what in the account, in all Regions (E3).

resource "aws_cloudwatch_log_group" "trail" {
  # checkov:skip=CKV_AWS_338:Retention is a variable, a year by default.

  for_each = local.trails
  # CloudWatch Logs tries the key when the group is made.
  depends_on = [module.bucket]

  region            = var.region
  name              = local.log_group_name
  retention_in_days = each.value.log_retention_days
  kms_key_id        = local.kms_key_arn
  tags              = var.tags
}

data "aws_iam_policy_document" "trust" {
  for_each = local.trails

  statement {
    sid     = "Trail"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "log" {
  for_each = local.trails

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.trail[each.key].arn}:log-stream:${local.account}_CloudTrail_${local.region}*"]
  }
}

resource "aws_iam_role" "trail" {
  for_each = local.trails

  name                 = "${var.name}-cloudtrail-${local.region}"
  description          = "The trail ${local.trail_name} writes to its log group as it"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "trail" {
  for_each = local.trails

  name   = "log"
  role   = aws_iam_role.trail[each.key].name
  policy = data.aws_iam_policy_document.log[each.key].json
}

resource "aws_cloudtrail" "this" {
  # checkov:skip=CKV_AWS_252:The alarms on the log group send notifications; a message for each file would be noise.

  for_each = local.trails
  # CloudTrail refuses a bucket, a key and a role that it may not use yet.
  depends_on = [aws_iam_role_policy.trail]

  region                        = var.region
  name                          = local.trail_name
  s3_bucket_name                = one(values(module.bucket)[*].ready_bucket)
  kms_key_id                    = local.kms_key_arn
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.trail[each.key].arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.trail[each.key].arn
  tags                          = var.tags

  advanced_event_selector {
    name = "management"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }

  # Who read and wrote which file.
  dynamic "advanced_event_selector" {
    for_each = length(each.value.data_event_bucket_arns) == 0 ? [] : [each.value.data_event_bucket_arns]

    content {
      name = "objects"

      field_selector {
        field  = "eventCategory"
        equals = ["Data"]
      }

      field_selector {
        field  = "resources.type"
        equals = ["AWS::S3::Object"]
      }

      field_selector {
        field       = "resources.ARN"
        starts_with = [for arn in advanced_event_selector.value : "${arn}/"]
      }
    }
  }
}
