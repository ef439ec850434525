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

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/edu-crr" }
  }
}

mock_provider "lectern" {}

variables {
  name = "edu"
  replications = {
    files = {
      source      = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
      destination = { bucket = "edu-files-2", bucket_arn = "arn:aws:s3:::edu-files-2", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/2222abcd-12ab-34cd-56ef-1234567890ab", region = "eu-central-1" }
      two_way     = true
    }
    dumps = {
      source                   = { bucket = "edu-dumps", bucket_arn = "arn:aws:s3:::edu-dumps", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
      destination              = { bucket = "edu-dumps-2", bucket_arn = "arn:aws:s3:::edu-dumps-2", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/2222abcd-12ab-34cd-56ef-1234567890ab", region = "eu-central-1" }
      prefix                   = "mongo/"
      delete_markers           = false
      replication_time_control = true
      storage_class            = "STANDARD_IA"
    }
  }
}

run "objects_with_kms_keys_are_replicated_with_the_key_of_the_other_region" {
  command = apply

  assert {
    condition     = keys(aws_s3_bucket_replication_configuration.this) == ["dumps", "files", "files/back"] && { for key, one in aws_s3_bucket_replication_configuration.this : key => "${one.region} ${one.bucket} ${one.rule[0].id}" } == { dumps = "eu-west-1 edu-dumps dumps", files = "eu-west-1 edu-files files", "files/back" = "eu-central-1 edu-files-2 files" }
    error_message = "Each bucket that sends has one configuration, in its Region (F2)."
  }

  assert {
    condition     = alltrue([for one in values(aws_s3_bucket_replication_configuration.this) : one.rule[0].status == "Enabled" && one.rule[0].source_selection_criteria[0].sse_kms_encrypted_objects[0].status == "Enabled" && one.rule[0].destination[0].metrics[0].status == "Enabled"])
    error_message = "Objects with KMS keys are skipped without a word unless the rule names them, and failures are counted only with metrics (F2)."
  }

  assert {
    condition     = aws_s3_bucket_replication_configuration.this["dumps"].rule[0].destination[0].encryption_configuration[0].replica_kms_key_id == var.replications.dumps.destination.kms_key_arn && aws_s3_bucket_replication_configuration.this["files/back"].rule[0].destination[0].encryption_configuration[0].replica_kms_key_id == var.replications.files.source.kms_key_arn && aws_s3_bucket_replication_configuration.this["files/back"].rule[0].destination[0].bucket == "arn:aws:s3:::edu-files"
    error_message = "Replicas are encrypted with the key of their bucket (D3)."
  }

  assert {
    condition     = { for key, one in aws_s3_bucket_replication_configuration.this : key => one.rule[0].source_selection_criteria[0].replica_modifications[0].status } == { dumps = "Disabled", files = "Enabled", "files/back" = "Enabled" }
    error_message = "Tags that change on a replica go back where files go both ways."
  }

  assert {
    condition     = { for key, one in aws_s3_bucket_replication_configuration.this : key => one.rule[0].delete_marker_replication[0].status } == { dumps = "Disabled", files = "Enabled", "files/back" = "Enabled" } && aws_s3_bucket_replication_configuration.this["dumps"].rule[0].filter[0].prefix == "mongo/" && aws_s3_bucket_replication_configuration.this["files"].rule[0].filter[0].prefix == ""
    error_message = "Delete markers and prefix are as they were asked for."
  }

  assert {
    condition     = aws_s3_bucket_replication_configuration.this["dumps"].rule[0].destination[0].replication_time[0].time[0].minutes == 15 && aws_s3_bucket_replication_configuration.this["dumps"].rule[0].destination[0].metrics[0].event_threshold[0].minutes == 15 && aws_s3_bucket_replication_configuration.this["dumps"].rule[0].destination[0].storage_class == "STANDARD_IA" && length(aws_s3_bucket_replication_configuration.this["files"].rule[0].destination[0].replication_time) == 0 && length(aws_s3_bucket_replication_configuration.this["files"].rule[0].destination[0].metrics[0].event_threshold) == 0
    error_message = "Replication time control is there where it was asked for."
  }

  assert {
    condition     = output.replica_buckets == { files = { bucket = "edu-files-2", region = "eu-central-1" }, dumps = { bucket = "edu-dumps-2", region = "eu-central-1" } } && output.destination_policies == {}
    error_message = "The outputs name the replicas, and no policies for other accounts."
  }
}

run "one_role_for_each_bucket_that_sends" {
  command = apply

  assert {
    condition     = { for key, role in aws_iam_role.replication : key => role.name } == { dumps = "edu-crr-dumps-eu-west-1", files = "edu-crr-files-eu-west-1", "files/back" = "edu-crr-files-back-eu-west-1" } && keys(output.role_arns) == ["dumps", "files", "files/back"]
    error_message = "Names end with the Region of the module (D6)."
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.replication["dumps"].statement : statement.sid => "${join(" ", sort(statement.actions))} on ${join(" ", sort(statement.resources))}" } == {
      Source          = "s3:GetReplicationConfiguration s3:ListBucket on arn:aws:s3:::edu-dumps"
      SourceObjects   = "s3:GetObjectVersionAcl s3:GetObjectVersionForReplication s3:GetObjectVersionTagging on arn:aws:s3:::edu-dumps/mongo/*"
      Replicas        = "s3:ReplicateObject s3:ReplicateTags on arn:aws:s3:::edu-dumps-2/mongo/*"
      DecryptSource   = "kms:Decrypt on arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab"
      EncryptReplicas = "kms:Decrypt kms:Encrypt on arn:aws:kms:eu-central-1:123456789012:key/2222abcd-12ab-34cd-56ef-1234567890ab"
    }
    error_message = "A role reads one bucket, writes one, and deletes nothing (D6)."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.replication["files"].statement : sort(statement.actions) if statement.sid == "Replicas"] == [tolist(["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"])]
    error_message = "Delete markers need a permission of their own."
  }

  assert {
    condition = {
      for statement in data.aws_iam_policy_document.replication["files/back"].statement : statement.sid => { for condition in statement.condition : condition.variable => sort(condition.values) } if length(statement.condition) > 0
      } == {
      DecryptSource   = { "kms:ViaService" = tolist(["s3.eu-central-1.amazonaws.com"]), "kms:EncryptionContext:aws:s3:arn" = tolist(["arn:aws:s3:::edu-files-2", "arn:aws:s3:::edu-files-2/*"]) }
      EncryptReplicas = { "kms:ViaService" = tolist(["s3.eu-west-1.amazonaws.com"]), "kms:EncryptionContext:aws:s3:arn" = tolist(["arn:aws:s3:::edu-files", "arn:aws:s3:::edu-files/*"]) }
    }
    error_message = "The keys are used by S3 of each Region, for these buckets: with and without a bucket key (D3)."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.assumed_by_s3.statement[*].principals) == toset([{ type = "Service", identifiers = toset(["s3.amazonaws.com"]) }])
    error_message = "S3 alone assumes the roles (D6)."
  }
}

