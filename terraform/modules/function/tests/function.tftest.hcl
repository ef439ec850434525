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
    defaults = { json = "{}" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/edu-upload-api" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/edu-upload-api" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { version = "7" }
  }

  mock_resource "aws_lambda_alias" {
    defaults = {
      arn        = "arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-api:live"
      invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-api:live/invocations"
    }
  }
}

variables {
  name        = "edu-upload-api"
  description = "Takes files from administrators"
  # any file will do without a cloud
  package = { path = "README.md" }
}

run "a_version_for_every_change_and_an_alias_that_follows" {
  command = apply

  assert {
    condition     = aws_lambda_function.this.publish && aws_lambda_alias.followed["live"].function_version == "7" && length(aws_lambda_alias.shifted) == 0
    error_message = "Every apply publishes a version and moves the alias to it (D5)."
  }

  assert {
    condition     = output.alias_arn == "arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-api:live" && endswith(output.invoke_arn, ":live/invocations") && output.handler == { function_name = "edu-upload-api", alias_name = "live", invoke_arn = output.invoke_arn }
    error_message = "Callers are given the alias (D5)."
  }

  assert {
    condition     = aws_lambda_function.this.runtime == "provided.al2023" && aws_lambda_function.this.handler == "bootstrap" && aws_lambda_function.this.architectures == tolist(["x86_64"])
    error_message = "The function is a binary of its own (A4)."
  }

  assert {
    condition     = aws_lambda_function.this.timeout == 28
    error_message = "The function ends before API Gateway stops to wait."
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == null || aws_lambda_function.this.reserved_concurrent_executions == -1
    error_message = "Nothing is taken out of the account's total unless asked for."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/edu-upload-api" && aws_cloudwatch_log_group.this.retention_in_days == 90 && aws_lambda_function.this.logging_config[0].log_group == aws_cloudwatch_log_group.this.name
    error_message = "The log has an end."
  }

  assert {
    condition     = length(aws_lambda_function.this.vpc_config) + length(aws_lambda_function.this.environment) + length(aws_iam_role.assumed) + length(aws_iam_role_policy.given) == 0
    error_message = "Nothing is made that was not asked for."
  }

  assert {
    condition     = jsonencode(output.alarm_target) == jsonencode({ function_name = "edu-upload-api", alias = "live", timeout_seconds = 28, reserved_concurrency = null })
    error_message = "A bundle's alarms find the function (C2)."
  }
}

run "values_that_are_not_known_before_the_apply" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

run "codedeploy_moves_the_alias" {
  command = apply

  variables {
    rollout = "codedeploy"
  }

  assert {
    condition     = length(aws_lambda_alias.followed) == 0 && output.alias_name == "live" && output.alias_arn == aws_lambda_alias.shifted["live"].arn
    error_message = "The alias that CodeDeploy moves has the same name (D5)."
  }
}

run "what_the_role_may_do_alone" {
  command = apply

  variables {
    tracing = false
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.own.statement : statement.sid] == ["Log"]
    error_message = "A function that was given nothing writes its log (D6)."
  }

  assert {
    condition     = data.aws_iam_policy_document.own.statement[0].resources == toset(["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/edu-upload-api:*"]) && data.aws_iam_policy_document.own.statement[0].actions == toset(["logs:CreateLogStream", "logs:PutLogEvents"])
    error_message = "It writes no other function's log and makes no group (D6)."
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "PassThrough"
    error_message = "It sends no traces."
  }
}

run "a_place_in_a_vpc_that_its_code_cannot_use" {
  command = apply

  variables {
    vpc = { subnet_ids = ["subnet-a", "subnet-b"], security_group_ids = ["sg-lambda"] }
  }

  assert {
    condition     = aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-a", "subnet-b"]) && aws_lambda_function.this.vpc_config[0].security_group_ids == toset(["sg-lambda"])
    error_message = "The function is in the private subnets (B4)."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.own.statement : statement.sid] == ["Log", "NetworkInterfaces", "NetworkInterfacesHere", "NotByTheCode", "Trace"]
    error_message = "The role has what a place in a VPC and traces take (B4)."
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.own.statement : alltrue([for action in statement.actions : !strcontains(action, "*")])])
    error_message = "No action is a pattern (D6)."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.own.statement : statement.sid if contains(statement.resources, "*") && statement.effect != "Deny"] == ["NetworkInterfaces", "Trace"]
    error_message = "Only calls that AWS takes no other resource for are allowed on everything (D6)."
  }

  assert {
    condition = {
      for condition in data.aws_iam_policy_document.own.statement[3].condition : "${condition.test} ${condition.variable}" => condition.values
      } == {
      "ArnEquals lambda:SourceFunctionArn" = tolist(["arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-api", "arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-api:*"])
    }
    error_message = "The function's own code cannot make these calls (D6)."
  }

  assert {
    condition     = length(setsubtract(flatten([for statement in data.aws_iam_policy_document.own.statement : statement.actions if startswith(statement.sid, "NetworkInterfaces")]), data.aws_iam_policy_document.own.statement[3].actions)) == 0
    error_message = "Every call for the network interfaces is denied to the code (D6)."
  }
}

