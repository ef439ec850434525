# Customer keys, one for each purpose, so that who may use one cannot use the others (D3). The files' is the module storage's, the
# alarms' the module monitoring's.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account    = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  dns_suffix = data.aws_partition.current.dns_suffix
}

# AWS' own policy, by which the account's policies decide.
data "aws_iam_policy_document" "account_decides" {
  # checkov:skip=CKV_AWS_109:A key policy's "*" is the key itself, and the account has to keep all rights to it.
  # checkov:skip=CKV_AWS_111:A key policy's "*" is the key itself, and the account has to keep all rights to it.
  # checkov:skip=CKV_AWS_356:A key policy's "*" is the key itself, and the account has to keep all rights to it.

  statement {
    sid       = "AccountDecides"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }
}

data "aws_iam_policy_document" "logs_key" {
  source_policy_documents = [data.aws_iam_policy_document.account_decides.json]

  # CloudWatch Logs is nobody that the account's policies could speak for, and refuses a key that does not let it in.
  statement {
    sid       = "Logs"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${data.aws_region.current.region}.${local.dns_suffix}"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${local.partition}:logs:${data.aws_region.current.region}:${local.account}:log-group:*"]
    }
  }
}

# Logs, and the functions' environment.
resource "aws_kms_key" "logs" {
  description         = "Logs and environment of ${var.name}"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.logs_key.json
}

resource "aws_kms_alias" "logs" {
  name          = "alias/${var.name}-logs"
  target_key_id = aws_kms_key.logs.key_id
}

# Profiles: what is in them is encrypted before MongoDB has it (D4).
resource "aws_kms_key" "profile" {
  description         = "Personal data of ${var.name}"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.account_decides.json
}

resource "aws_kms_alias" "profile" {
  name          = "alias/${var.name}-profile"
  target_key_id = aws_kms_key.profile.key_id
}
