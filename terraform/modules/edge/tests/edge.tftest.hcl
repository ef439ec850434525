mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Statement\":[]}" }
  }

  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edu/0123abcd" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-edu" }
  }
}

variables {
  name          = "edu"
  origin_verify = { values = ["0123456789abcdef0123456789abcdef"] }
}

run "rules_in_front_of_the_cdn_and_only_the_cdn_in_front_of_the_api" {
  command = plan

  assert {
    condition     = aws_wafv2_web_acl.cdn["main"].scope == "CLOUDFRONT" && aws_wafv2_web_acl.cdn["main"].region == "us-east-1" && length(aws_wafv2_web_acl.cdn["main"].default_action[0].allow) == 1
    error_message = "CloudFront's web ACL is in us-east-1 (D11)."
  }

  assert {
    condition = { for rule in aws_wafv2_web_acl.cdn["main"].rule : rule.name => rule.priority } == {
      rate-by-ip                           = 0
      body-size                            = 1
      AWSManagedRulesCommonRuleSet         = 2
      AWSManagedRulesSQLiRuleSet           = 3
      AWSManagedRulesKnownBadInputsRuleSet = 4
    }
    error_message = "Common attacks with cross-site scripting, SQL injection, known bad inputs, rates and sizes (D11)."
  }

  assert {
    condition = alltrue(flatten([
      for rule in aws_wafv2_web_acl.cdn["main"].rule : [for group in rule.statement[0].managed_rule_group_statement : length(rule.override_action[0].none) == 1 && length(rule.override_action[0].count) == 0 && group.vendor_name == "AWS" && group.version == null]
    ]))
    error_message = "The groups block, in the version that AWS recommends."
  }

  assert {
    condition     = toset(flatten([for rule in aws_wafv2_web_acl.cdn["main"].rule : [for group in rule.statement[0].managed_rule_group_statement : [for override in group.rule_action_override : "${rule.name} ${override.name} ${length(override.action_to_use[0].count)}"]]])) == toset(["AWSManagedRulesCommonRuleSet SizeRestrictions_BODY 1"])
    error_message = "A body of 8 KB is not blocked by the side, since the API takes larger ones."
  }

  assert {
    condition     = one(flatten([for rule in aws_wafv2_web_acl.cdn["main"].rule : [for rate in rule.statement[0].rate_based_statement : "${rate.aggregate_key_type} ${rate.limit} ${rate.evaluation_window_sec}"]])) == "IP 2000 300"
    error_message = "An address has a share (D11)."
  }

  assert {
    condition     = one(flatten([for rule in aws_wafv2_web_acl.cdn["main"].rule : rule.action[0].block[0].custom_response[*].response_code if rule.name == "rate-by-ip"])) == 429
    error_message = "Who asks too often is told so."
  }

  assert {
    condition     = one(flatten([for rule in aws_wafv2_web_acl.cdn["main"].rule : [for size in rule.statement[0].size_constraint_statement : "${size.comparison_operator} ${size.size} ${size.field_to_match[0].body[0].oversize_handling}"]])) == "GT 65536 MATCH"
    error_message = "What is longer than WAF reads is blocked, not passed unread (D9)."
  }

  assert {
    condition     = aws_wafv2_web_acl.cdn["main"].association_config[0].request_body[0].cloudfront[0].default_size_inspection_limit == "KB_64"
    error_message = "WAF reads as much as is let through."
  }

  assert {
    condition     = aws_wafv2_web_acl.api["main"].scope == "REGIONAL" && length(aws_wafv2_web_acl.api["main"].default_action[0].block) == 1 && length(aws_wafv2_web_acl.api["main"].default_action[0].allow) == 0
    error_message = "What no rule allows is blocked (D9)."
  }

  assert {
    condition     = nonsensitive([for rule in aws_wafv2_web_acl.api["main"].rule : [for match in rule.statement[0].byte_match_statement : "${match.positional_constraint} ${match.field_to_match[0].single_header[0].name} ${match.search_string}"]]) == [["EXACTLY x-origin-verify 0123456789abcdef0123456789abcdef"]]
    error_message = "The header's whole value is compared (D9)."
  }

  assert {
    condition     = nonsensitive(output.verify) == { header = "x-origin-verify", value = "0123456789abcdef0123456789abcdef" }
    error_message = "The CDN is told what to send (D9)."
  }

  assert {
    condition     = output.log_group_names == { api = "aws-waf-logs-edu-api", cdn = "aws-waf-logs-edu-cdn" } && aws_cloudwatch_log_group.this["cdn"].region == "us-east-1" && aws_wafv2_web_acl_logging_configuration.this["cdn"].region == "us-east-1"
    error_message = "WAF writes to groups of such names, each in its web ACL's region."
  }

  assert {
    condition = alltrue([
      for logging in values(aws_wafv2_web_acl_logging_configuration.this) :
      toset(flatten([for field in logging.redacted_fields : field.single_header[*].name])) == toset(["authorization", "cookie", "x-origin-verify"]) && length(flatten([for field in logging.redacted_fields : field.query_string])) == 1
    ])
    error_message = "Tokens, cookies, signatures and the header's value are not in the logs (D4)."
  }

  assert {
    condition     = alltrue([for acl in concat(values(aws_wafv2_web_acl.cdn), values(aws_wafv2_web_acl.api)) : !acl.visibility_config[0].sampled_requests_enabled && alltrue([for rule in acl.rule : !rule.visibility_config[0].sampled_requests_enabled])])
    error_message = "Samples would have what the logs do not (D4)."
  }

  assert {
    condition     = alltrue([for logging in values(aws_wafv2_web_acl_logging_configuration.this) : one(logging.logging_filter[*].default_behavior) == "DROP"])
    error_message = "Requests that pass are not logged."
  }

  assert {
    condition = alltrue([
      for key, document in data.aws_iam_policy_document.logs :
      one([for statement in document.statement : statement.principals]) == toset([{ type = "Service", identifiers = toset(["delivery.logs.amazonaws.com"]) }]) &&
      toset(flatten([for statement in document.statement : [for condition in statement.condition : "${condition.variable} ${join(",", condition.values)}"]])) == toset(["aws:SourceAccount 123456789012", "aws:SourceArn arn:aws:logs:${key == "cdn" ? "us-east-1" : "eu-west-1"}:123456789012:*"])
    ])
    error_message = "The log service writes for this account only (D6)."
  }
}

