data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account    = data.aws_caller_identity.current.account_id
  dns_suffix = data.aws_partition.current.dns_suffix
  region     = data.aws_region.current.region
  function   = "${var.name}-mongo-probe"
  secret     = var.mongo_secret == null ? {} : { main = var.mongo_secret }

  # A role's name is the account's over all regions. IAM takes 64 characters.
  scheduler_role = "${var.name}-probe-scheduler-${local.region}"

  address = var.mongo_secret == null ? { LECTERN_MONGO_HOST = var.mongo_host } : { LECTERN_MONGO_SECRET_ARN = var.mongo_secret.arn }
}

# It reads its secret and nothing else. Metrics go by way of its log.
data "aws_iam_policy_document" "secret" {
  for_each = local.secret

  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [each.value.arn]
  }

  dynamic "statement" {
    for_each = each.value.kms_key_arn[*]

    content {
      sid       = "DecryptSecret"
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
  description          = "Measures MongoDB cluster ${var.cluster} each minute"
  package              = var.package
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  timeout_seconds      = 20
  environment          = merge(var.environment, local.address, { LECTERN_CLUSTER = var.cluster })
  vpc                  = var.vpc
  policy_documents     = values(data.aws_iam_policy_document.secret)[*].json
  reserved_concurrency = var.reserved_concurrency
  # An event that is tried again, or that is older than a minute, measures nothing that the next one does not.
  async                = { maximum_retry_attempts = 0, maximum_event_age_seconds = 60 }
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
  tracing              = var.tracing
  permissions_boundary = var.permissions_boundary
  region               = var.region
  tags                 = var.tags
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
  description          = "Starts the probe of MongoDB cluster ${var.cluster}"
  assume_role_policy   = data.aws_iam_policy_document.scheduler.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "scheduled" {
  statement {
    sid       = "Probe"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.function.alias_arn]
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "scheduled"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduled.json
}

# Each minute, since the alarms look at minutes.
resource "aws_scheduler_schedule" "probe" {
  # checkov:skip=CKV_AWS_297:Its input is {"version": 1}, which is no secret; AWS encrypts it with a key of its own.

  # A rate without a start date fires at once.
  depends_on = [module.function, aws_iam_role_policy.scheduler]

  region              = var.region
  name                = local.function
  description         = "Measures MongoDB cluster ${var.cluster}"
  schedule_expression = "rate(1 minute)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.function.alias_arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ version = 1 })

    # The next one comes in a minute.
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 0
    }
  }
}
