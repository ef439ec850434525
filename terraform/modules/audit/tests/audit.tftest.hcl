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

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { id = "edu-audit", arn = "arn:aws:s3:::edu-audit" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/cloudtrail/edu" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/edu-cloudtrail-eu-west-1" }
  }

  mock_resource "aws_cloudtrail" {
    defaults = { arn = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/edu-eu-west-1" }
  }
}

mock_provider "lectern" {}

variables {
  name   = "edu"
  bucket = "edu-audit"
}

run "a_trail_of_all_regions_and_a_recorder_with_rules" {
  command = apply

  assert {
    condition     = aws_cloudtrail.this["main"].is_multi_region_trail && aws_cloudtrail.this["main"].include_global_service_events && aws_cloudtrail.this["main"].enable_log_file_validation && aws_cloudtrail.this["main"].kms_key_id == output.kms_key_arn && aws_cloudtrail.this["main"].name == "edu-eu-west-1" && aws_cloudtrail.this["main"].s3_bucket_name == "edu-audit"
    error_message = "The trail records all Regions, validated and encrypted (E3)."
  }

  assert {
    condition     = length(aws_cloudtrail.this["main"].advanced_event_selector) == 1 && aws_cloudtrail.this["main"].cloud_watch_logs_group_arn == "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/cloudtrail/edu:*" && aws_cloudtrail.this["main"].cloud_watch_logs_role_arn == "arn:aws:iam::123456789012:role/edu-cloudtrail-eu-west-1"
    error_message = "Management events, also in the log group."
  }

  assert {
    condition     = aws_cloudwatch_log_group.trail["main"].retention_in_days == 365 && aws_cloudwatch_log_group.trail["main"].kms_key_id == output.kms_key_arn && output.log_group_name == "/aws/cloudtrail/edu"
    error_message = "The log is kept for a year, encrypted (D3)."
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.bucket["main"].statement : statement.sid => toset([for condition in statement.condition : "${condition.variable} ${join(",", condition.values)}"]) } == {
      TrailLooks   = toset(["aws:SourceArn arn:aws:cloudtrail:eu-west-1:123456789012:trail/edu-eu-west-1"])
      TrailWrites  = toset(["aws:SourceArn arn:aws:cloudtrail:eu-west-1:123456789012:trail/edu-eu-west-1", "s3:x-amz-acl bucket-owner-full-control"])
      ConfigLooks  = toset(["aws:SourceAccount 123456789012"])
      ConfigWrites = toset(["aws:SourceAccount 123456789012", "s3:x-amz-acl bucket-owner-full-control"])
    }
    error_message = "Only this trail and this account's recorder write (D6)."
  }

  assert {
    condition     = toset([for statement in data.aws_iam_policy_document.key["main"].statement : statement.sid]) == toset(["TrailEncrypts", "LogOfTheTrail", "ConfigEncrypts"]) && alltrue([for statement in data.aws_iam_policy_document.key["main"].statement : length(statement.condition) == 1])
    error_message = "And with the key each for this account only (D3)."
  }

  assert {
    condition     = aws_config_configuration_recorder.this["main"].recording_group[0].all_supported && aws_config_configuration_recorder.this["main"].recording_group[0].include_global_resource_types && aws_config_configuration_recorder.this["main"].role_arn == "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig" && aws_config_configuration_recorder_status.this["main"].is_enabled
    error_message = "All types are recorded (E2)."
  }

  assert {
    condition     = aws_config_delivery_channel.this["main"].s3_bucket_name == "edu-audit" && aws_config_delivery_channel.this["main"].s3_kms_key_arn == output.kms_key_arn && one(aws_config_delivery_channel.this["main"].snapshot_delivery_properties[*].delivery_frequency) == "TwentyFour_Hours"
    error_message = "Into the bucket, encrypted."
  }

  assert {
    condition     = length(aws_config_config_rule.this) == 30 && aws_config_config_rule.this["cloudtrail-enabled"].source[0].source_identifier == "MULTI_REGION_CLOUD_TRAIL_ENABLED" && aws_config_config_rule.this["cloudtrail-enabled"].name == "edu-cloudtrail-enabled" && jsondecode(aws_config_config_rule.this["secrets-manager-rotation"].input_parameters) == { maximumAllowedRotationFrequency = "90" }
    error_message = "Rules for what this platform promises (E2)."
  }

  assert {
    condition     = length(output.extra_alarms) == 15 && alltrue([for key, alarm in output.extra_alarms : alarm.namespace == "edu/audit" && alarm.statistic == "Sum" && alarm.threshold == 1 && alarm.period == 300 && alarm.treat_missing_data == "notBreaching"])
    error_message = "An alarm for each event of the benchmark (E3)."
  }

  assert {
    condition     = toset([for key, alarm in output.extra_alarms : key if alarm.severity == "critical"]) == toset(["cis_root_usage", "cis_cloudtrail_changes", "cis_kms_key_deletion", "cis_config_changes", "cis_gateway_changes", "cis_organization_changes"])
    error_message = "What nobody does in daily work is critical."
  }

  assert {
    condition     = alltrue([for key, filter in aws_cloudwatch_log_metric_filter.cis : length(filter.pattern) <= 1024 && startswith(filter.pattern, "{ ") && filter.log_group_name == "/aws/cloudtrail/edu" && filter.metric_transformation[0].default_value == "0"])
    error_message = "CloudWatch Logs takes patterns of 1024 characters."
  }

  assert {
    condition     = aws_cloudwatch_log_metric_filter.cis["kms_key_deletion"].pattern == "{ ($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }" && aws_cloudwatch_log_metric_filter.cis["vpc_changes"].metric_transformation[0].name == "vpc_changes"
    error_message = "Events are told by their names, and by their service where two have one name."
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.noncompliance) == 0 && length(aws_iam_service_linked_role.config) == 1 && output.bucket == "edu-audit"
    error_message = "What was not asked for is not made."
  }
}

