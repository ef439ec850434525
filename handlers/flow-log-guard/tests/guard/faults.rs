//! What goes wrong around the function, and what becomes of the event then: nothing is lost, nothing is counted twice.

use std::time::Duration;

use aws_front::{Effect, Rule};
use flow_log_guard::{Answer, handle};

use crate::world::{DEFAULT_FORMAT, World, event, failed, line, scanned};

const LISTS: &str = "GetManagedPrefixListEntries";

#[tokio::test]
async fn throttles_and_lost_answers_are_waited_out() {
    for (operation, effect) in [
        ("PublishBatch", Effect::refusal(429, "Throttled", "Rate exceeded")),
        ("PutEvents", Effect::throttle()),
        ("PutEvents", Effect::refusal(500, "InternalException", "not now")),
    ] {
        let world = World::start().await;
        world.front.script(Rule::on(operation).times(2).effect(effect));
        assert_eq!(
            scanned(&world.function(), DEFAULT_FORMAT).await,
            (1, 1, 3),
            "{operation}"
        );
        world.heard_on_topic(3).await;
        world.heard_on_bus(3).await;
    }
}

#[tokio::test]
async fn a_batch_whose_answer_is_lost_comes_again_with_the_same_ids() {
    let world = World::start().await;
    world.front.script(Rule::on("PublishBatch").effect(Effect::LoseAnswer));
    assert_eq!(scanned(&world.function(), DEFAULT_FORMAT).await, (1, 1, 3));
    let messages = world.heard_on_topic(6).await;
    for (body, _) in &messages {
        assert_eq!(messages.iter().filter(|(other, _)| other == body).count(), 2);
    }
}

#[tokio::test]
async fn only_the_entries_that_were_refused_come_again() {
    let world = World::start().await;
    let body = r#"{"FailedEntryCount":1,"Entries":[{"EventId":"1"},{"ErrorCode":"ThrottlingException","ErrorMessage":"not now"},{"EventId":"3"}]}"#;
    world
        .front
        .script(Rule::on("PutEvents").effect(Effect::ReplaceBody(body.to_owned())));
    assert_eq!(scanned(&world.function(), DEFAULT_FORMAT).await, (1, 1, 3));
    assert_eq!(world.front.calls_of("PutEvents"), 2);
    // The emulator took all of the first call, and one again.
    world.heard_on_bus(4).await;
}

#[tokio::test]
async fn what_one_place_refuses_the_other_gets_and_the_event_comes_again_without_being_counted_again() {
    for (operation, name) in [("PublishBatch", "TopicRefused"), ("PutEvents", "EventBusRefused")] {
        let world = World::start().await;
        let function = world.function();
        world
            .front
            .script(Rule::on(operation).always().effect(Effect::denied()));
        let failure = failed(&function, DEFAULT_FORMAT).await;
        assert_eq!(failure.name, name);
        assert!(
            failure.message.starts_with("3 notices were not delivered") && failure.message.contains("AccessDenied"),
            "{failure}"
        );
        assert!(!failure.message.contains("198.51"), "{failure}");
        assert_eq!(world.metric("PublicAddressFlows"), [1.0]);
        world.front.clear();
        assert_eq!(scanned(&function, DEFAULT_FORMAT).await, (1, 1, 3));
        assert_eq!(world.metric("PublicAddressFlows"), [1.0], "{name}");
        let (on_topic, on_bus) = if name == "TopicRefused" { (3, 6) } else { (6, 3) };
        world.heard_on_topic(on_topic).await;
        world.heard_on_bus(on_bus).await;
        assert_eq!(handle(&function, DEFAULT_FORMAT).await, Ok(Answer::Repeated));
    }
}

