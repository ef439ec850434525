data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region

  pipelines = var.pipeline == null ? {} : { main = var.pipeline }
  # Of configuration alone, so that plan knows them: the builds that there are.
  builds = toset(var.pipeline == null ? [] : concat(["plan", "apply"], var.drift == null ? [] : ["drift"]))
  drifts = var.pipeline == null || var.drift == null ? {} : { main = var.drift }

  # Known before the projects are, so that roles and key can name them.
  project_arns = { for build in local.builds : build => "arn:${local.partition}:codebuild:${local.region}:${local.account}:project/${var.name}-${build}" }
  log_groups   = { for build in local.builds : build => "/aws/codebuild/${var.name}-${build}" }
}

# The key of the artifacts encrypts the logs of the builds too, which name every resource.
data "aws_iam_policy_document" "logs_key" {
  # checkov:skip=CKV_AWS_109:A key policy's "*" is the key itself.
  # checkov:skip=CKV_AWS_111:A key policy's "*" is the key itself.
  # checkov:skip=CKV_AWS_356:A key policy's "*" is the key itself.

  statement {
    sid       = "LogsOfTheBuilds"
    actions   = ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.${data.aws_partition.current.dns_suffix}"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/codebuild/${var.name}-*"]
    }
  }
}

# Plans and packages: versioned, encrypted, and ready to be replicated (F4).
module "artifacts" {
  source = "../storage"

  bucket               = var.artifacts_bucket
  region               = var.region
  access_logs          = var.access_logs
  key_policy_documents = [data.aws_iam_policy_document.logs_key.json]
  pending_uploads      = null
  # What CodePipeline names after the pipeline, of which it takes 20 characters.
  retention     = { for key, pipeline in local.pipelines : "pipeline" => { prefix = "${substr(var.name, 0, 20)}/", days = var.artifacts_days } }
  force_destroy = var.force_destroy
  tags          = var.tags
}

resource "aws_cloudwatch_log_group" "builds" {
  # checkov:skip=CKV_AWS_338:Retention is a variable, 90 days by default; set 365 where a rule requires a year.

  for_each = local.log_groups

  region            = var.region
  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = module.artifacts.kms_key_arn
  tags              = var.tags
}