# One run for many settings: to Terraform a web ACL is a very large value, and each run makes it again.
run "a_new_value_a_group_on_trial_all_requests_logged_and_shield_advanced" {
  command = plan

  variables {
    region                = "eu-west-1"
    origin_verify         = { header = "x-edu-origin", values = ["fedcba9876543210fedcba9876543210", "0123456789abcdef0123456789abcdef"] }
    log_requests          = "all"
    log_retention_days    = 365
    kms_key_arn           = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    us_east_1_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab"
    shield_advanced       = { acknowledged_yearly_commitment = true, protected = { cdn = "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL" } }
    tags                  = { team = "platform" }

    cdn = {
      managed_rules  = { sql_injection = { action = "count", version = "Version_1.1", count_rules = ["SQLi_BODY"] } }
      rate           = { limit = 100, window_seconds = 60 }
      max_body_bytes = 16384
    }
  }

  assert {
    condition = nonsensitive(flatten([
      for rule in aws_wafv2_web_acl.api["main"].rule : [for either in rule.statement[0].or_statement : [for statement in either.statement : "${statement.byte_match_statement[0].field_to_match[0].single_header[0].name} ${statement.byte_match_statement[0].search_string}"]]
    ])) == ["x-edu-origin fedcba9876543210fedcba9876543210", "x-edu-origin 0123456789abcdef0123456789abcdef"]
    error_message = "Both values pass while the distribution changes to the new one (D9)."
  }

  assert {
    condition     = nonsensitive(output.verify.value) == "fedcba9876543210fedcba9876543210"
    error_message = "The CDN sends the first."
  }

  assert {
    condition     = alltrue([for logging in values(aws_wafv2_web_acl_logging_configuration.this) : length(logging.logging_filter) == 0])
    error_message = "All requests are logged."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this["cdn"].kms_key_id == "arn:aws:kms:us-east-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" && aws_cloudwatch_log_group.this["api"].kms_key_id == "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" && alltrue([for group in values(aws_cloudwatch_log_group.this) : group.retention_in_days == 365])
    error_message = "Each log has the key of its region."
  }

  assert {
    condition     = alltrue([for resource in [aws_wafv2_web_acl.cdn["main"], aws_wafv2_web_acl.api["main"], aws_cloudwatch_log_group.this["cdn"], aws_cloudwatch_log_group.this["api"]] : resource.tags.team == "platform"]) && aws_wafv2_web_acl.api["main"].region == "eu-west-1"
    error_message = "What takes tags has them."
  }

  assert {
    condition = one(flatten([
      for rule in aws_wafv2_web_acl.cdn["main"].rule : [for group in rule.statement[0].managed_rule_group_statement : "${length(rule.override_action[0].count)} ${group.version} ${join(",", group.rule_action_override[*].name)}" if rule.name == "AWSManagedRulesSQLiRuleSet"]
    ])) == "1 Version_1.1 SQLi_BODY"
    error_message = "A group can count before it blocks."
  }

  assert {
    condition     = aws_wafv2_web_acl.cdn["main"].association_config[0].request_body[0].cloudfront[0].default_size_inspection_limit == "KB_16"
    error_message = "Nothing is paid for reading more than is let through."
  }

  assert {
    condition     = length(aws_shield_subscription.this) == 1 && aws_shield_protection.this["cdn"].name == "edu-cdn" && aws_shield_protection.this["cdn"].resource_arn == "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL"
    error_message = "The distribution is protected (D11)."
  }
}

