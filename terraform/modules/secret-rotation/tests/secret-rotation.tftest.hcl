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
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:edu-secret-rotation:live" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/edu-secret-rotation" }
  }
}

variables {
  name          = "edu"
  secrets       = { app = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo/app-AbCdEf" } }
  master_secret = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-admin-AbCdEf" }
  # any file will do for a plan
  package = { path = "README.md" }
}

run "each_secret_is_rotated_by_the_function" {
  command = apply

  assert {
    condition     = aws_secretsmanager_secret_rotation.this["app"].rotation_lambda_arn == module.function.alias_arn && aws_secretsmanager_secret_rotation.this["app"].rotation_rules[0].automatically_after_days == 30 && aws_secretsmanager_secret_rotation.this["app"].rotate_immediately
    error_message = "A secret is rotated each 30 days, for the first time at once (D2)."
  }

  assert {
    condition     = aws_lambda_permission.rotation["app"].principal == "secretsmanager.amazonaws.com" && aws_lambda_permission.rotation["app"].source_arn == var.secrets.app.arn && aws_lambda_permission.rotation["app"].qualifier == "live"
    error_message = "Secrets Manager may start the function's alias, for this secret (D6)."
  }

  assert {
    condition = [for statement in data.aws_iam_policy_document.secrets.statement : { sid = statement.sid, actions = statement.actions, resources = statement.resources }] == [
      { sid = "RotateSecrets", actions = toset(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"]), resources = toset([var.secrets.app.arn]) },
      { sid = "ReadAdministrator", actions = toset(["secretsmanager:GetSecretValue"]), resources = toset([var.master_secret.arn]) },
    ]
    error_message = "It may rotate its secrets, read the administrator's, and nothing else (D6)."
  }

  assert {
    condition     = aws_scheduler_schedule.age.schedule_expression == "rate(1 day)" && jsondecode(aws_scheduler_schedule.age.target[0].input) == { version = 1 } && aws_scheduler_schedule.age.target[0].arn == module.function.alias_arn
    error_message = "The alarm on the age looks at days."
  }

  assert {
    condition     = data.aws_iam_policy_document.scheduled.statement[0].resources == toset([module.function.alias_arn]) && length(data.aws_iam_policy_document.scheduled.statement) == 1
    error_message = "The schedule may start this function and nothing else (D6)."
  }

  assert {
    condition     = output.alarm_targets == { app = { secret_name = "mongo/app", max_age_days = 35 } } && output.function.function_name == "edu-secret-rotation" && output.function.timeout_seconds == 60
    error_message = "The secret and the function can be watched."
  }
}

run "customer_keys_and_a_schedule_of_ones_own" {
  command = apply

  variables {
    secrets             = { app = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo/app-AbCdEf", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1" } }
    master_secret       = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-admin-AbCdEf", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/2" }
    schedule_expression = "cron(0 2 1 * ? *)"
    window              = "3h"
    rotate_immediately  = false
    max_age_days        = 10
  }

  assert {
    condition     = aws_secretsmanager_secret_rotation.this["app"].rotation_rules[0].schedule_expression == "cron(0 2 1 * ? *)" && aws_secretsmanager_secret_rotation.this["app"].rotation_rules[0].duration == "3h" && !aws_secretsmanager_secret_rotation.this["app"].rotate_immediately
    error_message = "It is rotated in its window."
  }

  assert {
    condition = [for statement in slice(data.aws_iam_policy_document.secrets.statement, 2, 4) : { actions = statement.actions, resources = statement.resources, via = one(statement.condition[*].values) }] == [
      { actions = toset(["kms:Decrypt", "kms:GenerateDataKey"]), resources = toset(["arn:aws:kms:eu-west-1:123456789012:key/1"]), via = tolist(["secretsmanager.eu-west-1.amazonaws.com"]) },
      { actions = toset(["kms:Decrypt"]), resources = toset(["arn:aws:kms:eu-west-1:123456789012:key/2"]), via = tolist(["secretsmanager.eu-west-1.amazonaws.com"]) },
    ]
    error_message = "It uses the keys by way of Secrets Manager, the administrator's for reading only (D3, D6)."
  }
}

run "passwords_of_atlas_are_changed_by_its_admin_api" {
  command = apply

  variables {
    master_secret = null
    atlas = {
      project_id      = "0123456789abcdef01234567"
      host            = "main-pl-0.abcde.mongodb.net"
      service_account = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:atlas-AbCdEf", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/3" }
      way_out         = "proxy"
      proxy_url       = "http://proxy.egress.internal:3128"
    }
    vpc = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
  }

  assert {
    condition = tomap(local.way) == tomap({
      LECTERN_ATLAS_PROJECT_ID = "0123456789abcdef01234567"
      LECTERN_ATLAS_SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:atlas-AbCdEf"
      LECTERN_MONGO_HOST       = "main-pl-0.abcde.mongodb.net"
      LECTERN_ATLAS_PROXY      = "http://proxy.egress.internal:3128"
    })
    error_message = "The environment names the service account's secret and never its value (D2)."
  }

  assert {
    condition = [for statement in slice(data.aws_iam_policy_document.secrets.statement, 1, 3) : { actions = statement.actions, resources = statement.resources }] == [
      { actions = toset(["secretsmanager:GetSecretValue"]), resources = toset(["arn:aws:secretsmanager:eu-west-1:123456789012:secret:atlas-AbCdEf"]) },
      { actions = toset(["kms:Decrypt"]), resources = toset(["arn:aws:kms:eu-west-1:123456789012:key/3"]) },
    ]
    error_message = "It may read the service account's secret, and nothing else besides (D6)."
  }
}