run "alarms_are_in_the_region_of_their_metrics" {
  command = plan

  assert {
    condition     = keys(output.extra_alarms) == ["dumps_replication_failed", "files_back_replication_late", "files_back_replication_pending", "files_replication_failed"]
    error_message = "S3 publishes failures in the Region of the source (F2)."
  }

  assert {
    condition     = keys(output.replica_extra_alarms) == ["eu-central-1"] && keys(output.replica_extra_alarms["eu-central-1"]) == ["dumps_replication_late", "dumps_replication_pending", "files_back_replication_failed", "files_replication_late", "files_replication_pending"]
    error_message = "What is late or pending is published in the Region of the destination (F2)."
  }

  assert {
    condition     = output.extra_alarms["dumps_replication_failed"].dimensions == { SourceBucket = "edu-dumps", DestinationBucket = "edu-dumps-2", RuleId = "dumps" } && output.extra_alarms["dumps_replication_failed"].metric_name == "OperationsFailedReplication" && output.extra_alarms["dumps_replication_failed"].treat_missing_data == "ignore" && output.extra_alarms["files_back_replication_late"].dimensions == { SourceBucket = "edu-files-2", DestinationBucket = "edu-files", RuleId = "files" }
    error_message = "An alarm names the bucket that sends, the one that gets, and the rule."
  }

  assert {
    condition     = output.replica_extra_alarms["eu-central-1"]["dumps_replication_late"].threshold == 3600 && output.replica_extra_alarms["eu-central-1"]["dumps_replication_pending"].threshold == 10000
    error_message = "The thresholds are those of alarms."
  }
}

