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

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/0000abcd-12ab-34cd-56ef-1234567890ab" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/edu-atlas-eu-west-1" }
  }
}

mock_provider "lectern" {}

mock_provider "mongodbatlas" {
  mock_resource "mongodbatlas_project" {
    defaults = { id = "fedcba9876543210fedcba98" }
  }

  mock_resource "mongodbatlas_advanced_cluster" {
    defaults = { cluster_id = "00112233445566778899aabb", mongo_db_version = "8.0.4" }
  }

  mock_resource "mongodbatlas_cloud_provider_access_setup" {
    defaults = {
      role_id    = "aabbccddeeff001122334455"
      aws_config = [{ atlas_aws_account_arn = "arn:aws:iam::536727724300:root", atlas_assumed_role_external_id = "7c9e6679-7425-40de-944b-e07fc1f90ae7" }]
    }
  }
}

variables {
  name    = "edu"
  project = { id = "0123456789abcdef01234567" }
  cluster = { name = "main" }

  # Nobody has to wait for a role that is not made.
  iam_propagation_seconds = 0
}

run "a_dedicated_cluster_with_backups_a_key_and_no_addresses" {
  command = apply

  assert {
    condition = (
      mongodbatlas_advanced_cluster.this.cluster_type == "REPLICASET" &&
      mongodbatlas_advanced_cluster.this.mongo_db_major_version == "8.0" &&
      mongodbatlas_advanced_cluster.this.replication_specs[0].region_configs[0].region_name == "EU_WEST_1" &&
      mongodbatlas_advanced_cluster.this.replication_specs[0].region_configs[0].provider_name == "AWS" &&
      mongodbatlas_advanced_cluster.this.replication_specs[0].region_configs[0].electable_specs.instance_size == "M10" &&
      mongodbatlas_advanced_cluster.this.replication_specs[0].region_configs[0].electable_specs.node_count == 3
    )
    error_message = "One Region, dedicated, three nodes (B8)."
  }

  assert {
    condition     = mongodbatlas_advanced_cluster.this.backup_enabled && mongodbatlas_advanced_cluster.this.pit_enabled && mongodbatlas_advanced_cluster.this.retain_backups_enabled && mongodbatlas_advanced_cluster.this.termination_protection_enabled
    error_message = "It has backups to the minute, and is not deleted by mistake."
  }

  assert {
    condition     = mongodbatlas_advanced_cluster.this.advanced_configuration.minimum_enabled_tls_protocol == "TLS1_2" && !mongodbatlas_advanced_cluster.this.advanced_configuration.javascript_enabled && mongodbatlas_advanced_cluster.this.redact_client_log_data
    error_message = "TLS 1.2, no code on the server, no documents in logs (D4)."
  }

  assert {
    condition     = mongodbatlas_advanced_cluster.this.encryption_at_rest_provider == "AWS" && one(mongodbatlas_encryption_at_rest.this.aws_kms_config[*].enabled) && nonsensitive(one(mongodbatlas_encryption_at_rest.this.aws_kms_config[*].customer_master_key_id)) == output.kms_key_arn && one(mongodbatlas_encryption_at_rest.this.aws_kms_config[*].region) == "EU_WEST_1"
    error_message = "Disks and snapshots are encrypted with the customer's key (D3)."
  }

  assert {
    condition     = aws_kms_key.this["main"].enable_key_rotation && aws_kms_key.this["main"].deletion_window_in_days == 30 && aws_kms_alias.this["main"].name == "alias/edu-atlas"
    error_message = "The key is rotated, and can be had back for a month (D3)."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.trust.statement[*].principals) == toset([{ type = "AWS", identifiers = toset(["arn:aws:iam::536727724300:root"]) }]) && one(flatten([for statement in data.aws_iam_policy_document.trust.statement : [for condition in statement.condition : "${condition.test} ${condition.variable} ${join(",", condition.values)}"]])) == "StringEquals sts:ExternalId 7c9e6679-7425-40de-944b-e07fc1f90ae7"
    error_message = "Atlas assumes the role for this project only (D6)."
  }

  assert {
    condition     = toset(one(data.aws_iam_policy_document.atlas.statement[*].actions)) == toset(["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"]) && toset(one(data.aws_iam_policy_document.atlas.statement[*].resources)) == toset([output.kms_key_arn])
    error_message = "It may use this key and nothing else (D6)."
  }

  assert {
    condition     = one(mongodbatlas_encryption_at_rest.this.aws_kms_config[*].role_id) == "aabbccddeeff001122334455" && one(mongodbatlas_cloud_provider_access_authorization.this.aws[*].iam_assumed_role_arn) == aws_iam_role.atlas.arn
    error_message = "Atlas is told which role it has."
  }

  assert {
    condition     = lectern_atlas_access_list.this.project_id == "0123456789abcdef01234567" && length(lectern_atlas_access_list.this.entries) == 0 && !lectern_atlas_access_list.this.adopt_existing
    error_message = "No address is let in (D1)."
  }

  assert {
    condition = (
      mongodbatlas_cloud_backup_schedule.this.policy_item_hourly[0].frequency_interval == 6 && mongodbatlas_cloud_backup_schedule.this.policy_item_hourly[0].retention_value == 7 &&
      mongodbatlas_cloud_backup_schedule.this.policy_item_daily[0].retention_value == 7 && mongodbatlas_cloud_backup_schedule.this.policy_item_weekly[0].retention_unit == "weeks" &&
      mongodbatlas_cloud_backup_schedule.this.policy_item_monthly[0].retention_value == 12 && mongodbatlas_cloud_backup_schedule.this.restore_window_days == 7
    )
    error_message = "Snapshots every six hours, kept for a week to a year."
  }

  assert {
    condition     = length(mongodbatlas_project.this) + length(mongodbatlas_alert_configuration.this) + length(mongodbatlas_auditing.this) + length(mongodbatlas_database_user.this) == 0
    error_message = "What was not asked for is not made."
  }

  assert {
    condition     = output.atlas == { project_id = "0123456789abcdef01234567", cluster_names = ["main"] } && output.cluster_name == "main" && output.cluster_id == "00112233445566778899aabb" && output.project_id == "0123456789abcdef01234567"
    error_message = "The network is told of it (B2)."
  }
}

