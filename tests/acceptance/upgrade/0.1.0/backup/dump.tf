# The dump function and what starts it.

locals {
  dump_function_name = "${var.name}-mongo-dump"
  # Known before the function is, so that its own role can name it.
  dump_function_arn = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${local.dump_function_name}"
  # One function has 15 minutes; Lambda's most.
  timeout_seconds = 900
}

resource "aws_cloudwatch_log_group" "dump" {
  name              = "/aws/lambda/${local.dump_function_name}"
  retention_in_days = 90
}

resource "aws_lambda_function" "dump" {
  depends_on = [aws_iam_role_policy.dump_function]

  function_name    = local.dump_function_name
  description      = "Dumps MongoDB cluster ${var.cluster} to S3"
  role             = aws_iam_role.dump_function.arn
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]
  filename         = var.mongo_dump_zip
  source_code_hash = filebase64sha256(var.mongo_dump_zip)
  memory_size      = var.memory_mb
  timeout          = local.timeout_seconds
  publish          = true

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.dump.name
  }

  dynamic "environment" {
    for_each = length(var.environment) == 0 ? [] : [var.environment]

    content {
      variables = environment.value
    }
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }
}

# A dump that takes longer than one invocation continues in the next one, which the function itself invokes: this loop is intended.
resource "aws_lambda_function_recursion_config" "dump" {
  function_name  = aws_lambda_function.dump.function_name
  recursive_loop = "Allow"
}

resource "aws_lambda_alias" "dump" {
  name             = "live"
  function_name    = aws_lambda_function.dump.function_name
  function_version = aws_lambda_function.dump.version
}

# The Scheduler invokes asynchronously, so what becomes of an invocation that fails is Lambda's business.
resource "aws_lambda_function_event_invoke_config" "dump" {
  function_name                = aws_lambda_alias.dump.function_name
  qualifier                    = aws_lambda_alias.dump.name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 3600

  dynamic "destination_config" {
    for_each = var.failure_topic_arn[*]

    content {
      on_failure {
        destination = destination_config.value
      }
    }
  }
}

resource "lectern_mongo_dump_schedule" "dump" {
  depends_on = [aws_iam_role_policy.scheduler, aws_iam_role_policy.dump]

  name                         = var.schedule_name
  description                  = "Dumps MongoDB cluster ${var.cluster} to s3://${aws_s3_bucket.dumps.bucket}/${local.folder}"
  schedule_expression          = var.schedule_expression
  schedule_expression_timezone = var.schedule_expression_timezone
  target_arn                   = var.large ? one(aws_sfn_state_machine.dump[*].arn) : aws_lambda_alias.dump.arn
  role_arn                     = aws_iam_role.scheduler.arn
  verify_target                = true

  dump = {
    cluster     = var.cluster
    secret_arn  = var.secret_arn
    bucket      = aws_s3_bucket.dumps.bucket
    prefix      = var.prefix
    kms_key_arn = aws_kms_key.dumps.arn
    role_arn    = aws_iam_role.dump.arn
    include     = var.include
    exclude     = var.exclude
  }
}
