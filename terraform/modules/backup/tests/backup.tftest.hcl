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

  assert {
    condition     = aws_sfn_state_machine.dump["main"].logging_configuration[0].level == "ERROR" && aws_sfn_state_machine.dump["main"].tracing_configuration[0].enabled && aws_cloudwatch_log_group.state_machine["main"].retention_in_days == 90
    error_message = "What fails in it is in a log that is kept as the functions' are, and in the traces."
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

run "dumps_that_another_region_replicates_can_be_restored" {
  command = plan

  variables {
    restore_clusters = ["west"]
  }

  assert {
    condition     = toset(flatten([for statement in data.aws_iam_policy_document.restore.statement : statement.resources if statement.sid == "Read"])) == toset([for cluster in ["main", "west"] : "${local.bucket.arn}/mongo/${cluster}/*"])
    error_message = "The restore role reads the dumps of both, and no others (F6)."
  }

  assert {
    condition     = toset(flatten([for statement in data.aws_iam_policy_document.dump.statement : statement.resources if statement.sid == "Write"])) == toset(["${local.bucket.arn}/mongo/main/*"])
    error_message = "The dump role writes its own."
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

run "values_that_are_refused" {
  command = plan

  variables {
    # no bucket at all is refused
    bucket = null

    # a restore function without its package is refused
    restore_secret_arns = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:drill-AbCdEf"]
    restore_package     = null

    # a name no schedule has is refused
    schedule_name = "every 6 hours"

    # a name no role has is refused
    dump_role_name = "Bucket/MongoDBBackup"

    # an alias in the place of the secrets key is refused
    secret_kms_key_arn = "alias/aws/secretsmanager"

    # a schedule in words is refused
    schedule_expression = "every 6 hours"

    # a dump of nothing is refused
    include = []

    # a dump without everything is refused
    exclude = ["*"]

    # restores by anybody are refused
    restore_principal_arns = ["*"]

    # one subnet is refused
    vpc = { subnet_ids = ["subnet-a"], security_group_ids = ["sg-lambda"] }

    # a name no environment takes is refused
    environment = { "LECTERN-LOG" = "debug" }

    # a queue in the place of the topic is refused
    failure_topic = { arn = "arn:aws:sqs:eu-west-1:123456789012:failures" }

    # too few functions for the ranges are refused
    large                     = true
    dump_reserved_concurrency = 4

    # no restore at once is refused
    restore_reserved_concurrency = 0

    # a retention that cloudwatch does not know is refused
    log_retention_days = 10

    # an alias in the place of the logs key is refused
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/logs"

    # a key that goes within days is refused
    kms_deletion_window_days = 3

    # a name that makes role names too long is refused
    name = "a-name-of-more-than-thirty-two-letters"

    # a cluster that no key can have is refused
    cluster = "main/eu"

    # an address in the place of the secret is refused
    secret_arn = "mongodb+srv://main.example.net"

    # a prefix with a slash is refused
    prefix = "mongo/"

    # an architecture lambda does not have is refused
    architecture = "aarch64"

    # too little memory is refused
    memory_mb = 256

    # a retention of one day is refused
    retention_days = 1
  }

  expect_failures = [
    var.bucket,
    var.restore_package,
    var.schedule_name,
    var.dump_role_name,
    var.secret_kms_key_arn,
    var.schedule_expression,
    var.include,
    var.exclude,
    var.restore_principal_arns,
    var.vpc,
    var.environment,
    var.failure_topic,
    var.dump_reserved_concurrency,
    var.restore_reserved_concurrency,
    var.log_retention_days,
    var.kms_key_arn,
    var.kms_deletion_window_days,
    var.name,
    var.cluster,
    var.secret_arn,
    var.prefix,
    var.architecture,
    var.memory_mb,
    var.retention_days,
  ]
}

run "values_that_are_refused_too" {
  command = plan

  variables {
    # an alias in the place of the buckets key is refused
    bucket          = null
    existing_bucket = { name = "central-dumps", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/dumps" }

    # a secret by its name is refused
    restore_secret_arns = ["drill"]

    # no cursor at once is refused
    max_concurrency = 0
  }

  expect_failures = [
    var.existing_bucket,
    var.restore_secret_arns,
    var.max_concurrency,
  ]
}

run "values_that_are_refused_as_well" {
  command = plan

  variables {
    # a drill needs its secret among those the function may read
    drill = { secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:drill-AbCdEf" }

    # a bucket name with a dot is refused
    bucket = "edu.dumps"

    # the cluster itself is no other cluster
    restore_clusters = ["main"]
  }

  expect_failures = [
    var.drill,
    var.bucket,
    var.restore_clusters,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    secret_arn        = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
    dump_package_path = "README.md"
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    secret_arn       = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
    drill_secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:drill-AbCdEf"
    vpc              = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
    failure_topic    = { arn = "arn:aws:sns:eu-west-1:123456789012:edu-critical", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }
}
