//! Resource identity (Terraform and OpenTofu from 1.12 on): which resources have one, and the bundle's through its life.

use serde_json::json;
use tfplugin6_harness::{Action, UNKNOWN};

use crate::bundle::world::{TYPE, World, small_bundle, with};

#[tokio::test]
async fn every_resource_has_an_identity_whose_attributes_are_its_own() {
    let world = World::start().await;
    let schema = world.provider.schema();
    let expected: [(&str, &[&str]); 5] = [
        ("lectern_alarm_bundle", &["name", "region"]),
        ("lectern_atlas_access_list", &["project_id"]),
        ("lectern_atlas_private_link", &["project_id", "region"]),
        (
            "lectern_atlas_private_link_endpoint",
            &["interface_endpoint_id", "private_link_id", "project_id"],
        ),
        ("lectern_mongo_dump_schedule", &["group_name", "name", "region"]),
    ];
    let found: Vec<(&str, Vec<&str>)> = schema
        .identities
        .iter()
        .map(|(name, identity)| (name.as_str(), identity.attributes.keys().map(String::as_str).collect()))
        .collect();
    assert_eq!(found, expected.map(|(name, attributes)| (name, attributes.to_vec())));
    assert!(schema.resources.keys().eq(schema.identities.keys()));
    for (name, identity) in &schema.identities {
        for (attribute, spec) in &identity.attributes {
            let path = format!("{name}.{attribute}");
            assert!(schema.resources[name].attributes.contains_key(attribute), "{path}");
            let has_default = path == "lectern_mongo_dump_schedule.group_name";
            assert_eq!(spec.optional, has_default, "{path}");
        }
    }
}

/// That an identity does not change, the harness checks at every call.
#[tokio::test]
async fn a_bundle_keeps_its_identity_and_is_imported_by_it() {
    let world = World::start().await;
    let config = small_bundle();
    let unknown = with(&config, "name", json!(UNKNOWN));
    let plan = world.plan(None, &unknown).await.ok().unwrap();
    assert!(plan.identity.is_null(), "not known yet: {}", plan.identity);

    let plan = world.plan(None, &config).await.ok().unwrap();
    let identity = json!({ "region": "us-east-1", "name": "edu" });
    assert_eq!(plan.identity, identity);
    let state = world.create(&config).await;
    assert_eq!(state.identity, identity);
    let changed = with(&config, "tags", json!({ "team": "other" }));
    let state = world.apply(Some(&state), &changed).await.ok().unwrap().state.unwrap();
    assert_eq!(state.identity, identity);

    let renamed = world.plan(Some(&state), &with(&config, "name", json!("new"))).await;
    assert_eq!(
        (renamed.action, &renamed.identity["name"]),
        (Action::Replace, &json!("new"))
    );

    let by_id = world
        .provider
        .import(TYPE, "us-east-1/edu")
        .await
        .unwrap()
        .ok()
        .unwrap();
    let by_identity = world.provider.import_identity(TYPE, identity).await.unwrap();
    assert_eq!(by_identity.ok().unwrap().state, by_id.state);
}

#[tokio::test]
async fn a_state_that_has_no_identity_gets_one_when_it_is_read() {
    let (world, mut state) = World::with_bundle(&small_bundle()).await;
    let identity = std::mem::take(&mut state.identity);
    let plan = world.plan(Some(&state), &small_bundle()).await.ok().unwrap();
    assert_eq!((plan.action, &plan.identity), (Action::NoOp, &identity));
    let refreshed = world.refresh(&state).await.unwrap();
    assert_eq!(refreshed.identity, identity);
    let upgraded = world.provider.upgrade_identity(TYPE, 0, &identity).await.unwrap();
    assert_eq!(upgraded, identity);
}
