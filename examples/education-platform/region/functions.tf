# The functions of the API, each with what it may do and nothing else. S3 they reach only by a role of their own (B6).

locals {
  environment = merge(
    var.environment,
    {
      LECTERN_MONGO_DATABASE = var.mongo.database
      LECTERN_ADMIN_GROUP    = module.auth.admin_group
      LECTERN_CORS_ORIGINS   = join(",", var.page_origins)
    },
    var.mongo.secret == null ? {} : { LECTERN_MONGO_SECRET_ARN = var.mongo.secret.arn },
    var.mongo.host == null ? {} : { LECTERN_MONGO_HOST = var.mongo.host },
  )

  # Not `ready_bucket`, which waits for the policies of the distribution, which waits for the API, which waits for the functions.
  bucket = module.storage.bucket
  files  = "${module.storage.bucket_arn}/files/*"

  # With `host` the role itself is the user: MongoDB asks STS who signed, and the function reads no secret.
  mongo_policy_documents = values(data.aws_iam_policy_document.mongo_secret)[*].json
}

data "aws_iam_policy_document" "mongo_secret" {
  for_each = var.mongo.secret == null ? {} : { main = var.mongo.secret }

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
        values   = ["secretsmanager.${var.region}.${local.dns_suffix}"]
      }
    }
  }
}

module "upload" {
  source = "../../../terraform/modules/function"

  name             = "${var.name}-upload-api"
  region           = var.region
  description      = "Uploads of administrators"
  package          = local.package["upload-api"]
  kms_key_arn      = aws_kms_key.logs.arn
  vpc              = module.network.vpc
  policy_documents = local.mongo_policy_documents
  assumed_role     = { policy_documents = [data.aws_iam_policy_document.upload_files.json] }

  environment = merge(local.environment, {
    LECTERN_FILES_BUCKET      = local.bucket
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
      # For HEAD; the function gets no object.
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

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.${local.dns_suffix}"]
    }
  }
}

module "download" {
  source = "../../../terraform/modules/function"

  name             = "${var.name}-download-api"
  region           = var.region
  description      = "Signed URLs of files for the users who may see them"
  package          = local.package["download-api"]
  kms_key_arn      = aws_kms_key.logs.arn
  vpc              = module.network.vpc
  policy_documents = concat(local.mongo_policy_documents, [data.aws_iam_policy_document.signing_secret.json])
  assumed_role     = { policy_documents = [data.aws_iam_policy_document.download_files.json] }

  environment = merge(local.environment, {
    LECTERN_FILES_BUCKET       = local.bucket
    LECTERN_CDN_DOMAIN         = var.cdn.domain
    LECTERN_CDN_KEY_SECRET_ARN = var.cdn.signing_secret.arn
  })
}

data "aws_iam_policy_document" "signing_secret" {
  statement {
    sid       = "SigningSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [var.cdn.signing_secret.arn]
  }

  dynamic "statement" {
    for_each = var.cdn.signing_secret.kms_key_arn[*]

    content {
      sid       = "SigningSecretKey"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${var.region}.${local.dns_suffix}"]
      }
    }
  }
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

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.${local.dns_suffix}"]
    }
  }
}

module "profile" {
  source = "../../../terraform/modules/function"

  name             = "${var.name}-profile-api"
  region           = var.region
  description      = "Profiles of the users"
  package          = local.package["profile-api"]
  kms_key_arn      = aws_kms_key.logs.arn
  vpc              = module.network.vpc
  policy_documents = concat(local.mongo_policy_documents, [data.aws_iam_policy_document.profile_key.json])

  environment = merge(local.environment, {
    LECTERN_PROFILE_KMS_KEY_ARN = var.profile_key_arn
  })
}

data "aws_iam_policy_document" "profile_key" {
  statement {
    sid       = "ProfileKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.profile_key_arn]

    # A data key is bound to one user: without these names it cannot be decrypted.
    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:purpose"
      values   = ["lectern-profile"]
    }

    # The condition below is also true for a context without a user.
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

module "janitor" {
  source = "../../../terraform/modules/upload-janitor"

  name           = var.name
  region         = var.region
  package        = local.package["upload-janitor"]
  files          = { bucket = local.bucket, bucket_arn = module.storage.bucket_arn }
  mongo_secret   = var.mongo.secret
  mongo_host     = var.mongo.host
  mongo_database = var.mongo.database
  environment    = var.environment
  vpc            = module.network.vpc
  kms_key_arn    = aws_kms_key.logs.arn
  failure_topic  = module.monitoring.topics.warning
}
