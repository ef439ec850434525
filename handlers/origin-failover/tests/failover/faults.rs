//! When what is behind the function fails.

use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use aws_sdk_cloudwatch::types::StateValue;
use cloudwatch_emulator::{Fault, FaultKind};
use lambda_kit::Deadline;
use origin_failover::Reason;
use origin_failover::Region::Secondary;
use origin_failover::handle;

use crate::world::{PRIMARY_ALARM, SCHEDULE, World, kept, look, switched};

fn throttled() -> Effect {
    Effect::refusal(400, "Throttling", "Rate exceeded")
}

#[tokio::test]
async fn one_failed_call_of_each_kind_is_repeated_and_not_noticed() {
    let world = World::start().await;
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    for operation in [
        "GetParameter",
        "GetDistributionConfig",
        "UpdateDistribution",
        "Publish",
        "PutEvents",
    ] {
        let effect = if operation == "UpdateDistribution" {
            throttled()
        } else {
            Effect::Reset
        };
        world.front.script(Rule::on(operation).effect(effect));
    }
    world.cloudwatch.fail(Fault {
        operation: "DescribeAlarms".into(),
        times: Some(1),
        kind: FaultKind::Throttle,
        ..Fault::default()
    });
    let function = world.function();
    assert_eq!(
        look(&function).await.unwrap(),
        switched(Secondary, Reason::RegionUnhealthy)
    );
    world.heard(1).await;
}

#[tokio::test]
async fn each_call_that_fails_for_good_has_its_failure_and_the_next_event_goes_on() {
    let world = World::start().await;
    let function = world.function();
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    for (operation, effect, name) in [
        ("GetParameter", Effect::denied(), "OverrideUnreadable"),
        ("GetParameter", Effect::throttle(), "OverrideUnreadable"),
        (
            "GetDistributionConfig",
            Effect::refusal(403, "AccessDenied", "no"),
            "WritePathUnreadable",
        ),
        ("GetDistributionConfig", throttled(), "WritePathUnreadable"),
        (
            "GetDistributionConfig",
            Effect::ReplaceBody("<Distribution".to_owned()),
            "WritePathUnreadable",
        ),
        (
            "UpdateDistribution",
            Effect::refusal(403, "AccessDenied", "no"),
            "SwitchRefused",
        ),
        (
            "UpdateDistribution",
            Effect::refusal(400, "InvalidArgument", "no"),
            "SwitchRefused",
        ),
        ("UpdateDistribution", throttled(), "SwitchContested"),
        (
            "UpdateDistribution",
            Effect::refusal(503, "ServiceUnavailable", "later"),
            "SwitchContested",
        ),
    ] {
        world.front.script(Rule::on(operation).always().effect(effect.clone()));
        let failure = look(&function).await.unwrap_err();
        assert_eq!(failure.name, name, "{operation}, {effect:?}: {}", failure.message);
        assert_eq!((world.last("Failed"), world.last("Switched")), (Some(1.0), Some(0.0)));
        world.front.clear();
    }
    world.cloudwatch.fail(Fault {
        operation: "DescribeAlarms".into(),
        times: Some(3),
        kind: FaultKind::InternalError,
        ..Fault::default()
    });
    assert_eq!(look(&function).await.unwrap_err().name, "AlarmsUnreadable");
    assert_eq!(
        look(&function).await.unwrap(),
        switched(Secondary, Reason::RegionUnhealthy)
    );
    world.heard(1).await;
}

#[tokio::test]
async fn what_a_topic_or_a_bus_did_not_take_is_told_with_the_next_event() {
    let world = World::start().await;
    let function = world.function();
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    world.front.script(
        Rule::on("Publish")
            .always()
            .effect(Effect::refusal(403, "AuthorizationError", "no")),
    );
    world
        .front
        .script(Rule::on("PutEvents").always().effect(Effect::denied()));
    assert_eq!(look(&function).await.unwrap_err().name, "TopicRefused");
    assert_eq!(world.last("Switched"), Some(1.0), "it is switched and counted");
    world.front.clear();
    let refused = r#"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"InternalFailure","ErrorMessage":"no"}]}"#;
    let body = refused.to_owned();
    world
        .front
        .script(Rule::on("PutEvents").effect(Effect::Answer { status: 200, body }));
    assert_eq!(look(&function).await.unwrap_err().name, "EventBusRefused");
    assert_eq!(look(&function).await.unwrap(), kept(Secondary, Reason::Healthy));
    // The topic has it twice, with the same id, because the bus had it only then.
    let notices = world.told(2, 1).await;
    assert_eq!(notices[0], notices[1]);
    assert_eq!(notices[0]["kind"], "switched");
}

#[tokio::test]
async fn at_the_deadline_the_invocation_ends_by_name_and_the_next_finishes() {
    let world = World::start().await;
    let function = world.function();
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    let gate = GateHandle::default();
    let held = Effect::HoldRequest(gate.clone());
    world.front.script(Rule::on("UpdateDistribution").effect(held));
    let failure = handle(&function, SCHEDULE, Deadline::after(Duration::from_secs(2))).await;
    assert_eq!(failure.unwrap_err().name, "OutOfTime");
    assert_eq!(world.last("Failed"), Some(1.0));
    gate.open();
    let answer = look(&function).await.unwrap();
    // The held call may have been carried out by now; whichever call was first, the write path is at the secondary.
    assert!(
        [
            switched(Secondary, Reason::RegionUnhealthy),
            kept(Secondary, Reason::Healthy)
        ]
        .contains(&answer),
        "{answer:?}"
    );
    assert_eq!(world.targets().await[1..3], ["api-2 & co", "api-2 & co"]);
}

#[tokio::test]
async fn an_alarm_that_is_not_there_is_a_failure_that_names_its_setting() {
    let mut world = World::start().await;
    world.set("LECTERN_SECONDARY_ALARM", "edu/nothing");
    let failure = look(&world.function()).await.unwrap_err();
    assert_eq!(failure.name, "AlarmsUnreadable");
    assert!(
        failure.message.contains("LECTERN_SECONDARY_ALARM"),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn an_origin_that_is_not_there_is_nothing_to_switch_and_a_behaviour_without_one_neither() {
    let mut world = World::start().await;
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    world.set("LECTERN_SECONDARY_ORIGIN_ID", "api-3");
    let failure = look(&world.function()).await.unwrap_err();
    assert_eq!(failure.name, "NothingToSwitch");
    assert!(
        failure.message.contains("LECTERN_SECONDARY_ORIGIN_ID"),
        "{}",
        failure.message
    );
    world.set("LECTERN_PRIMARY_ORIGIN_ID", "api-4");
    let failure = look(&world.function()).await.unwrap_err();
    assert_eq!(failure.name, "NothingToSwitch");
    assert!(failure.message.contains("no cache behaviour"), "{}", failure.message);
    assert_eq!(world.front.calls_of("UpdateDistribution"), 0);
}
