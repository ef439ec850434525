mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

mock_provider "lectern" {}

variables {
  name       = "edu"
  cluster    = "main"
  secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
  bucket     = "edu-dumps"
  # any file will do for a plan
  mongo_dump_zip    = "README.md"
  mongo_restore_zip = "README.md"
}

run "a_dump_every_six_hours_by_one_function" {
  command = plan

  assert {
    condition     = lectern_mongo_dump_schedule.dump.name == "MongoDBDumpEvery6Hours" && lectern_mongo_dump_schedule.dump.schedule_expression == "rate(6 hours)"
    error_message = "The default is the requirement's schedule (F1)."
  }

  assert {
    condition     = aws_iam_role.dump.name == "BucketMongoDBBackup"
    error_message = "The dump role has the requirement's name (F1)."
  }

  assert {
    condition     = length(aws_sfn_state_machine.dump) + length(aws_lambda_function.restore) + length(aws_scheduler_schedule.drill) == 0
    error_message = "Nothing is made that was not asked for."
  }

  assert {
    condition     = aws_kms_key.dumps.enable_key_rotation && aws_s3_bucket_versioning.dumps.versioning_configuration[0].status == "Enabled" && alltrue([for block in ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"] : aws_s3_bucket_public_access_block.dumps[block]])
    error_message = "The bucket keeps versions, is private and its key is rotated (D3, D7)."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.dumps.rule[0].abort_incomplete_multipart_upload[0].days_after_initiation == 1
    error_message = "What a killed function left goes after a day."
  }
}

run "a_large_database_by_a_state_machine" {
  command = plan

  variables {
    large = true
  }

  assert {
    condition     = length(aws_sfn_state_machine.dump) == 1
    error_message = "large makes a state machine."
  }
}

run "a_drill_by_schedule" {
  command = plan

  variables {
    restore_secret_arns = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:drill-AbCdEf"]
    drill               = { secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:drill-AbCdEf" }
  }

  assert {
    condition     = aws_scheduler_schedule.drill[0].schedule_expression == "cron(0 3 ? * SUN *)"
    error_message = "A drill is weekly unless it says otherwise."
  }

  assert {
    condition     = length(aws_lambda_function.restore) == 1
    error_message = "A drill needs the restore function."
  }
}

run "a_drill_needs_its_secret_among_those_the_function_may_read" {
  command = plan

  variables {
    drill = { secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:drill-AbCdEf" }
  }

  expect_failures = [var.drill]
}

run "a_name_that_makes_role_names_too_long_is_refused" {
  command = plan

  variables {
    name = "a-name-of-more-than-thirty-two-letters"
  }

  expect_failures = [var.name]
}

run "a_cluster_that_no_key_can_have_is_refused" {
  command = plan

  variables {
    cluster = "main/eu"
  }

  expect_failures = [var.cluster]
}

run "an_address_in_the_place_of_the_secret_is_refused" {
  command = plan

  variables {
    secret_arn = "mongodb+srv://main.example.net"
  }

  expect_failures = [var.secret_arn]
}

run "a_bucket_name_with_a_dot_is_refused" {
  command = plan

  variables {
    bucket = "edu.dumps"
  }

  expect_failures = [var.bucket]
}

run "a_prefix_with_a_slash_is_refused" {
  command = plan

  variables {
    prefix = "mongo/"
  }

  expect_failures = [var.prefix]
}

run "an_architecture_lambda_does_not_have_is_refused" {
  command = plan

  variables {
    architecture = "aarch64"
  }

  expect_failures = [var.architecture]
}

run "too_little_memory_is_refused" {
  command = plan

  variables {
    memory_mb = 256
  }

  expect_failures = [var.memory_mb]
}

run "no_cursor_at_once_is_refused" {
  command = plan

  variables {
    max_concurrency = 0
  }

  expect_failures = [var.max_concurrency]
}

run "a_retention_of_one_day_is_refused" {
  command = plan

  variables {
    retention_days = 1
  }

  expect_failures = [var.retention_days]
}
