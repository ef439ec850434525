mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Statement\":[]}" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/edu" }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/1" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::edu-artifacts", id = "edu-artifacts" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/codebuild/edu" }
  }
}

variables {
  name                 = "edu"
  artifacts_bucket     = "edu-artifacts"
  state_bucket         = { arn = "arn:aws:s3:::edu-state", prefix = "platform/", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/2" }
  permissions_boundary = "arn:aws:iam::123456789012:policy/edu-boundary"
  apply_policy_arns    = { platform = "arn:aws:iam::123456789012:policy/edu-apply" }
  github               = { repository = "school/platform", provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
}

run "workflows_of_one_repository_plan_and_only_its_main_applies" {
  command = apply

  assert {
    condition = [for statement in data.aws_iam_policy_document.trust["plan"].statement : { actions = statement.actions, principals = one(statement.principals[*].identifiers), conditions = { for condition in statement.condition : condition.variable => condition.values } }] == [{
      actions    = toset(["sts:AssumeRoleWithWebIdentity"])
      principals = toset([var.github.provider_arn])
      conditions = {
        "token.actions.githubusercontent.com:aud" = tolist(["sts.amazonaws.com"])
        "token.actions.githubusercontent.com:sub" = tolist(["repo:school/platform:pull_request", "repo:school/platform:ref:refs/heads/main"])
      }
    }]
    error_message = "Pull requests and main of one repository plan (D5, D6)."
  }

  assert {
    condition     = one([for condition in data.aws_iam_policy_document.trust["apply"].statement[0].condition : condition.values if condition.variable == "token.actions.githubusercontent.com:sub"]) == tolist(["repo:school/platform:ref:refs/heads/main"])
    error_message = "Nothing but main applies (D5)."
  }

  assert {
    condition     = aws_iam_role.apply.permissions_boundary == var.permissions_boundary && aws_iam_role.plan.permissions_boundary == var.permissions_boundary && keys(aws_iam_role_policy_attachment.apply) == ["platform"]
    error_message = "Both roles are bounded, and the apply role has the policies that were given (D6)."
  }

  assert {
    condition     = length(aws_codepipeline.this) == 0 && length(aws_codebuild_project.builds) == 0 && length(aws_iam_role.drift) == 0 && length(aws_codedeploy_app.this) == 0 && output.extra_alarms == {} && output.pipeline_name == null
    error_message = "Without a pipeline there is none, and no alarm on a drift detection that does not run."
  }

  assert {
    condition     = output.artifacts == { bucket = "edu-artifacts", bucket_arn = "arn:aws:s3:::edu-artifacts", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1" }
    error_message = "The bucket can be replicated (F4)."
  }
}

run "a_pipeline_applies_what_was_planned_and_approved" {
  command = apply

  variables {
    github   = null
    pipeline = { connection_arn = "arn:aws:codeconnections:eu-west-1:123456789012:connection/1", repository = "school/platform", folder = "infrastructure" }
    drift    = { topic = { arn = "arn:aws:sns:eu-west-1:123456789012:warning", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/3" } }
  }

  assert {
    condition     = aws_codepipeline.this["main"].pipeline_type == "V2" && aws_codepipeline.this["main"].stage[*].name == tolist(["Source", "Plan", "Approve", "Apply"]) && aws_codepipeline.this["main"].stage[2].action[0].category == "Approval"
    error_message = "Nothing is applied before it was approved (D5)."
  }

  assert {
    condition     = aws_codepipeline.this["main"].stage[3].action[0].input_artifacts == tolist(["source", "plan"]) && aws_codepipeline.this["main"].stage[1].action[0].output_artifacts == tolist(["plan"]) && one(aws_codepipeline.this["main"].artifact_store[*].encryption_key[0].id) == "arn:aws:kms:eu-west-1:123456789012:key/1"
    error_message = "What is applied is the plan that was approved, and it is encrypted on its way (D3, F4)."
  }

  assert {
    condition     = { for build, project in aws_codebuild_project.builds : build => project.source[0].type } == { plan = "CODEPIPELINE", apply = "CODEPIPELINE", drift = "GITHUB" } && aws_codebuild_project.builds["drift"].source_version == "refs/heads/main" && aws_codebuild_project.builds["drift"].source[0].location == "https://github.com/school/platform.git"
    error_message = "The drift detection plans main (E1)."
  }

  assert {
    condition     = { for build, project in aws_codebuild_project.builds : build => one(project.cache[*].type) } == { plan = "S3", apply = "NO_CACHE", drift = "NO_CACHE" }
    error_message = "An apply runs nothing from a cache that plans write to."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.drift["main"].target[0].input) == { ProjectName = "edu-drift" } && aws_scheduler_schedule.drift["main"].target[0].arn == "arn:aws:scheduler:::aws-sdk:codebuild:startBuild" && data.aws_iam_policy_document.drift_schedule["main"].statement[0].resources == toset(["arn:aws:codebuild:eu-west-1:123456789012:project/edu-drift"])
    error_message = "The schedule starts this project and nothing else (E1, D6)."
  }

  assert {
    condition     = { for variable in aws_codebuild_project.builds["drift"].environment[0].environment_variable : variable.name => variable.value } == { AWS_REGION = "eu-west-1", DRIFT_NAME = "edu", DRIFT_TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:warning", LECTERN_CI = "./terraform/ci", TF_FOLDER = "infrastructure" }
    error_message = "The builds know their folder, and the drift detection its topic."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.trust["apply"].statement : { sid = statement.sid, source = one(statement.condition[*].values) }] == [{ sid = "Builds", source = tolist(["arn:aws:codebuild:eu-west-1:123456789012:project/edu-apply"]) }]
    error_message = "The apply role is for the project that applies (D6)."
  }

  assert {
    condition     = output.extra_alarms.drift.dimensions == { Name = "edu" } && output.extra_alarms.drift.threshold == 0 && output.extra_alarms.drift_silent.expression == "FILL(n, 0)" && output.extra_alarms.drift_silent.evaluation_periods == 2
    error_message = "Drift is an alarm, and so is a detection without results (E1)."
  }
}

run "a_version_that_raises_an_alarm_is_rolled_back" {
  command = apply

  variables {
    functions = {
      upload   = { function_name = "edu-upload-api", alarm_names = ["edu/lambda/upload/errors/critical"], hooks = { before = "arn:aws:lambda:eu-west-1:123456789012:function:smoke" } }
      download = { function_name = "edu-download-api", alarm_names = ["edu/lambda/download/errors/critical"], shift = { type = "linear", percent = 20, minutes = 2 } }
      profile  = { function_name = "edu-profile-api", alarm_names = ["edu/lambda/profile/errors/critical"], shift = { type = "all_at_once" } }
    }
  }

  assert {
    condition = { for name, group in aws_codedeploy_deployment_group.this : name => { alarms = group.alarm_configuration[0].alarms, ignores = group.alarm_configuration[0].ignore_poll_alarm_failure, rollback = group.auto_rollback_configuration[0].enabled && contains(group.auto_rollback_configuration[0].events, "DEPLOYMENT_STOP_ON_ALARM"), config = group.deployment_config_name } } == {
      upload   = { alarms = toset(["edu/lambda/upload/errors/critical"]), ignores = false, rollback = true, config = "edu-upload-canary-10-percent-5-minutes" }
      download = { alarms = toset(["edu/lambda/download/errors/critical"]), ignores = false, rollback = true, config = "edu-download-linear-20-percent-2-minutes" }
      profile  = { alarms = toset(["edu/lambda/profile/errors/critical"]), ignores = false, rollback = true, config = "CodeDeployDefault.LambdaAllAtOnce" }
    }
    error_message = "Each deployment stops at its alarms and goes back (D5)."
  }

  assert {
    condition     = aws_codedeploy_deployment_config.this["upload"].traffic_routing_config[0].type == "TimeBasedCanary" && one(aws_codedeploy_deployment_config.this["upload"].traffic_routing_config[0].time_based_canary[*].percentage) == 10 && one(aws_codedeploy_deployment_config.this["download"].traffic_routing_config[0].time_based_linear[*].interval) == 2
    error_message = "A part of the traffic moves first (D5)."
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.deploy["main"].statement : statement.sid => statement.resources } == {
      MoveAliases = toset([for name in ["upload", "download", "profile"] : "arn:aws:lambda:eu-west-1:123456789012:function:edu-${name}-api"])
      ReadAlarms  = toset(["*"])
      InvokeHooks = toset(["arn:aws:lambda:eu-west-1:123456789012:function:smoke"])
    }
    error_message = "CodeDeploy moves the aliases of these functions and of no other (D6)."
  }

  assert {
    condition     = output.rollouts.upload.application == "edu" && output.rollouts.upload.deployment_group == "upload" && output.rollouts.upload.hooks.before == "arn:aws:lambda:eu-west-1:123456789012:function:smoke" && output.rollouts.upload.hooks.after == null
    error_message = "The script knows how to deploy."
  }
}

run "merge_requests_of_gitlab" {
  command = apply

  variables {
    github = null
    gitlab = { project = "school/platform/web", provider_arn = "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com", host = "gitlab.example.com" }
  }

  assert {
    condition     = { for role, trust in data.aws_iam_policy_document.trust : role => { for condition in trust.statement[0].condition : condition.variable => one(condition.values) } } == { for role, branch in { plan = "*", apply = "main" } : role => { "gitlab.example.com:aud" = "https://gitlab.example.com", "gitlab.example.com:sub" = "project_path:school/platform/web:ref_type:branch:ref:${branch}" } }
    error_message = "Branches of one project plan, and main applies (D5)."
  }
}

run "values_that_are_not_known_yet" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

run "nobody_could_assume_the_roles" {
  command = plan

  variables {
    github = null
  }

  expect_failures = [
    aws_iam_role.plan,
  ]
}

run "wrong_names_are_refused" {
  command = plan

  variables {
    name           = "Edu_Delivery"
    artifacts_days = 0.5
    state_bucket   = { arn = "edu-state" }
    github         = { repository = "school/*", provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
    gitlab         = { project = "school", provider_arn = "arn:aws:iam::123456789012:oidc-provider/gitlab.com" }
  }

  expect_failures = [
    var.name,
    var.artifacts_days,
    var.state_bucket,
    var.github,
    var.gitlab,
  ]
}

run "any_branch_would_be_no_bound" {
  command = plan

  variables {
    github = { repository = "school/platform", branch = "*", provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }

  expect_failures = [
    var.github,
  ]
}

run "a_boundary_of_nobody_is_refused" {
  command = plan

  variables {
    permissions_boundary = "edu-boundary"
    apply_policy_arns    = {}
  }

  expect_failures = [
    var.permissions_boundary,
    var.apply_policy_arns,
  ]
}

run "a_pipeline_stays_in_its_repository" {
  command = plan

  variables {
    pipeline = { connection_arn = "arn:aws:codeconnections:eu-west-1:123456789012:connection/1", repository = "platform", folder = "../other" }
    drift    = { schedule_expression = "daily" }
  }

  expect_failures = [
    var.pipeline,
    var.drift,
  ]
}

run "a_deployment_without_an_alarm_is_refused" {
  command = plan

  variables {
    functions = {
      upload   = { function_name = "edu-upload-api", alarm_names = [] }
      Download = { function_name = "edu-download-api", alarm_names = ["edu/lambda/download/errors/critical"], shift = { type = "slow", percent = 0, minutes = 3000 } }
    }
  }

  expect_failures = [
    var.functions,
  ]
}

run "minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    boundary_arn        = "arn:aws:iam::123456789012:policy/edu-boundary"
    apply_policy_arn    = "arn:aws:iam::123456789012:policy/edu-apply"
    github_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  }

  assert {
    condition     = module.delivery.project_names == {}
    error_message = "It has no builds."
  }
}

run "complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    boundary_arn     = "arn:aws:iam::123456789012:policy/edu-boundary"
    apply_policy_arn = "arn:aws:iam::123456789012:policy/edu-apply"
    connection_arn   = "arn:aws:codeconnections:eu-west-1:123456789012:connection/1"
    topics           = { warning = { arn = "arn:aws:sns:eu-west-1:123456789012:warning", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/3" } }
    state_key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/2"
  }

  assert {
    condition     = module.delivery.project_names == { plan = "edu-plan", apply = "edu-apply", drift = "edu-drift" }
    error_message = "All three builds are there."
  }
}
