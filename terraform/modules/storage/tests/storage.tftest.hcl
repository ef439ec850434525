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

  mock_resource "aws_kms_key" {
    defaults = {
      arn    = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
      key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::edu-files" }
  }
}

variables {
  bucket = "edu-files"
}

run "a_private_versioned_bucket_with_a_rotated_key" {
  command = apply

  assert {
    condition     = aws_kms_key.files["main"].enable_key_rotation && aws_kms_alias.files["main"].name == "alias/edu-files"
    error_message = "The key is the bucket's own and rotated (D3)."
  }

  assert {
    condition     = aws_s3_bucket_versioning.files.versioning_configuration[0].status == "Enabled"
    error_message = "The bucket keeps versions (D7)."
  }

  assert {
    condition     = alltrue([for block in ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"] : aws_s3_bucket_public_access_block.files[block]]) && aws_s3_bucket_ownership_controls.files.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "The bucket is private and has no ACLs (D7)."
  }

  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_server_side_encryption_configuration.files.rule :
      rule.bucket_key_enabled && rule.apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms" && rule.apply_server_side_encryption_by_default[0].kms_master_key_id == output.kms_key_arn
    ])
    error_message = "What says nothing of encryption gets the key (D7)."
  }

  assert {
    condition     = !aws_s3_bucket.files.force_destroy
    error_message = "Files survive a destroy unless it is said that they may go."
  }

  assert {
    condition     = length(aws_s3_bucket.access_logs) + length(aws_s3_bucket_logging.files) + length(aws_s3_bucket_cors_configuration.files) == 0
    error_message = "Nothing is made that was not asked for."
  }
}

run "values_that_are_not_known_before_the_apply" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

# The distribution's ARN and host name are not known when this is planned.
run "a_cdn_that_is_made_of_the_bucket_and_named_by_its_policies" {
  command = plan

  module {
    source = "./tests/cdn"
  }
}

run "dumps_that_are_kept_for_a_time" {
  command = plan

  variables {
    pending_uploads = null
    retention       = { dumps = { prefix = "mongo/main/", days = 35, noncurrent_days = 7 } }
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.files.rule : rule.id] == ["leavings", "dumps"]
    error_message = "A bucket that takes no uploads has no rules for them."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.files.rule[1].filter[0].prefix == "mongo/main/" && aws_s3_bucket_lifecycle_configuration.files.rule[1].expiration[0].days == 35 && aws_s3_bucket_lifecycle_configuration.files.rule[1].noncurrent_version_expiration[0].noncurrent_days == 7
    error_message = "What is below the prefix goes in time, and its versions with it (D7)."
  }

  assert {
    condition     = output.pending_uploads == null
    error_message = "Nobody is told to mark uploads."
  }
}

run "in_a_region_with_tags" {
  command = plan

  variables {
    region                   = "eu-central-1"
    tags                     = { team = "platform" }
    kms_deletion_window_days = 7
    access_logs              = { bucket = "edu-files-access-logs" }
  }

  assert {
    condition     = alltrue([for resource in [aws_s3_bucket.files, aws_s3_bucket.access_logs["main"], aws_kms_key.files["main"]] : resource.region == "eu-central-1" && resource.tags.team == "platform"])
    error_message = "All is where it was wanted and has the tags."
  }

  assert {
    condition     = aws_kms_key.files["main"].deletion_window_in_days == 7
    error_message = "The key can be brought back for so long."
  }
}

run "a_bucket_of_access_logs_that_is_there_already" {
  command = plan

  variables {
    access_logs = { bucket = "central-access-logs", create = false }
  }

  assert {
    condition     = length(aws_s3_bucket.access_logs) + length(aws_s3_bucket_policy.access_logs) + length(aws_s3_bucket_lifecycle_configuration.access_logs) == 0 && aws_s3_bucket_logging.files["main"].target_bucket == "central-access-logs" && output.access_log_bucket == "central-access-logs"
    error_message = "The logs go to the bucket that is there, and nothing about it is changed."
  }
}

run "what_the_bucket_refuses" {
  command = apply

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.bucket.statement : statement.effect == "Deny"])
    error_message = "The policy allows nobody anything (D6)."
  }

  assert {
    condition = {
      for statement in data.aws_iam_policy_document.bucket.statement :
      statement.sid => sort([for condition in statement.condition : "${condition.test} ${condition.variable} ${join(",", condition.values)}"])
      } == {
      OnlyTls          = tolist(["Bool aws:SecureTransport false"])
      OnlyTls12        = tolist(["NumericLessThan s3:TlsVersion 1.2"])
      OnlyKms          = tolist(["Null s3:x-amz-server-side-encryption false", "StringNotEquals s3:x-amz-server-side-encryption aws:kms"])
      OnlyThisKey      = tolist(["Null s3:x-amz-server-side-encryption-aws-kms-key-id false", "StringNotEquals s3:x-amz-server-side-encryption-aws-kms-key-id ${output.kms_key_arn}"])
      NoKeyOfTheClient = tolist(["Null s3:x-amz-server-side-encryption-customer-algorithm false"])
      NoUnnamedKey     = tolist(["Null s3:x-amz-server-side-encryption-aws-kms-key-id true", "StringEquals s3:x-amz-server-side-encryption aws:kms"])
    }
    error_message = "Only TLS, only KMS, only this key (D4, D7)."
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.bucket.statement : contains(statement.resources, "${output.bucket_arn}/*")])
    error_message = "Every statement is about the bucket's objects (D7)."
  }
}

