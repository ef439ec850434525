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
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::edu-dumps" }
  }

  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:edu-mongo-dump:live" }
  }

  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:edu-mongo-dump" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/edu-mongo-dump" }
  }
}

mock_provider "lectern" {}

variables {
  name       = "edu"
  cluster    = "main"
  secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
  bucket     = "edu-dumps"
  # any file will do for a plan
  dump_package    = { path = "README.md" }
  restore_package = { path = "README.md" }
}

run "a_dump_every_six_hours_by_one_function" {
  command = apply

  assert {
    condition     = lectern_mongo_dump_schedule.dump.name == "edu-mongo-dump" && lectern_mongo_dump_schedule.dump.schedule_expression == "rate(6 hours)"
    error_message = "The default is the requirement's schedule (F1)."
  }

  assert {
    condition     = aws_iam_role.dump.name == "edu-dump-eu-west-1"
    error_message = "Another copy's dump role has another name."
  }

  assert {
    condition     = length(aws_sfn_state_machine.dump) + length(module.restore) + length(aws_scheduler_schedule.drill) == 0
    error_message = "Nothing is made that was not asked for."
  }

  assert {
    condition     = lectern_mongo_dump_schedule.dump.target_arn == module.dump.alias_arn && lectern_mongo_dump_schedule.dump.dump.bucket == module.bucket["main"].ready_bucket && lectern_mongo_dump_schedule.dump.dump.kms_key_arn == module.bucket["main"].kms_key_arn
    error_message = "The schedule starts the function, which writes to the bucket with its key (F1)."
  }

  assert {
    condition     = module.bucket["main"].alarm_target == { bucket = "edu-dumps", filter_id = "EntireBucket" } && output.alarm_target == module.bucket["main"].alarm_target
    error_message = "The bucket's requests are measured (C3)."
  }

  assert {
    condition     = module.dump.alarm_target.timeout_seconds == 900 && module.dump.alarm_target.reserved_concurrency == null
    error_message = "One function has Lambda's most time."
  }
}

run "values_that_are_not_known_before_the_apply" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

run "the_platforms_first_copy_has_the_requirements_names" {
  command = plan

  variables {
    schedule_name  = "MongoDBDumpEvery6Hours"
    dump_role_name = "BucketMongoDBBackup"
  }

  assert {
    condition     = lectern_mongo_dump_schedule.dump.name == "MongoDBDumpEvery6Hours" && aws_iam_role.dump.name == "BucketMongoDBBackup"
    error_message = "Schedule and role are called as the requirement has it (F1)."
  }
}

run "a_large_database_by_a_state_machine" {
  command = apply

  variables {
    large = true
  }

  assert {
    condition     = lectern_mongo_dump_schedule.dump.target_arn == aws_sfn_state_machine.dump["main"].arn && output.state_machine_arn == aws_sfn_state_machine.dump["main"].arn
    error_message = "large makes a state machine, which the schedule starts."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.scheduled.statement : statement.sid] == ["DumpLarge"]
    error_message = "The schedule may start it, and not the function (D6)."
  }
}