run "data_events_other_rules_other_alarms_and_notices" {
  command = plan

  variables {
    retention_days       = 2557
    permissions_boundary = "arn:aws:iam::123456789012:policy/boundary"
    tags                 = { team = "platform" }
    kms_key              = { arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    cloudtrail           = { data_event_bucket_arns = ["arn:aws:s3:::edu-files", "arn:aws:s3:::edu-dumps"], log_retention_days = 731 }
    config               = { create_service_linked_role = false, record_global_resources = false, snapshot_frequency = "Six_Hours", noncompliance_topic = { arn = "arn:aws:sns:eu-west-1:123456789012:edu-warning" } }

    config_rules = {
      lambda-dlq               = { identifier = "LAMBDA_DLQ_CHECK", resource_types = ["AWS::Lambda::Function"], frequency = "Six_Hours" }
      cloudwatch-log-retention = { identifier = "CW_LOGGROUP_RETENTION_PERIOD_CHECK", parameters = { MinRetentionTime = "90" } }
      iam-console-mfa          = null
    }

    alarms = {
      unauthorized_calls = { threshold = 10, period = 600 }
      iam_changes        = { severity = "critical" }
      vpc_changes        = null
    }
  }

  assert {
    condition     = toset(flatten([for selector in aws_cloudtrail.this["main"].advanced_event_selector : [for field in selector.field_selector : field.starts_with if field.field == "resources.ARN"]])) == toset(["arn:aws:s3:::edu-files/", "arn:aws:s3:::edu-dumps/"]) && length(aws_cloudtrail.this["main"].advanced_event_selector) == 2
    error_message = "Reads and writes of these buckets' objects are recorded, and management events still (E3)."
  }

  assert {
    condition     = length(aws_config_config_rule.this) == 30 && !contains(keys(aws_config_config_rule.this), "iam-console-mfa") && jsondecode(aws_config_config_rule.this["cloudwatch-log-retention"].input_parameters) == { MinRetentionTime = "90" } && aws_config_config_rule.this["lambda-dlq"].maximum_execution_frequency == "Six_Hours" && one(aws_config_config_rule.this["lambda-dlq"].scope[*].compliance_resource_types) == toset(["AWS::Lambda::Function"])
    error_message = "A rule more, one less, one with another parameter."
  }

  assert {
    condition     = length(output.extra_alarms) == 14 && output.extra_alarms["cis_unauthorized_calls"].threshold == 10 && output.extra_alarms["cis_unauthorized_calls"].period == 600 && output.extra_alarms["cis_unauthorized_calls"].severity == "warning" && output.extra_alarms["cis_iam_changes"].severity == "critical" && !contains(keys(aws_cloudwatch_log_metric_filter.cis), "vpc_changes")
    error_message = "Alarms are adjusted and removed by their keys."
  }

  assert {
    condition     = length(aws_iam_service_linked_role.config) == 0 && !aws_config_configuration_recorder.this["main"].recording_group[0].include_global_resource_types && one(aws_config_delivery_channel.this["main"].snapshot_delivery_properties[*].delivery_frequency) == "Six_Hours"
    error_message = "IAM is recorded in another Region, whose role this is."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.noncompliance["main"].event_pattern).detail.newEvaluationResult.complianceType == ["NON_COMPLIANT"] && aws_cloudwatch_event_target.noncompliance["main"].arn == "arn:aws:sns:eu-west-1:123456789012:edu-warning"
    error_message = "What does not comply is told."
  }

  assert {
    condition     = output.kms_key_arn == "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" && aws_iam_role.trail["main"].permissions_boundary == "arn:aws:iam::123456789012:policy/boundary" && aws_cloudtrail.this["main"].tags.team == "platform" && aws_config_config_rule.this["lambda-dlq"].tags.team == "platform"
    error_message = "A key that is given is used (D3)."
  }
}