#[tokio::test]
async fn prefix_lists_are_read_once_an_hour_and_the_last_ones_are_kept() {
    let mut world = World::start().await;
    world.set("LECTERN_PREFIX_LIST_IDS", "pl-63a5400a,pl-6da54004");
    world.prefix_list(&["52.218.0.0/17"], 2);
    let function = world.function();
    let of_s3 = line("10.0.0.1", "52.218.0.9", "ACCEPT");
    let mut number = 0;
    let mut next = || {
        number += 1;
        event(number, &[&of_s3])
    };
    for _ in 0..3 {
        assert_eq!(scanned(&function, &next()).await, (0, 0, 0));
    }
    assert_eq!(world.front.calls_of(LISTS), 2);

    // EC2 refuses: the last ones are used, and it is asked again after a minute.
    world.front.clear();
    world.front.script(Rule::on(LISTS).always().effect(Effect::denied()));
    world.pass(Duration::from_secs(3601));
    assert_eq!(scanned(&function, &next()).await, (0, 0, 0));
    assert_eq!(scanned(&function, &next()).await, (0, 0, 0));
    assert_eq!(world.front.calls_of(LISTS), 1);
    world.pass(Duration::from_secs(61));
    assert_eq!(scanned(&function, &next()).await, (0, 0, 0));
    assert_eq!(world.front.calls_of(LISTS), 2);

    // And when it answers again, what it says counts.
    world.front.clear();
    world.prefix_list(&["198.51.100.0/24"], 2);
    world.pass(Duration::from_secs(61));
    assert_eq!(scanned(&function, &next()).await, (1, 0, 1));
}

#[tokio::test]
async fn without_any_prefix_lists_flows_are_not_judged_and_what_needs_no_judgement_is_done() {
    let mut world = World::start().await;
    world.set("LECTERN_PREFIX_LIST_IDS", "pl-63a5400a");
    let denied = Effect::refusal(
        403,
        "UnauthorizedOperation",
        "You are not authorized to perform this operation.",
    );
    world.front.script(Rule::on(LISTS).always().effect(denied));
    let function = world.function();
    let failure = failed(&function, &event(1, &[&line("10.0.0.1", "52.218.0.9", "ACCEPT")])).await;
    assert_eq!(failure.name, "PrefixListsUnreadable");
    for part in [
        "ec2:GetManagedPrefixListEntries",
        "UnauthorizedOperation",
        "You are not authorized",
    ] {
        assert!(failure.message.contains(part), "{failure}");
    }
    assert_eq!(world.metric("Records"), [0.0; 0]);
    assert_eq!(
        scanned(&function, &event(2, &[&line("10.0.0.1", "10.0.0.2", "ACCEPT")])).await,
        (0, 0, 0)
    );
    // Refused for good, so not asked again; throttled and unreachable it is.
    assert_eq!(world.front.calls_of(LISTS), 2);
    world.front.clear();
    world
        .front
        .script(Rule::on(LISTS).effect(Effect::refusal(503, "RequestLimitExceeded", "Request limit exceeded.")));
    world.front.script(Rule::on(LISTS).effect(Effect::Reset));
    world.prefix_list(&["52.218.0.0/17"], 1);
    assert_eq!(
        scanned(&function, &event(1, &[&line("10.0.0.1", "52.218.0.9", "ACCEPT")])).await,
        (0, 0, 0)
    );
    assert_eq!(world.front.calls_of(LISTS), 3);
}

#[tokio::test]
async fn an_answer_of_ec2_that_cannot_be_used_is_a_failure() {
    for body in [
        "<entrySet><item><cidr>52.218.0.0/99</cidr></item></entrySet>",
        "<nextToken>again</nextToken>",
    ] {
        let mut world = World::start().await;
        world.set("LECTERN_PREFIX_LIST_IDS", "pl-63a5400a");
        let answer = Effect::Answer {
            status: 200,
            body: body.to_owned(),
        };
        world.front.script(Rule::on(LISTS).always().effect(answer));
        let failure = failed(&world.function(), DEFAULT_FORMAT).await;
        assert_eq!(failure.name, "PrefixListsUnreadable", "{body}");
    }
}

#[tokio::test]
async fn an_event_that_is_none_is_named_and_not_quoted() {
    let world = World::start().await;
    let function = world.function();
    for event in [
        r#""hunter2""#,
        r#"{"awslogs":{"data":"hunter2"}}"#,
        r#"{"awslogs":{"data":"aHVudGVyMg=="}}"#,
        r#"{"Records":[{"hunter2":1}]}"#,
    ] {
        let failure = failed(&function, event).await;
        assert_eq!(failure.name, "EventInvalid", "{event}");
        assert!(!failure.message.contains("hunter2"), "{failure}");
    }
    assert_eq!(world.metric("Records"), [0.0; 0]);
}
