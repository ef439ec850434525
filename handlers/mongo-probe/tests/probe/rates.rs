//! Operations a second, across what makes counters begin anew.

use std::time::Duration;

use mongo_probe::NoRate;

use crate::world::{MINUTE, World};

/// The rate is by the server's own uptime, to which the test's own time is added.
fn about(rate: Option<f64>, expected: f64) -> bool {
    rate.is_some_and(|rate| (expected * 0.8..expected * 1.05).contains(&rate))
}

#[tokio::test]
async fn operations_are_those_since_the_event_before() {
    let world = World::start().await;
    world.mongo.add_operations(0, 1_000_000);
    let first = world.probe().await.unwrap();
    assert_eq!(first.no_ops_per_second, Some(NoRate::FirstSample));
    for operations in [60_000, 600_000] {
        world.pass(MINUTE, 1);
        world.mongo.add_operations(0, operations);
        let report = world.probe().await.unwrap();
        let expected = operations as f64 / 60.0;
        assert!(about(world.metric("OpsPerSecond"), expected), "{report:?}");
        let unit = world.lines()[0]["_aws"]["CloudWatchMetrics"][0]["Metrics"]
            .as_array()
            .unwrap()
            .clone();
        assert!(unit.contains(&serde_json::json!({ "Name": "OpsPerSecond", "Unit": "Count/Second" })));
    }
}

#[tokio::test]
async fn no_value_is_told_for_a_minute_in_which_the_counters_began_anew_and_the_next_has_one() {
    type Change = fn(&World);
    let table: [(&str, Change, NoRate); 4] = [
        ("restart", |world| world.mongo.restart(0), NoRate::Restarted),
        ("failover", |world| world.mongo.fail_over(), NoRate::AnotherServer),
        (
            "a counter that wrapped",
            |world| world.mongo.let_counters_wrap(0),
            NoRate::Wrapped,
        ),
        (
            "an hour without an event",
            |world| world.pass(Duration::from_secs(3600), 2),
            NoRate::TooLong,
        ),
    ];
    for (case, change, why) in table {
        let world = World::members(2).await;
        let minute = || {
            world.pass(MINUTE, 2);
            (0..2).for_each(|member| world.mongo.add_operations(member, 6_000));
        };
        (0..2).for_each(|member| world.mongo.add_operations(member, 50_000));
        world.probe().await.unwrap();
        minute();
        world.probe().await.unwrap();
        assert!(about(world.metric("OpsPerSecond"), 100.0), "{case}");
        minute();
        change(&world);
        let report = world.probe().await.unwrap();
        assert_eq!(report.no_ops_per_second, Some(why), "{case}");
        assert_eq!(world.metric("OpsPerSecond"), None, "{case}");
        assert_eq!(world.metric("Up"), Some(1.0), "{case}");
        minute();
        world.probe().await.unwrap();
        assert!(about(world.metric("OpsPerSecond"), 100.0), "{case}: the next minute");
    }
}

#[tokio::test]
async fn an_event_that_comes_twice_counts_nothing_twice() {
    let world = World::start().await;
    world.probe().await.unwrap();
    world.pass(MINUTE, 1);
    world.mongo.add_operations(0, 6_000);
    world.probe().await.unwrap();
    assert!(about(world.metric("OpsPerSecond"), 100.0));
    world.mongo.add_operations(0, 6_000);
    let doubled = world.probe().await.unwrap();
    assert_eq!(doubled.no_ops_per_second, Some(NoRate::TooSoon));
    world.pass(MINUTE, 1);
    world.probe().await.unwrap();
    assert!(
        about(world.metric("OpsPerSecond"), 100.0),
        "what came with the doubled event is not lost"
    );
}

#[tokio::test]
async fn a_minute_that_could_not_be_measured_is_in_the_mean_of_the_next() {
    let world = World::start().await;
    world.probe().await.unwrap();
    world.pass(MINUTE, 1);
    world.mongo.add_operations(0, 6_000);
    world.mongo.go_away();
    world.probe().await.unwrap_err();
    world.mongo.come_back();
    world.pass(MINUTE, 1);
    world.mongo.add_operations(0, 6_000);
    world.probe().await.unwrap();
    assert!(about(world.metric("OpsPerSecond"), 100.0));
}
