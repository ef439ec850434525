//! The daily event: how old passwords are.

use std::sync::atomic::Ordering;

use aws_front::{Effect, Rule};
use lambda_kit::Deadline;
use secret_rotation::Report;

use crate::world::{DAILY, World};

async fn age(world: &World) -> f64 {
    let Report::Ages { secrets } = world.send(DAILY, Deadline::NONE).await.unwrap() else {
        panic!("not of the daily event");
    };
    assert_eq!(secrets.len(), 1);
    assert_eq!(secrets[0].secret, world.name);
    let lines = world.lines.lock().unwrap();
    assert_eq!(lines.last().unwrap()["AgeDays"].as_f64(), Some(secrets[0].days));
    secrets[0].days
}

#[tokio::test]
async fn the_age_grows_by_a_day_a_day_and_a_rotation_begins_it_anew() {
    let world = World::start().await;
    assert!((0.0..0.01).contains(&age(&world).await));
    world.ahead.store(40 * 86_400, Ordering::SeqCst);
    assert!((40.0..40.01).contains(&age(&world).await));
    // A rotation that does not come to its end does not make it younger.
    let token = world.begin().await;
    world.step("createSecret", &token).await.unwrap();
    world.ahead.store(41 * 86_400, Ordering::SeqCst);
    assert!((41.0..41.01).contains(&age(&world).await));
    world.steps(&token).await.unwrap();
    world.ahead.store(0, Ordering::SeqCst);
    assert!((0.0..0.01).contains(&age(&world).await));
}

#[tokio::test]
async fn an_age_that_cannot_be_read_is_no_value_and_a_failure() {
    let world = World::start().await;
    world
        .front
        .script(Rule::on("GetSecretValue").always().effect(Effect::denied()));
    let failure = world.send(DAILY, Deadline::NONE).await.unwrap_err();
    assert_eq!(failure.name, "SecretUnreachable");
    assert!(world.lines.lock().unwrap().is_empty());
}
