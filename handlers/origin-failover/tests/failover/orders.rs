//! What a person decides with the override parameter.

use aws_sdk_cloudwatch::types::StateValue;
use cloudwatch_emulator::{Fault, FaultKind};
use origin_failover::Reason;
use origin_failover::Region::{Primary, Secondary};

use crate::world::{HOLD, PRIMARY_ALARM, SECONDARY_ALARM, World, kept, look, switched};

#[tokio::test]
async fn a_person_switches_whatever_the_alarms_say_also_where_nobody_can_read_them() {
    let world = World::start().await;
    let function = world.function();
    world.set_alarm(SECONDARY_ALARM, StateValue::Alarm).await;
    world.order("secondary").await;
    assert_eq!(look(&function).await.unwrap(), switched(Secondary, Reason::ByHand));
    assert_eq!(look(&function).await.unwrap(), kept(Secondary, Reason::ByHand));
    world.cloudwatch.fail(Fault {
        operation: "DescribeAlarms".into(),
        times: None,
        kind: FaultKind::AccessDenied,
        ..Fault::default()
    });
    world.order("primary").await;
    assert_eq!(look(&function).await.unwrap(), switched(Primary, Reason::ByHand));
    let notices = world.heard(2).await;
    assert_eq!(notices[1]["mode"], "primary");
    assert_eq!(notices[1]["primary_alarm"]["state"], serde_json::Value::Null);
    world.order("auto").await;
    assert_eq!(look(&function).await.unwrap_err().name, "AlarmsUnreadable");
    assert_eq!(world.last("Failed"), Some(1.0));
}

#[tokio::test]
async fn a_person_keeps_the_write_path_where_it_is() {
    let world = World::start().await;
    let function = world.function();
    world.order("primary").await;
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    assert_eq!(look(&function).await.unwrap(), kept(Primary, Reason::ByHand));
    assert_eq!(world.last("Ready"), Some(0.0));
    world.order("auto").await;
    assert_eq!(
        look(&function).await.unwrap(),
        switched(Secondary, Reason::RegionUnhealthy)
    );
}

#[tokio::test]
async fn unless_it_is_set_otherwise_a_person_decides_on_the_way_back() {
    let mut world = World::start().await;
    world.variables.remove("LECTERN_FAILBACK");
    world.set("LECTERN_HOLD_SECONDS", "0");
    let function = world.function();
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    look(&function).await.unwrap();
    world.set_alarm(PRIMARY_ALARM, StateValue::Ok).await;
    world.clock.advance(HOLD);
    assert_eq!(
        look(&function).await.unwrap(),
        kept(Secondary, Reason::FailbackIsManual)
    );
    world.order("primary").await;
    assert_eq!(look(&function).await.unwrap(), switched(Primary, Reason::ByHand));
    world.order("auto").await;
    assert_eq!(look(&function).await.unwrap(), kept(Primary, Reason::Healthy));
}

#[tokio::test]
async fn without_a_parameter_that_says_one_of_the_three_words_nothing_is_changed() {
    let world = World::start().await;
    let function = world.function();
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    world.order("Secondary please").await;
    let failure = look(&function).await.unwrap_err();
    assert_eq!(failure.name, "OverrideUnreadable");
    assert!(
        failure.message.contains("auto, primary or secondary"),
        "{}",
        failure.message
    );
    assert!(!failure.message.contains("please"), "{}", failure.message);
    world.forget_order().await;
    let failure = look(&function).await.unwrap_err();
    assert_eq!(failure.name, "OverrideUnreadable");
    assert!(failure.message.contains("ParameterNotFound"), "{}", failure.message);
    assert_eq!(world.front.calls_of("UpdateDistribution"), 0);
    world.heard(0).await;
}
