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
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:edu-cognito-import:live" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/edu-cognito-import" }
  }
}

variables {
  name = "edu"
  # any file will do without a cloud
  package             = { path = "README.md" }
  user_pools          = { main = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI" }
  source_user_pool_id = "eu-central-1_KlMnOpQrS"
  exports             = { bucket = "edu-exports", bucket_arn = "arn:aws:s3:::edu-exports", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  data_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
}

run "the_roles_make_users_and_change_no_export" {
  command = apply

  assert {
    condition = { for statement in data.aws_iam_policy_document.pool.statement : statement.sid => "${join(" ", sort(statement.actions))} on ${join(" ", statement.resources)}" } == {
      MakeUsers    = "cognito-idp:AdminAddUserToGroup cognito-idp:AdminCreateUser cognito-idp:AdminDisableUser cognito-idp:AdminGetUser cognito-idp:AdminListGroupsForUser cognito-idp:AdminSetUserPassword cognito-idp:CreateGroup cognito-idp:DescribeUserPool cognito-idp:GetGroup on arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI"
      ReadExports  = "kms:Decrypt on arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
      WriteResults = "kms:GenerateDataKey on arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
    }
    error_message = "No action changes attributes or deletes (D6)."
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.exports.statement : statement.sid => "${join(" ", sort(statement.actions))} on ${join(" ", statement.resources)}" } == {
      Exports   = "s3:GetObject s3:GetObjectVersion on arn:aws:s3:::edu-exports/cognito/eu-central-1_KlMnOpQrS/*"
      Reports   = "s3:GetObject s3:PutObject on arn:aws:s3:::edu-exports/cognito/imports/*"
      BucketKey = "kms:Decrypt kms:GenerateDataKey on arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
    error_message = "No action changes an export, lists or deletes (D6)."
  }

  assert {
    condition     = output.function_arn == module.function.alias_arn && output.function.function_name == "edu-cognito-import" && output.function.timeout_seconds == 900
    error_message = "Whoever imports knows what to invoke (F3)."
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
    user_pools = { main = "eu-west-1_AbCdEfGhI" }

    # an arn in the place of the pool's id is refused
    source_user_pool_id = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_KlMnOpQrS"

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
    var.user_pools,
    var.source_user_pool_id,
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
