//! The stand-in over gRPC, as Terraform uses it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use tfplugin6_harness::{Action, ProviderProcess, UNKNOWN};

const PROJECT: &str = "0123456789abcdef01234567";
const SUMMARY: &str = "This provider is a schema stand-in without Atlas.";

async fn provider() -> ProviderProcess {
    let binary = env!("CARGO_BIN_EXE_terraform-provider-mongodbatlas");
    let provider = ProviderProcess::spawn(binary.as_ref(), &[]).await.unwrap();
    provider.configure(json!({})).await.unwrap().ok().unwrap();
    provider
}

/// A configuration of each resource, as the module atlas has it.
fn configurations() -> [(&'static str, Value); 9] {
    [
        (
            "mongodbatlas_project",
            json!({ "org_id": PROJECT, "name": "edu", "tags": { "team": "platform" } }),
        ),
        (
            "mongodbatlas_advanced_cluster",
            json!({
                "project_id": UNKNOWN,
                "name": "main",
                "cluster_type": "REPLICASET",
                "advanced_configuration": { "minimum_enabled_tls_protocol": "TLS1_2" },
                "replication_specs": [{
                    "region_configs": [{
                        "provider_name": "AWS",
                        "region_name": "EU_WEST_1",
                        "priority": 7,
                        "electable_specs": { "instance_size": "M10", "node_count": 3 },
                    }],
                }],
            }),
        ),
        (
            "mongodbatlas_cloud_backup_schedule",
            json!({
                "project_id": PROJECT,
                "cluster_name": "main",
                "policy_item_daily": [{ "frequency_interval": 1, "retention_unit": "days", "retention_value": 7 }],
            }),
        ),
        (
            "mongodbatlas_cloud_provider_access_setup",
            json!({ "project_id": PROJECT, "provider_name": "AWS" }),
        ),
        (
            "mongodbatlas_cloud_provider_access_authorization",
            json!({ "project_id": PROJECT, "role_id": UNKNOWN, "aws": [{ "iam_assumed_role_arn": UNKNOWN }] }),
        ),
        (
            "mongodbatlas_encryption_at_rest",
            json!({ "project_id": PROJECT, "aws_kms_config": [{ "enabled": true, "region": "EU_WEST_1", "role_id": UNKNOWN }] }),
        ),
        (
            "mongodbatlas_database_user",
            json!({
                "project_id": PROJECT,
                "username": "arn:aws:iam::123456789012:role/api",
                "auth_database_name": "$external",
                "aws_iam_type": "ROLE",
                "roles": [{ "role_name": "readWrite", "database_name": "lectern" }],
                "scopes": [{ "name": "main", "type": "CLUSTER" }],
            }),
        ),
        (
            "mongodbatlas_alert_configuration",
            json!({
                "project_id": PROJECT,
                "event_type": "NO_PRIMARY",
                "notification": [{ "type_name": "EMAIL", "email_address": "ops@example.com" }],
            }),
        ),
        (
            "mongodbatlas_auditing",
            json!({ "project_id": PROJECT, "enabled": true }),
        ),
    ]
}

/// The configuration as it is when it is applied.
fn known(config: Value) -> Value {
    let text = config.to_string().replace(UNKNOWN, PROJECT);
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn every_resource_is_planned_and_none_is_created() {
    let provider = provider().await;
    for (name, config) in configurations() {
        let plan = provider.plan(name, None, config.clone()).await.unwrap().ok().unwrap();
        assert_eq!(plan.action, Action::Create, "{name}");
        let outcome = provider.apply_known(&plan, known(config)).await.unwrap();
        let error = outcome.diagnostics.only_error().unwrap();
        assert_eq!(error.summary, SUMMARY, "{name}");
        assert!(error.detail.contains(&format!("create {name}")), "{}", error.detail);
        assert!(outcome.state.is_none(), "{name}");
    }
}

#[tokio::test]
async fn what_atlas_would_tell_is_unknown_and_what_was_typed_stays() {
    let provider = provider().await;
    let [_, (cluster, config), ..] = configurations();
    let plan = provider.plan(cluster, None, config).await.unwrap().ok().unwrap();
    let planned = plan.planned;
    for unknown in [
        "cluster_id",
        "connection_strings",
        "mongo_db_version",
        "pit_enabled",
        "bi_connector_config",
    ] {
        assert_eq!(planned[unknown], UNKNOWN, "{unknown}");
    }
    assert_eq!(planned["name"], "main");
    assert_eq!(planned["delete_on_create_timeout"], true);
    assert_eq!(
        planned["advanced_configuration"]["minimum_enabled_tls_protocol"],
        "TLS1_2"
    );
    assert_eq!(planned["advanced_configuration"]["no_table_scan"], UNKNOWN);
    let region = &planned["replication_specs"][0]["region_configs"][0];
    assert_eq!(region["electable_specs"]["node_count"], 3);
    assert_eq!(region["electable_specs"]["disk_size_gb"], UNKNOWN);
    assert_eq!(region["auto_scaling"], UNKNOWN);
    assert_eq!(region["backing_provider_name"], Value::Null);
}

#[tokio::test]
async fn a_user_by_a_role_has_the_documented_defaults() {
    let provider = provider().await;
    let (user, config) = configurations()
        .into_iter()
        .find(|(name, _)| *name == "mongodbatlas_database_user")
        .unwrap();
    let plan = provider.plan(user, None, config).await.unwrap().ok().unwrap();
    assert_eq!(plan.planned["aws_iam_type"], "ROLE");
    for default in ["ldap_auth_type", "oidc_auth_type", "x509_type"] {
        assert_eq!(plan.planned[default], "NONE", "{default}");
    }
    assert_eq!(plan.planned["password"], Value::Null);
    assert_eq!(plan.planned["roles"][0]["role_name"], "readWrite");
}

#[tokio::test]
async fn names_and_types_that_the_real_provider_does_not_have_are_refused() {
    let provider = provider().await;
    for (name, config) in [
        (
            "mongodbatlas_project",
            json!({ "org_id": PROJECT, "name": "edu", "tag": {} }),
        ),
        ("mongodbatlas_project", json!({ "name": "edu" })),
        (
            "mongodbatlas_advanced_cluster",
            json!({ "project_id": PROJECT, "name": "main", "cluster_type": "REPLICASET", "replication_specs": {} }),
        ),
        (
            "mongodbatlas_serverless_instance",
            json!({ "project_id": PROJECT, "name": "main" }),
        ),
    ] {
        assert!(
            provider.plan(name, None, config.clone()).await.is_err(),
            "{name} {config}"
        );
    }
}

#[tokio::test]
async fn nothing_is_read_imported_or_changed() {
    let provider = provider().await;
    let imported = provider.import("mongodbatlas_project", PROJECT).await.unwrap();
    assert_eq!(imported.diagnostics.only_error().unwrap().summary, SUMMARY);
    let stored = json!({
        "id": PROJECT,
        "project_id": PROJECT,
        "audit_authorization_success": false,
        "audit_filter": "{}",
        "enabled": true,
        "configuration_type": "FILTER_JSON",
    });
    let upgraded = provider.upgrade("mongodbatlas_auditing", 0, &stored).await.unwrap();
    let state = upgraded.ok().unwrap().state.unwrap();
    let read = provider.read("mongodbatlas_auditing", &state).await.unwrap();
    assert_eq!(read.diagnostics.only_error().unwrap().summary, SUMMARY);
    let update = provider.plan(
        "mongodbatlas_auditing",
        Some(&state),
        json!({ "project_id": PROJECT, "enabled": false }),
    );
    assert_eq!(update.await.unwrap().diagnostics.only_error().unwrap().summary, SUMMARY);
}
