# Source, checks and plan, approval, apply and rollout.

locals {
  build_roles = {
    plan  = { arn = aws_iam_role.plan.arn }
    apply = { arn = aws_iam_role.apply.arn }
    drift = { arn = one(values(aws_iam_role.drift)[*].arn) }
  }
  build_descriptions = {
    plan  = "Checks and plans ${var.name}"
    apply = "Applies the approved plan of ${var.name}, and moves the aliases of its functions"
    drift = "Compares ${var.name} with its configuration"
  }
  build_environment = {
    for build in local.builds : build => merge(
      {
        LECTERN_CI = "./${var.pipeline.ci_folder}"
        TF_FOLDER  = var.pipeline.folder
        AWS_REGION = local.region
      },
      var.pipeline.mirror == null ? {} : { PROVIDER_MIRROR = var.pipeline.mirror },
      build != "drift" ? {} : { DRIFT_NAME = var.name },
      build != "drift" || try(var.drift.topic, null) == null ? {} : { DRIFT_TOPIC_ARN = var.drift.topic.arn },
      var.pipeline.environment,
    )
  }
  hosts = { GITHUB = "github.com", GITLAB = "gitlab.com" }
}

resource "aws_codebuild_project" "builds" {
  for_each = local.builds

  region         = var.region
  name           = "${var.name}-${each.key}"
  description    = local.build_descriptions[each.key]
  service_role   = local.build_roles[each.key].arn
  encryption_key = module.artifacts.kms_key_arn
  build_timeout  = 60
  queued_timeout = 60
  # Two applies, or an apply and a plan of the same moment, would only wait for each other's lock.
  concurrent_build_limit = 1
  tags                   = var.tags

  source {
    type      = each.key == "drift" ? var.pipeline.provider : "CODEPIPELINE"
    location  = each.key == "drift" ? "https://${local.hosts[var.pipeline.provider]}/${var.pipeline.repository}.git" : null
    buildspec = file("${path.module}/buildspecs/${each.key}.yml")

    git_clone_depth = each.key == "drift" ? 1 : null

    dynamic "auth" {
      for_each = each.key == "drift" ? [var.pipeline.connection_arn] : []

      content {
        type     = "CODECONNECTIONS"
        resource = auth.value
      }
    }
  }

  source_version = each.key == "drift" ? "refs/heads/${var.pipeline.branch}" : null

  artifacts {
    type = each.key == "drift" ? "NO_ARTIFACTS" : "CODEPIPELINE"
  }

  # What an apply runs comes from no cache that a plan can write to.
  cache {
    type     = each.key == "plan" ? "S3" : "NO_CACHE"
    location = each.key == "plan" ? "${module.artifacts.bucket}/cache/plan" : null
  }

  environment {
    type         = "LINUX_CONTAINER"
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/amazonlinux-x86_64-standard:5.0"

    dynamic "environment_variable" {
      for_each = local.build_environment[each.key]

      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name = aws_cloudwatch_log_group.builds[each.key].name
    }
  }
}

data "aws_iam_policy_document" "trust_pipeline" {
  for_each = local.pipelines

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["codepipeline.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:codepipeline:${local.region}:${local.account}:${var.name}"]
    }
  }
}

resource "aws_iam_role" "pipeline" {
  for_each = local.pipelines

  name                 = local.role_names.pipeline
  description          = "The pipeline ${var.name} runs as it"
  assume_role_policy   = data.aws_iam_policy_document.trust_pipeline[each.key].json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "pipeline" {
  for_each = local.pipelines

  statement {
    sid       = "Artifacts"
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = ["${module.artifacts.bucket_arn}/${substr(var.name, 0, 20)}/*"]
  }

  statement {
    sid       = "ListArtifacts"
    actions   = ["s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucket"]
    resources = [module.artifacts.bucket_arn]
  }

  statement {
    sid       = "EncryptArtifacts"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.artifacts.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.${data.aws_partition.current.dns_suffix}"]
    }
  }

  # AWS renamed the service; connections have the prefix of the day that they were made.
  statement {
    sid       = "Source"
    actions   = ["codeconnections:UseConnection", "codestar-connections:UseConnection"]
    resources = [each.value.connection_arn]
  }

  statement {
    sid       = "Build"
    actions   = ["codebuild:BatchGetBuilds", "codebuild:StartBuild"]
    resources = [local.project_arns.plan, local.project_arns.apply]
  }

  dynamic "statement" {
    for_each = each.value.approval_topic[*]

    content {
      sid       = "AskForApproval"
      actions   = ["sns:Publish"]
      resources = [statement.value.arn]
    }
  }

  dynamic "statement" {
    for_each = [for topic in each.value.approval_topic[*] : topic.kms_key_arn if topic.kms_key_arn != null]

    content {
      sid       = "EncryptApproval"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["sns.${local.region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
}

resource "aws_iam_role_policy" "pipeline" {
  for_each = local.pipelines

  name   = "pipeline"
  role   = aws_iam_role.pipeline[each.key].name
  policy = data.aws_iam_policy_document.pipeline[each.key].json
}

resource "aws_codepipeline" "this" {
  for_each = local.pipelines
  # It starts as soon as it is there.
  depends_on = [aws_iam_role_policy.pipeline, aws_iam_role_policy.plan_reads, aws_iam_role_policy.plan_builds, aws_iam_role_policy.apply_bounded, aws_iam_role_policy.apply_builds]

  region         = var.region
  name           = var.name
  role_arn       = aws_iam_role.pipeline[each.key].arn
  pipeline_type  = "V2"
  execution_mode = "QUEUED"
  tags           = var.tags

  artifact_store {
    type     = "S3"
    location = module.artifacts.ready_bucket

    encryption_key {
      type = "KMS"
      id   = module.artifacts.kms_key_arn
    }
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["source"]

      configuration = {
        ConnectionArn        = each.value.connection_arn
        FullRepositoryId     = each.value.repository
        BranchName           = each.value.branch
        DetectChanges        = "true"
        OutputArtifactFormat = "CODE_ZIP"
      }
    }
  }

  stage {
    name = "Plan"

    action {
      name             = "Plan"
      category         = "Build"
      owner            = "AWS"
      provider         = "CodeBuild"
      version          = "1"
      input_artifacts  = ["source"]
      output_artifacts = ["plan"]
      configuration    = { ProjectName = aws_codebuild_project.builds["plan"].name }
    }
  }

  stage {
    name = "Approve"

    action {
      name     = "Approve"
      category = "Approval"
      owner    = "AWS"
      provider = "Manual"
      version  = "1"

      configuration = merge(
        { CustomData = "The log and the report of the stage Plan show what changes and what the rules found." },
        each.value.approval_topic == null ? {} : { NotificationArn = each.value.approval_topic.arn },
      )
    }
  }

  stage {
    name = "Apply"

    action {
      name            = "Apply"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["source", "plan"]

      configuration = {
        ProjectName   = aws_codebuild_project.builds["apply"].name
        PrimarySource = "source"
      }
    }
  }
}
