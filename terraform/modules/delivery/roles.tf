# Who plans and who applies. A plan runs the code of a pull request, so its role reads configurations and the state, and no data.

locals {
  state_objects = "${var.state_bucket.arn}/${var.state_bucket.prefix}*"
  own_objects   = "${module.artifacts.bucket_arn}/*"
  role_names    = { for role in concat(["plan", "apply", "drift"], ["pipeline", "deploy", "drift-schedule"]) : role => "${var.name}-delivery-${role}-${local.region}" }
  own_roles     = "arn:${local.partition}:iam::${local.account}:role/${var.name}-delivery-*"

  # Of each host of tokens: the provider, the audience, and the subjects of plans and applies.
  tokens = merge(
    var.github == null ? {} : {
      "token.actions.githubusercontent.com" = {
        provider_arn = var.github.provider_arn
        audience     = "sts.amazonaws.com"
        plan         = ["repo:${var.github.repository}:pull_request", "repo:${var.github.repository}:ref:refs/heads/${var.github.branch}"]
        apply        = ["repo:${var.github.repository}:ref:refs/heads/${var.github.branch}"]
      }
    },
    var.gitlab == null ? {} : {
      (var.gitlab.host) = {
        provider_arn = var.gitlab.provider_arn
        audience     = "https://${var.gitlab.host}"
        # A merge request's pipeline runs on its branch.
        plan  = ["project_path:${var.gitlab.project}:ref_type:branch:ref:*"]
        apply = ["project_path:${var.gitlab.project}:ref_type:branch:ref:${var.gitlab.branch}"]
      }
    },
  )
}

data "aws_iam_policy_document" "trust" {
  for_each = toset(["plan", "apply"])

  dynamic "statement" {
    for_each = local.tokens

    content {
      sid     = "Workflows${index(keys(local.tokens), statement.key)}"
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = [statement.value.provider_arn]
      }

      condition {
        test     = "StringEquals"
        variable = "${statement.key}:aud"
        values   = [statement.value.audience]
      }

      # Only the subjects of GitLab's plans have a wildcard in them.
      condition {
        test     = "StringLike"
        variable = "${statement.key}:sub"
        values   = statement.value[each.key]
      }
    }
  }

  dynamic "statement" {
    for_each = local.pipelines

    content {
      sid     = "Builds"
      actions = ["sts:AssumeRole"]

      principals {
        type        = "Service"
        identifiers = ["codebuild.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [local.project_arns[each.key]]
      }
    }
  }
}

resource "aws_iam_role" "plan" {
  name                 = local.role_names.plan
  description          = "Plans of ${var.name} run as it"
  assume_role_policy   = data.aws_iam_policy_document.trust["plan"].json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  lifecycle {
    precondition {
      condition     = length(local.tokens) + length(local.pipelines) > 0
      error_message = "No one could assume the roles. Set github, gitlab or pipeline."
    }
  }
}

resource "aws_iam_role_policy_attachment" "plan" {
  role       = aws_iam_role.plan.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/ReadOnlyAccess"
}

