output "plan_role_arn" {
  description = "ARN of the role that plans. Set it as PLAN_ROLE_ARN in GitHub or GitLab."
  value       = aws_iam_role.plan.arn
}

output "apply_role_arn" {
  description = "ARN of the role that applies. Set it as APPLY_ROLE_ARN in GitHub or GitLab."
  value       = aws_iam_role.apply.arn
}

output "artifacts" {
  description = "Bucket for plans and packages: `bucket`, `bucket_arn` and `kms_key_arn`, in the form of `source` of the module recovery, which replicates it."
  value = {
    bucket      = module.artifacts.ready_bucket
    bucket_arn  = module.artifacts.bucket_arn
    kms_key_arn = module.artifacts.kms_key_arn
  }
}

output "artifacts_alarm_target" {
  description = "Target for `s3` of an alarm bundle: the artifacts bucket."
  value       = module.artifacts.alarm_target
}

output "pipeline_name" {
  description = "Name of the pipeline. `null` without `pipeline`."
  value       = one(values(aws_codepipeline.this)[*].name)
}

output "project_names" {
  description = "Map of `plan`, `apply` and `drift` to the name of the CodeBuild project."
  value       = { for build, project in aws_codebuild_project.builds : build => project.name }
}

output "rollouts" {
  description = "Map of the names of `functions` to `application`, `deployment_group` and `hooks`, for the output `rollouts` of the configuration that has the functions."
  value = {
    for name, function in var.functions : name => {
      application      = aws_codedeploy_app.this["main"].name
      deployment_group = aws_codedeploy_deployment_group.this[name].deployment_group_name
      hooks            = function.hooks
    }
  }
}

output "extra_alarms" {
  description = "Alarms for `extra_alarms` of the module monitoring: `drift` fires if resources differ from the configuration, `drift_silent` if no result was published for `drift.silent_days`."
  value = merge([
    for drift in local.drifts : {
      drift = {
        severity            = "warning"
        description         = "Resources of ${var.name} differ from the configuration. The topic of the drift detection has their addresses."
        namespace           = "Lectern/Delivery"
        metric_name         = "Drift"
        dimensions          = { Name = var.name }
        statistic           = "Maximum"
        period              = 86400
        evaluation_periods  = 1
        comparison_operator = "GreaterThanThreshold"
        threshold           = 0
        treat_missing_data  = "notBreaching"
      }
      drift_silent = {
        severity            = "warning"
        description         = "The drift detection of ${var.name} has published no result. The log of its CodeBuild project has the error."
        expression          = "FILL(n, 0)"
        metrics             = { n = { namespace = "Lectern/Delivery", metric_name = "Drift", dimensions = { Name = var.name }, statistic = "SampleCount" } }
        period              = 86400
        evaluation_periods  = drift.silent_days
        comparison_operator = "LessThanThreshold"
        threshold           = 1
        treat_missing_data  = "breaching"
      }
    }
  ]...)
}