run "what_nobody_finished_goes" {
  command = plan

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.files.rule[0].abort_incomplete_multipart_upload[0].days_after_initiation == 1
    error_message = "Unfinished uploads go (D7)."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.files.rule[1].filter[0].tag[0].key == "upload" && aws_s3_bucket_lifecycle_configuration.files.rule[1].filter[0].tag[0].value == "deleted" && aws_s3_bucket_lifecycle_configuration.files.rule[1].noncurrent_version_expiration[0].noncurrent_days == 90
    error_message = "What was deleted goes (D7)."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.files.rule : length(rule.noncurrent_version_expiration) == 0 || length(rule.filter[0].tag) == 1])
    error_message = "No version without a tag goes: it may be the one that is served."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.files.rule[2].filter[0].tag[0].key == "upload" && aws_s3_bucket_lifecycle_configuration.files.rule[2].filter[0].tag[0].value == "pending"
    error_message = "Uploads that were not confirmed are told by their tag (D7)."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.files.rule[2].expiration[0].days == 1 && aws_s3_bucket_lifecycle_configuration.files.rule[2].noncurrent_version_expiration[0].noncurrent_days == 1
    error_message = "They go after a day, and their versions with them (D7)."
  }

  assert {
    condition     = output.pending_uploads.tag == { key = "upload", value = "pending" } && output.pending_uploads.prefix == null
    error_message = "Who uploads is told what to set."
  }
}

run "pending_uploads_by_a_prefix" {
  command = plan

  variables {
    pending_uploads = { prefix = "pending/", days = 2 }
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.files.rule[2].filter[0].prefix == "pending/" && length(aws_s3_bucket_lifecycle_configuration.files.rule[2].filter[0].tag) == 0
    error_message = "A prefix takes the place of the tag."
  }

  assert {
    condition     = output.pending_uploads.tag == null && output.pending_uploads.prefix == "pending/"
    error_message = "Who uploads is told what to set."
  }
}

run "metrics_that_the_alarms_find" {
  command = plan

  assert {
    condition     = output.alarm_target == { bucket = "edu-files", filter_id = "EntireBucket" } && length(aws_s3_bucket_metric.entire.filter) == 0
    error_message = "A bundle's alarms read the metrics of the whole bucket (C3)."
  }
}

run "uploads_from_a_page" {
  command = plan

  variables {
    allowed_origins = ["https://learn.example.com", "http://localhost:5173"]
  }

  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_cors_configuration.files["main"].cors_rule :
      toset(rule.allowed_origins) == toset(["https://learn.example.com", "http://localhost:5173"]) && contains(rule.allowed_methods, "POST") && contains(rule.allowed_methods, "PUT") && !contains(rule.allowed_methods, "DELETE") && contains(rule.expose_headers, "ETag")
    ])
    error_message = "The pages named can send presigned uploads and read what they need to complete them (D7)."
  }
}

run "a_key_that_is_there_already" {
  command = plan

  variables {
    kms_key = { arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
  }

  assert {
    condition     = length(aws_kms_key.files) + length(aws_kms_alias.files) == 0 && output.kms_key_arn == "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab"
    error_message = "A key that is given is used, and none is made (D3)."
  }
}

run "access_logs_in_a_bucket_of_their_own" {
  command = apply

  variables {
    access_logs = { bucket = "edu-files-access-logs", retention_days = 30 }
  }

  assert {
    condition     = aws_s3_bucket_logging.files["main"].bucket == aws_s3_bucket.files.id && aws_s3_bucket_logging.files["main"].target_bucket == aws_s3_bucket.access_logs["main"].id
    error_message = "The files' accesses are logged (D7)."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_server_side_encryption_configuration.access_logs["main"].rule : rule.apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"])
    error_message = "S3 cannot deliver logs to a bucket with a KMS key."
  }

  assert {
    condition     = data.aws_iam_policy_document.access_logs["main"].statement[2].principals == toset([{ type = "Service", identifiers = toset(["logging.s3.amazonaws.com"]) }])
    error_message = "Only the log service is let in."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.access_logs["main"].rule[0].expiration[0].days == 30 && aws_s3_bucket_public_access_block.access_logs["main"].restrict_public_buckets
    error_message = "The logs are private and have an end."
  }

  assert {
    condition     = output.access_log_bucket == "edu-files-access-logs"
    error_message = "The bucket of the logs is told."
  }
}

run "values_that_are_refused" {
  command = plan

  variables {
    # a retention of everything is refused
    retention = { all = { prefix = "", days = 1 } }

    # a key that goes within days is refused
    kms_deletion_window_days = 3

    # a bucket name with a dot is refused
    bucket = "edu.files"

    # an alias in the place of the key is refused
    kms_key = { arn = "arn:aws:kms:eu-west-1:123456789012:alias/files" }

    # any origin is refused
    allowed_origins = ["*"]

    # no day for old versions is refused
    noncurrent_days = 0

    # no day for pending uploads is refused
    pending_uploads = { days = 0 }

    # a log bucket no bucket can be called is refused
    access_logs = { bucket = "Edu_Logs" }
  }

  expect_failures = [
    var.retention,
    var.kms_deletion_window_days,
    var.bucket,
    var.kms_key,
    var.allowed_origins,
    var.noncurrent_days,
    var.pending_uploads,
    var.access_logs,
  ]
}

run "values_that_are_refused_too" {
  command = plan

  variables {
    # an origin without tls is refused
    allowed_origins = ["http://learn.example.com"]

    # a prefix that every file has is refused
    pending_uploads = { prefix = "" }
  }

  expect_failures = [
    var.allowed_origins,
    var.pending_uploads,
  ]
}

run "values_that_are_refused_as_well" {
  command = plan

  variables {
    # a tag without a value is refused
    pending_uploads = { tag = { key = "upload", value = "" } }
  }

  expect_failures = [
    var.pending_uploads,
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

  variables {
    distribution_arn = "arn:aws:cloudfront::123456789012:distribution/E1ABCDEF2GHIJK"
  }
}
