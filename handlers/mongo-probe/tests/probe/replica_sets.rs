//! What a replica set's primary tells, and what it costs.

use std::time::Duration;

use mongo_emulator::{Options, Topology};

use crate::world::World;

#[tokio::test]
async fn a_replica_set_is_measured_by_what_its_primary_says() {
    let world = World::members(3).await;
    world.mongo.set_lag(2, Duration::from_secs(40));
    let report = world.probe().await.unwrap();
    let lines = world.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["Cluster"], "main");
    assert_eq!(lines[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Lectern/MongoDB");
    assert_eq!(
        lines[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"],
        serde_json::json!([["Cluster"]])
    );
    for (metric, value) in [
        ("Up", 1.0),
        ("ReplicationLagSeconds", 40.0),
        ("HasPrimary", 1.0),
        ("UnhealthyMembers", 0.0),
    ] {
        assert_eq!(world.metric(metric), Some(value), "{metric}");
    }
    let connections = world.metric("Connections").unwrap();
    assert!((1.0..=10.0).contains(&connections), "{connections}");
    assert_eq!(world.metric("AvailableConnections"), Some(65_536.0 - connections));
    for percent in ["CacheUsedPercent", "CacheDirtyPercent", "DiskUsedPercent"] {
        assert!((0.0..=100.0).contains(&world.metric(percent).unwrap()), "{percent}");
    }
    assert!(world.metric("RoundTripMilliseconds").unwrap() > 0.0);
    assert_eq!(world.metric("OpsPerSecond"), None, "there is one sample");
    assert_eq!(report.connections, Some(connections));
}

#[tokio::test]
async fn a_member_that_is_down_is_unhealthy_and_lags_behind_nobody() {
    let world = World::members(3).await;
    world.mongo.set_down(2, true);
    world.probe().await.unwrap();
    assert_eq!(world.metric("UnhealthyMembers"), Some(1.0));
    assert_eq!(world.metric("ReplicationLagSeconds"), Some(0.0));
    assert_eq!(world.metric("HasPrimary"), Some(1.0));
}

#[tokio::test]
async fn without_a_primary_the_cluster_is_up_and_says_that_it_has_none() {
    let world = World::members(2).await;
    world.mongo.step_down();
    world.probe().await.unwrap();
    assert_eq!(world.metric("Up"), Some(1.0));
    assert_eq!(world.metric("HasPrimary"), Some(0.0));
    assert_eq!(world.metric("ReplicationLagSeconds"), None, "behind whom?");
    assert!(world.metric("Connections").is_some());
}

#[tokio::test]
async fn a_server_alone_has_no_members() {
    let world = World::with(Options {
        topology: Topology::Standalone,
        ..Options::default()
    })
    .await;
    world.probe().await.unwrap();
    assert_eq!(world.metric("Up"), Some(1.0));
    for metric in [
        "HasPrimary",
        "UnhealthyMembers",
        "ReplicationLagSeconds",
        "UnreachableRouters",
    ] {
        assert_eq!(world.metric(metric), None, "{metric}");
    }
}

#[tokio::test]
async fn all_is_asked_in_one_connection_and_afterwards_there_is_none() {
    let world = World::start().await;
    for event in 1..=2 {
        world.mongo.clear_calls();
        world.probe().await.unwrap();
        let calls = world.mongo.calls();
        let commands: Vec<_> = calls.iter().map(|call| call.command.as_str()).collect();
        let asked = ["ping", "serverStatus", "replSetGetStatus", "dbStats"];
        assert!(commands.starts_with(&asked), "{commands:?}");
        let connections: std::collections::BTreeSet<_> = calls
            .iter()
            .filter(|call| asked.contains(&call.command.as_str()))
            .map(|call| call.connection)
            .collect();
        assert_eq!(connections.len(), 1, "{calls:?}");
        // The server hears of the end when it reads it.
        while world.mongo.connections(0).0 > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // The driver's look at the member is the other one.
        assert_eq!(world.mongo.connections(0).1, 2 * event);
    }
}
