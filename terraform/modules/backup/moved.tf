# What 0.1.0 created, at the addresses that it has now. Roles, the key's alias and the network attachments are replaced.

moved {
  from = aws_kms_key.dumps
  to   = module.bucket["main"].aws_kms_key.files["main"]
}

moved {
  from = aws_kms_alias.dumps
  to   = module.bucket["main"].aws_kms_alias.files["main"]
}

moved {
  from = aws_s3_bucket.dumps
  to   = module.bucket["main"].aws_s3_bucket.files
}

moved {
  from = aws_s3_bucket_public_access_block.dumps
  to   = module.bucket["main"].aws_s3_bucket_public_access_block.files
}

moved {
  from = aws_s3_bucket_ownership_controls.dumps
  to   = module.bucket["main"].aws_s3_bucket_ownership_controls.files
}

moved {
  from = aws_s3_bucket_versioning.dumps
  to   = module.bucket["main"].aws_s3_bucket_versioning.files
}

moved {
  from = aws_s3_bucket_server_side_encryption_configuration.dumps
  to   = module.bucket["main"].aws_s3_bucket_server_side_encryption_configuration.files
}

moved {
  from = aws_s3_bucket_lifecycle_configuration.dumps
  to   = module.bucket["main"].aws_s3_bucket_lifecycle_configuration.files
}

moved {
  from = aws_s3_bucket_policy.dumps
  to   = module.bucket["main"].aws_s3_bucket_policy.files
}

moved {
  from = aws_cloudwatch_log_group.dump
  to   = module.dump.aws_cloudwatch_log_group.this
}

moved {
  from = aws_lambda_function.dump
  to   = module.dump.aws_lambda_function.this
}

moved {
  from = aws_lambda_function_recursion_config.dump
  to   = module.dump.aws_lambda_function_recursion_config.this["main"]
}

moved {
  from = aws_lambda_alias.dump
  to   = module.dump.aws_lambda_alias.followed["live"]
}

moved {
  from = aws_lambda_function_event_invoke_config.dump
  to   = module.dump.aws_lambda_function_event_invoke_config.this["main"]
}

moved {
  from = aws_iam_role.dump_function
  to   = module.dump.aws_iam_role.function
}

moved {
  from = aws_iam_role_policy.dump_function
  to   = module.dump.aws_iam_role_policy.own
}

moved {
  from = aws_cloudwatch_log_group.restore[0]
  to   = module.restore["main"].aws_cloudwatch_log_group.this
}

moved {
  from = aws_lambda_function.restore[0]
  to   = module.restore["main"].aws_lambda_function.this
}

moved {
  from = aws_lambda_function_recursion_config.restore[0]
  to   = module.restore["main"].aws_lambda_function_recursion_config.this["main"]
}

moved {
  from = aws_lambda_alias.restore[0]
  to   = module.restore["main"].aws_lambda_alias.followed["live"]
}

moved {
  from = aws_lambda_function_event_invoke_config.restore[0]
  to   = module.restore["main"].aws_lambda_function_event_invoke_config.this["main"]
}

moved {
  from = aws_iam_role.restore_function[0]
  to   = module.restore["main"].aws_iam_role.function
}

moved {
  from = aws_iam_role_policy.restore_function[0]
  to   = module.restore["main"].aws_iam_role_policy.own
}

moved {
  from = aws_scheduler_schedule.drill[0]
  to   = aws_scheduler_schedule.drill["main"]
}

moved {
  from = aws_sfn_state_machine.dump[0]
  to   = aws_sfn_state_machine.dump["main"]
}

moved {
  from = aws_iam_role.state_machine[0]
  to   = aws_iam_role.state_machine["main"]
}

moved {
  from = aws_iam_role_policy.state_machine[0]
  to   = aws_iam_role_policy.state_machine["main"]
}