# Beside ReadOnlyAccess, which also reads data.
data "aws_iam_policy_document" "read" {
  # checkov:skip=CKV_AWS_356:The statements with "*" deny.

  statement {
    sid           = "NoObjects"
    effect        = "Deny"
    actions       = ["s3:GetObject*"]
    not_resources = [local.state_objects, local.own_objects]
  }

  statement {
    sid    = "NoData"
    effect = "Deny"
    actions = [
      "athena:GetQueryResults*",
      "cognito-idp:AdminGetUser",
      "cognito-idp:AdminListUserAuthEvents",
      "cognito-idp:ListUsers*",
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:GetRecords",
      "dynamodb:PartiQLSelect",
      "dynamodb:Query",
      "dynamodb:Scan",
      "kinesis:GetRecords",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:GetLogRecord",
      "logs:GetQueryResults",
      "logs:StartLiveTail",
      "logs:StartQuery",
      "logs:Unmask",
      "secretsmanager:BatchGetSecretValue",
      "secretsmanager:GetSecretValue",
      "sqs:ReceiveMessage",
      "ssm:GetParameter*",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject"]
    resources = [local.state_objects]
  }

  statement {
    sid       = "ListState"
    actions   = ["s3:ListBucket"]
    resources = [var.state_bucket.arn]
  }

  dynamic "statement" {
    for_each = var.state_bucket.kms_key_arn[*]

    content {
      sid       = "DecryptState"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["s3.*.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
}

# What a build does as its role: its log, its reports, its artifacts.
data "aws_iam_policy_document" "build" {
  for_each = local.builds

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.builds[each.key].arn}:*"]
  }

  statement {
    sid       = "Artifacts"
    actions   = each.key == "drift" ? ["s3:GetObject"] : ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = each.key == "drift" ? ["${module.artifacts.bucket_arn}/mirror/*"] : [local.own_objects]
  }

  statement {
    sid       = "ListArtifacts"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
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

  dynamic "statement" {
    for_each = each.key == "plan" ? ["main"] : []

    content {
      sid       = "Reports"
      actions   = ["codebuild:BatchPutTestCases", "codebuild:CreateReport", "codebuild:CreateReportGroup", "codebuild:UpdateReport"]
      resources = ["arn:${local.partition}:codebuild:${local.region}:${local.account}:report-group/${var.name}-plan-*"]
    }
  }
}

resource "aws_iam_role_policy" "plan_reads" {
  name   = "read"
  role   = aws_iam_role.plan.name
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy" "plan_builds" {
  for_each = local.pipelines

  name   = "build"
  role   = aws_iam_role.plan.name
  policy = data.aws_iam_policy_document.build["plan"].json
}

resource "aws_iam_role" "apply" {
  name                 = local.role_names.apply
  description          = "Applies of ${var.name} run as it"
  assume_role_policy   = data.aws_iam_policy_document.trust["apply"].json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "apply" {
  for_each = var.apply_policy_arns

  role       = aws_iam_role.apply.name
  policy_arn = each.value
}

# Whatever the given policies allow: no role without the boundary, and not a word of the delivery's own roles, boundary and providers.
data "aws_iam_policy_document" "bounded" {
  # checkov:skip=CKV_AWS_356:The statements with "*" deny.

  statement {
    sid    = "OnlyBoundedPrincipals"
    effect = "Deny"
    actions = [
      "iam:AttachRolePolicy",
      "iam:AttachUserPolicy",
      "iam:CreateRole",
      "iam:CreateUser",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:PutUserPermissionsBoundary",
      "iam:PutUserPolicy",
    ]
    resources = ["*"]

    condition {
      test     = "StringNotEquals"
      variable = "iam:PermissionsBoundary"
      values   = [var.permissions_boundary]
    }
  }

  statement {
    sid       = "BoundaryStays"
    effect    = "Deny"
    actions   = ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"]
    resources = ["*"]
  }

  statement {
    sid       = "BoundaryIsNotChanged"
    effect    = "Deny"
    actions   = ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"]
    resources = concat([var.permissions_boundary], values(var.apply_policy_arns))
  }

  statement {
    sid    = "NotTheDelivery"
    effect = "Deny"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PassRole",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "sts:AssumeRole",
    ]
    resources = [local.own_roles]
  }

  statement {
    sid       = "NoOtherIdentities"
    effect    = "Deny"
    actions   = ["iam:AddClientIDToOpenIDConnectProvider", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateOpenIDConnectProvider", "iam:CreateSAMLProvider", "iam:DeleteOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint", "iam:UpdateSAMLProvider"]
    resources = ["*"]
  }

  statement {
    sid       = "WriteState"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = [local.state_objects]
  }

  # The lock of the state is an object beside it.
  statement {
    sid       = "UnlockState"
    actions   = ["s3:DeleteObject"]
    resources = ["${var.state_bucket.arn}/${var.state_bucket.prefix}*.tflock"]
  }

  statement {
    sid       = "ListState"
    actions   = ["s3:ListBucket"]
    resources = [var.state_bucket.arn]
  }

  dynamic "statement" {
    for_each = var.state_bucket.kms_key_arn[*]

    content {
      sid       = "EncryptState"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["s3.*.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.functions) == 0 ? [] : ["main"]

    content {
      sid     = "Deploy"
      actions = ["codedeploy:CreateDeployment", "codedeploy:GetApplicationRevision", "codedeploy:GetDeployment", "codedeploy:GetDeploymentConfig", "codedeploy:RegisterApplicationRevision"]
      resources = [
        "arn:${local.partition}:codedeploy:${local.region}:${local.account}:application:${var.name}",
        "arn:${local.partition}:codedeploy:${local.region}:${local.account}:deploymentconfig:*",
        "arn:${local.partition}:codedeploy:${local.region}:${local.account}:deploymentgroup:${var.name}/*",
      ]
    }
  }

  dynamic "statement" {
    for_each = length(var.functions) == 0 ? [] : ["main"]

    content {
      sid       = "ReadAliases"
      actions   = ["lambda:GetAlias"]
      resources = values(local.function_arns)
    }
  }
}

resource "aws_iam_role_policy" "apply_bounded" {
  name   = "bounded"
  role   = aws_iam_role.apply.name
  policy = data.aws_iam_policy_document.bounded.json
}

resource "aws_iam_role_policy" "apply_builds" {
  for_each = local.pipelines

  name   = "build"
  role   = aws_iam_role.apply.name
  policy = data.aws_iam_policy_document.build["apply"].json
}
