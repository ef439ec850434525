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

  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:edu-mongo-probe:live" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/edu-mongo-probe" }
  }
}

variables {
  name         = "edu"
  cluster      = "main"
  mongo_secret = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf" }
  # any file will do for a plan
  package = { path = "README.md" }
}

run "a_measurement_each_minute_with_a_secret" {
  command = apply

  assert {
    condition     = aws_scheduler_schedule.probe.schedule_expression == "rate(1 minute)" && jsondecode(aws_scheduler_schedule.probe.target[0].input) == { version = 1 } && aws_scheduler_schedule.probe.target[0].arn == module.function.alias_arn
    error_message = "The alarms look at minutes (C1)."
  }

  assert {
    condition     = aws_scheduler_schedule.probe.target[0].retry_policy[0].maximum_retry_attempts == 0
    error_message = "The next event comes in a minute: one that is tried again measures nothing that it does not."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.secret["main"].statement : { sid = statement.sid, actions = statement.actions, resources = statement.resources }] == [{ sid = "ReadSecret", actions = toset(["secretsmanager:GetSecretValue"]), resources = toset(["arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"]) }]
    error_message = "It may read its secret and nothing else (D6)."
  }

  assert {
    condition     = data.aws_iam_policy_document.scheduled.statement[0].resources == toset([module.function.alias_arn]) && length(data.aws_iam_policy_document.scheduled.statement) == 1
    error_message = "The schedule may start this function and nothing else (D6)."
  }

  assert {
    condition     = output.alarm_target == { cluster = "main" } && output.function.function_name == "edu-mongo-probe" && output.function.timeout_seconds == 20
    error_message = "The cluster and the function can be watched."
  }
}

run "the_function_is_the_database_user" {
  command = plan

  variables {
    mongo_secret = null
    mongo_host   = "main-pl-0.ab1cd.mongodb.net"
  }

  assert {
    condition     = length(data.aws_iam_policy_document.secret) == 0
    error_message = "Without a secret there is none to read (D6)."
  }
}

run "in_a_region_with_tags" {
  command = plan

  variables {
    region = "eu-central-1"
    tags   = { team = "platform" }
  }

  assert {
    condition     = aws_scheduler_schedule.probe.region == "eu-central-1" && aws_iam_role.scheduler.tags.team == "platform"
    error_message = "All is where it was wanted and has the tags."
  }
}

run "values_that_are_not_known_before_the_apply" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

run "settings_that_cannot_work_are_refused" {
  command = plan

  variables {
    name    = "Edu"
    cluster = "main cluster"

    mongo_secret         = null
    mongo_host           = "mongodb+srv://main.ab1cd.mongodb.net"
    architecture         = "arm"
    memory_mb            = 64
    vpc                  = { subnet_ids = ["subnet-1"], security_group_ids = [] }
    environment          = { "LECTERN-LOG" = "debug" }
    reserved_concurrency = 0
    log_retention_days   = 100
    kms_key_arn          = "alias/logs"
  }

  expect_failures = [
    var.name,
    var.cluster,
    var.mongo_host,
    var.architecture,
    var.memory_mb,
    var.vpc,
    var.environment,
    var.reserved_concurrency,
    var.log_retention_days,
    var.kms_key_arn,
  ]
}

run "no_way_to_sign_in_is_refused_as_two_are" {
  command = plan

  variables {
    mongo_secret = null
  }

  expect_failures = [
    var.mongo_secret,
  ]
}

run "two_ways_to_sign_in_are_refused" {
  command = plan

  variables {
    mongo_host = "main-pl-0.ab1cd.mongodb.net"
  }

  expect_failures = [
    var.mongo_secret,
  ]
}

run "a_secret_by_another_name_than_its_arn_is_refused" {
  command = plan

  variables {
    mongo_secret = { arn = "mongo", kms_key_arn = "alias/aws/secretsmanager" }
  }

  expect_failures = [
    var.mongo_secret,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    secret_arn   = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
    package_path = "README.md"
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    vpc         = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
    log_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}
