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

  mock_data "aws_ec2_managed_prefix_list" {
    defaults = { id = "pl-6da54004", arn = "arn:aws:ec2:eu-west-1:aws:prefix-list/pl-6da54004" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/edu" }
  }

  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:edu-flow-log-guard:live" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/edu-flow-log-guard" }
  }
}

variables {
  name     = "edu"
  flow_log = { flow_log_group = "/aws/vpc/edu/flow-logs" }
  # any file will do for a plan
  package = { path = "README.md" }
}

run "all_lines_of_one_group_go_to_the_function" {
  command = apply

  assert {
    condition     = aws_cloudwatch_log_subscription_filter.flow_logs.filter_pattern == "" && aws_cloudwatch_log_subscription_filter.flow_logs.log_group_name == "/aws/vpc/edu/flow-logs"
    error_message = "A pattern would leave lines out that nobody counts."
  }

  assert {
    condition     = aws_cloudwatch_log_subscription_filter.flow_logs.destination_arn == module.function.alias_arn
    error_message = "The subscription invokes the alias (D5)."
  }

  assert {
    condition     = aws_lambda_permission.logs.source_arn == "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vpc/edu/flow-logs:*" && aws_lambda_permission.logs.qualifier == "live"
    error_message = "CloudWatch Logs invokes for this group only, and the alias (D6)."
  }

  assert {
    condition = jsonencode(local.settings) == jsonencode({
      LECTERN_FLOW_LOG_FORMAT    = null
      LECTERN_OWN_CIDRS          = ""
      LECTERN_PREFIX_LIST_IDS    = "pl-6da54004,pl-6da54004"
      LECTERN_FINDINGS_TOPIC_ARN = null
      LECTERN_EVENT_BUS          = null
      LECTERN_WINDOW_SECONDS     = "60"
      LECTERN_REJECTED           = "report"
      LECTERN_FINDINGS_PER_EVENT = "500"
    })
    error_message = "The defaults are the function's."
  }

  assert {
    condition     = [for name, list in data.aws_ec2_managed_prefix_list.services : list.name] == ["com.amazonaws.eu-west-1.dynamodb", "com.amazonaws.eu-west-1.s3"]
    error_message = "S3 and DynamoDB behind their gateways are not reported."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.guard.statement : statement.sid] == ["ReadPrefixLists"]
    error_message = "Without a topic and a bus it may publish nowhere (D6)."
  }

  assert {
    condition     = output.flow_logs_target == { flow_log_group = "/aws/vpc/edu/flow-logs" } && output.alarm_target.function_name == "edu-flow-log-guard"
    error_message = "The outputs are targets of an alarm bundle."
  }
}

run "findings_go_to_a_topic_and_a_bus" {
  command = plan

  variables {
    flow_log       = { flow_log_group = "/aws/vpc/edu/flow-logs", log_format = "$${version} $${srcaddr} $${dstaddr} $${action}" }
    own_cidrs      = ["100.64.0.0/16", "2001:db8:42::/56"]
    findings_topic = { arn = "arn:aws:sns:eu-west-1:123456789012:edu-critical", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    event_bus      = { arn = "arn:aws:events:eu-west-1:123456789012:event-bus/default" }
    window_seconds = 3600
    rejected       = "count"
  }

  assert {
    condition     = local.settings.LECTERN_FLOW_LOG_FORMAT == "$${version} $${srcaddr} $${dstaddr} $${action}" && local.settings.LECTERN_OWN_CIDRS == "100.64.0.0/16,2001:db8:42::/56"
    error_message = "The function reads the flow log's own format, and knows the own ranges."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.guard.statement : statement.sid] == ["ReadPrefixLists", "PublishFindings", "EncryptFindings", "PutFindings"]
    error_message = "It may publish to the topic with its key, and put events on the bus."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.guard.statement : one(one(statement.condition).values) if statement.sid == "EncryptFindings"] == ["sns.eu-west-1.amazonaws.com"]
    error_message = "The topic's key is used by way of SNS only."
  }
}

run "a_guard_that_reaches_nothing_has_no_policy_of_its_own" {
  command = plan

  variables {
    prefix_lists = []
  }

  assert {
    condition     = local.reaches_nothing && length(data.aws_ec2_managed_prefix_list.services) == 0
    error_message = "IAM takes no policy without statements."
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

    # an ARN in the place of the group's name is refused
    flow_log = { flow_log_group = "arn:aws:logs:eu-west-1:123456789012:log-group:edu:*" }

    # all addresses are refused
    own_cidrs = ["0.0.0.0/0"]

    # the whole name of a list is refused
    prefix_lists = ["com.amazonaws.eu-west-1.s3"]

    # a bus by its name is refused
    event_bus = { arn = "default" }

    # a window of half a minute is refused
    window_seconds = 30

    # an unknown way is refused
    rejected = "ignore"

    # no findings are refused
    findings_per_event = 0

    # too little memory is refused
    memory_mb = 128

    # too little time is refused
    timeout_seconds = 5
  }

  expect_failures = [
    var.name,
    var.flow_log,
    var.own_cidrs,
    var.prefix_lists,
    var.event_bus,
    var.window_seconds,
    var.rejected,
    var.findings_per_event,
    var.memory_mb,
    var.timeout_seconds,
  ]
}

run "a_format_without_an_action_is_refused" {
  command = plan

  variables {
    flow_log = { flow_log_group = "edu", log_format = "$${srcaddr} $${dstaddr} $${log-status}" }
  }

  expect_failures = [var.flow_log]
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
    topic       = { arn = "arn:aws:sns:eu-west-1:123456789012:edu-critical", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}
