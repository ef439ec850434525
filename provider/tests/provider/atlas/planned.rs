//! Apply does what the plan showed: with `ignore_changes` the configuration that comes along differs from the plan.

use serde_json::json;

use crate::atlas::world::{ENDPOINT, LINK, LIST, PROJECT, World, endpoint, link, with};

#[tokio::test]
async fn ignored_entries_are_not_written() {
    let world = World::start().await;
    let list = |block: &str, allow_public: bool| json!({ "project_id": PROJECT, "entries": { block: {} }, "allow_public": allow_public });
    let state = world.create(LIST, &list("10.20.0.0/16", false)).await;
    // ignore_changes = [entries]: the plan keeps 10.20, and another attribute changes.
    let plan = world
        .plan(LIST, Some(&state), &list("10.20.0.0/16", true))
        .await
        .ok()
        .unwrap();
    let typed = list("10.99.0.0/16", true);
    let applied = world.provider.apply_ignoring(&plan, typed).await.unwrap().ok().unwrap();
    assert_eq!(applied.value()["entries"], state.value["entries"]);
    let there: Vec<_> = world
        .snapshot()
        .access_list
        .into_iter()
        .map(|entry| entry.value)
        .collect();
    assert_eq!(there, ["10.20.0.0/16"]);
}

#[tokio::test]
async fn ignored_remote_regions_are_not_set() {
    let world = World::start().await;
    let remote = |region: &str| with(&link(), "supported_remote_regions", json!([region]));
    let state = world.create(LINK, &remote("us-east-1")).await;
    let planned = with(&remote("us-east-1"), "delete_adopted", json!(true));
    let plan = world.plan(LINK, Some(&state), &planned).await.ok().unwrap();
    let typed = with(&remote("us-west-2"), "delete_adopted", json!(true));
    let applied = world
        .provider
        .apply_ignoring(&plan, typed.clone())
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(applied.value()["supported_remote_regions"], json!(["us-east-1"]));
    assert_eq!(world.services()[0].supported_remote_regions, ["US_EAST_1"]);
    // A create takes its values from the plan too.
    let plan = world
        .plan(LINK, None, &with(&planned, "region", json!("eu-central-1")))
        .await
        .ok()
        .unwrap();
    let applied = world.provider.apply_ignoring(&plan, typed).await.unwrap().ok().unwrap();
    assert_eq!(applied.value()["region"], "eu-central-1");
    assert_eq!(world.services()[1].supported_remote_regions, ["US_EAST_1"]);
}

#[tokio::test]
async fn ignored_cluster_names_are_not_waited_for() {
    let world = World::start().await;
    let project = world.emulator.project(PROJECT);
    project.add_cluster("main", &["EU_WEST_1"]);
    project.add_cluster("other", &["EU_WEST_1"]);
    let config = with(&endpoint(&world.link().await), "cluster_names", json!(["main"]));
    let state = world.create(ENDPOINT, &config).await;
    let planned = with(&config, "timeouts", json!({ "update": "5m" }));
    let plan = world.plan(ENDPOINT, Some(&state), &planned).await.ok().unwrap();
    let typed = with(&planned, "cluster_names", json!(["other"]));
    let applied = world.provider.apply_ignoring(&plan, typed).await.unwrap().ok().unwrap();
    assert_eq!(applied.value()["cluster_names"], json!(["main"]));
    assert_eq!(applied.value()["connection_strings"], state.value["connection_strings"]);
}
