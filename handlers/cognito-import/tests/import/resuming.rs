//! Imports that are killed or handed over resume where they ended, and finish the users that they had begun.

use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use cognito_import::{Answer, handle};
use lambda_kit::Deadline;
use pool_harness::Person;

use crate::world::{World, complete, outcome, raw};

/// Kills an import when it makes its `calls`-th call of an operation.
async fn killed(world: &World, operation: &str, calls: u32) {
    let gate = GateHandle::default();
    let before = world.front.calls_of(operation);
    world.front.script(
        Rule::on(operation)
            .after(calls - 1)
            .effect(Effect::HoldAnswer(gate.clone())),
    );
    let function = world.function().await;
    let event = raw(&world.event("latest", false), Deadline::NONE);
    let reached = async {
        while world.front.calls_of(operation) - before < calls as usize {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // The call is carried out, and nobody hears of it.
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    tokio::select! {
        ended = handle(&event, &function) => panic!("{operation} {calls}: {ended:?}"),
        () = reached => {}
    }
    gate.open();
    world.front.clear();
}

/// In the middle of all of them.
#[tokio::test]
async fn a_hundred_and_fifty_users_are_imported_with_a_kill_in_the_middle() {
    let mut world = World::start().await;
    world.limits.batch = 25;
    world.groups(&world.source, &["a"]).await.unwrap();
    let people = (0..150).map(|number| Person::new(number).within(if number % 3 == 0 { &["a"] } else { &[] }));
    world.export(people).await;
    killed(&world, "AdminCreateUser", 85).await;
    world.at(60);
    let report = world.import(false).await;
    let counts = &report.counts;
    assert_eq!(
        (counts.created, counts.equal, counts.differs),
        (150, 0, 0),
        "{counts:?}"
    );
    assert_eq!(counts.memberships_matched, 50);
    let results = world.results(&report).await;
    assert_eq!(results.len(), 150);
    assert!(
        results
            .values()
            .all(|result| result.new_sub.is_some() && result.new_sub != result.old_sub)
    );
    let again = world.import(false).await;
    assert_eq!((again.counts.equal, again.counts.differs), (150, 0));
    // The front counts anew since the kill. Of the 85 that were asked for then, and up to three beside it, nobody is made again.
    let made = world.front.calls_of("AdminCreateUser");
    assert!((62..=65).contains(&made), "{made}");
}

#[tokio::test]
async fn a_kill_at_any_step_leaves_nobody_half_made() {
    let steps = [
        ("CreateGroup", 1),
        ("AdminCreateUser", 8),
        ("AdminAddUserToGroup", 3),
        ("AdminSetUserPassword", 9),
        ("AdminDisableUser", 2),
        ("PutObject", 4),
        ("PutObject", 6),
        ("PutObject", 11),
    ];
    let mut world = World::start().await;
    world.limits.lease = Duration::from_secs(4);
    world.limits.batch = 5;
    world.groups(&world.source, &["a"]).await.unwrap();
    let people = (0..12).map(|number| {
        let person = Person::new(number).within(&["a"]);
        if number % 5 == 0 { person.disabled() } else { person }
    });
    world.export(people).await;
    for (minute, (operation, calls)) in (1..).zip(steps) {
        world.target = world.pool().await.unwrap();
        world
            .rights(
                &crate::world::ON_POOL,
                &crate::world::ON_KEY,
                &crate::world::ON_EXPORTS,
                &crate::world::ON_IMPORTS,
            )
            .await;
        killed(&world, operation, calls).await;
        world.at(minute * 60);
        let counts = world.import(false).await.counts;
        assert_eq!(
            (counts.created, counts.equal, counts.differs),
            (12, 0, 0),
            "{operation} {calls}: {counts:?}"
        );
        assert_eq!(counts.memberships_matched, 12, "{operation} {calls}");
        let again = world.import(false).await.counts;
        assert_eq!((again.equal, again.differs), (12, 0), "{operation} {calls}: {again:?}");
    }
}

#[tokio::test]
async fn somebody_else_s_user_is_not_finished_by_an_import_that_goes_on() {
    let world = World::start().await;
    world.export((0..20).map(Person::new)).await;
    // Of the second batch, which is not looked at yet when the import is killed.
    killed(&world, "AdminCreateUser", 3).await;
    let theirs = Person::new(15).status("FORCE_CHANGE_PASSWORD");
    world.fill(&world.target, [theirs]).await.unwrap();
    world.at(60);
    let report = world.import(false).await;
    assert_eq!((report.counts.created, report.counts.differs), (19, 1));
    assert_eq!(
        world.found("user-15").await.unwrap().status,
        "FORCE_CHANGE_PASSWORD",
        "not confirmed by us"
    );
}

#[tokio::test]
async fn before_the_deadline_it_hands_over_and_the_next_invocation_goes_on_with_the_same_export() {
    let mut world = World::start().await;
    world.limits.batch = 1;
    world.take_events();
    let first = world.export((0..10).map(Person::new)).await;
    let slow = Effect::Delay(Duration::from_millis(500));
    world.front.script(Rule::on("AdminGetUser").always().effect(slow));
    // A quarter is kept for the end, the last 1.5 s of it by the guard: a step has 2.5 s.
    let short = || Deadline::after(Duration::from_secs(16));
    let answer = world.invoke(false, short()).await.unwrap();
    assert_eq!(outcome(&answer), "handed_over");
    // A newer export in between.
    world.fill(&world.source, [Person::new(77)]).await.unwrap();
    world.export_again(12).await;
    let event = world.event(&first, false);
    let mut invocations = 1;
    let report = loop {
        let function = world.function().await;
        match handle(&raw(&event, short()), &function).await.unwrap() {
            Answer::HandedOver { .. } => invocations += 1,
            other => break complete(other),
        }
        assert!(invocations < 12);
    };
    assert_eq!((report.export.to_string(), report.counts.created), (first, 10));
}
