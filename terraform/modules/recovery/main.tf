data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  dns_suffix = data.aws_partition.current.dns_suffix
  region     = var.region == null ? data.aws_region.current.region : var.region

  # What one bucket sends. A pair that is replicated both ways is two of them, each with a role and a configuration in its bucket's region.
  forward = {
    for name, pair in var.replications : name => merge(pair, { name = name, region = local.region, role = "${var.name}-crr-${name}-${local.region}" })
  }
  back = {
    for name, pair in var.replications : "${name}/back" => merge(pair, {
      name        = name
      region      = pair.destination.region
      role        = "${var.name}-crr-${name}-back-${local.region}"
      source      = pair.destination
      destination = merge(pair.source, { region = local.region, account_id = null })
    }) if pair.two_way
  }
  directions = merge(local.forward, local.back)
}

# No condition on the account: the replication guide shows none for this role, and a key that S3 does not send would stop replication without
# an error at apply. Who may set a replication configuration with this role is decided by iam:PassRole, within its account.
data "aws_iam_policy_document" "assumed_by_s3" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "replication" {
  for_each = local.directions

  name                 = each.value.role
  description          = "Replicates ${each.value.name} to ${each.value.destination.region}"
  assume_role_policy   = data.aws_iam_policy_document.assumed_by_s3.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

# By the S3 user guide, "Setting up permissions for live replication" and "Replicating encrypted objects". GetObjectVersion is not enough
# for objects that are encrypted with a KMS key, and more than is needed.
data "aws_iam_policy_document" "replication" {
  for_each = local.directions

  statement {
    sid       = "Source"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [each.value.source.bucket_arn]
  }

  statement {
    sid       = "SourceObjects"
    actions   = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    resources = ["${each.value.source.bucket_arn}/${each.value.prefix == null ? "" : each.value.prefix}*"]
  }

  statement {
    sid = "Replicas"
    actions = concat(
      ["s3:ReplicateObject", "s3:ReplicateTags"],
      each.value.delete_markers ? ["s3:ReplicateDelete"] : [],
      each.value.destination.account_id == null ? [] : ["s3:ObjectOwnerOverrideToBucketOwner"],
    )
    resources = ["${each.value.destination.bucket_arn}/${each.value.prefix == null ? "" : each.value.prefix}*"]
  }

  # With an S3 bucket key, the encryption context is the bucket, otherwise the object.
  statement {
    sid       = "DecryptSource"
    actions   = ["kms:Decrypt"]
    resources = [each.value.source.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${each.value.region}.${local.dns_suffix}"]
    }

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = [each.value.source.bucket_arn, "${each.value.source.bucket_arn}/${each.value.prefix == null ? "" : each.value.prefix}*"]
    }
  }

  # Decrypt is for the bucket key, whose integrity S3 verifies before it uses it.
  statement {
    sid       = "EncryptReplicas"
    actions   = ["kms:Decrypt", "kms:Encrypt"]
    resources = [each.value.destination.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${each.value.destination.region}.${local.dns_suffix}"]
    }

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = [each.value.destination.bucket_arn, "${each.value.destination.bucket_arn}/${each.value.prefix == null ? "" : each.value.prefix}*"]
    }
  }
}

resource "aws_iam_role_policy" "replication" {
  for_each = local.directions

  name   = "replication"
  role   = aws_iam_role.replication[each.key].id
  policy = data.aws_iam_policy_document.replication[each.key].json
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = local.directions
  # What is written before the role may replicate it has failed, and is not tried again.
  depends_on = [aws_iam_role_policy.replication]

  region = each.value.region
  bucket = each.value.source.bucket
  role   = aws_iam_role.replication[each.key].arn

  rule {
    id       = each.value.name
    priority = 1
    status   = "Enabled"

    # With a filter the rule is of version 2 of the schema, which delete markers and metrics need.
    filter {
      prefix = each.value.prefix == null ? "" : each.value.prefix
    }

    delete_marker_replication {
      status = each.value.delete_markers ? "Enabled" : "Disabled"
    }

    source_selection_criteria {
      # Without it S3 does not replicate objects that are encrypted with a KMS key, and says nothing.
      sse_kms_encrypted_objects {
        status = "Enabled"
      }

      # Tags that are changed on a replica, for example when an upload is confirmed in Region 2.
      replica_modifications {
        status = each.value.two_way ? "Enabled" : "Disabled"
      }
    }

    destination {
      bucket        = each.value.destination.bucket_arn
      account       = each.value.destination.account_id
      storage_class = each.value.storage_class

      dynamic "access_control_translation" {
        for_each = each.value.destination.account_id == null ? [] : ["Destination"]

        content {
          owner = access_control_translation.value
        }
      }

      encryption_configuration {
        replica_kms_key_id = each.value.destination.kms_key_arn
      }

      metrics {
        status = "Enabled"

        dynamic "event_threshold" {
          for_each = each.value.replication_time_control ? [15] : []

          content {
            minutes = event_threshold.value
          }
        }
      }

      dynamic "replication_time" {
        for_each = each.value.replication_time_control ? [15] : []

        content {
          status = "Enabled"

          time {
            minutes = replication_time.value
          }
        }
      }
    }
  }
}

# What an account that owns a destination has to allow the role.
data "aws_iam_policy_document" "destination_bucket" {
  for_each = { for name, pair in local.forward : name => pair if pair.destination.account_id != null }

  statement {
    sid       = "Replicas-${each.key}"
    actions   = ["s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags"]
    resources = ["${each.value.destination.bucket_arn}/${each.value.prefix == null ? "" : each.value.prefix}*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.replication[each.key].arn]
    }
  }
}

data "aws_iam_policy_document" "destination_key" {
  for_each = { for name, pair in local.forward : name => pair if pair.destination.account_id != null }

  statement {
    sid       = "Replicas-${each.key}"
    actions   = ["kms:Decrypt", "kms:Encrypt"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.replication[each.key].arn]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${each.value.destination.region}.${local.dns_suffix}"]
    }
  }
}
