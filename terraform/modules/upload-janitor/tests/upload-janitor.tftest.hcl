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
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-janitor:live" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/edu-upload-janitor" }
  }
}

variables {
  name = "edu"
  # any file will do without a cloud
  package        = { path = "README.md" }
  files          = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files" }
  mongo_secret   = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf" }
  mongo_database = "lectern"
}

run "every_hour_the_function_is_invoked_by_its_alias" {
  command = apply

  assert {
    condition     = aws_scheduler_schedule.this.name == "edu-upload-janitor" && aws_scheduler_schedule.this.schedule_expression == "rate(1 hour)" && aws_scheduler_schedule.this.target[0].arn == module.function.alias_arn && jsondecode(aws_scheduler_schedule.this.target[0].input) == { version = 1 }
    error_message = "The schedule sends what the function takes (A1)."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.scheduler.statement).resources == toset([module.function.alias_arn]) && one(data.aws_iam_policy_document.scheduler.statement).actions == toset(["lambda:InvokeFunction"])
    error_message = "The scheduler's role invokes this function and no other (D6)."
  }

  assert {
    condition     = { for condition in one(data.aws_iam_policy_document.assumed_by_scheduler.statement).condition : condition.variable => condition.values } == { "aws:SourceAccount" = tolist(["123456789012"]) }
    error_message = "Another account's schedules do not get the role (D6)."
  }

  assert {
    condition     = output.alarm_target == { bucket = "edu-files" } && output.function.function_name == "edu-upload-janitor" && output.function.alias == "live" && output.function.timeout_seconds == 300
    error_message = "A bundle can watch it."
  }
}

run "the_files_role_removes_and_reads_nothing" {
  command = apply

  assert {
    condition = { for statement in data.aws_iam_policy_document.files.statement : statement.sid => "${join(" ", sort(statement.actions))} on ${join(" ", statement.resources)}" } == {
      Remove  = "s3:AbortMultipartUpload s3:DeleteObject s3:GetObject s3:PutObjectVersionTagging on arn:aws:s3:::edu-files/files/*"
      Missing = "s3:ListBucket on arn:aws:s3:::edu-files"
    }
    error_message = "No action deletes a version or uses a key (D6)."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.mongo_secret["main"].statement : "${join(" ", statement.actions)} on ${join(" ", statement.resources)}"] == ["secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"]
    error_message = "The function reads its secret and no other (D6)."
  }
}

run "with_a_key_the_secret_is_decrypted_by_way_of_secrets_manager" {
  command = plan

  variables {
    mongo_secret = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.mongo_secret["main"].statement : one(statement.condition).values if statement.sid == "MongoSecretKey"] == [tolist(["secretsmanager.eu-west-1.amazonaws.com"])]
    error_message = "The key is for the secret alone (D3)."
  }
}

run "with_a_host_there_is_no_secret" {
  command = plan

  variables {
    mongo_secret = null
    mongo_host   = "main-pl-0.ab1cd.mongodb.net"
  }

  assert {
    condition     = length(data.aws_iam_policy_document.mongo_secret) == 0
    error_message = "The role itself is the user (D2)."
  }
}

run "a_long_name_leaves_room_for_the_role_in_any_region" {
  command = plan

  variables {
    name   = "a-name-of-thirty-two-characters-"
    region = "ap-southeast-2"
  }

  assert {
    condition     = length(aws_iam_role.scheduler.name) == 64 && aws_scheduler_schedule.this.region == "ap-southeast-2"
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

    # a bucket's name in the place of its arn is refused
    files = { bucket = "edu-files", bucket_arn = "edu-files" }

    # an address in the place of the secret is refused
    mongo_secret = { arn = "mongodb+srv://main.example.net" }

    # a name that no database can have is refused
    mongo_database = "lectern.files"

    # a schedule in words is refused
    schedule_expression = "every hour"

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
    var.files,
    var.mongo_secret,
    var.mongo_database,
    var.schedule_expression,
    var.memory_mb,
    var.timeout_seconds,
    var.environment,
    var.vpc,
    var.failure_topic,
    var.log_retention_days,
    var.kms_key_arn,
  ]
}

run "values_that_are_refused_too" {
  command = plan

  variables {
    # two ways to sign in are refused
    mongo_host = "main-pl-0.ab1cd.mongodb.net"
  }

  expect_failures = [
    var.mongo_host,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    mongo_secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
    package_path     = "README.md"
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
