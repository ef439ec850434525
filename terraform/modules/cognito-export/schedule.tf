# What starts the function.

locals {
  # IAM takes 64 characters.
  scheduler_name = "${var.name}-cognito-export-scheduler-${local.region}"
}

data "aws_iam_policy_document" "assumed_by_scheduler" {
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
  name                 = length(local.scheduler_name) <= 64 ? local.scheduler_name : "${substr(local.scheduler_name, 0, 55)}-${substr(sha1(local.scheduler_name), 0, 8)}"
  description          = "Starts the function ${module.function.function_name}"
  assume_role_policy   = data.aws_iam_policy_document.assumed_by_scheduler.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "Invoke"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.function.alias_arn]
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "function"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduler.json
}

resource "aws_scheduler_schedule" "this" {
  # checkov:skip=CKV_AWS_297:The input has the schedule's name and time, no secret and no personal data; AWS' own key encrypts it.

  # A rate without a start date fires at once: the function's roles have to have their rights by then.
  depends_on = [aws_iam_role_policy.scheduler, module.function]

  region              = var.region
  name                = "${var.name}-cognito-export"
  description         = "Exports the users of ${var.user_pool.id}"
  schedule_expression = var.schedule_expression

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.function.alias_arn
    role_arn = aws_iam_role.scheduler.arn
    # Scheduler fills in both, so that an event that comes twice is the same export. It knows them by their angle brackets, which jsonencode
    # escapes.
    input = replace(replace(jsonencode({
      version        = 1
      schedule_arn   = "<aws.scheduler.schedule-arn>"
      scheduled_time = "<aws.scheduler.scheduled-time>"
    }), "\\u003c", "<"), "\\u003e", ">")
  }
}