run "atlas_by_a_route_of_the_subnets" {
  command = plan

  variables {
    master_secret = null
    atlas = {
      project_id      = "0123456789abcdef01234567"
      host            = "main-pl-0.abcde.mongodb.net"
      service_account = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:atlas-AbCdEf" }
      way_out         = "route"
    }
    vpc = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
  }

  assert {
    condition     = !contains(keys(local.way), "LECTERN_ATLAS_PROXY") && !contains(keys(local.way), "LECTERN_MASTER_SECRET_ARN")
    error_message = "Calls of the API leave directly, and no administrator of MongoDB is named."
  }
}

run "atlas_with_settings_that_cannot_work_is_refused" {
  command = plan

  variables {
    master_secret = null
    atlas = {
      project_id      = "school"
      host            = "mongodb+srv://main-pl-0.abcde.mongodb.net"
      service_account = { arn = "atlas", kms_key_arn = "alias/secrets" }
      way_out         = "none"
      proxy_url       = "http://user:password@proxy:3128"
    }
  }

  # Outside of a VPC, too.
  expect_failures = [
    var.atlas,
  ]
}

run "two_ways_to_change_passwords_are_refused" {
  command = plan

  variables {
    atlas = {
      project_id      = "0123456789abcdef01234567"
      host            = "main-pl-0.abcde.mongodb.net"
      service_account = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:atlas-AbCdEf" }
      way_out         = "route"
    }
    vpc = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
  }

  expect_failures = [
    var.atlas,
  ]
}

run "a_proxy_without_an_address_is_refused" {
  command = plan

  variables {
    master_secret = null
    atlas = {
      project_id      = "0123456789abcdef01234567"
      host            = "main-pl-0.abcde.mongodb.net"
      service_account = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:atlas-AbCdEf" }
      way_out         = "proxy"
    }
    vpc = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
  }

  expect_failures = [
    var.atlas,
  ]
}

run "nobody_who_may_change_passwords_is_refused" {
  command = plan

  variables {
    master_secret = null
  }

  expect_failures = [
    var.atlas,
  ]
}

run "in_a_region_with_tags" {
  command = plan

  variables {
    region = "eu-central-1"
    tags   = { team = "platform" }
  }

  assert {
    condition     = aws_secretsmanager_secret_rotation.this["app"].region == "eu-central-1" && aws_scheduler_schedule.age.region == "eu-central-1" && aws_iam_role.scheduler.tags.team == "platform"
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
    name                 = "Edu"
    secrets              = { "the app" = { arn = "mongo", kms_key_arn = "alias/secrets" } }
    master_secret        = { arn = "mongo-admin", kms_key_arn = "alias/secrets" }
    rotation_days        = 0
    schedule_expression  = "monthly"
    window               = "25h"
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
    var.secrets,
    var.master_secret,
    var.rotation_days,
    var.schedule_expression,
    var.window,
    var.architecture,
    var.memory_mb,
    var.vpc,
    var.environment,
    var.reserved_concurrency,
    var.log_retention_days,
    var.kms_key_arn,
  ]
}

run "an_alarm_that_fires_before_each_rotation_is_refused" {
  command = plan

  variables {
    rotation_days = 35
  }

  expect_failures = [
    var.max_age_days,
  ]
}

run "an_age_beyond_secrets_managers_longest_interval_is_refused" {
  command = plan

  variables {
    max_age_days = 1001
  }

  expect_failures = [
    var.max_age_days,
  ]
}

run "no_secret_is_refused" {
  command = plan

  variables {
    secrets = {}
  }

  expect_failures = [
    var.secrets,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    secret_arn        = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
    master_secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-admin-AbCdEf"
    package_path      = "README.md"
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    secret_arns       = { app = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf", reports = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:reports-AbCdEf" }
    master_secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-admin-AbCdEf"
    secrets_key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    vpc               = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
    log_key_arn       = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}
