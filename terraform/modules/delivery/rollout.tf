# CodeDeploy moves the aliases of functions to their latest version, a part of the traffic first, and back if an alarm fires (D5).

locals {
  # By name, because the functions are in another configuration, which the apply role applies.
  function_arns = { for name, function in var.functions : name => "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${function.function_name}" }
  deploys       = length(var.functions) == 0 ? {} : { main = var.name }
  shifts        = { for name, function in var.functions : name => function.shift if function.shift.type != "all_at_once" }
}

data "aws_iam_policy_document" "trust_deploy" {
  for_each = local.deploys

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["codedeploy.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "deploy" {
  for_each = local.deploys

  name                 = local.role_names.deploy
  description          = "CodeDeploy moves the aliases of ${var.name} as it"
  assume_role_policy   = data.aws_iam_policy_document.trust_deploy[each.key].json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "deploy" {
  # checkov:skip=CKV_AWS_356:CloudWatch takes no other resource for DescribeAlarms of several alarms.

  for_each = local.deploys

  statement {
    sid       = "MoveAliases"
    actions   = ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
    resources = values(local.function_arns)
  }

  statement {
    sid       = "ReadAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = length(flatten([for function in values(var.functions) : [function.hooks.before[*], function.hooks.after[*]]])) == 0 ? [] : ["main"]

    content {
      sid       = "InvokeHooks"
      actions   = ["lambda:InvokeFunction"]
      resources = distinct(flatten([for function in values(var.functions) : [function.hooks.before[*], function.hooks.after[*]]]))
    }
  }
}

resource "aws_iam_role_policy" "deploy" {
  for_each = local.deploys

  name   = "deploy"
  role   = aws_iam_role.deploy[each.key].name
  policy = data.aws_iam_policy_document.deploy[each.key].json
}

resource "aws_codedeploy_app" "this" {
  for_each = local.deploys

  region           = var.region
  name             = each.value
  compute_platform = "Lambda"
  tags             = var.tags
}

resource "aws_codedeploy_deployment_config" "this" {
  for_each = local.shifts

  region                 = var.region
  deployment_config_name = "${var.name}-${each.key}-${each.value.type}-${each.value.percent}-percent-${each.value.minutes}-minutes"
  compute_platform       = "Lambda"

  traffic_routing_config {
    type = each.value.type == "canary" ? "TimeBasedCanary" : "TimeBasedLinear"

    dynamic "time_based_canary" {
      for_each = each.value.type == "canary" ? [each.value] : []

      content {
        percentage = time_based_canary.value.percent
        interval   = time_based_canary.value.minutes
      }
    }

    dynamic "time_based_linear" {
      for_each = each.value.type == "linear" ? [each.value] : []

      content {
        percentage = time_based_linear.value.percent
        interval   = time_based_linear.value.minutes
      }
    }
  }

  # A configuration cannot be changed, and one in use cannot be deleted.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_codedeploy_deployment_group" "this" {
  for_each = var.functions
  # It moves an alias as soon as a deployment is created, as this role.
  depends_on = [aws_iam_role_policy.deploy]

  region                 = var.region
  app_name               = aws_codedeploy_app.this["main"].name
  deployment_group_name  = each.key
  service_role_arn       = aws_iam_role.deploy["main"].arn
  deployment_config_name = each.value.shift.type == "all_at_once" ? "CodeDeployDefault.LambdaAllAtOnce" : aws_codedeploy_deployment_config.this[each.key].deployment_config_name
  tags                   = var.tags

  deployment_style {
    deployment_option = "WITH_TRAFFIC_CONTROL"
    deployment_type   = "BLUE_GREEN"
  }

  # Alarms that cannot be read stop the deployment too.
  alarm_configuration {
    enabled                   = true
    alarms                    = each.value.alarm_names
    ignore_poll_alarm_failure = false
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
  }
}