run "s3_by_a_role_that_only_it_can_become" {
  command = apply

  variables {
    environment      = { LECTERN_FILES_BUCKET = "edu-files" }
    policy_documents = [jsonencode({ Statement = [{ Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf" }] })]
    assumed_role     = { policy_documents = [jsonencode({ Statement = { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::edu-files/files/*" } })] }
  }

  assert {
    condition     = aws_iam_role.assumed["main"].name == "edu-upload-api-files-eu-west-1" && aws_iam_role.function.name == "edu-upload-api-eu-west-1" && aws_lambda_function.this.environment[0].variables == tomap({ LECTERN_FILES_BUCKET = "edu-files", LECTERN_FILES_ROLE_ARN = aws_iam_role.assumed["main"].arn })
    error_message = "The function is told which role to become (B6)."
  }

  assert {
    condition     = [for principal in data.aws_iam_policy_document.assumed_by_function.statement[0].principals : principal.identifiers] == [toset([aws_iam_role.function.arn])]
    error_message = "Nobody else can become it (B6)."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.own.statement : statement.resources if statement.sid == "BecomeAssumedRole"] == [toset([aws_iam_role.assumed["main"].arn])]
    error_message = "The function can become it, and no other (B6)."
  }

  assert {
    condition     = length(aws_iam_role_policy.given) == 1 && output.assumed_role_arn == aws_iam_role.assumed["main"].arn
    error_message = "What the function may do else is in a policy beside (D6)."
  }
}

run "a_package_from_s3_needs_no_file" {
  command = plan

  variables {
    package = { bucket = "edu-artifacts", key = "upload-api.zip", version_id = "3sL4kqtJlcpXroDTDmJ", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
  }

  # printf '' | openssl dgst -sha256 -binary | base64
  assert {
    condition     = aws_lambda_function.this.source_code_hash == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    error_message = "A plan compares the package's checksum as Lambda writes it (F4)."
  }

  assert {
    condition     = aws_lambda_function.this.s3_bucket == "edu-artifacts" && aws_lambda_function.this.s3_object_version == "3sL4kqtJlcpXroDTDmJ" && aws_lambda_function.this.filename == null
    error_message = "The package is an object's one version (F4)."
  }
}

run "failures_are_told_to_an_encrypted_topic" {
  command = apply

  variables {
    hands_over = true
    async      = { maximum_retry_attempts = 0, failure_topic = { arn = "arn:aws:sns:eu-west-1:123456789012:edu-critical", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" } }
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.this["main"].qualifier == "live" && aws_lambda_function_event_invoke_config.this["main"].maximum_retry_attempts == 0 && aws_lambda_function_event_invoke_config.this["main"].destination_config[0].on_failure[0].destination == "arn:aws:sns:eu-west-1:123456789012:edu-critical"
    error_message = "What fails for good is told."
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.own.statement : statement.sid => "${join(" ", sort(statement.actions))} on ${join(" ", statement.resources)} ${join(" ", flatten([for condition in statement.condition : [condition.variable, condition.values]]))}" if endswith(statement.sid, "Failures") } == {
      TellFailures    = "sns:Publish on arn:aws:sns:eu-west-1:123456789012:edu-critical "
      EncryptFailures = "kms:Decrypt kms:GenerateDataKey on arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab kms:ViaService sns.eu-west-1.amazonaws.com"
    }
    error_message = "The role may use the topic's key by way of SNS, without which the notice is lost (D3)."
  }

  assert {
    condition     = aws_lambda_function_recursion_config.this["main"].recursive_loop == "Allow" && [for statement in data.aws_iam_policy_document.own.statement : statement.resources if statement.sid == "HandOver"] == [toset(["arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-api", "arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-api:*"])]
    error_message = "It may go on by invoking itself, and no other."
  }
}

run "in_a_region_with_tags_and_a_boundary" {
  command = plan

  variables {
    region               = "eu-central-1"
    tags                 = { team = "platform" }
    permissions_boundary = "arn:aws:iam::123456789012:policy/developers"
    assumed_role         = { policy_documents = [jsonencode({ Statement = { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::edu-files/files/*" } })] }
  }

  assert {
    condition     = alltrue([for resource in [aws_lambda_function.this, aws_cloudwatch_log_group.this] : resource.region == "eu-central-1" && resource.tags.team == "platform"])
    error_message = "All is where it was wanted and has the tags."
  }

  assert {
    condition     = alltrue([for role in [aws_iam_role.function, aws_iam_role.assumed["main"]] : role.permissions_boundary == "arn:aws:iam::123456789012:policy/developers" && role.tags.team == "platform" && endswith(role.name, "-eu-central-1")])
    error_message = "The roles are bounded, and another region's have other names (D6)."
  }
}

run "a_long_name_leaves_room_for_the_roles" {
  command = plan

  variables {
    name = "a-name-as-long-as-lambda-takes-one-with-sixty-four-characters-xx"
  }

  assert {
    condition     = length(aws_iam_role.function.name) == 64 && startswith(aws_iam_role.function.name, "a-name-as-long-as-lambda-takes-one-with-sixty-four-char-")
    error_message = "A role's name has at most 64 characters, and stays another for each function."
  }
}

run "a_customer_key_for_log_and_environment" {
  command = apply

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_lambda_function.this.kms_key_arn == var.kms_key_arn && aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn
    error_message = "The key is used for both (D3)."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.own.statement : "${statement.effect} ${one(statement.condition).variable} ${join(" ", sort(one(statement.condition).values))}" if statement.sid == "EnvironmentNotByTheCode"] == ["Deny lambda:SourceFunctionArn arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-api arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-api:*"]
    error_message = "The function's code cannot use that key (D6)."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.own.statement : statement.resources if statement.sid == "ReadEnvironment"] == [toset([var.kms_key_arn])]
    error_message = "The function can read its environment (D3)."
  }
}

run "a_package_that_is_not_there_is_refused" {
  command = plan

  variables {
    package = { path = "nowhere.zip" }
  }

  expect_failures = [aws_lambda_function.this]
}

run "values_that_are_refused" {
  command = plan

  variables {
    # a name that leaves no room for a role is refused
    name = "Upload API"

    # a function that nobody described is refused
    description = ""

    # a package without its version is refused
    package = { bucket = "edu-artifacts", key = "upload-api.zip", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }

    # more tries than lambda makes are refused
    async = { maximum_retry_attempts = 3 }

    # another architecture is refused
    architecture = "riscv64"

    # too little memory is refused
    memory_mb = 64

    # more time than lambda has is refused
    timeout_seconds = 901

    # a name no environment takes is refused
    environment = { "LECTERN-LOG" = "debug" }

    # one subnet is refused
    vpc = { subnet_ids = ["subnet-a"], security_group_ids = ["sg-lambda"] }

    # an action that is a pattern is refused
    policy_documents = [jsonencode({ Statement = [{ Effect = "Allow", Action = ["kms:Decrypt", "s3:*"], Resource = "arn:aws:s3:::edu-files/*" }] })]

    # an assumed role for every resource is refused
    assumed_role = { policy_documents = [jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })] }

    # less than no concurrency is refused
    reserved_concurrency = -1

    # a version in the place of an alias is refused
    alias = "$LATEST"

    # a rollout that nobody does is refused
    rollout = "manual"

    # a retention that cloudwatch does not know is refused
    log_retention_days = 10

    # an alias in the place of the key is refused
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/logs"
  }

  expect_failures = [
    var.name,
    var.description,
    var.package,
    var.async,
    var.architecture,
    var.memory_mb,
    var.timeout_seconds,
    var.environment,
    var.vpc,
    var.policy_documents,
    var.assumed_role,
    var.reserved_concurrency,
    var.alias,
    var.rollout,
    var.log_retention_days,
    var.kms_key_arn,
  ]
}

run "values_that_are_refused_too" {
  command = plan

  variables {
    # a package from two places is refused
    package = { path = "README.md", bucket = "edu-artifacts" }

    # a queue in the place of the topic is refused
    async = { failure_topic = { arn = "arn:aws:sqs:eu-west-1:123456789012:failures" } }

    # all actions but some are refused
    policy_documents = [jsonencode({ Statement = { Effect = "Allow", NotAction = "iam:PassRole", Resource = "arn:aws:s3:::edu-files/*" } })]

    # an assumed role that may do everything is refused
    assumed_role = { policy_documents = [jsonencode({ Statement = { Effect = "Allow", Action = "*", Resource = "arn:aws:s3:::edu-files/*" } })] }
  }

  expect_failures = [
    var.package,
    var.async,
    var.policy_documents,
    var.assumed_role,
  ]
}

run "values_that_are_refused_as_well" {
  command = plan

  variables {
    # a checksum in base64 is refused
    package = { bucket = "edu-artifacts", key = "upload-api.zip", version_id = "3sL4kqtJlcpXroDTDmJ", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }

    # an action with any character is refused
    policy_documents = [jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:?etObject", Resource = "arn:aws:s3:::edu-files/*" }] })]

    # an assumed role that may do nothing is refused
    assumed_role = { policy_documents = [] }
  }

  expect_failures = [
    var.package,
    var.policy_documents,
    var.assumed_role,
  ]
}

run "values_that_are_refused_and_these" {
  command = plan

  variables {
    # every resource is refused
    policy_documents = [jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = ["*"] }] })]
  }

  expect_failures = [
    var.policy_documents,
  ]
}

run "values_that_are_refused_likewise" {
  command = plan

  variables {
    # every resource but some is refused
    policy_documents = [jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", NotResource = "arn:aws:s3:::edu-files/*" }] })]
  }

  expect_failures = [
    var.policy_documents,
  ]
}

run "values_that_are_refused_also" {
  command = plan

  variables {
    # a policy that is not json is refused
    policy_documents = ["AmazonS3FullAccess"]
  }

  expect_failures = [
    var.policy_documents,
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
    vpc              = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
    failure_topic    = { arn = "arn:aws:sns:eu-west-1:123456789012:edu-critical", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    mongo_secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
    log_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}