run "in_a_region_with_tags_and_a_boundary" {
  command = plan

  variables {
    region               = "eu-west-1"
    tags                 = { team = "platform" }
    permissions_boundary = "arn:aws:iam::123456789012:policy/boundary"
    alarms               = { latency_minutes = 15, pending_operations = 10 }
  }

  assert {
    condition     = alltrue([for role in values(aws_iam_role.replication) : role.tags.team == "platform" && role.permissions_boundary == var.permissions_boundary]) && output.replica_extra_alarms["eu-central-1"]["dumps_replication_late"].threshold == 900
    error_message = "The roles have the tags and the boundary, and the alarms other thresholds."
  }
}

run "another_accounts_bucket" {
  command = apply

  variables {
    replications = {
      dumps = {
        source         = { bucket = "edu-dumps", bucket_arn = "arn:aws:s3:::edu-dumps", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
        destination    = { bucket = "vault", bucket_arn = "arn:aws:s3:::vault", kms_key_arn = "arn:aws:kms:eu-central-1:444455556666:key/2222abcd-12ab-34cd-56ef-1234567890ab", region = "eu-central-1", account_id = "444455556666" }
        delete_markers = false
      }
    }
  }

  assert {
    condition     = aws_s3_bucket_replication_configuration.this["dumps"].rule[0].destination[0].account == "444455556666" && aws_s3_bucket_replication_configuration.this["dumps"].rule[0].destination[0].access_control_translation[0].owner == "Destination" && keys(output.destination_policies) == ["dumps"]
    error_message = "Replicas belong to the account of their bucket."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.destination_bucket["dumps"].statement[0].principals).identifiers == toset([output.role_arns.dumps]) && data.aws_iam_policy_document.destination_bucket["dumps"].statement[0].resources == toset(["arn:aws:s3:::vault/*"]) && data.aws_iam_policy_document.destination_key["dumps"].statement[0].actions == toset(["kms:Decrypt", "kms:Encrypt"])
    error_message = "The other account lets in this role alone (D6)."
  }
}

run "values_that_are_not_known_before_the_apply" {
  command = plan

  module {
    source = "./tests/unknown"
  }

  assert {
    condition     = output.regions == ["eu-central-1", "us-east-1"]
    error_message = "Which alarms there are is known before the buckets are."
  }
}

run "names_that_are_refused" {
  command = plan

  variables {
    # a name that a role cannot have is refused
    name = "an-education-platform-for-all"

    # a permissions boundary that is a role is refused
    permissions_boundary = "arn:aws:iam::123456789012:role/boundary"

    # alarms without a time are refused
    alarms = { latency_minutes = 0 }

    # a region without the sources is refused
    region = "eu-north-1"
  }

  expect_failures = [
    var.name,
    var.permissions_boundary,
    var.alarms,
    var.region,
  ]
}

run "no_replication_is_refused" {
  command = plan

  variables {
    replications = {}
  }

  expect_failures = [var.replications]
}

