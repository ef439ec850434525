mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }

  mock_data "aws_region" {
    defaults = { region = "us-east-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Statement\":[]}" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/edu" }
  }

  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:edu-origin-failover:live" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/edu-origin-failover" }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:us-east-1:123456789012:rule/edu-origin-failover" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:us-east-1:123456789012:edu-origin-failover-dead-letters" }
  }
}

variables {
  name         = "edu"
  alarms       = { primary = "edu/region-1", secondary = "edu/region-2" }
  distribution = { id = "E2QWRUHAPOMQZL", primary_origin_id = "api-1", secondary_origin_id = "api-2" }
  # any file will do for a plan
  package = { path = "README.md" }
}

run "two_alarms_and_each_minute_start_the_function" {
  command = apply

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.alarms.event_pattern) == { source = ["aws.cloudwatch"], "detail-type" = ["CloudWatch Alarm State Change"], detail = { alarmName = ["edu/region-1", "edu/region-2"] } }
    error_message = "Other alarms start nothing."
  }

  assert {
    condition     = aws_cloudwatch_event_target.function.arn == module.function.alias_arn && aws_cloudwatch_event_target.function.dead_letter_config[0].arn == "arn:aws:sqs:us-east-1:123456789012:edu-origin-failover-dead-letters"
    error_message = "The rule invokes the alias, and what it cannot hand over is kept (D5)."
  }

  assert {
    condition     = !strcontains(aws_cloudwatch_event_target.function.input_transformer[0].input_template, "reason") && !strcontains(aws_cloudwatch_event_target.function.input_transformer[0].input_template, "configuration")
    error_message = "The function gets no more of the event than it needs."
  }

  assert {
    condition     = aws_lambda_permission.events.source_arn == aws_cloudwatch_event_rule.alarms.arn && aws_lambda_permission.events.qualifier == "live"
    error_message = "EventBridge invokes for this rule only, and the alias (D6)."
  }

  assert {
    condition     = aws_scheduler_schedule.look.schedule_expression == "rate(1 minute)" && jsondecode(aws_scheduler_schedule.look.target[0].input) == { version = 1 }
    error_message = "The hold time ends and the override is carried out within a minute."
  }

  assert {
    condition = jsonencode({ for name, value in local.settings : name => value if value != null }) == jsonencode({
      LECTERN_DISTRIBUTION_ID     = "E2QWRUHAPOMQZL"
      LECTERN_DRY_RUN             = "false"
      LECTERN_FAILBACK            = "manual"
      LECTERN_HOLD_SECONDS        = "900"
      LECTERN_OVERRIDE_PARAMETER  = "/edu/write-path"
      LECTERN_PRIMARY_ALARM       = "edu/region-1"
      LECTERN_PRIMARY_ORIGIN_ID   = "api-1"
      LECTERN_SECONDARY_ALARM     = "edu/region-2"
      LECTERN_SECONDARY_ORIGIN_ID = "api-2"
    })
    error_message = "The defaults are the function's, and nobody goes back to region 1 without a person."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.failover.statement : statement.sid] == ["ReadAlarms", "ReadOverride", "SwitchDistribution"] && one(data.aws_iam_policy_document.failover.statement[2].resources) == "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL"
    error_message = "It may change this distribution and nothing else (D6)."
  }

  assert {
    condition     = aws_ssm_parameter.override.value == "auto" && aws_ssm_parameter.override.type == "String"
    error_message = "At first the alarms decide."
  }

  assert {
    condition     = output.origin_failover_target == { write_path = "E2QWRUHAPOMQZL" } && output.alarm_target.function_name == "edu-origin-failover" && output.override_parameter_name == "/edu/write-path"
    error_message = "The outputs are targets of an alarm bundle, and say how to switch by hand."
  }
}

run "a_distribution_with_a_web_acl_and_legacy_logs" {
  command = plan

  variables {
    distribution = {
      id                  = "E2QWRUHAPOMQZL"
      primary_origin_id   = "api-1"
      secondary_origin_id = "api-2"
      web_acl_arn         = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edu/a1b2"
      log_bucket_arn      = "arn:aws:s3:::edu-cdn-logs"
    }
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.failover.statement : one(statement.resources) if startswith(statement.sid, "Keep")] == ["arn:aws:wafv2:us-east-1:123456789012:global/webacl/edu/a1b2", "arn:aws:s3:::edu-cdn-logs"]
    error_message = "CloudFront refuses a change by somebody who may not read its web ACL."
  }
}

