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

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:edu" }
  }
}

mock_provider "lectern" {
  mock_resource "lectern_alarm_bundle" {
    defaults = {
      dashboard_body = "{\"widgets\":[]}"
      coverage = {
        "lambda/upload/Errors"               = "alarm: lambda/upload/errors/critical"
        "lambda/upload/Invocations"          = "graph"
        "lambda/upload/Duration"             = "alarm: lambda/upload/duration/critical; off: lambda/upload/duration/warning (enabled = false)"
        "lambda/upload/ConcurrentExecutions" = "needs reserved_concurrency"
      }
    }
  }
}

variables {
  name   = "edu"
  lambda = { upload = { function_name = "edu-upload-api", alias = "live", timeout_seconds = 28 } }
}

# These before anything is there, whose ARN would have a region.
run "in_a_region_with_tags" {
  command = plan

  variables {
    region = "eu-central-1"
    tags   = { team = "platform" }
  }

  assert {
    condition     = alltrue([for resource in [aws_sns_topic.alarms["critical"], aws_kms_key.topics["main"]] : resource.region == "eu-central-1" && resource.tags.team == "platform"]) && lectern_alarm_bundle.platform.tags.team == "platform" && lectern_alarm_bundle.platform.region == "eu-central-1"
    error_message = "All is where it was wanted and has the tags."
  }
}

run "the_distributions_bundle_is_in_us_east_1" {
  command = plan

  variables {
    region     = "us-east-1"
    cloudfront = { site = { distribution_id = "E2QWRUHAPOMQZL", additional_metrics = true, origin_read_timeout_seconds = 20 } }
  }

  assert {
    condition     = lectern_alarm_bundle.platform.region == "us-east-1" && lectern_alarm_bundle.platform.cloudfront.site == { distribution_id = "E2QWRUHAPOMQZL", additional_metrics = true, origin_read_timeout_seconds = 20 }
    error_message = "The bundle watches the distribution where CloudFront publishes its metrics (C4)."
  }
}

run "a_distribution_elsewhere" {
  command = plan

  variables {
    region = "eu-west-1"

    # a distribution's alarms in a region without its metrics are refused
    cloudfront = { site = { distribution_id = "E2QWRUHAPOMQZL" } }
  }

  expect_failures = [var.cloudfront]
}

run "two_encrypted_topics" {
  command = apply

  assert {
    condition     = { for severity, topic in aws_sns_topic.alarms : severity => topic.name } == { critical = "edu-critical", warning = "edu-warning" } && alltrue([for topic in values(aws_sns_topic.alarms) : topic.kms_master_key_id == aws_kms_key.topics["main"].arn])
    error_message = "Each severity has a topic, encrypted with the customer key (D3)."
  }

  assert {
    condition     = aws_kms_key.topics["main"].enable_key_rotation
    error_message = "The key is rotated (D3)."
  }

  assert {
    condition = alltrue([
      for statement in [data.aws_iam_policy_document.key.statement[1], data.aws_iam_policy_document.topic["critical"].statement[0], data.aws_iam_policy_document.topic["warning"].statement[0]] :
      statement.principals == toset([{ type = "Service", identifiers = toset(["cloudwatch.amazonaws.com"]) }]) && { for condition in statement.condition : condition.variable => condition.values } == { "aws:SourceAccount" = tolist(["123456789012"]) }
    ])
    error_message = "CloudWatch, for this account's alarms alone, may use the key and tell the topics (D3)."
  }

  assert {
    condition     = contains(data.aws_iam_policy_document.key.statement[1].actions, "kms:Decrypt") && contains(data.aws_iam_policy_document.key.statement[1].actions, "kms:GenerateDataKey*")
    error_message = "An alarm that may not use the key tells nobody."
  }

  assert {
    condition     = length(aws_sns_topic_subscription.email) == 0 && lectern_alarm_bundle.platform.composite == null && lectern_alarm_bundle.platform.overrides == null
    error_message = "Nothing is made that was not asked for."
  }
}

run "whoever_tells_may_also_use_the_key" {
  command = apply

  variables {
    publishing_services = ["cloudwatch", "events"]
  }

  assert {
    condition = alltrue([
      for document in [data.aws_iam_policy_document.key, data.aws_iam_policy_document.topic["critical"], data.aws_iam_policy_document.topic["warning"]] :
      { for statement in document.statement : one(one(statement.principals).identifiers) => flatten([for condition in statement.condition : [condition.variable, condition.values]]) if one(statement.principals).type == "Service" } == {
        "cloudwatch.amazonaws.com" = ["aws:SourceAccount", "123456789012"]
        "events.amazonaws.com"     = []
      }
    ])
    error_message = "Services are let in to topics and key alike, EventBridge without a condition that its requests could not meet (D3)."
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.publish.statement : statement.sid => "${join(" ", sort(statement.actions))} ${join(" ", flatten([for condition in statement.condition : [condition.variable, condition.values]]))}" } == {
      Tell          = "sns:Publish "
      TellEncrypted = "kms:Decrypt kms:GenerateDataKey kms:ViaService sns.eu-west-1.amazonaws.com"
    }
    error_message = "A role that tells gets both (D3)."
  }

  assert {
    condition     = output.topics.critical == { arn = output.topic_arns.critical, kms_key_arn = output.kms_key_arn }
    error_message = "A topic is handed on with its key."
  }
}