run "a_bucket_and_another_buckets_arn_are_refused" {
  command = plan

  variables {
    replications = {
      files = {
        source      = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-dumps", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
        destination = { bucket = "edu-files-2", bucket_arn = "arn:aws:s3:::edu-files-2", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/2222abcd-12ab-34cd-56ef-1234567890ab", region = "eu-central-1" }
      }
    }
  }

  expect_failures = [var.replications]
}

run "an_alias_in_the_place_of_the_key_is_refused" {
  command = plan

  variables {
    replications = {
      files = {
        source      = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
        destination = { bucket = "edu-files-2", bucket_arn = "arn:aws:s3:::edu-files-2", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:alias/files", region = "eu-central-1" }
      }
    }
  }

  expect_failures = [var.replications]
}

run "a_key_of_another_region_than_its_bucket_is_refused" {
  command = plan

  variables {
    replications = {
      files = {
        source      = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
        destination = { bucket = "edu-files-2", bucket_arn = "arn:aws:s3:::edu-files-2", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab", region = "eu-central-1" }
      }
    }
  }

  expect_failures = [var.replications]
}

run "a_replica_in_the_same_region_is_refused" {
  command = plan

  variables {
    replications = {
      files = {
        source      = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
        destination = { bucket = "edu-files-2", bucket_arn = "arn:aws:s3:::edu-files-2", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab", region = "eu-west-1" }
      }
    }
  }

  expect_failures = [var.replications]
}

run "two_replications_of_one_bucket_are_refused" {
  command = plan

  variables {
    replications = {
      files = {
        source      = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
        destination = { bucket = "edu-files-2", bucket_arn = "arn:aws:s3:::edu-files-2", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/2222abcd-12ab-34cd-56ef-1234567890ab", region = "eu-central-1" }
        prefix      = "files/"
      }
      site = {
        source      = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
        destination = { bucket = "edu-site-2", bucket_arn = "arn:aws:s3:::edu-site-2", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/2222abcd-12ab-34cd-56ef-1234567890ab", region = "eu-central-1" }
        prefix      = "site/"
      }
    }
  }

  expect_failures = [var.replications]
}

run "a_chain_is_refused" {
  command = plan

  variables {
    replications = {
      files = {
        source      = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
        destination = { bucket = "edu-files-2", bucket_arn = "arn:aws:s3:::edu-files-2", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/2222abcd-12ab-34cd-56ef-1234567890ab", region = "eu-central-1" }
      }
      more = {
        source      = { bucket = "edu-files-2", bucket_arn = "arn:aws:s3:::edu-files-2", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/2222abcd-12ab-34cd-56ef-1234567890ab" }
        destination = { bucket = "edu-files-3", bucket_arn = "arn:aws:s3:::edu-files-3", kms_key_arn = "arn:aws:kms:eu-north-1:123456789012:key/3333abcd-12ab-34cd-56ef-1234567890ab", region = "eu-north-1" }
      }
    }
  }

  expect_failures = [var.replications]
}

run "a_prefix_that_no_key_has_is_refused" {
  command = plan

  variables {
    replications = {
      files = {
        source      = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
        destination = { bucket = "edu-files-2", bucket_arn = "arn:aws:s3:::edu-files-2", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/2222abcd-12ab-34cd-56ef-1234567890ab", region = "eu-central-1" }
        prefix      = "/files/"
      }
    }
  }

  expect_failures = [var.replications]
}

run "a_way_back_from_another_account_is_refused" {
  command = plan

  variables {
    replications = {
      files = {
        source         = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
        destination    = { bucket = "edu-files-2", bucket_arn = "arn:aws:s3:::edu-files-2", kms_key_arn = "arn:aws:kms:eu-central-1:444455556666:key/2222abcd-12ab-34cd-56ef-1234567890ab", region = "eu-central-1", account_id = "444455556666" }
        delete_markers = false
        two_way        = true
      }
    }
  }

  expect_failures = [var.replications]
}

run "a_storage_class_that_does_not_exist_is_refused" {
  command = plan

  variables {
    replications = {
      files = {
        source        = { bucket = "edu-files", bucket_arn = "arn:aws:s3:::edu-files", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
        destination   = { bucket = "edu-files-2", bucket_arn = "arn:aws:s3:::edu-files-2", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/2222abcd-12ab-34cd-56ef-1234567890ab", region = "eu-central-1" }
        storage_class = "COLD"
      }
    }
  }

  expect_failures = [var.replications]
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
