//! When the write path goes where.

use std::time::Duration;

use aws_sdk_cloudwatch::types::StateValue;
use cloudwatch_emulator::StaleReads;
use lambda_kit::Deadline;
use origin_failover::Region::{Primary, Secondary};
use origin_failover::{Answer, Position, Reason, handle};
use serde_json::json;

use crate::world::{
    HOLD, PRIMARY_ALARM, SCHEDULE, SECONDARY_ALARM, WHOLE_EVENT, World, event, kept, look, refused, switched,
};

#[tokio::test]
async fn an_alarm_moves_the_behaviours_of_region_1_and_nothing_else_and_they_come_back_after_the_hold_time() {
    let world = World::start().await;
    let function = world.function();
    assert_eq!(look(&function).await.unwrap(), kept(Primary, Reason::Healthy));
    let (before, _) = world.configuration().await;

    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    let alarm = event(PRIMARY_ALARM, "ALARM", world.clock.now());
    let answer = handle(&function, &alarm, Deadline::NONE).await.unwrap();
    assert_eq!(answer, switched(Secondary, Reason::RegionUnhealthy));
    assert_eq!(world.targets().await, ["files", "api-2 & co", "api-2 & co", "api-1"]);
    let (after, _) = world.configuration().await;
    let restored = after.replace("<TargetOriginId>api-2 &amp; co<", "<TargetOriginId>api-1<");
    assert_eq!(restored, before, "byte for byte");
    let notices = world.heard(1).await;
    let since = notices[0]["primary_alarm"]["since"].clone();
    let expected = json!({
        "version": 1, "id": notices[0]["id"], "kind": "switched", "at": since,
        "write_path": world.distribution, "from": "primary", "to": "secondary", "reason": "region_unhealthy", "mode": "auto",
        "primary_alarm": { "name": PRIMARY_ALARM, "state": "ALARM", "since": since },
        "secondary_alarm": { "name": SECONDARY_ALARM, "state": "OK", "since": notices[0]["secondary_alarm"]["since"] },
    });
    assert_eq!(notices[0], expected);

    // The same event again, and the schedule.
    for event in [alarm.as_str(), SCHEDULE] {
        let again = handle(&function, event, Deadline::NONE).await.unwrap();
        assert_eq!(again, kept(Secondary, Reason::Healthy));
    }

    world.set_alarm(PRIMARY_ALARM, StateValue::Ok).await;
    world.clock.advance(HOLD - Duration::from_secs(1));
    assert_eq!(look(&function).await.unwrap(), kept(Secondary, Reason::Holding));
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(look(&function).await.unwrap(), switched(Primary, Reason::Failback));
    assert_eq!(world.configuration().await.0, before);
    let notices = world.heard(1).await;
    assert_eq!(
        (&notices[0]["to"], &notices[0]["reason"]),
        (&json!("primary"), &json!("failback"))
    );
    assert_eq!(world.metric("Switched"), [0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!(world.metric("OnSecondary"), [0.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
    assert_eq!(world.metric("Ready"), [1.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
    assert_eq!(world.metric("Failed"), [0.0; 6]);
}

#[tokio::test]
async fn a_region_that_comes_and_goes_moves_the_write_path_once() {
    let world = World::start().await;
    let function = world.function();
    for round in 0..4 {
        world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
        look(&function).await.unwrap();
        world.clock.advance(Duration::from_secs(60));
        world.set_alarm(PRIMARY_ALARM, StateValue::Ok).await;
        world.clock.advance(HOLD / 2);
        let answer = look(&function).await.unwrap();
        assert_eq!(answer, kept(Secondary, Reason::Holding), "{round}");
    }
    assert_eq!(world.heard(1).await[0]["to"], "secondary");
}

#[tokio::test]
async fn with_both_regions_in_alarm_nothing_is_switched_and_it_is_told_once() {
    let world = World::start().await;
    let function = world.function();
    for alarm in [PRIMARY_ALARM, SECONDARY_ALARM] {
        world.set_alarm(alarm, StateValue::Alarm).await;
    }
    // Two events and the schedule.
    let events = [PRIMARY_ALARM, SECONDARY_ALARM].map(|alarm| event(alarm, "ALARM", world.clock.now()));
    for event in events.iter().map(String::as_str).chain([SCHEDULE]) {
        let answer = handle(&function, event, Deadline::NONE).await.unwrap();
        assert_eq!(answer, refused(Primary, Reason::BothUnhealthy));
    }
    let notices = world.heard(1).await;
    assert_eq!(
        (&notices[0]["kind"], &notices[0]["to"]),
        (&json!("refused"), &json!(null))
    );
    assert_eq!(world.metric("Refused"), [1.0, 1.0, 1.0]);
    // To another process the same refusal is new, and has the same id.
    look(&world.function()).await.unwrap();
    assert_eq!(world.heard(1).await[0]["id"], notices[0]["id"]);
    // The other region is better again, and then nobody knows.
    world.set_alarm(SECONDARY_ALARM, StateValue::InsufficientData).await;
    assert_eq!(look(&function).await.unwrap(), refused(Primary, Reason::OtherUnknown));
    world.set_alarm(SECONDARY_ALARM, StateValue::Ok).await;
    assert_eq!(
        look(&function).await.unwrap(),
        switched(Secondary, Reason::RegionUnhealthy)
    );
    let told: Vec<_> = world
        .heard(2)
        .await
        .iter()
        .map(|notice| notice["reason"].clone())
        .collect();
    assert_eq!(told, ["other_unknown", "region_unhealthy"]);
}

#[tokio::test]
async fn an_event_that_is_late_changes_nothing_that_the_alarms_do_not_say() {
    let world = World::start().await;
    let function = world.function();
    let long_ago = world.clock.now() - 2 * HOLD;
    let late = event(PRIMARY_ALARM, "ALARM", long_ago);
    let answer = handle(&function, &late, Deadline::NONE).await.unwrap();
    assert_eq!(answer, kept(Primary, Reason::Healthy));
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    let late = event(PRIMARY_ALARM, "OK", long_ago);
    let answer = handle(&function, &late, Deadline::NONE).await.unwrap();
    assert_eq!(answer, switched(Secondary, Reason::RegionUnhealthy));
}

#[tokio::test]
async fn a_read_that_is_older_than_the_event_is_repeated() {
    let world = World::start().await;
    world.cloudwatch.read_stale(StaleReads {
        operation: "DescribeAlarms".to_owned(),
        skip: 0,
        times: 2,
    });
    world.clock.advance(Duration::from_secs(5));
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    let alarm = event(PRIMARY_ALARM, "ALARM", world.clock.now());
    let answer = handle(&world.function(), &alarm, Deadline::NONE).await.unwrap();
    assert_eq!(answer, switched(Secondary, Reason::RegionUnhealthy));
}

#[tokio::test]
async fn a_dry_run_tells_what_it_would_do_and_changes_nothing() {
    let mut world = World::start().await;
    world.set("LECTERN_DRY_RUN", "true");
    let function = world.function();
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    let (before, etag) = world.configuration().await;
    for _ in 0..2 {
        let would = Answer::WouldSwitch {
            from: Position::At(Primary),
            to: Secondary,
            reason: Reason::RegionUnhealthy,
        };
        assert_eq!(look(&function).await.unwrap(), would);
    }
    assert_eq!(world.configuration().await, (before, etag));
    assert_eq!(world.heard(1).await[0]["kind"], "would_switch");
    assert_eq!((world.last("Switched"), world.last("Ready")), (Some(0.0), Some(0.0)));
}

#[tokio::test]
async fn what_was_split_by_hand_is_made_whole() {
    let world = World::start().await;
    let of_uploads = "<PathPattern>/upload/*</PathPattern><TargetOriginId>api-";
    world
        .reconfigure(&format!("{of_uploads}1<"), &format!("{of_uploads}2 &amp; co<"))
        .await;
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    let answer = look(&world.function()).await.unwrap();
    let expected = Answer::Switched {
        from: Position::Split,
        to: Secondary,
        reason: Reason::RegionUnhealthy,
    };
    assert_eq!(answer, expected);
    assert_eq!(world.targets().await[1..3], ["api-2 & co", "api-2 & co"]);
}

#[tokio::test]
async fn an_event_of_somebody_else_changes_nothing() {
    let world = World::start().await;
    let function = world.function();
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    for other in [
        "",
        "null",
        "{}",
        r#"{"version": 2}"#,
        &event("edu/other", "ALARM", world.clock.now()),
        &event(PRIMARY_ALARM, "ALARM", world.clock.now()).replace("State Change", "Configuration Change"),
    ] {
        let failure = handle(&function, other, Deadline::NONE).await.unwrap_err();
        assert_eq!(failure.name, "EventInvalid", "{other}");
        assert_eq!((world.last("Failed"), world.last("OnSecondary")), (Some(1.0), None));
    }
    assert_eq!(world.front.calls_of("UpdateDistribution"), 0);
    // What EventBridge sends without a transformer is taken as well.
    let answer = handle(&function, WHOLE_EVENT, Deadline::NONE).await.unwrap();
    assert_eq!(answer, switched(Secondary, Reason::RegionUnhealthy));
}
