//! What a user may not know is left out, and the rest is measured.

use mongo_emulator::{Options, Topology};
use mongo_probe::NoRate;

use crate::world::World;

#[tokio::test]
async fn each_command_that_the_user_may_not_send_takes_its_metrics_away_and_no_others() {
    const SERVER: [&str; 3] = ["Connections", "AvailableConnections", "CacheUsedPercent"];
    const SET: [&str; 2] = ["ReplicationLagSeconds", "UnhealthyMembers"];
    const DISK: [&str; 1] = ["DiskUsedPercent"];
    let all = || SERVER.iter().chain(&SET).chain(&DISK);
    for (forbidden, without) in [
        (&["serverStatus"][..], &SERVER[..]),
        (&["replSetGetStatus"], &SET),
        (&["dbStats"], &DISK),
        (&["serverStatus", "replSetGetStatus", "dbStats"], &[]),
    ] {
        let world = World::members(2).await;
        forbidden.iter().for_each(|command| world.mongo.forbid(command));
        let report = world.probe().await.unwrap();
        let is_told = |metric: &str| world.metric(metric).is_some();
        if let [_] = forbidden {
            for metric in all() {
                assert_eq!(is_told(metric), !without.contains(metric), "{forbidden:?}: {metric}");
            }
        } else {
            assert!(!all().any(|metric| is_told(metric)), "{forbidden:?}");
            assert_eq!(report.no_ops_per_second, Some(NoRate::NotTold));
        }
        for metric in ["Up", "HasPrimary"] {
            assert_eq!(
                world.metric(metric),
                Some(1.0),
                "everybody may say hello: {forbidden:?} {metric}"
            );
        }
    }
}

#[tokio::test]
async fn routers_that_tell_nothing_are_up() {
    let world = World::with(Options {
        topology: Topology::Sharded,
        members: 2,
        ..Options::default()
    })
    .await;
    for command in ["serverStatus", "listShards"] {
        world.mongo.forbid(command);
    }
    let report = world.probe().await.unwrap();
    assert_eq!(world.metric("Up"), Some(1.0));
    assert_eq!(world.metric("UnreachableRouters"), Some(0.0));
    assert_eq!(world.metric("Connections"), None);
    assert_eq!(
        (report.no_ops_per_second, report.shards.len()),
        (Some(NoRate::NotTold), 0)
    );
}