run "a_record_with_notices" {
  command = plan

  variables {
    distribution = null
    record = {
      zone_id   = "Z1D633PJN98FT9"
      name      = "Write.example.com"
      primary   = { name = "api-1.example.com" }
      secondary = { name = "api-2.example.com" }
    }
    failback          = "automatic"
    hold_seconds      = 60
    dry_run           = true
    notice_topic      = { arn = "arn:aws:sns:us-east-1:123456789012:edu-critical", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    event_bus         = { arn = "arn:aws:events:us-east-1:123456789012:event-bus/default" }
    dead_letter_queue = { arn = "arn:aws:sqs:us-east-1:123456789012:dead-letters" }
  }

  assert {
    condition     = local.settings.LECTERN_RECORD_TYPE == "CNAME" && local.settings.LECTERN_HOSTED_ZONE_ID == "Z1D633PJN98FT9" && !contains(keys(local.settings), "LECTERN_DISTRIBUTION_ID") && local.settings.LECTERN_DRY_RUN == "true"
    error_message = "The function switches the record."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.failover.statement : statement.sid] == ["ReadAlarms", "ReadOverride", "ReadRecords", "SwitchRecord", "PublishNotices", "EncryptNotices", "PutNotices"]
    error_message = "It may change the record, and tell topic and bus."
  }

  assert {
    condition     = { for condition in one([for statement in data.aws_iam_policy_document.failover.statement : statement if statement.sid == "SwitchRecord"]).condition : condition.variable => tolist(condition.values) } == { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = tolist(["write.example.com"]), "route53:ChangeResourceRecordSetsRecordTypes" = tolist(["CNAME"]), "route53:ChangeResourceRecordSetsActions" = tolist(["CREATE", "DELETE"]) }
    error_message = "Of the zone it may change this record alone (D6)."
  }

  assert {
    condition     = length(aws_sqs_queue.dead_letters) == 0 && aws_cloudwatch_event_target.function.dead_letter_config[0].arn == "arn:aws:sqs:us-east-1:123456789012:dead-letters"
    error_message = "A queue that is given is used."
  }
}

run "values_that_are_not_known_before_the_apply" {
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

    # one alarm for two regions is refused
    alarms = { primary = "edu/region-1", secondary = "edu/region-1" }

    # the same origin twice is refused
    distribution = { id = "E2QWRUHAPOMQZL", primary_origin_id = "api-1", secondary_origin_id = "api-1" }

    # more than a day is refused
    hold_seconds = 90000

    # an unknown way is refused
    failback = "never"

    # a bus by its name is refused
    event_bus = { arn = "default" }

    # an unknown architecture is refused
    architecture = "riscv"

    # too little memory is refused
    memory_mb = 64

    # too little time is refused
    timeout_seconds = 5

    # names that Lambda does not take are refused
    environment = { "1" = "a" }

    # no concurrency is refused
    reserved_concurrency = 0

    # a number of days that CloudWatch Logs does not know is refused
    log_retention_days = 2

    # an alias of a key is refused
    kms_key_arn = "alias/edu"
  }

  expect_failures = [
    var.name,
    var.alarms,
    var.distribution,
    var.hold_seconds,
    var.failback,
    var.event_bus,
    var.architecture,
    var.memory_mb,
    var.timeout_seconds,
    var.environment,
    var.reserved_concurrency,
    var.log_retention_days,
    var.kms_key_arn,
  ]
}

run "two_write_paths_and_arns_are_refused" {
  command = plan

  variables {
    alarms = { primary = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:edu/region-1", secondary = "edu/region-2" }
    record = { zone_id = "Z1", name = "write.example.com", primary = { name = "a" }, secondary = { name = "b" } }
  }

  expect_failures = [var.alarms, var.distribution]
}

run "a_record_of_text_is_refused" {
  command = plan

  variables {
    distribution = null
    record       = { zone_id = "Z1", name = "write.example.com", type = "TXT", primary = { name = "a", zone_id = "Z2" }, secondary = { name = "b", zone_id = "Z3" } }
  }

  expect_failures = [var.record]
}

run "an_alias_without_zones_is_refused" {
  command = plan

  variables {
    distribution = null
    record       = { zone_id = "Z1", name = "write.example.com", type = "A", primary = { name = "a" }, secondary = { name = "b" } }
  }

  expect_failures = [var.record]
}

run "a_wildcard_is_refused" {
  command = plan

  variables {
    distribution = null
    record       = { zone_id = "Z1", name = "*.example.com", primary = { name = "a" }, secondary = { name = "b" } }
  }

  expect_failures = [var.record]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    package_path  = "README.md"
    health_checks = { primary = "abcdef11-2222-3333-4444-555555fedcba", secondary = "abcdef11-2222-3333-4444-555555fedcbb" }
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    topic       = { arn = "arn:aws:sns:us-east-1:123456789012:edu-critical", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}
