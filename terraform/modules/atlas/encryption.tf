# The key of the cluster's disks and snapshots, and the role by which Atlas uses it (D3).

locals {
  key         = var.kms_key == null ? { main = "MongoDB Atlas cluster ${var.cluster.name}" } : {}
  kms_key_arn = var.kms_key == null ? one(values(aws_kms_key.this)[*].arn) : var.kms_key.arn
}

# AWS' own policy: the account's policies decide, and of those only that of the role below is about this key.
data "aws_iam_policy_document" "key" {
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

# Rotation keeps the key's id and its old material, so that nothing has to be encrypted again.
resource "aws_kms_key" "this" {
  for_each = local.key

  region                  = var.region
  description             = each.value
  enable_key_rotation     = true
  deletion_window_in_days = var.kms_deletion_window_days
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = var.tags
}

resource "aws_kms_alias" "this" {
  for_each = aws_kms_key.this

  region        = var.region
  name          = "alias/${var.name}-atlas"
  target_key_id = each.value.key_id
}

# Atlas's side of the role: the principal and the external id that Atlas comes with.
resource "mongodbatlas_cloud_provider_access_setup" "this" {
  project_id    = local.project_id
  provider_name = "AWS"
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "Atlas"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [one(mongodbatlas_cloud_provider_access_setup.this.aws_config[*].atlas_aws_account_arn)]
    }

    # Atlas's principal is one for all customers: another customer would come with another id.
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [one(mongodbatlas_cloud_provider_access_setup.this.aws_config[*].atlas_assumed_role_external_id)]
    }
  }
}

resource "aws_iam_role" "atlas" {
  name                 = "${var.name}-atlas-${local.region}"
  description          = "MongoDB Atlas uses the key of the cluster ${var.cluster.name}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "atlas" {
  statement {
    sid       = "KeyOfTheCluster"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"]
    resources = [local.kms_key_arn]
  }
}

resource "aws_iam_role_policy" "atlas" {
  name   = "atlas"
  role   = aws_iam_role.atlas.name
  policy = data.aws_iam_policy_document.atlas.json
}

# IAM answers before a role is known everywhere. mongodbatlas tries an authorization three times in 30 seconds and the key once.
resource "terraform_data" "propagated" {
  triggers_replace = [aws_iam_role.atlas.arn, aws_iam_role.atlas.assume_role_policy, aws_iam_role_policy.atlas.policy, var.iam_propagation_seconds]

  provisioner "local-exec" {
    command = "sleep ${var.iam_propagation_seconds}"
  }
}

resource "mongodbatlas_cloud_provider_access_authorization" "this" {
  depends_on = [terraform_data.propagated]

  project_id = local.project_id
  role_id    = mongodbatlas_cloud_provider_access_setup.this.role_id

  aws {
    iam_assumed_role_arn = aws_iam_role.atlas.arn
  }
}

resource "mongodbatlas_encryption_at_rest" "this" {
  project_id = local.project_id

  aws_kms_config {
    enabled                = true
    customer_master_key_id = local.kms_key_arn
    region                 = local.atlas_region
    role_id                = mongodbatlas_cloud_provider_access_authorization.this.role_id
  }
}