run "a_drill_by_schedule" {
  command = plan

  variables {
    restore_secret_arns = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:drill-AbCdEf"]
    drill               = { secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:drill-AbCdEf" }
  }

  assert {
    condition     = aws_scheduler_schedule.drill["main"].schedule_expression == "cron(0 3 ? * SUN *)"
    error_message = "A drill is weekly unless it says otherwise."
  }

  assert {
    condition     = output.restore_function.reserved_concurrency == 1 && output.restore_function.timeout_seconds == 900
    error_message = "A drill needs the restore function, of which one runs at a time."
  }
}

run "a_bucket_that_is_there_already" {
  command = plan

  variables {
    bucket          = null
    existing_bucket = { name = "central-dumps", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
  }

  assert {
    condition     = length(module.bucket) == 0 && lectern_mongo_dump_schedule.dump.dump.bucket == "central-dumps" && lectern_mongo_dump_schedule.dump.dump.kms_key_arn == var.existing_bucket.kms_key_arn
    error_message = "Dumps go to the bucket that is there, and none is made."
  }

  assert {
    condition     = data.aws_iam_policy_document.dump.statement[0].resources == toset(["arn:aws:s3:::central-dumps/mongo/main/*"])
    error_message = "The dump role writes there and nowhere else (D6)."
  }
}

run "in_a_region_with_tags_and_a_boundary" {
  command = plan

  variables {
    region               = "eu-central-1"
    tags                 = { team = "platform" }
    permissions_boundary = "arn:aws:iam::123456789012:policy/developers"
  }

  assert {
    condition     = alltrue([for role in [aws_iam_role.dump, aws_iam_role.restore, aws_iam_role.scheduler] : role.permissions_boundary == "arn:aws:iam::123456789012:policy/developers" && role.tags.team == "platform" && endswith(role.name, "-eu-central-1")])
    error_message = "The roles are bounded, and another region's have other names (D6)."
  }
}

run "no_bucket_at_all_is_refused" {
  command = plan

  variables {
    bucket = null
  }

  expect_failures = [var.bucket]
}

run "an_alias_in_the_place_of_the_buckets_key_is_refused" {
  command = plan

  variables {
    bucket          = null
    existing_bucket = { name = "central-dumps", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/dumps" }
  }

  expect_failures = [var.existing_bucket]
}

run "a_restore_function_without_its_package_is_refused" {
  command = plan

  variables {
    restore_secret_arns = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:drill-AbCdEf"]
    restore_package     = null
  }

  # The function inside wants it too.
  expect_failures = [var.restore_package]
}

run "a_name_no_schedule_has_is_refused" {
  command = plan

  variables {
    schedule_name = "every 6 hours"
  }

  expect_failures = [var.schedule_name]
}

run "a_name_no_role_has_is_refused" {
  command = plan

  variables {
    dump_role_name = "Bucket/MongoDBBackup"
  }

  expect_failures = [var.dump_role_name]
}

run "an_alias_in_the_place_of_the_secrets_key_is_refused" {
  command = plan

  variables {
    secret_kms_key_arn = "alias/aws/secretsmanager"
  }

  expect_failures = [var.secret_kms_key_arn]
}

run "a_schedule_in_words_is_refused" {
  command = plan

  variables {
    schedule_expression = "every 6 hours"
  }

  expect_failures = [var.schedule_expression]
}

run "a_dump_of_nothing_is_refused" {
  command = plan

  variables {
    include = []
  }

  expect_failures = [var.include]
}

run "a_dump_without_everything_is_refused" {
  command = plan

  variables {
    exclude = ["*"]
  }

  expect_failures = [var.exclude]
}

run "a_secret_by_its_name_is_refused" {
  command = plan

  variables {
    restore_secret_arns = ["drill"]
  }

  expect_failures = [var.restore_secret_arns]
}

run "restores_by_anybody_are_refused" {
  command = plan

  variables {
    restore_principal_arns = ["*"]
  }

  expect_failures = [var.restore_principal_arns]
}

run "one_subnet_is_refused" {
  command = plan

  variables {
    vpc = { subnet_ids = ["subnet-a"], security_group_ids = ["sg-lambda"] }
  }

  expect_failures = [var.vpc]
}

run "a_name_no_environment_takes_is_refused" {
  command = plan

  variables {
    environment = { "LECTERN-LOG" = "debug" }
  }

  expect_failures = [var.environment]
}

run "a_queue_in_the_place_of_the_topic_is_refused" {
  command = plan

  variables {
    failure_topic = { arn = "arn:aws:sqs:eu-west-1:123456789012:failures" }
  }

  expect_failures = [var.failure_topic]
}

run "too_few_functions_for_the_ranges_are_refused" {
  command = plan

  variables {
    large                     = true
    dump_reserved_concurrency = 4
  }

  expect_failures = [var.dump_reserved_concurrency]
}

run "no_restore_at_once_is_refused" {
  command = plan

  variables {
    restore_reserved_concurrency = 0
  }

  expect_failures = [var.restore_reserved_concurrency]
}

run "a_retention_that_cloudwatch_does_not_know_is_refused" {
  command = plan

  variables {
    log_retention_days = 10
  }

  expect_failures = [var.log_retention_days]
}

run "an_alias_in_the_place_of_the_logs_key_is_refused" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/logs"
  }

  expect_failures = [var.kms_key_arn]
}

run "a_key_that_goes_within_days_is_refused" {
  command = plan

  variables {
    kms_deletion_window_days = 3
  }

  expect_failures = [var.kms_deletion_window_days]
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
