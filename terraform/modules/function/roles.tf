# What the function may do: write its log, what a place in a VPC and traces take, and what it was given.

locals {
  # What Lambda calls, as the function's role, for a function in a VPC.
  network_interface_calls = {
    # AWS takes no other resource for these.
    everywhere = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
    # Nor a single interface for these, whose ids are not known before; but those of this account and region.
    here = ["ec2:AssignPrivateIpAddresses", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"]
  }

  # A role's name is the account's over all regions, a function's is not. IAM takes 64 characters.
  role_names = {
    for key, name in merge({ own = "${var.name}-${local.region}" }, { for key, role in local.assumed : key => "${var.name}-${role.suffix}-${local.region}" }) :
    key => length(name) <= 64 ? name : "${substr(name, 0, 55)}-${substr(sha1(name), 0, 8)}"
  }

  failure_topics = [for topic in [try(var.async.failure_topic, null)] : topic if topic != null]
}

data "aws_iam_policy_document" "assumed_by_lambda" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "function" {
  name                 = local.role_names.own
  description          = "Function ${var.name} runs as it"
  assume_role_policy   = data.aws_iam_policy_document.assumed_by_lambda.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  # Of another name it is another role: the function has it before the one that it ran as goes.
  lifecycle {
    create_before_destroy = true
  }
}

data "aws_iam_policy_document" "own" {
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  dynamic "statement" {
    for_each = var.vpc[*]

    content {
      sid       = "NetworkInterfaces"
      actions   = local.network_interface_calls.everywhere
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.vpc[*]

    content {
      sid       = "NetworkInterfacesHere"
      actions   = local.network_interface_calls.here
      resources = ["arn:${local.partition}:ec2:${local.region}:${local.account}:*/*"]
    }
  }

  # The calls above are for Lambda. The condition's key is in a request only when the function's code makes it, with the
  # credentials that it finds in its environment: nobody who gets into the code can use them.
  dynamic "statement" {
    for_each = var.vpc[*]

    content {
      sid       = "NotByTheCode"
      effect    = "Deny"
      actions   = concat(local.network_interface_calls.everywhere, local.network_interface_calls.here, ["ec2:DetachNetworkInterface"])
      resources = ["*"]

      condition {
        test     = "ArnEquals"
        variable = "lambda:SourceFunctionArn"
        values   = [local.function_arn, "${local.function_arn}:*"]
      }
    }
  }

  # X-Ray knows no resources for these. They cannot be kept from the code: what Lambda sends as the function to X-Ray has the key of
  # the condition above too, and no trace would arrive.
  dynamic "statement" {
    for_each = var.tracing ? ["traced"] : []

    content {
      sid       = "Trace"
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = ["*"]
    }
  }

  # Lambda reads the environment as the function's role; the code, which gets it as it is, has nothing to read with that key.
  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "ReadEnvironment"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "EnvironmentNotByTheCode"
      effect    = "Deny"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "ArnEquals"
        variable = "lambda:SourceFunctionArn"
        values   = [local.function_arn, "${local.function_arn}:*"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.hands_over ? [local.function_arn] : []

    content {
      sid       = "HandOver"
      actions   = ["lambda:InvokeFunction"]
      resources = [statement.value, "${statement.value}:*"]
    }
  }

  # Lambda publishes failures with the function's role. An encrypted topic needs both permissions: without the one for the key, the
  # notification is lost, and nothing reports that.
  dynamic "statement" {
    for_each = local.failure_topics

    content {
      sid       = "TellFailures"
      actions   = ["sns:Publish"]
      resources = [statement.value.arn]
    }
  }

  dynamic "statement" {
    for_each = flatten([for topic in local.failure_topics : topic.kms_key_arn[*]])

    content {
      sid       = "EncryptFailures"
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
    for_each = local.assumed

    content {
      sid       = "BecomeAssumedRole"
      actions   = ["sts:AssumeRole"]
      resources = [aws_iam_role.assumed[statement.key].arn]
    }
  }
}

resource "aws_iam_role_policy" "own" {
  name   = "own"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.own.json
}

data "aws_iam_policy_document" "given" {
  source_policy_documents = var.policy_documents
}

resource "aws_iam_role_policy" "given" {
  for_each = length(var.policy_documents) == 0 ? toset([]) : toset(["given"])

  name   = each.key
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.given.json
}

# A second role, which only this function can assume: credentials of its sessions, and presigned URLs, have this role's permissions and
# never the other permissions of the function (B6).
data "aws_iam_policy_document" "assumed_by_function" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.function.arn]
    }
  }
}

resource "aws_iam_role" "assumed" {
  for_each = local.assumed

  name                 = local.role_names[each.key]
  description          = "Function ${var.name} becomes it"
  assume_role_policy   = data.aws_iam_policy_document.assumed_by_function.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

data "aws_iam_policy_document" "assumed" {
  for_each = local.assumed

  source_policy_documents = each.value.policy_documents
}

resource "aws_iam_role_policy" "assumed" {
  for_each = local.assumed

  name   = "given"
  role   = aws_iam_role.assumed[each.key].id
  policy = data.aws_iam_policy_document.assumed[each.key].json
}
