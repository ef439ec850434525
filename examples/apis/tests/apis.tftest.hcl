# What is refused before anything is made. The example itself is applied by tests/acceptance.

mock_provider "aws" {}
mock_provider "lectern" {}

variables {
  bucket           = "edu-files"
  mongo_secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
}

run "two_ways_to_sign_in_to_mongodb_are_refused" {
  command = plan

  variables {
    mongo_secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
    mongo_host       = "main-pl-0.ab1cd.mongodb.net"
  }

  expect_failures = [var.mongo_secret_arn]
}

run "no_way_to_sign_in_to_mongodb_is_refused" {
  command = plan

  variables {
    mongo_secret_arn = null
  }

  expect_failures = [var.mongo_secret_arn]
}

run "a_type_that_a_browser_runs_is_refused" {
  command = plan

  variables {
    upload_content_types = ["application/pdf", "text/html"]
  }

  expect_failures = [var.upload_content_types]
}

run "a_type_made_of_xml_is_refused" {
  command = plan

  variables {
    upload_content_types = ["image/svg+xml"]
  }

  expect_failures = [var.upload_content_types]
}

run "a_pattern_of_types_is_refused" {
  command = plan

  variables {
    upload_content_types = ["image/*"]
  }

  expect_failures = [var.upload_content_types]
}

run "a_file_larger_than_s3_verifies_is_refused" {
  command = plan

  variables {
    upload_max_bytes = 5000000001
  }

  expect_failures = [var.upload_max_bytes]
}

run "a_link_of_half_a_minute_is_refused" {
  command = plan

  variables {
    link_seconds = 30
  }

  expect_failures = [var.link_seconds]
}

run "a_link_that_outlives_its_session_is_refused" {
  command = plan

  variables {
    link_seconds = 7200
  }

  expect_failures = [var.link_seconds]
}
