# Who may do what. Functions reach S3 only through the dump role and the restore role.

data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "assumed_by_dump" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.dump_function.arn]
    }
  }
}

# The dump role: it writes, and reads nothing but what steers a dump. It can neither list nor delete.
resource "aws_iam_role" "dump" {
  name               = var.dump_role_name
  description        = "Writes MongoDB dumps of ${var.cluster}"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_dump.json
}

data "aws_iam_policy_document" "dump" {
  statement {
    sid       = "Write"
    actions   = ["s3:PutObject", "s3:AbortMultipartUpload"]
    resources = ["${aws_s3_bucket.dumps.arn}/${local.folder}/*"]
  }

  statement {
    sid     = "ReadControlObjects"
    actions = ["s3:GetObject"]
    resources = [
      for object in ["latest.json", "lease.json", "*/manifest.json", "*/plan.json", "*/state.json", "*/state/*.json"] :
      "${aws_s3_bucket.dumps.arn}/${local.folder}/${object}"
    ]
  }

  # Decrypt is for multipart uploads: S3 reads their data key again for every part.
  statement {
    sid       = "Encrypt"
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = [aws_kms_key.dumps.arn]
  }
}

resource "aws_iam_role_policy" "dump" {
  name   = "dumps"
  role   = aws_iam_role.dump.id
  policy = data.aws_iam_policy_document.dump.json
}

# The role that the dump function runs as.
resource "aws_iam_role" "dump_function" {
  name               = "${var.name}-mongo-dump"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

data "aws_iam_policy_document" "dump_function" {
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.dump.arn}:*"]
  }

  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [var.secret_arn]
  }

  dynamic "statement" {
    for_each = var.secret_kms_key_arn[*]

    content {
      sid       = "DecryptSecret"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }

  statement {
    sid       = "BecomeDumpRole"
    actions   = ["sts:AssumeRole"]
    resources = [aws_iam_role.dump.arn]
  }

  # Before its timeout the function invokes itself to continue.
  statement {
    sid       = "HandOver"
    actions   = ["lambda:InvokeFunction"]
    resources = [local.dump_function_arn, "${local.dump_function_arn}:*"]
  }

  dynamic "statement" {
    for_each = var.failure_topic_arn[*]

    content {
      sid       = "TellFailures"
      actions   = ["sns:Publish"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "dump_function" {
  name   = "function"
  role   = aws_iam_role.dump_function.id
  policy = data.aws_iam_policy_document.dump_function.json
}

resource "aws_iam_role_policy_attachment" "dump_function_network" {
  count = var.vpc == null ? 0 : 1

  role       = aws_iam_role.dump_function.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
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
  name               = "${var.name}-scheduler"
  assume_role_policy = data.aws_iam_policy_document.scheduler.json
}

data "aws_iam_policy_document" "scheduled" {
  dynamic "statement" {
    for_each = var.large ? [] : [aws_lambda_alias.dump.arn]

    content {
      sid       = "Dump"
      actions   = ["lambda:InvokeFunction"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = aws_sfn_state_machine.dump[*].arn

    content {
      sid       = "DumpLarge"
      actions   = ["states:StartExecution"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = aws_lambda_alias.restore[*].arn

    content {
      sid       = "Drill"
      actions   = ["lambda:InvokeFunction"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "scheduled"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduled.json
}
