# The restore function, and a drill by schedule.

locals {
  restore = length(var.restore_secret_arns) == 0 ? {} : { main = "${var.name}-mongo-restore" }
  # Dumps of other clusters are here where they are replicated from another Region.
  restore_folders = concat([local.folder], [for cluster in sort(var.restore_clusters) : "${var.prefix}/${cluster}"])
  # By its key, which waits for the role alone; over all instances it would wait for the function, which waits for the role below.
  restore_principals = coalescelist(
    concat(length(local.restore) == 0 ? [] : [module.restore["main"].role_arn], var.restore_principal_arns),
    ["arn:${local.partition}:iam::${local.account}:root"],
  )
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
  name                 = "${var.name}-restore-${local.region}"
  description          = "Reads MongoDB dumps of ${var.cluster}"
  assume_role_policy   = data.aws_iam_policy_document.assumed_by_restore.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "restore" {
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket.arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = [for folder in local.restore_folders : "${folder}/*"]
    }
  }

  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = [for folder in local.restore_folders : "${local.bucket.arn}/${folder}/*"]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [local.bucket.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.${local.dns_suffix}"]
    }
  }
}

resource "aws_iam_role_policy" "restore" {
  name   = "dumps"
  role   = aws_iam_role.restore.id
  policy = data.aws_iam_policy_document.restore.json
}

data "aws_iam_policy_document" "restore_function" {
  for_each = local.restore

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

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${local.region}.${local.dns_suffix}"]
      }
    }
  }

  statement {
    sid       = "BecomeRestoreRole"
    actions   = ["sts:AssumeRole"]
    resources = [aws_iam_role.restore.arn]
  }
}

module "restore" {
  source   = "../function"
  for_each = local.restore

  name             = each.value
  description      = "Restores, verifies and drills dumps of MongoDB cluster ${var.cluster}"
  package          = var.restore_package
  architecture     = var.architecture
  memory_mb        = var.memory_mb
  timeout_seconds  = local.timeout_seconds
  environment      = var.environment
  vpc              = var.vpc
  policy_documents = [data.aws_iam_policy_document.restore_function[each.key].json]
  # Two restores into one deployment would meet each other's documents.
  reserved_concurrency = var.restore_reserved_concurrency
  hands_over           = true
  # A restore that failed is for a person to look at, not for Lambda to begin again.
  async                = merge(local.async, { maximum_retry_attempts = 0 })
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
  tracing              = var.tracing
  permissions_boundary = var.permissions_boundary
  region               = var.region
  tags                 = var.tags
}

resource "aws_scheduler_schedule" "drill" {
  # checkov:skip=CKV_AWS_297:The input has names and ARNs, no secret and no personal data; AWS' own key encrypts it.

  for_each   = var.drill == null ? {} : { main = var.drill }
  depends_on = [aws_iam_role_policy.scheduler]

  region              = var.region
  name                = "${var.name}-drill"
  description         = "Restores the latest dump of ${var.cluster} into a scratch namespace and compares"
  schedule_expression = each.value.schedule_expression

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = one(values(module.restore)[*].alias_arn)
    role_arn = aws_iam_role.scheduler.arn

    input = jsonencode({
      version = 1
      mode    = "drill"
      dump_id = "latest"
      source = {
        bucket   = local.bucket.name
        prefix   = var.prefix
        cluster  = var.cluster
        role_arn = aws_iam_role.restore.arn
      }
      target = { secret_arn = each.value.secret_arn }
    })
  }
}
