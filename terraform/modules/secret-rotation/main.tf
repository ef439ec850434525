data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account    = data.aws_caller_identity.current.account_id
  dns_suffix = data.aws_partition.current.dns_suffix
  region     = data.aws_region.current.region
  function   = "${var.name}-secret-rotation"

  # A role's name is the account's over all regions. IAM takes 64 characters.
  scheduler_role = "${var.name}-rotation-scheduler-${local.region}"

  secret_arns = values(var.secrets)[*].arn
  secret_keys = distinct(compact(values(var.secrets)[*].kms_key_arn))

  # Of the user or of the service account that changes passwords.
  administrator = var.atlas == null ? var.master_secret : var.atlas.service_account
  way = var.atlas == null ? { LECTERN_MASTER_SECRET_ARN = one(var.master_secret[*].arn) } : merge({
    LECTERN_ATLAS_PROJECT_ID = var.atlas.project_id
    LECTERN_ATLAS_SECRET_ARN = var.atlas.service_account.arn
    LECTERN_MONGO_HOST       = var.atlas.host
  }, var.atlas.way_out == "proxy" ? { LECTERN_ATLAS_PROXY = var.atlas.proxy_url } : {})
}

# It may make new versions of its secrets and put them in use, and read the administrator's. Metrics go by way of its log.
data "aws_iam_policy_document" "secrets" {
  statement {
    sid = "RotateSecrets"
    actions = [
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ]
    resources = local.secret_arns
  }

  statement {
    sid       = "ReadAdministrator"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [local.administrator.arn]
  }

  dynamic "statement" {
    for_each = length(local.secret_keys) > 0 ? [local.secret_keys] : []

    content {
      sid       = "EncryptSecrets"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = statement.value

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${local.region}.${local.dns_suffix}"]
      }
    }
  }

  dynamic "statement" {
    for_each = local.administrator.kms_key_arn[*]

    content {
      sid       = "DecryptAdministrator"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${local.region}.${local.dns_suffix}"]
      }
    }
  }
}

module "function" {
  source = "../function"

  name                 = local.function
  description          = "Rotates secrets of MongoDB users"
  package              = var.package
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  timeout_seconds      = 60
  environment          = merge(var.environment, local.way, { LECTERN_SECRET_ARNS = join(",", local.secret_arns) })
  vpc                  = var.vpc
  policy_documents     = [data.aws_iam_policy_document.secrets.json]
  reserved_concurrency = var.reserved_concurrency
  # Secrets Manager repeats a rotation itself, and an age that is read late is the same age.
  async                = { maximum_retry_attempts = 1, maximum_event_age_seconds = 3600 }
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
  tracing              = var.tracing
  permissions_boundary = var.permissions_boundary
  region               = var.region
  tags                 = var.tags
}

# For each secret one: Secrets Manager may call the function for these and no other. Their ARNs have the account.
resource "aws_lambda_permission" "rotation" {
  for_each = var.secrets

  region        = var.region
  statement_id  = "SecretsManager-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = module.function.function_name
  qualifier     = module.function.alias_name
  principal     = "secretsmanager.amazonaws.com"
  source_arn    = each.value.arn
}

resource "aws_secretsmanager_secret_rotation" "this" {
  # checkov:skip=CKV_AWS_304:It cannot read a choice between days and an expression. rotation_days is 30 unless it is set.

  for_each = var.secrets

  # The function needs its role and its place in the VPC before the first rotation, which begins at once.
  depends_on = [module.function, aws_lambda_permission.rotation]

  region              = var.region
  secret_id           = each.value.arn
  rotation_lambda_arn = module.function.alias_arn
  rotate_immediately  = var.rotate_immediately

  rotation_rules {
    automatically_after_days = var.schedule_expression == null ? var.rotation_days : null
    schedule_expression      = var.schedule_expression
    duration                 = var.window
  }
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
  name                 = length(local.scheduler_role) <= 64 ? local.scheduler_role : "${substr(local.scheduler_role, 0, 55)}-${substr(sha1(local.scheduler_role), 0, 8)}"
  description          = "Has the age of rotated secrets measured"
  assume_role_policy   = data.aws_iam_policy_document.scheduler.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "scheduled" {
  statement {
    sid       = "Measure"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.function.alias_arn]
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "scheduled"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduled.json
}

# Each day, since the alarm on the age looks at days.
resource "aws_scheduler_schedule" "age" {
  # checkov:skip=CKV_AWS_297:Its input is {"version": 1}, which is no secret; AWS encrypts it with a key of its own.

  # A rate without a start date fires at once.
  depends_on = [module.function, aws_iam_role_policy.scheduler]

  region              = var.region
  name                = "${local.function}-age"
  description         = "Measures how old rotated secrets are"
  schedule_expression = "rate(1 day)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.function.alias_arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ version = 1 })

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 3
    }
  }
}
