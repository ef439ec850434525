//! Links end with the session that signed them, and say so.

use std::time::{Duration, SystemTime};

use aws_front::{Effect, Rule};
use mongodb::bson::DateTime;

use crate::world::{Sent, World, announcement, create_event, keyed, send};

/// How many seconds from the function's clock a ticket ends.
fn lasts(sent: &Sent, ahead: i64) -> i64 {
    let text = sent.body["upload"]["expires_at"].as_str().unwrap();
    let end = DateTime::parse_rfc3339_str(text).unwrap().timestamp_millis();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let now = i64::try_from((now + Duration::from_secs(0)).as_millis()).unwrap() + ahead * 1000;
    (end - now) / 1000
}

fn is_about(seconds: i64, expected: i64) {
    // A test that runs on a slow machine for a minute is still right.
    assert!(
        (expected - 60..=expected).contains(&seconds),
        "{seconds} s, not {expected} s"
    );
}

#[tokio::test]
async fn a_session_serves_many_requests_until_a_link_no_longer_fits_in() {
    let world = World::start().await;
    let function = world.function();
    let event = create_event(&announcement(b"hello"));
    for ahead in [0, 1000, 2600] {
        world.at(ahead);
        let sent = send(&function, &event).await;
        is_about(lasts(&sent, ahead), 900);
    }
    assert_eq!(world.front.calls_of("AssumeRole"), 1);
    world.at(2800);
    // The emulator's sessions begin at the true time, so this one has 800 s left at the function's.
    let sent = send(&function, &event).await;
    is_about(lasts(&sent, 2800), 800);
    assert_eq!(world.front.calls_of("AssumeRole"), 2);
}

#[tokio::test]
async fn while_sts_is_gone_the_session_is_used_to_its_end() {
    let world = World::start().await;
    let function = world.function();
    let event = create_event(&announcement(b"hello"));
    assert_eq!(send(&function, &event).await.status, 201);
    world
        .front
        .script(Rule::on("AssumeRole").always().effect(Effect::Reset));
    world.at(3000);
    let sent = send(&function, &event).await;
    is_about(lasts(&sent, 3000), 600);
    world.at(3590);
    send(&function, &event)
        .await
        .is_problem(503, "unavailable", "ten seconds left");
    world.at(-10);
    send(&function, &event).await;
    assert!(world.front.calls_of("AssumeRole") > 6, "a clock that was set back");
}

#[tokio::test]
async fn a_session_that_is_over_at_once_is_a_fault() {
    let world = World::start().await;
    world.at(3590);
    let sent = send(&world.function(), &create_event(&announcement(b"hello"))).await;
    sent.is_problem(500, "internal", "clock");
}

#[tokio::test]
async fn the_longest_links_take_at_least_half_a_session() {
    let mut world = World::start().await;
    world.set("LECTERN_LINK_SECONDS", "3600");
    let function = world.function();
    let event = create_event(&announcement(b"hello"));
    for ahead in [0, 1700] {
        world.at(ahead);
        is_about(lasts(&send(&function, &event).await, ahead), 3600 - ahead);
    }
    assert_eq!(world.front.calls_of("AssumeRole"), 1);
}

#[tokio::test]
async fn no_link_outlives_its_upload() {
    let world = World::start().await;
    let event = keyed(create_event(&announcement(b"hello")), "key-00001");
    // Announced a day less ten minutes ago.
    world.at(600 - 24 * 60 * 60);
    assert_eq!(send(&world.function(), &event).await.status, 201);
    world.at(0);
    let sent = send(&world.function(), &event).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    is_about(lasts(&sent, 0), 600);
}
