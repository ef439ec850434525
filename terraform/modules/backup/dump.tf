# The dump function and what starts it.

locals {
  # One function has 15 minutes; Lambda's most.
  timeout_seconds = 900
  async           = { failure_topic = var.failure_topic }
}

# It reads its secret and becomes the dump role.
data "aws_iam_policy_document" "dump_function" {
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

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${local.region}.${local.dns_suffix}"]
      }
    }
  }

  statement {
    sid       = "BecomeDumpRole"
    actions   = ["sts:AssumeRole"]
    resources = [aws_iam_role.dump.arn]
  }
}

# EventBridge Scheduler invokes the function asynchronously, so Lambda handles an invocation that fails. A dump that takes longer than
# one invocation continues in another one.
module "dump" {
  source = "../function"

  name                 = "${var.name}-mongo-dump"
  description          = "Dumps MongoDB cluster ${var.cluster} to S3"
  package              = var.dump_package
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  timeout_seconds      = local.timeout_seconds
  environment          = var.environment
  vpc                  = var.vpc
  policy_documents     = [data.aws_iam_policy_document.dump_function.json]
  reserved_concurrency = var.dump_reserved_concurrency
  hands_over           = true
  async                = merge(local.async, { maximum_retry_attempts = 2 })
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
  tracing              = var.tracing
  permissions_boundary = var.permissions_boundary
  region               = var.region
  tags                 = var.tags
}

resource "lectern_mongo_dump_schedule" "dump" {
  # A rate without a start date fires at once.
  depends_on = [module.dump, aws_iam_role_policy.scheduler, aws_iam_role_policy.dump]

  name                         = coalesce(var.schedule_name, "${var.name}-mongo-dump")
  region                       = var.region
  description                  = "Dumps MongoDB cluster ${var.cluster} to s3://${local.bucket.name}/${local.folder}"
  schedule_expression          = var.schedule_expression
  schedule_expression_timezone = var.schedule_expression_timezone
  target_arn                   = var.large ? one(values(aws_sfn_state_machine.dump)[*].arn) : module.dump.alias_arn
  role_arn                     = aws_iam_role.scheduler.arn
  verify_target                = true

  dump = {
    cluster     = var.cluster
    secret_arn  = var.secret_arn
    bucket      = local.bucket.name
    prefix      = var.prefix
    kms_key_arn = local.bucket.kms_key_arn
    role_arn    = aws_iam_role.dump.arn
    include     = var.include
    exclude     = var.exclude
  }
}
