//! A sharded cluster: all its routers together, and each shard.

use mongo_emulator::{Options, ShardHealth, Topology};
use mongo_probe::NoRate;
use serde_json::json;

use crate::world::{MINUTE, World};

async fn cluster() -> World {
    World::with(Options {
        topology: Topology::Sharded,
        members: 2,
        shards: 2,
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn routers_are_added_up() {
    let world = cluster().await;
    let report = world.probe().await.unwrap();
    assert_eq!(report.no_ops_per_second, Some(NoRate::FirstSample));
    assert!(world.metric("Connections").unwrap() >= 2.0, "at least one to each");
    world.pass(MINUTE, 2);
    world.mongo.add_operations(0, 6_000);
    world.mongo.add_operations(1, 60_000);
    world.probe().await.unwrap();
    let rate = world.metric("OpsPerSecond").unwrap();
    assert!((1_000.0..1_150.0).contains(&rate), "{rate}");
    assert_eq!(world.metric("UnreachableRouters"), Some(0.0));
    assert_eq!(world.metric("ReplicationLagSeconds"), None, "no router tells");
}

#[tokio::test]
async fn a_router_that_is_gone_is_counted_and_the_others_are_measured() {
    let world = cluster().await;
    world.mongo.set_down(1, true);
    world.probe().await.unwrap();
    assert_eq!(world.metric("Up"), Some(1.0));
    assert_eq!(world.metric("UnreachableRouters"), Some(1.0));
    assert!(world.metric("Connections").is_some());
}

#[tokio::test]
async fn each_shard_has_its_own_values_and_the_cluster_those_of_its_worst() {
    let world = cluster().await;
    world.mongo.set_shard(
        1,
        ShardHealth {
            unreachable: 2,
            has_primary: false,
            disk_used_bytes: 9 << 30,
            ..ShardHealth::default()
        },
    );
    let report = world.probe().await.unwrap();
    let lines = world.lines();
    assert_eq!(lines.len(), 3);
    for (line, shard, has_primary, unhealthy, disk) in [
        (&lines[1], "shard0", 1.0, 0.0, 10.0),
        (&lines[2], "shard1", 0.0, 2.0, 90.0),
    ] {
        let dimensions = &line["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
        assert_eq!(*dimensions, json!([["Cluster", "Shard"]]));
        assert_eq!((&line["Cluster"], &line["Shard"]), (&json!("main"), &json!(shard)));
        assert_eq!(line["HasPrimary"], json!(has_primary), "{line}");
        assert_eq!(line["UnhealthyMembers"], json!(unhealthy));
        assert_eq!(line["DiskUsedPercent"], json!(disk));
    }
    assert_eq!(world.metric("HasPrimary"), Some(0.0));
    assert_eq!(world.metric("UnhealthyMembers"), Some(2.0));
    assert_eq!(world.metric("DiskUsedPercent"), Some(90.0));
    assert_eq!(report.shards.len(), 2);
}
