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
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:edu-cognito-export:live" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/edu-cognito-export" }
  }
}

variables {
  name = "edu"
  # any file will do without a cloud
  package      = { path = "README.md" }
  user_pool    = { id = "eu-west-1_AbCdEfGhI", arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI" }
  exports      = { bucket = "edu-exports", bucket_arn = "arn:aws:s3:::edu-exports", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  data_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
}

run "the_schedule_sends_its_name_and_time_to_the_alias" {
  command = apply

  assert {
    condition     = aws_scheduler_schedule.this.name == "edu-cognito-export" && aws_scheduler_schedule.this.schedule_expression == "rate(24 hours)" && aws_scheduler_schedule.this.target[0].arn == module.function.alias_arn
    error_message = "The function runs by its alias (F3)."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.this.target[0].input) == { version = 1, schedule_arn = "<aws.scheduler.schedule-arn>", scheduled_time = "<aws.scheduler.scheduled-time>" }
    error_message = "The schedule sends what the function takes (F3)."
  }

  assert {
    condition     = strcontains(aws_scheduler_schedule.this.target[0].input, "\"<aws.scheduler.schedule-arn>\"") && strcontains(aws_scheduler_schedule.this.target[0].input, "\"<aws.scheduler.scheduled-time>\"")
    error_message = "Scheduler finds what it replaces (F3)."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.scheduler.statement).resources == toset([module.function.alias_arn]) && one(data.aws_iam_policy_document.scheduler.statement).actions == toset(["lambda:InvokeFunction"])
    error_message = "The scheduler's role invokes this function and no other (D6)."
  }

  assert {
    condition     = output.alarm_target == { user_pool_id = "eu-west-1_AbCdEfGhI", max_age_hours = 26 } && output.function.function_name == "edu-cognito-export" && output.function.timeout_seconds == 900
    error_message = "A bundle can watch it (F3)."
  }
}

run "the_roles_read_one_pool_and_write_its_exports" {
  command = apply

  assert {
    condition = { for statement in data.aws_iam_policy_document.pool.statement : statement.sid => "${join(" ", sort(statement.actions))} on ${join(" ", statement.resources)}" } == {
      ReadPool = "cognito-idp:DescribeUserPool cognito-idp:ListGroups cognito-idp:ListUsers cognito-idp:ListUsersInGroup on arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI"
      DataKeys = "kms:Decrypt kms:GenerateDataKey on arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
    }
    error_message = "No action changes a user (D6)."
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.exports.statement : statement.sid => "${join(" ", sort(statement.actions))} on ${join(" ", statement.resources)}" } == {
      Exports   = "s3:GetObject s3:GetObjectVersion s3:PutObject on arn:aws:s3:::edu-exports/cognito/eu-west-1_AbCdEfGhI/*"
      BucketKey = "kms:Decrypt kms:GenerateDataKey on arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
    error_message = "No action lists or deletes (D6)."
  }
}

run "a_long_name_leaves_room_for_the_role_in_any_region" {
  command = plan

  variables {
    name   = "a-name-of-thirty-two-characters-"
    region = "ap-southeast-2"
  }

  assert {
    condition     = length(aws_iam_role.scheduler.name) <= 64 && aws_scheduler_schedule.this.region == "ap-southeast-2"
    error_message = "A role's name has at most 64 characters."
  }
}

run "values_that_only_the_apply_will_tell" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

run "values_that_are_refused" {
  command = plan

  variables {
    # a name that makes role names too long is refused
    name = "a-name-of-more-than-thirty-two-letters"

    # an architecture lambda does not have is refused
    architecture = "aarch64"

    # a pool's id in the place of its arn is refused
    user_pool = { id = "eu-west-1_AbCdEfGhI", arn = "eu-west-1_AbCdEfGhI" }

    # a schedule in words is refused
    schedule_expression = "every day"

    # more than cloudwatch looks back is refused
    max_age_hours = 200

    # a bucket's name in the place of its arn is refused
    exports = { bucket = "edu-exports", bucket_arn = "edu-exports", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }

    # an alias in the place of the key is refused
    data_key_arn = "alias/users"

    # too little memory is refused
    memory_mb = 64

    # too little time is refused
    timeout_seconds = 28

    # a name no environment takes is refused
    environment = { "LECTERN-LOG" = "debug" }

    # one subnet is refused
    vpc = { subnet_ids = ["subnet-a"], security_group_ids = ["sg-lambda"] }

    # a queue in the place of the topic is refused
    failure_topic = { arn = "arn:aws:sqs:eu-west-1:123456789012:failures" }

    # a retention that cloudwatch does not know is refused
    log_retention_days = 10

    # an alias in the place of the key is refused
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/logs"
  }

  expect_failures = [
    var.name,
    var.architecture,
    var.user_pool,
    var.schedule_expression,
    var.max_age_hours,
    var.exports,
    var.data_key_arn,
    var.memory_mb,
    var.timeout_seconds,
    var.environment,
    var.vpc,
    var.failure_topic,
    var.log_retention_days,
    var.kms_key_arn,
  ]
}

run "a_prefix_with_a_slash_at_its_end_is_refused" {
  command = plan

  variables {
    exports = { bucket = "edu-exports", bucket_arn = "arn:aws:s3:::edu-exports", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", prefix = "cognito/" }
  }

  expect_failures = [
    var.exports,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    package_path = "README.md"
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    vpc           = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
    failure_topic = { arn = "arn:aws:sns:eu-west-1:123456789012:edu-warning", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    log_key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}
