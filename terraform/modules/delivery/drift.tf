# A plan on a schedule, which says what differs and changes nothing (E1).

data "aws_iam_policy_document" "trust_drift" {
  for_each = local.drifts

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["codebuild.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.project_arns["drift"]]
    }
  }
}

# Not the role of plans: a pull request could publish that nothing differs.
resource "aws_iam_role" "drift" {
  for_each = local.drifts

  name                 = local.role_names.drift
  description          = "Drift detection of ${var.name} runs as it"
  assume_role_policy   = data.aws_iam_policy_document.trust_drift[each.key].json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "drift" {
  for_each = aws_iam_role.drift

  role       = each.value.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/ReadOnlyAccess"
}

data "aws_iam_policy_document" "drift" {
  # checkov:skip=CKV_AWS_356:CloudWatch takes no other resource for PutMetricData; the condition has the namespace.

  for_each = local.drifts

  statement {
    sid       = "Publish"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["Lectern/Delivery"]
    }
  }

  statement {
    sid       = "Source"
    actions   = ["codeconnections:GetConnection", "codeconnections:GetConnectionToken", "codestar-connections:GetConnection", "codestar-connections:GetConnectionToken"]
    resources = [var.pipeline.connection_arn]
  }

  dynamic "statement" {
    for_each = each.value.topic[*]

    content {
      sid       = "Notify"
      actions   = ["sns:Publish"]
      resources = [statement.value.arn]
    }
  }

  dynamic "statement" {
    for_each = [for topic in each.value.topic[*] : topic.kms_key_arn if topic.kms_key_arn != null]

    content {
      sid       = "EncryptNotification"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["sns.${local.region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
}

resource "aws_iam_role_policy" "drift" {
  for_each = {
    for name, policy in {
      read  = data.aws_iam_policy_document.read.json
      build = try(data.aws_iam_policy_document.build["drift"].json, "")
      drift = try(data.aws_iam_policy_document.drift["main"].json, "")
    } : name => policy if length(local.drifts) > 0
  }

  name   = each.key
  role   = aws_iam_role.drift["main"].name
  policy = each.value
}

data "aws_iam_policy_document" "trust_drift_schedule" {
  for_each = local.drifts

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

resource "aws_iam_role" "drift_schedule" {
  for_each = local.drifts

  name                 = local.role_names["drift-schedule"]
  description          = "The schedule ${var.name}-drift runs as it"
  assume_role_policy   = data.aws_iam_policy_document.trust_drift_schedule[each.key].json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "drift_schedule" {
  for_each = local.drifts

  statement {
    sid       = "StartDrift"
    actions   = ["codebuild:StartBuild"]
    resources = [local.project_arns["drift"]]
  }
}

resource "aws_iam_role_policy" "drift_schedule" {
  for_each = local.drifts

  name   = "start"
  role   = aws_iam_role.drift_schedule[each.key].name
  policy = data.aws_iam_policy_document.drift_schedule[each.key].json
}

resource "aws_scheduler_schedule" "drift" {
  # checkov:skip=CKV_AWS_297:The input of the schedule is the name of a project.

  for_each = local.drifts
  # Scheduler tries the role when the schedule is made.
  depends_on = [aws_iam_role_policy.drift_schedule]

  region              = var.region
  name                = "${var.name}-drift"
  description         = "Compares ${var.name} with its configuration"
  schedule_expression = each.value.schedule_expression

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:${local.partition}:scheduler:::aws-sdk:codebuild:startBuild"
    role_arn = aws_iam_role.drift_schedule[each.key].arn
    input    = jsonencode({ ProjectName = aws_codebuild_project.builds["drift"].name })
  }
}