run "topics_that_are_there_already" {
  command = plan

  variables {
    topics = {
      warning  = { arn = "arn:aws:sns:eu-west-1:123456789012:team" }
      critical = { arn = "arn:aws:sns:eu-west-1:123456789012:oncall", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
    }
  }

  assert {
    condition     = length(aws_sns_topic.alarms) + length(aws_kms_key.topics) + length(aws_sns_topic_policy.alarms) == 0 && lectern_alarm_bundle.platform.severities.critical.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:oncall"])
    error_message = "Alarms tell the topics that are there, and none is made."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.publish.statement : statement.resources if statement.sid == "TellEncrypted"] == [toset(["arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab"])]
    error_message = "Who tells them may use the key of the one that is encrypted (D3)."
  }
}

run "a_key_that_is_there_already" {
  command = plan

  variables {
    kms_key = { arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
  }

  assert {
    condition     = length(aws_kms_key.topics) == 0 && aws_sns_topic.alarms["critical"].kms_master_key_id == var.kms_key.arn && output.kms_key_arn == var.kms_key.arn
    error_message = "A key that is given is used, and none is made (D3)."
  }
}

run "values_that_are_not_known_before_the_apply" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

run "one_bundle_and_its_dashboard" {
  command = apply

  variables {
    api_gateway     = { main = { api_name = "edu", stage = "v1", expected_peak_rpm = 1000 } }
    s3              = { files = { bucket = "edu-files", filter_id = "EntireBucket" } }
    cognito         = { web = { user_pool_id = "eu-west-1_AbCdEf", client_id = "abc" } }
    nlb             = { mongo_1024 = { load_balancer = "net/edu-mongodb/0123456789abcdef", target_group = "targetgroup/edu-1024/0123456789abcdef" } }
    flow_logs       = { vpc = { flow_log_group = "/aws/vpc/edu/flow-logs" } }
    mongo_dump      = { main = { schedule_name = "MongoDBDumpEvery6Hours", max_age_hours = 7 } }
    cognito_export  = { users = { user_pool_id = "eu-west-1_AbCdEfGhI", max_age_hours = 25 } }
    upload_janitor  = { files = { bucket = "edu-files" } }
    secret_rotation = { app = { secret_name = "mongo-app", max_age_days = 35 } }
    origin_failover = { writes = { write_path = "E2QWRUHAPOMQZL" } }
    overrides       = { "lambda/upload/duration" = { warning = { enabled = false } }, "s3/files/*" = { evaluation_periods = 3 } }
    composite       = { mute_children = true }
    runbook_url     = "https://runbooks.example.com/{key}"
  }

  assert {
    condition     = lectern_alarm_bundle.platform.name == "edu" && lectern_alarm_bundle.platform.lambda.upload.alias == "live" && lectern_alarm_bundle.platform.api_gateway.main.expected_peak_rpm == 1000 && lectern_alarm_bundle.platform.mongo_dump.main.max_age_hours == 7 && lectern_alarm_bundle.platform.upload_janitor.files.bucket == "edu-files" && lectern_alarm_bundle.platform.secret_rotation.app.max_age_days == 35 && lectern_alarm_bundle.platform.origin_failover.writes.write_path == "E2QWRUHAPOMQZL"
    error_message = "The bundle watches what it was given (C2-C8)."
  }

  assert {
    condition     = !lectern_alarm_bundle.platform.overrides["lambda/upload/duration"].warning.enabled && lectern_alarm_bundle.platform.overrides["s3/files/*"].evaluation_periods == 3
    error_message = "What is wanted otherwise is otherwise."
  }

  assert {
    condition     = lectern_alarm_bundle.platform.composite.severity == "critical" && lectern_alarm_bundle.platform.composite.mute_children && lectern_alarm_bundle.platform.defaults.runbook_url == "https://runbooks.example.com/{key}"
    error_message = "One alarm over all that are critical."
  }

  assert {
    condition     = lectern_alarm_bundle.platform.severities.critical.alarm_actions == toset([output.topic_arns.critical]) && lectern_alarm_bundle.platform.severities.critical.ok_actions == toset([output.topic_arns.critical]) && lectern_alarm_bundle.platform.severities.warning.ok_actions == null
    error_message = "Each severity tells its topic."
  }

  assert {
    condition     = lectern_alarm_bundle.platform.dashboard && output.dashboard_name == "edu-eu-west-1" && aws_cloudwatch_dashboard.platform["edu"].dashboard_body == output.dashboard_body
    error_message = "The dashboard is the catalogue's (C9)."
  }
}

run "alarms_on_other_metrics" {
  command = apply

  variables {
    extra_alarms = {
      failed = {
        severity            = "critical"
        namespace           = "AWS/S3"
        metric_name         = "OperationsFailedReplication"
        dimensions          = { SourceBucket = "edu-files", DestinationBucket = "edu-files-2", RuleId = "files" }
        statistic           = "Sum"
        comparison_operator = "GreaterThanThreshold"
        threshold           = 0
        treat_missing_data  = "ignore"
      }
      rate = {
        severity            = "warning"
        metrics             = { e = { namespace = "AWS/SQS", metric_name = "NumberOfMessagesSent", statistic = "Sum" } }
        expression          = "e / 60"
        comparison_operator = "GreaterThanThreshold"
        threshold           = 5
      }
    }
  }

  assert {
    condition     = lectern_alarm_bundle.platform.extra_alarms.failed.dimensions.RuleId == "files" && lectern_alarm_bundle.platform.extra_alarms.failed.treat_missing_data == "ignore" && lectern_alarm_bundle.platform.extra_alarms.rate.metrics.e.metric_name == "NumberOfMessagesSent"
    error_message = "Other alarms are the bundle's too."
  }

  assert {
    condition     = output.status_page == <<-EOT
      # Monitoring of edu in eu-west-1

      2 of 4 documented metrics have an alarm.

      ## Alarms that require an input

      | metric | monitored by |
      | --- | --- |
      | `lambda/upload/ConcurrentExecutions` | needs reserved_concurrency |

      ## Alarms that are off

      | metric | monitored by |
      | --- | --- |
      | `lambda/upload/Duration` | alarm: lambda/upload/duration/critical; off: lambda/upload/duration/warning (enabled = false) |

      ## Metrics that are only on the dashboard

      | metric | monitored by |
      | --- | --- |
      | `lambda/upload/Invocations` | graph |

      ## Metrics with an alarm

      | metric | monitored by |
      | --- | --- |
      | `lambda/upload/Errors` | alarm: lambda/upload/errors/critical |

      ## Additional alarms

      | alarm | metric |
      | --- | --- |
      | `extra/failed/critical` | AWS/S3 OperationsFailedReplication |
      | `extra/rate/warning` | `e / 60` |
    EOT
    error_message = "The page shows gaps first, and leaves nothing out (C9)."
  }
}

run "alarms_that_the_bundle_cannot_have" {
  command = plan

  variables {
    # an alarm of a severity without a topic is refused
    extra_alarms = {
      failed = { severity = "info", namespace = "AWS/S3", metric_name = "A", statistic = "Sum", comparison_operator = "GreaterThanThreshold", threshold = 0 }
    }
  }

  expect_failures = [var.extra_alarms]
}

run "an_alarm_on_half_a_metric" {
  command = plan

  variables {
    # an alarm on a metric without its namespace is refused
    extra_alarms = {
      failed = { severity = "critical", metric_name = "A", statistic = "Sum", comparison_operator = "GreaterThanThreshold", threshold = 0 }
    }
  }

  expect_failures = [var.extra_alarms]
}

run "no_dashboard" {
  command = plan

  variables {
    dashboard = false
  }

  assert {
    condition     = !lectern_alarm_bundle.platform.dashboard && length(aws_cloudwatch_dashboard.platform) == 0 && output.dashboard_name == null
    error_message = "Nothing is made that was not asked for."
  }
}

run "mail_to_who_is_on_call" {
  command = plan

  variables {
    critical_emails = ["oncall@example.com"]
    warning_emails  = ["team@example.com", "oncall@example.com"]
  }

  assert {
    condition     = keys(aws_sns_topic_subscription.email) == ["critical/oncall@example.com", "warning/oncall@example.com", "warning/team@example.com"]
    error_message = "Who is on call gets what is critical; the team gets warnings alone."
  }
}

run "values_that_are_refused" {
  command = plan

  variables {
    # a queue in the place of a topic is refused
    topics = { warning = { arn = "arn:aws:sns:eu-west-1:123456789012:team" }, critical = { arn = "arn:aws:sqs:eu-west-1:123456789012:oncall" } }

    # an alias in the place of the key is refused
    kms_key = { arn = "arn:aws:kms:eu-west-1:123456789012:alias/alarms" }

    # alarms that tell nobody are refused
    publishing_services = ["events"]

    # a key that goes within days is refused
    kms_deletion_window_days = 3

    # a name that topics cannot have is refused
    name = "Edu Platform"

    # a warning to no address is refused
    warning_emails = ["ops"]

    # an alarm to no address is refused
    critical_emails = ["@"]

    # an override of a whole service is refused
    overrides = { lambda = { evaluation_periods = 3 } }

    # a composite of no severity is refused
    composite = { severity = "info" }

    # rates of no requests are refused
    min_requests = 0

    # a runbook without tls is refused
    runbook_url = "http://runbooks.example.com"
  }

  expect_failures = [
    var.topics,
    var.kms_key,
    var.publishing_services,
    var.kms_deletion_window_days,
    var.name,
    var.warning_emails,
    var.critical_emails,
    var.overrides,
    var.composite,
    var.min_requests,
    var.runbook_url,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }
}