run "a_project_of_its_own_users_alerts_and_auditing" {
  command = apply

  variables {
    project              = { org_id = "99aabbccddeeff0011223344", name = "edu-eu-central-1" }
    region               = "eu-central-1"
    cluster              = { name = "main", instance_size = "M30", node_count = 5, disk_size_gb = 80, disk_auto_scaling = false }
    backup               = { continuous = false, interval_hours = 12, hourly_days = 2 }
    kms_key              = { arn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    access_list          = { "10.30.4.7" = { comment = "bastion" } }
    adopt_access_list    = true
    alert_emails         = ["ops@example.com", "dba@example.com"]
    alert_connections    = 800
    auditing             = {}
    permissions_boundary = "arn:aws:iam::123456789012:policy/boundary"
    tags                 = { team = "platform" }

    database_users = {
      api   = { role_arn = "arn:aws:iam::123456789012:role/edu-upload-api-eu-west-1", roles = [{ role = "readWrite", database = "lectern" }, { role = "read", database = "courses", collection = "texts" }] }
      probe = { role_arn = "arn:aws:iam::123456789012:role/edu-mongo-probe-eu-west-1", roles = [{ role = "clusterMonitor", database = "admin" }] }
    }

    termination_protection = false
    retain_backups         = false
  }

  override_data {
    target = data.aws_region.current
    values = { region = "eu-central-1" }
  }

  assert {
    condition     = mongodbatlas_project.this["main"].org_id == "99aabbccddeeff0011223344" && mongodbatlas_project.this["main"].with_default_alerts_settings && !mongodbatlas_project.this["main"].is_data_explorer_enabled && output.project_id == "fedcba9876543210fedcba98"
    error_message = "The project is made, and shows no documents in the user interface (D4)."
  }

  assert {
    condition     = alltrue([for id in [mongodbatlas_advanced_cluster.this.project_id, mongodbatlas_encryption_at_rest.this.project_id, lectern_atlas_access_list.this.project_id, mongodbatlas_database_user.this["api"].project_id] : id == "fedcba9876543210fedcba98"])
    error_message = "Everything is in the new project."
  }

  assert {
    condition     = !mongodbatlas_advanced_cluster.this.pit_enabled && !mongodbatlas_advanced_cluster.this.termination_protection_enabled && !mongodbatlas_advanced_cluster.this.retain_backups_enabled && mongodbatlas_advanced_cluster.this.backup_enabled
    error_message = "Continuous backup, protection and kept snapshots can be switched off, backups cannot."
  }

  assert {
    condition     = mongodbatlas_advanced_cluster.this.replication_specs[0].region_configs[0].electable_specs.disk_size_gb == 80 && !mongodbatlas_advanced_cluster.this.replication_specs[0].region_configs[0].auto_scaling.disk_gb_enabled && mongodbatlas_advanced_cluster.this.replication_specs[0].region_configs[0].region_name == "EU_CENTRAL_1"
    error_message = "A disk of a size."
  }

  assert {
    condition     = length(aws_kms_key.this) + length(aws_kms_alias.this) == 0 && output.kms_key_arn == "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" && aws_iam_role.atlas.name == "edu-atlas-eu-central-1" && aws_iam_role.atlas.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "A key that is given is used, and none is made (D3)."
  }

  assert {
    condition     = alltrue([for user in values(mongodbatlas_database_user.this) : user.auth_database_name == "$external" && user.aws_iam_type == "ROLE" && user.password == null && one(user.scopes[*].name) == "main" && one(user.scopes[*].type) == "CLUSTER"])
    error_message = "Users are roles, without a password, for this cluster (D2)."
  }

  assert {
    condition     = toset([for role in mongodbatlas_database_user.this["api"].roles : "${role.role_name} ${role.database_name} ${coalesce(role.collection_name, "-")}"]) == toset(["readWrite lectern -", "read courses texts"]) && output.database_user_names["probe"] == "arn:aws:iam::123456789012:role/edu-mongo-probe-eu-west-1"
    error_message = "Each with its own rights (D6)."
  }

  assert {
    condition     = one(mongodbatlas_alert_configuration.this["connections"].metric_threshold_config[*].threshold) == 800 && length(mongodbatlas_alert_configuration.this["connections"].matcher) == 0 && one(mongodbatlas_alert_configuration.this["no_primary"].matcher[*].value) == "main" && one(mongodbatlas_alert_configuration.this["oplog_window"].threshold_config[*].units) == "HOURS" && alltrue([for alert in values(mongodbatlas_alert_configuration.this) : length(alert.notification) == 2 && alert.enabled])
    error_message = "Atlas sends its own alerts too (C1)."
  }

  assert {
    condition     = mongodbatlas_auditing.this["main"].enabled && can(jsondecode(mongodbatlas_auditing.this["main"].audit_filter)["$or"]) && !mongodbatlas_auditing.this["main"].audit_authorization_success
    error_message = "Failed sign-ins and changes of users are recorded."
  }

  assert {
    condition     = lectern_atlas_access_list.this.entries["10.30.4.7"].comment == "bastion" && lectern_atlas_access_list.this.adopt_existing
    error_message = "A private address (D1)."
  }

  assert {
    condition     = alltrue([for tags in [mongodbatlas_project.this["main"].tags, mongodbatlas_advanced_cluster.this.tags, aws_iam_role.atlas.tags] : tags.team == "platform"])
    error_message = "What takes tags has them."
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

    # a project that is there and is made is refused
    project = { id = "0123456789abcdef01234567", org_id = "99aabbccddeeff0011223344", name = "edu" }

    # a free cluster is refused
    cluster = { name = "main", instance_size = "M0" }

    # an interval that Atlas does not have is refused
    backup = { interval_hours = 5 }

    # an alias in the place of the key is refused
    kms_key = { arn = "arn:aws:kms:eu-west-1:123456789012:alias/atlas" }

    # a key that goes within days is refused
    kms_deletion_window_days = 3

    # a wait of an hour is refused
    iam_propagation_seconds = 3600

    # an administrator is refused
    database_users = { api = { role_arn = "arn:aws:iam::123456789012:role/api", roles = [{ role = "atlasAdmin", database = "admin" }] } }

    # the whole internet is refused
    access_list = { "0.0.0.0/0" = {} }

    # no address is refused
    alert_emails = ["ops"]

    # no connection is refused
    alert_connections = 0

    # a filter that is no JSON is refused
    auditing = { filter = "authenticate" }
  }

  expect_failures = [
    var.name,
    var.project,
    var.cluster,
    var.backup,
    var.kms_key,
    var.kms_deletion_window_days,
    var.iam_propagation_seconds,
    var.database_users,
    var.access_list,
    var.alert_emails,
    var.alert_connections,
    var.auditing,
  ]
}

run "values_that_are_refused_too" {
  command = plan

  variables {
    # an organization without a name is refused
    project = { org_id = "99aabbccddeeff0011223344" }

    # a size that the next scaling changes is refused
    cluster = { name = "main", disk_size_gb = 80 }

    # a window without its snapshots is refused
    backup = { restore_window_days = 8 }

    # a user of IAM is refused
    database_users = { api = { role_arn = "arn:aws:iam::123456789012:user/api", roles = [{ role = "read", database = "lectern" }] } }
  }

  expect_failures = [
    var.project,
    var.cluster,
    var.backup,
    var.database_users,
  ]
}

run "values_that_are_refused_as_well" {
  command = plan

  variables {
    # a project of another form is refused
    project = { id = "edu" }

    # an even number of nodes is refused
    cluster = { name = "main", node_count = 4 }

    # daily snapshots that go before the hourly ones are refused
    backup = { hourly_days = 14 }

    # a user without rights is refused
    database_users = { api = { role_arn = "arn:aws:iam::123456789012:role/api", roles = [] } }
  }

  expect_failures = [
    var.project,
    var.cluster,
    var.backup,
    var.database_users,
  ]
}

run "versions_hours_and_names_that_are_refused" {
  command = plan

  variables {
    # a version that is out of support is refused
    cluster = { name = "-main", mongodb_version = "4.4" }

    # an hour that no day has is refused
    backup = { reference_hour_utc = 24, daily_days = 0, hourly_days = 0, restore_window_days = 0 }
  }

  expect_failures = [
    var.cluster,
    var.backup,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    project_id = "0123456789abcdef01234567"
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    org_id                = "99aabbccddeeff0011223344"
    second_region_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    role_arns = {
      upload-api   = "arn:aws:iam::123456789012:role/edu-upload-api-eu-west-1"
      download-api = "arn:aws:iam::123456789012:role/edu-download-api-eu-west-1"
      mongo-probe  = "arn:aws:iam::123456789012:role/edu-mongo-probe-eu-west-1"
    }
  }
}
