//! Import by identity (Terraform and OpenTofu from 1.12 on): the same as by id.

use serde_json::json;

use crate::atlas::world::*;

#[tokio::test]
async fn every_atlas_resource_is_imported_by_its_identity() {
    let world = World::start().await;
    let link = world.link().await;
    let endpoint = world.create(ENDPOINT, &endpoint(&link)).await;
    let list = json!({ "project_id": PROJECT, "entries": { "10.20.0.0/16": {} } });
    let list = world.create(LIST, &list).await;
    for (kind, state, expected) in [
        (LINK, &link, json!({ "project_id": PROJECT, "region": "eu-west-1" })),
        (
            ENDPOINT,
            &endpoint,
            json!({
                "project_id": PROJECT,
                "private_link_id": link.value["private_link_id"],
                "interface_endpoint_id": VPCE,
            }),
        ),
        (LIST, &list, json!({ "project_id": PROJECT })),
    ] {
        assert_eq!(state.identity, expected, "{kind}");
        let id = state.value["id"].as_str().unwrap();
        let by_id = world.provider.import(kind, id).await.unwrap().ok().unwrap();
        let by_identity = world.provider.import_identity(kind, expected).await.unwrap();
        assert_eq!(by_identity.ok().unwrap().state, by_id.state, "{kind}");
    }
}

/// Terraform takes any spelling in an import block; the identity that is stored is the one of the state.
#[tokio::test]
async fn the_identity_of_a_link_has_its_region_as_aws_writes_it() {
    let world = World::start().await;
    world.foreign_service();
    let given = json!({ "project_id": PROJECT, "region": "EU_WEST_1" });
    let imported = world.provider.import_identity(LINK, given).await.unwrap();
    let state = imported.ok().unwrap().state.unwrap();
    assert_eq!(state.identity["region"], "eu-west-1");
}