run "what_exists_is_used" {
  command = plan

  variables {
    bucket     = null
    cloudtrail = { create = false, log_group_name = "/aws/cloudtrail/organization" }
    config     = { create_recorder = false }
  }

  assert {
    condition     = length(aws_cloudtrail.this) + length(aws_cloudwatch_log_group.trail) + length(aws_iam_role.trail) + length(aws_config_configuration_recorder.this) + length(aws_config_delivery_channel.this) + length(aws_config_configuration_recorder_status.this) + length(aws_iam_service_linked_role.config) == 0 && output.bucket == null && output.trail_arn == null && output.kms_key_arn == null
    error_message = "An account has one recorder in a Region: what is there stays as it is (E2)."
  }

  assert {
    condition     = length(aws_config_config_rule.this) == 30 && length(output.extra_alarms) == 15 && aws_cloudwatch_log_metric_filter.cis["root_usage"].log_group_name == "/aws/cloudtrail/organization"
    error_message = "Rules and alarms read what it records."
  }
}

run "the_second_region_has_no_trail" {
  command = plan

  variables {
    region     = "us-east-1"
    cloudtrail = null
    config     = { cloudfront_rules = true }
  }

  override_data {
    target = data.aws_region.current
    values = { region = "us-east-1" }
  }

  assert {
    condition     = length(aws_cloudtrail.this) == 0 && length(output.extra_alarms) == 0 && output.log_group_name == null && length(aws_config_configuration_recorder.this) == 1
    error_message = "The first Region's trail records this one too (E3)."
  }

  assert {
    condition     = toset([for statement in data.aws_iam_policy_document.bucket["main"].statement : statement.sid]) == toset(["ConfigLooks", "ConfigWrites"])
    error_message = "Nothing but the recorder writes."
  }

  assert {
    condition     = aws_config_config_rule.this["cloudfront-https"].source[0].source_identifier == "CLOUDFRONT_VIEWER_POLICY_HTTPS" && contains(keys(aws_config_config_rule.this), "cloudfront-waf")
    error_message = "CloudFront is looked at where it is recorded."
  }
}

run "a_trail_without_config" {
  command = plan

  variables {
    config = null
  }

  assert {
    condition     = length(aws_config_config_rule.this) + length(aws_config_configuration_recorder.this) == 0 && length(aws_cloudtrail.this) == 1 && length(output.config_rule_names) == 0
    error_message = "Neither recorder nor rules."
  }
}

run "nothing_has_to_be_known_before" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

run "values_that_are_refused" {
  command = plan

  variables {
    # a name of capitals is refused
    name = "EDU"

    # a trail that is there is not changed
    cloudtrail = { create = false, data_event_bucket_arns = ["arn:aws:s3:::edu-files"] }

    # a frequency that AWS Config does not have is refused
    config = { snapshot_frequency = "Two_Hours" }

    # a rule by its other name is refused
    config_rules = { lambda-dlq = { identifier = "lambda-dlq-check" } }

    # an alarm that is not there is refused
    alarms = { root_use = { threshold = 2 } }

    # a month is refused
    retention_days = 30

    # an alias in the place of the key is refused
    kms_key = { arn = "arn:aws:kms:eu-west-1:123456789012:alias/audit" }

    # a key that goes within days is refused
    kms_deletion_window_days = 3
  }

  expect_failures = [
    var.name,
    var.cloudtrail,
    var.config,
    var.config_rules,
    var.alarms,
    var.retention_days,
    var.kms_key,
    var.kms_deletion_window_days,
  ]
}

run "values_that_are_refused_too" {
  command = plan

  variables {
    # a log group beside a trail of its own is refused
    cloudtrail = { log_group_name = "/aws/cloudtrail/organization" }

    # a name in the place of a topic is refused
    config = { noncompliance_topic = { arn = "edu-warning" } }

    # an hour by another name is refused
    config_rules = { lambda-dlq = { identifier = "LAMBDA_DLQ_CHECK", frequency = "1h" } }

    # a severity that no bundle has is refused
    alarms = { root_usage = { severity = "info" } }
  }

  expect_failures = [
    var.cloudtrail,
    var.config,
    var.config_rules,
    var.alarms,
  ]
}

run "values_that_are_refused_as_well" {
  command = plan

  variables {
    # objects in the place of a bucket are refused
    cloudtrail = { data_event_bucket_arns = ["arn:aws:s3:::edu-files/*"] }

    # half a minute is refused
    alarms = { root_usage = { period = 30 } }
  }

  expect_failures = [
    var.cloudtrail,
    var.alarms,
  ]
}

# Apart from the others: whether a bucket is needed is asked of valid settings only.
run "a_trail_without_a_bucket_is_refused" {
  command = plan

  variables {
    bucket = null
  }

  expect_failures = [
    var.bucket,
  ]
}

run "a_bucket_name_with_a_dot_is_refused" {
  command = plan

  variables {
    bucket = "edu.audit"
  }

  expect_failures = [
    var.bucket,
  ]
}

run "a_retention_that_cloudwatch_logs_does_not_have_is_refused" {
  command = plan

  variables {
    cloudtrail = { log_retention_days = 100 }
  }

  expect_failures = [
    var.cloudtrail,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:edu-warning"
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    file_bucket_arns  = ["arn:aws:s3:::edu-files"]
    warning_topic_arn = "arn:aws:sns:eu-west-1:123456789012:edu-warning"
  }
}