run "the_second_region_has_only_its_apis_web_acl" {
  command = plan

  variables {
    cdn    = null
    region = "eu-central-1"

    # the organization has it
    shield_advanced = { acknowledged_yearly_commitment = true, subscribe = false, protected = { cdn = "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL" } }
  }

  assert {
    condition     = length(aws_wafv2_web_acl.cdn) == 0 && aws_wafv2_web_acl.api["main"].region == "eu-central-1" && keys(output.log_group_names) == ["api"] && output.cdn_web_acl_arn == null
    error_message = "The distribution has one web ACL."
  }

  assert {
    condition     = length(aws_shield_subscription.this) == 0 && length(aws_shield_protection.this) == 1
    error_message = "It is not subscribed again."
  }
}

run "a_health_check_reaches_one_path_without_the_header" {
  command = plan

  variables {
    health_path = "/health"
    stage       = "v2"
  }

  assert {
    condition = [for rule in aws_wafv2_web_acl.api["main"].rule : "${rule.priority} ${rule.name}"] == ["0 from-the-cdn", "1 health-check"] && toset(flatten([
      for rule in aws_wafv2_web_acl.api["main"].rule : [for either in rule.statement[0].or_statement : [for statement in either.statement : "${statement.byte_match_statement[0].positional_constraint} ${statement.byte_match_statement[0].search_string} ${length(statement.byte_match_statement[0].field_to_match[0].uri_path)}"]] if rule.name == "health-check"
    ])) == toset(["EXACTLY /health 1", "EXACTLY /v2/health 1"])
    error_message = "Route 53 cannot send the header; a path that only ends like it, /files/health, needs the header (D9, F5)."
  }

  assert {
    condition     = length(aws_wafv2_web_acl.api["main"].default_action[0].block) == 1
    error_message = "Everything else is blocked (D9)."
  }
}

run "nothing_that_was_not_asked_for" {
  command = plan

  variables {
    cdn           = null
    origin_verify = null
  }

  assert {
    condition     = length(aws_wafv2_web_acl.cdn) + length(aws_wafv2_web_acl.api) + length(aws_cloudwatch_log_group.this) + length(aws_shield_subscription.this) + length(aws_shield_protection.this) == 0
    error_message = "Nobody pays for a web ACL or a subscription without saying so."
  }

  assert {
    condition     = output.cdn_web_acl_arn == null && output.api_web_acl_arn == null && nonsensitive(output.verify == null)
    error_message = "There is nothing to tell."
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
    # a name with capital letters is refused
    name = "Edu"

    # an action that groups do not have is refused
    cdn = { managed_rules = { common = { action = "allow" } } }

    # three values are refused
    origin_verify = { values = ["0123456789abcdef0123456789abcdef", "1123456789abcdef0123456789abcdef", "2123456789abcdef0123456789abcdef"] }

    # shield advanced by accident is refused
    shield_advanced = { acknowledged_yearly_commitment = false }

    # a word that is no choice is refused
    log_requests = "none"

    # a retention that cloudwatch does not know is refused
    log_retention_days = 10

    # an alias in the place of the key is refused
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/logs"

    # a key of another region is refused
    us_east_1_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [
    var.name,
    var.cdn,
    var.origin_verify,
    var.shield_advanced,
    var.log_requests,
    var.log_retention_days,
    var.kms_key_arn,
    var.us_east_1_kms_key_arn,
  ]
}

run "values_that_are_refused_too" {
  command = plan

  variables {
    # a version by another form is refused
    cdn = { managed_rules = { common = { version = "1.10" } } }

    # a value that can be guessed is refused
    origin_verify = { values = ["secret"] }
  }

  expect_failures = [
    var.cdn,
    var.origin_verify,
  ]
}

run "values_that_are_refused_as_well" {
  command = plan

  variables {
    # a window that waf does not know is refused
    cdn = { rate = { window_seconds = 30 } }

    # a header that cloudfront keeps for itself is refused
    origin_verify = { header = "x-edge-verify", values = ["0123456789abcdef0123456789abcdef"] }
  }

  expect_failures = [
    var.cdn,
    var.origin_verify,
  ]
}

run "values_that_are_refused_at_last" {
  command = plan

  variables {
    origin_verify = null

    # more than waf reads is refused
    cdn = { max_body_bytes = 65537 }

    # a path that has parts is refused
    health_path = "/files/health"

    # a stage with a slash is refused
    stage = "v1/"
  }

  expect_failures = [
    var.cdn,
    var.health_path,
    var.stage,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    origin_verify_value = "0123456789abcdef0123456789abcdef"
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    origin_verify_values = ["fedcba9876543210fedcba9876543210", "0123456789abcdef0123456789abcdef"]
    distribution_arn     = "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL"
    log_key_arns = {
      "eu-west-1" = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
      "us-east-1" = "arn:aws:kms:us-east-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab"
    }
  }
}
