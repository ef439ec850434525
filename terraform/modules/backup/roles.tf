# Who may do what. Functions reach S3 only through the dump role and the restore role; what they run as is the module function's.

data "aws_iam_policy_document" "assumed_by_dump" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [module.dump.role_arn]
    }
  }
}

# The dump role: it writes, and reads nothing but what steers a dump. It can neither list nor delete.
resource "aws_iam_role" "dump" {
  name                 = coalesce(var.dump_role_name, "${var.name}-dump-${local.region}")
  description          = "Writes MongoDB dumps of ${var.cluster}"
  assume_role_policy   = data.aws_iam_policy_document.assumed_by_dump.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "dump" {
  statement {
    sid       = "Write"
    actions   = ["s3:PutObject", "s3:AbortMultipartUpload"]
    resources = ["${local.bucket.arn}/${local.folder}/*"]
  }

  statement {
    sid     = "ReadControlObjects"
    actions = ["s3:GetObject"]
    resources = [
      for object in ["latest.json", "lease.json", "*/manifest.json", "*/plan.json", "*/state.json", "*/state/*.json"] :
      "${local.bucket.arn}/${local.folder}/${object}"
    ]
  }

  # Decrypt is for multipart uploads: S3 reads their data key again for every part.
  statement {
    sid       = "Encrypt"
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = [local.bucket.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.${local.dns_suffix}"]
    }
  }
}

resource "aws_iam_role_policy" "dump" {
  name   = "dumps"
  role   = aws_iam_role.dump.id
  policy = data.aws_iam_policy_document.dump.json
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
  name                 = "${var.name}-scheduler-${local.region}"
  description          = "Starts dumps and drills of MongoDB cluster ${var.cluster}"
  assume_role_policy   = data.aws_iam_policy_document.scheduler.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "scheduled" {
  dynamic "statement" {
    for_each = var.large ? {} : { dump = module.dump.alias_arn }

    content {
      sid       = "Dump"
      actions   = ["lambda:InvokeFunction"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = aws_sfn_state_machine.dump

    content {
      sid       = "DumpLarge"
      actions   = ["states:StartExecution"]
      resources = [statement.value.arn]
    }
  }

  dynamic "statement" {
    for_each = module.restore

    content {
      sid       = "Drill"
      actions   = ["lambda:InvokeFunction"]
      resources = [statement.value.alias_arn]
    }
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "scheduled"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduled.json
}
