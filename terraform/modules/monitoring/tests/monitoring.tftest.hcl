mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

mock_provider "lectern" {}

variables {
  name            = "edu"
  critical_emails = ["oncall@example.com"]
  lambda          = { upload = { function_name = "edu-upload-api", alias = "live", timeout_seconds = 29 } }
}

run "alarms_tell_encrypted_topics" {
  command = plan

  assert {
    condition     = aws_kms_key.topics.enable_key_rotation && toset(keys(aws_sns_topic.alarms)) == toset(["critical", "warning"])
    error_message = "Two topics, and a key that is rotated (D3)."
  }

  assert {
    condition     = toset(keys(aws_sns_topic_subscription.email)) == toset(["critical/oncall@example.com"])
    error_message = "Who is on call gets what is critical, and no warnings."
  }

  assert {
    condition     = lectern_alarm_bundle.platform.lambda.upload.function_name == "edu-upload-api"
    error_message = "The bundle watches what it was given."
  }
}

run "a_name_that_topics_cannot_have" {
  command = plan

  variables {
    name = "Edu Platform"
  }

  expect_failures = [var.name]
}

run "a_warning_to_nobody" {
  command = plan

  variables {
    warning_emails = ["ops"]
  }

  expect_failures = [var.warning_emails]
}

run "an_alarm_to_nobody" {
  command = plan

  variables {
    critical_emails = ["@"]
  }

  expect_failures = [var.critical_emails]
}
