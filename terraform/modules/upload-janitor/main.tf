data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account    = data.aws_caller_identity.current.account_id
  dns_suffix = data.aws_partition.current.dns_suffix
  region     = data.aws_region.current.region
  objects    = "${var.files.bucket_arn}/files/*"
}

data "aws_iam_policy_document" "mongo_secret" {
  for_each = var.mongo_secret == null ? {} : { main = var.mongo_secret }

  statement {
    sid       = "MongoSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [each.value.arn]
  }

  dynamic "statement" {
    for_each = each.value.kms_key_arn[*]

    content {
      sid       = "MongoSecretKey"
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

# It hides objects and tags their versions. It can delete no version: the bucket's lifecycle rule does.
data "aws_iam_policy_document" "files" {
  statement {
    sid = "Remove"
    actions = [
      "s3:AbortMultipartUpload",
      "s3:DeleteObject",
      # What a HEAD takes. Without the key of the objects nobody reads one with it.
      "s3:GetObject",
      "s3:PutObjectVersionTagging",
    ]
    resources = [local.objects]
  }

  # Without it S3 answers 403 where an object is missing, and an upload that never arrived could not be removed.
  statement {
    sid       = "Missing"
    actions   = ["s3:ListBucket"]
    resources = [var.files.bucket_arn]
  }
}

module "function" {
  source = "../function"

  name             = "${var.name}-upload-janitor"
  description      = "Removes uploads that nobody completed"
  package          = var.package
  architecture     = var.architecture
  memory_mb        = var.memory_mb
  timeout_seconds  = var.timeout_seconds
  vpc              = var.vpc
  policy_documents = values(data.aws_iam_policy_document.mongo_secret)[*].json
  assumed_role     = { policy_documents = [data.aws_iam_policy_document.files.json] }
  # What is left the next invocation removes: nothing is gained by a retry.
  async                = { maximum_retry_attempts = 0, failure_topic = var.failure_topic }
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
  tracing              = var.tracing
  permissions_boundary = var.permissions_boundary
  region               = var.region
  tags                 = var.tags

  environment = merge(
    var.environment,
    { LECTERN_FILES_BUCKET = var.files.bucket, LECTERN_MONGO_DATABASE = var.mongo_database },
    var.mongo_secret == null ? {} : { LECTERN_MONGO_SECRET_ARN = var.mongo_secret.arn },
    var.mongo_host == null ? {} : { LECTERN_MONGO_HOST = var.mongo_host },
  )
}
