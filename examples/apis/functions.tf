# The three functions of the API and the one that cleans up after uploads, each with what it may do and nothing else. S3 they reach only by a role of their own (B6).

data "aws_region" "current" {}

locals {
  environment = merge(
    var.environment,
    {
      LECTERN_MONGO_DATABASE = var.mongo_database
      LECTERN_ADMIN_GROUP    = module.auth.admin_group
    },
    var.mongo_secret == null ? {} : { LECTERN_MONGO_SECRET_ARN = var.mongo_secret.arn },
    var.mongo_host == null ? {} : { LECTERN_MONGO_HOST = var.mongo_host },
    length(var.cors_origins) == 0 ? {} : { LECTERN_CORS_ORIGINS = join(",", var.cors_origins) },
  )

  # Unset, the handler's own defaults are in force.
  upload_environment = {
    for name, value in {
      LECTERN_UPLOAD_CONTENT_TYPES = length(var.upload_content_types) == 0 ? null : join(",", var.upload_content_types)
      LECTERN_UPLOAD_MAX_BYTES     = var.upload_max_bytes
      LECTERN_LINK_SECONDS         = var.link_seconds
    } : name => tostring(value) if value != null
  }

  files = "${module.storage.bucket_arn}/files/*"
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
        values   = ["secretsmanager.${data.aws_region.current.region}.${local.dns_suffix}"]
      }
    }
  }
}

locals {
  # With mongo_host the role itself is the user: MongoDB asks STS who signed, and the function calls nothing.
  mongo_policy_documents = values(data.aws_iam_policy_document.mongo_secret)[*].json
}

module "upload" {
  source = "../../terraform/modules/function"

  name             = "${var.name}-upload-api"
  description      = "Files of administrators"
  package          = try(var.artifacts["upload-api"], { path = "${var.packages}/upload-api.zip" })
  kms_key_arn      = aws_kms_key.logs.arn
  vpc              = module.network.vpc
  policy_documents = local.mongo_policy_documents
  assumed_role     = { policy_documents = [data.aws_iam_policy_document.upload_files.json] }

  environment = merge(local.environment, local.upload_environment, {
    LECTERN_FILES_BUCKET      = module.storage.ready_bucket
    LECTERN_FILES_KMS_KEY_ARN = module.storage.kms_key_arn
  })
}

data "aws_iam_policy_document" "upload_files" {
  statement {
    sid = "Files"
    actions = [
      "s3:AbortMultipartUpload",
      "s3:DeleteObject",
      "s3:DeleteObjectVersionTagging",
      # What a HEAD takes; the function gets no object.
      "s3:GetObject",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
      "s3:PutObjectTagging",
      "s3:PutObjectVersionTagging",
    ]
    resources = [local.files]
  }

  # Without it S3 answers 403 where an object is missing, and "nothing was uploaded" would look like a fault.
  statement {
    sid       = "Missing"
    actions   = ["s3:ListBucket"]
    resources = [module.storage.bucket_arn]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.storage.kms_key_arn]

    # By way of S3 only: nothing else is encrypted for this role.
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${data.aws_region.current.region}.${local.dns_suffix}"]
    }
  }
}

module "janitor" {
  source = "../../terraform/modules/upload-janitor"

  name           = var.name
  package        = try(var.artifacts["upload-janitor"], { path = "${var.packages}/upload-janitor.zip" })
  files          = { bucket = module.storage.ready_bucket, bucket_arn = module.storage.bucket_arn }
  mongo_secret   = var.mongo_secret
  mongo_host     = var.mongo_host
  mongo_database = var.mongo_database
  environment    = var.environment
  vpc            = module.network.vpc
  kms_key_arn    = aws_kms_key.logs.arn
  failure_topic  = module.monitoring.topics.warning
}

module "download" {
  source = "../../terraform/modules/function"

  name             = "${var.name}-download-api"
  description      = "Links to files for who may see them"
  package          = try(var.artifacts["download-api"], { path = "${var.packages}/download-api.zip" })
  kms_key_arn      = aws_kms_key.logs.arn
  vpc              = module.network.vpc
  policy_documents = local.mongo_policy_documents
  assumed_role     = { policy_documents = [data.aws_iam_policy_document.download_files.json] }

  environment = merge(
    local.environment,
    { LECTERN_FILES_BUCKET = module.storage.ready_bucket },
    var.link_seconds == null ? {} : { LECTERN_LINK_SECONDS = tostring(var.link_seconds) },
  )
}

data "aws_iam_policy_document" "download_files" {
  statement {
    sid       = "Files"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = [local.files]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt"]
    resources = [module.storage.kms_key_arn]

    # By way of S3 only: nothing else is encrypted for this role.
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${data.aws_region.current.region}.${local.dns_suffix}"]
    }
  }
}

module "profile" {
  source = "../../terraform/modules/function"

  name             = "${var.name}-profile-api"
  description      = "Everybody's own profile"
  package          = try(var.artifacts["profile-api"], { path = "${var.packages}/profile-api.zip" })
  kms_key_arn      = aws_kms_key.logs.arn
  vpc              = module.network.vpc
  policy_documents = concat(local.mongo_policy_documents, [data.aws_iam_policy_document.profile_key.json])

  environment = merge(local.environment, {
    LECTERN_PROFILE_KMS_KEY_ARN = aws_kms_key.profile.arn
  })
}

data "aws_iam_policy_document" "profile_key" {
  statement {
    sid       = "ProfileKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.profile.arn]

    # A data key is bound to one user: without these names it cannot be unwrapped at all.
    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:purpose"
      values   = ["lectern-profile"]
    }

    # A key of nobody's is none: the condition below would pass a context without a user.
    condition {
      test     = "Null"
      variable = "kms:EncryptionContext:user"
      values   = ["false"]
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "kms:EncryptionContextKeys"
      values   = ["purpose", "user"]
    }
  }
}
