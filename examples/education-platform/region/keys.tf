# The key of the logs and of the environment variables of the functions. The keys of buckets and topics belong to their modules (D3).

data "aws_iam_policy_document" "logs_key" {
  # checkov:skip=CKV_AWS_109:In a key policy "*" is the key itself, and the account must keep all permissions for it.
  # checkov:skip=CKV_AWS_111:In a key policy "*" is the key itself, and the account must keep all permissions for it.
  # checkov:skip=CKV_AWS_356:In a key policy "*" is the key itself, and the account must keep all permissions for it.

  statement {
    sid       = "AccountDecides"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "Logs"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.region}.${local.dns_suffix}"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${local.partition}:logs:${var.region}:${local.account}:log-group:*"]
    }
  }
}

resource "aws_kms_key" "logs" {
  region              = var.region
  description         = "Logs and environment variables of ${var.name}"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.logs_key.json
}

resource "aws_kms_alias" "logs" {
  region        = var.region
  name          = "alias/${var.name}-logs"
  target_key_id = aws_kms_key.logs.key_id
}
