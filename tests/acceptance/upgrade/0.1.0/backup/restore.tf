# The restore function, and a drill by schedule.

locals {
  restore = length(var.restore_secret_arns) > 0
  restore_principals = coalescelist(
    concat(aws_iam_role.restore_function[*].arn, var.restore_principal_arns),
    ["arn:${local.partition}:iam::${local.account}:root"],
  )
  restore_function_name = "${var.name}-mongo-restore"
  restore_function_arn  = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${local.restore_function_name}"
}

# The restore role: it lists and reads dumps and writes nothing.
data "aws_iam_policy_document" "assumed_by_restore" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = local.restore_principals
    }
  }
}

resource "aws_iam_role" "restore" {
  name               = "${var.name}-restore"
  description        = "Reads MongoDB dumps of ${var.cluster}"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_restore.json
}

data "aws_iam_policy_document" "restore" {
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.dumps.arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.folder}/*"]
    }
  }

  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.dumps.arn}/${local.folder}/*"]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.dumps.arn]
  }
}

resource "aws_iam_role_policy" "restore" {
  name   = "dumps"
  role   = aws_iam_role.restore.id
  policy = data.aws_iam_policy_document.restore.json
}

resource "aws_iam_role" "restore_function" {
  count = local.restore ? 1 : 0

  name               = "${var.name}-mongo-restore"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

data "aws_iam_policy_document" "restore_function" {
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for arn in aws_cloudwatch_log_group.restore[*].arn : "${arn}:*"]
  }

  statement {
    sid       = "ReadSecrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = var.restore_secret_arns
  }

  dynamic "statement" {
    for_each = var.secret_kms_key_arn[*]

    content {
      sid       = "DecryptSecrets"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.failure_topic_arn[*]

    content {
      sid       = "TellFailures"
      actions   = ["sns:Publish"]
      resources = [statement.value]
    }
  }

  statement {
    sid       = "BecomeRestoreRole"
    actions   = ["sts:AssumeRole"]
    resources = [aws_iam_role.restore.arn]
  }

  statement {
    sid       = "HandOver"
    actions   = ["lambda:InvokeFunction"]
    resources = [local.restore_function_arn, "${local.restore_function_arn}:*"]
  }
}

resource "aws_iam_role_policy" "restore_function" {
  count = local.restore ? 1 : 0

  name   = "function"
  role   = one(aws_iam_role.restore_function[*].id)
  policy = data.aws_iam_policy_document.restore_function.json
}

resource "aws_iam_role_policy_attachment" "restore_function_network" {
  count = local.restore && var.vpc != null ? 1 : 0

  role       = one(aws_iam_role.restore_function[*].name)
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_cloudwatch_log_group" "restore" {
  count = local.restore ? 1 : 0

  name              = "/aws/lambda/${local.restore_function_name}"
  retention_in_days = 90
}

resource "aws_lambda_function" "restore" {
  count      = local.restore ? 1 : 0
  depends_on = [aws_iam_role_policy.restore_function]

  function_name    = local.restore_function_name
  description      = "Restores, verifies and drills dumps of MongoDB cluster ${var.cluster}"
  role             = one(aws_iam_role.restore_function[*].arn)
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]
  filename         = var.mongo_restore_zip
  source_code_hash = filebase64sha256(var.mongo_restore_zip)
  memory_size      = var.memory_mb
  timeout          = local.timeout_seconds
  publish          = true

  # Two restores into one deployment would meet each other's documents.
  reserved_concurrent_executions = 1

  logging_config {
    log_format = "JSON"
    log_group  = one(aws_cloudwatch_log_group.restore[*].name)
  }

  dynamic "environment" {
    for_each = length(var.environment) == 0 ? [] : [var.environment]

    content {
      variables = environment.value
    }
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }
}

resource "aws_lambda_function_recursion_config" "restore" {
  count = local.restore ? 1 : 0

  function_name  = one(aws_lambda_function.restore[*].function_name)
  recursive_loop = "Allow"
}

resource "aws_lambda_alias" "restore" {
  count = local.restore ? 1 : 0

  name             = "live"
  function_name    = one(aws_lambda_function.restore[*].function_name)
  function_version = one(aws_lambda_function.restore[*].version)
}

# A restore that failed is for a person to look at, not for Lambda to begin again.
resource "aws_lambda_function_event_invoke_config" "restore" {
  count = local.restore ? 1 : 0

  function_name                = one(aws_lambda_alias.restore[*].function_name)
  qualifier                    = one(aws_lambda_alias.restore[*].name)
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 3600

  dynamic "destination_config" {
    for_each = var.failure_topic_arn[*]

    content {
      on_failure {
        destination = destination_config.value
      }
    }
  }
}

resource "aws_scheduler_schedule" "drill" {
  count = var.drill == null ? 0 : 1

  name                = "${var.name}-drill"
  description         = "Restores the latest dump of ${var.cluster} into a scratch namespace and compares"
  schedule_expression = var.drill.schedule_expression

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = one(aws_lambda_alias.restore[*].arn)
    role_arn = aws_iam_role.scheduler.arn

    input = jsonencode({
      version = 1
      mode    = "drill"
      dump_id = "latest"
      source = {
        bucket   = aws_s3_bucket.dumps.bucket
        prefix   = var.prefix
        cluster  = var.cluster
        role_arn = aws_iam_role.restore.arn
      }
      target = { secret_arn = var.drill.secret_arn }
    })
  }
}
