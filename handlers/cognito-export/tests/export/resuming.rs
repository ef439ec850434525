//! Exports that are killed, interrupted or handed over resume where they ended.

use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use lambda_kit::Deadline;
use pool_harness::Person;
use user_export::{Kind, Membership, User};

use crate::world::{World, invocation, names, outcome};

/// Users of the large pool.
const MANY: usize = 10_000;

/// Kills an invocation when it makes its `calls`-th call of an operation.
async fn killed(world: &World, hour: u32, operation: &str, calls: u32) {
    let gate = GateHandle::default();
    let hold = Effect::HoldRequest(gate.clone());
    let before = world.front.calls_of(operation);
    world.front.script(Rule::on(operation).after(calls - 1).effect(hold));
    let function = world.function().await;
    let event = invocation(hour, Deadline::NONE);
    let reached = async {
        while world.front.calls_of(operation) - before < calls as usize {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    // Dropped in the middle of a call, as by the end of the process.
    tokio::select! {
        ended = cognito_export::handle(&event, &function) => panic!("{ended:?}"),
        () = reached => {}
    }
    gate.open();
    world.front.clear();
    // Nobody gave the lease back.
    world.at(i64::from(hour) * 3_600 + i64::from(calls) * 60);
}

#[tokio::test]
async fn ten_thousand_users_are_exported_with_a_kill_in_the_middle_and_little_is_read_twice() {
    let mut world = World::start().await;
    world.limits.part_pages = 20;
    world.groups(&world.pool, &["all"]).await.unwrap();
    let people = (0..MANY).map(|number| Person::new(number).within(if number % 10 == 0 { &["all"] } else { &[] }));
    world.fill(&world.pool, people).await.unwrap();
    killed(&world, 6, "ListUsers", 90).await;
    let report = world.export(6).await;
    assert_eq!((report.counts.users, report.counts.memberships), (10_000, 1_000));
    assert_eq!(report.counts.listings_restarted, 0);
    let manifest = world.manifest(&report).await;
    let users: Vec<User> = world.lines(&manifest, Kind::Users).await;
    assert_eq!((users.len(), names(&users).len()), (MANY, MANY));
    // Of 167 pages 80 are in parts that were written before the kill; the front counts anew since then.
    assert_eq!(world.front.calls_of("ListUsers"), 167 - 80);
    // By group and not by user.
    assert_eq!(world.front.calls_of("ListUsersInGroup"), 17);
}

#[tokio::test]
async fn a_kill_at_any_step_loses_nothing_and_doubles_nothing() {
    let mut world = World::start().await;
    world.limits.part_pages = 1;
    world.groups(&world.pool, &["a", "b"]).await.unwrap();
    world
        .fill(&world.pool, (0..130).map(|number| Person::new(number).within(&["b"])))
        .await
        .unwrap();
    let steps = [
        ("GenerateDataKey", 1),
        ("ListUsers", 1),
        ("ListUsers", 3),
        ("ListGroups", 1),
        ("ListUsersInGroup", 1),
        ("ListUsersInGroup", 3),
        ("DescribeUserPool", 2),
        ("PutObject", 1),
        ("PutObject", 2),
        ("PutObject", 3),
        ("PutObject", 5),
        ("PutObject", 9),
        ("PutObject", 15),
    ];
    for (hour, (operation, calls)) in (1..).zip(steps) {
        killed(&world, hour, operation, calls).await;
        let report = match world.invoke(hour, Deadline::NONE).await.unwrap() {
            cognito_export::Answer::Complete(report) | cognito_export::Answer::AlreadyComplete(report) => report,
            other => panic!("{operation} {calls}: {other:?}"),
        };
        let manifest = world.manifest(&report).await;
        let users: Vec<User> = world.lines(&manifest, Kind::Users).await;
        let members: Vec<Membership> = world.lines(&manifest, Kind::Memberships).await;
        let counted = (users.len(), names(&users).len(), members.len());
        assert_eq!(counted, (130, 130, 130), "{operation} {calls}");
        assert_eq!(
            (report.counts.users, report.counts.memberships),
            (130, 130),
            "{operation} {calls}"
        );
    }
}

#[tokio::test]
async fn before_the_deadline_it_hands_over_and_the_next_invocation_goes_on() {
    let mut world = World::start().await;
    world.take_events();
    world.limits.part_pages = 1;
    world.fill(&world.pool, (0..200).map(Person::new)).await.unwrap();
    // Every page is slow, so that little fits into an invocation.
    let slow = Effect::Delay(Duration::from_millis(700));
    world.front.script(Rule::on("ListUsers").always().effect(slow));
    let mut hops = 0;
    let answer = loop {
        let answer = world.invoke(6, Deadline::after(Duration::from_secs(5))).await.unwrap();
        if outcome(&answer) != "handed_over" {
            break answer;
        }
        hops += 1;
        assert!(hops < 6, "{answer:?}");
    };
    assert!(hops > 0);
    assert_eq!(outcome(&answer), "complete");
    assert_eq!(world.front.calls_of("Invoke"), hops);
    assert_eq!(world.metric("Users"), [200.0]);
}

#[tokio::test]
async fn an_invocation_that_finishes_nothing_is_not_repeated_for_ever() {
    let world = World::start().await;
    world.take_events();
    let no_time = || Deadline::after(Duration::ZERO);
    let mut names = Vec::new();
    for _ in 0..3 {
        names.push(
            world
                .invoke(6, no_time())
                .await
                .map(|answer| outcome(&answer))
                .map_err(|failure| failure.name),
        );
    }
    assert!(
        names.contains(&Err("OutOfTime")) || names.contains(&Err("NoProgress")),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_position_that_cognito_does_not_know_any_more_begins_the_list_anew_and_is_counted() {
    let mut world = World::start().await;
    world.limits.part_pages = 1;
    world.fill(&world.pool, (0..200).map(Person::new)).await.unwrap();
    killed(&world, 6, "ListUsers", 3).await;
    let forgotten = Effect::refusal(400, "InvalidParameterException", "Invalid pagination token");
    world.front.script(Rule::on("ListUsers").effect(forgotten));
    let report = world.export(6).await;
    assert_eq!((report.counts.users, report.counts.listings_restarted), (200, 1));
    let users: Vec<User> = world.lines(&world.manifest(&report).await, Kind::Users).await;
    assert_eq!((users.len(), names(&users).len()), (200, 200));
    // Without an earlier invocation it is a fault, and no reason to begin anew.
    let refused = Effect::refusal(400, "InvalidParameterException", "Invalid pagination token");
    world.front.script(Rule::on("ListUsers").after(1).effect(refused));
    assert_eq!(
        world.invoke(7, Deadline::NONE).await.unwrap_err().name,
        "CognitoRefused"
    );
}
