//! When what is behind the function fails: what is reported, what is left, and that a later invocation finishes it.

use aws_front::{Effect, Rule};
use mongodb::bson::{DateTime, Document, doc};
use serde_json::{Value, json};
use upload_janitor::Limits;

use crate::world::{LONG_AGO, World, clean, limits, report};

const A_DAY_LATER: i64 = 60 * 60 * 25;

/// What may happen to a call; of the second and the third it is unknown whether the change was made.
fn effects() -> [Effect; 5] {
    [
        Effect::slow_down(),
        Effect::Reset,
        Effect::LoseAnswer,
        Effect::refusal(403, "AccessDenied", "no"),
        Effect::refusal(503, "ServiceUnavailable", "later"),
    ]
}

#[tokio::test]
async fn wherever_a_removal_fails_it_is_reported_and_done_a_day_later() {
    let world = World::start().await;
    for operation in [
        "AssumeRole",
        "AbortMultipartUpload",
        "HeadObject",
        "PutObjectTagging",
        "DeleteObject",
    ] {
        for effect in effects() {
            world.at(0);
            let case = format!("{operation}: {effect:?}");
            // Parts of an upload are there to abort, an object to tag.
            let id = world
                .arrived(if operation == "AbortMultipartUpload" { 2 } else { 1 })
                .await;
            world.given_up(&id, LONG_AGO).await;
            world.front.script(Rule::on(operation).always().effect(effect));
            assert_eq!(world.clean().await, report(0, &[&id], 0), "{case}");
            assert_eq!(world.last_metrics(), (json!(0.0), json!(1.0), json!(0.0)), "{case}");
            assert_eq!(world.status(&id).await.as_deref(), Some("deleting"), "{case}");
            world.front.clear();
            assert_eq!(world.clean().await, report(0, &[], 0), "{case}");
            world.at(A_DAY_LATER);
            assert_eq!(world.clean().await, report(1, &[], 0), "{case}");
            assert!(world.is_gone(&id).await, "{case}");
        }
    }
}

#[tokio::test]
async fn one_failed_call_of_each_kind_is_repeated_and_not_noticed() {
    let world = World::start().await;
    let id = world.arrived(2).await;
    world.given_up(&id, LONG_AGO).await;
    for operation in [
        "GetSecretValue",
        "AssumeRole",
        "AbortMultipartUpload",
        "HeadObject",
        "DeleteObject",
    ] {
        world.front.script(Rule::on(operation).effect(Effect::Reset));
    }
    assert_eq!(world.clean().await, report(1, &[], 0));
    assert!(world.is_gone(&id).await);
}

#[tokio::test]
async fn after_a_few_failures_the_invocation_ends_and_the_others_are_left() {
    let world = World::start().await;
    for age in 0..4 {
        let id = world.announce(1).await;
        world.given_up(&id, LONG_AGO + age).await;
    }
    let fault = Rule::on("DeleteObject").always();
    world
        .front
        .script(fault.effect(Effect::refusal(403, "AccessDenied", "no")));
    let janitor = world.janitor().await.with_limits(Limits {
        failures: 2,
        ..limits()
    });
    let ended = clean(&janitor).await.unwrap();
    assert_eq!((ended.removed, ended.failed.len(), ended.left), (0, 2, Some(2)));
    assert_eq!(world.last_metrics(), (json!(0.0), json!(2.0), json!(2.0)));
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_reported_each_time_and_stops_no_other() {
    let world = World::start().await;
    let long_ago = DateTime::from_millis(0);
    let odd = doc! { "_id": "odd", "status": "pending", "expires_at": long_ago };
    let files = world.database.collection::<Document>("files");
    files.insert_one(odd.clone()).await.unwrap();
    for age in 0..3 {
        let id = world.announce(1).await;
        world.given_up(&id, LONG_AGO + age).await;
    }
    let janitor = world.janitor().await.with_limits(Limits {
        page: 2,
        pages: 2,
        ..limits()
    });
    assert_eq!(clean(&janitor).await.unwrap(), report(3, &["odd"], 0));
    assert_eq!(clean(&janitor).await.unwrap(), report(0, &["odd"], 0));
    assert_eq!(files.find_one(doc! { "_id": "odd" }).await.unwrap(), Some(odd));
}

#[tokio::test]
async fn without_mongodb_the_invocation_fails_by_name_and_the_next_goes_on() {
    let world = World::start().await;
    let id = world.announce(1).await;
    world.given_up(&id, LONG_AGO).await;
    let janitor = world.janitor().await;
    world.mongo.down();
    assert_eq!(clean(&janitor).await.unwrap_err().name, "MongoUnavailable");
    assert_eq!(world.last_metrics(), (json!(0.0), json!(1.0), Value::Null));
    world.mongo.up();
    assert_eq!(clean(&janitor).await.unwrap(), report(1, &[], 0));
}

#[tokio::test]
async fn a_secret_that_may_not_be_read_is_a_refusal_and_one_that_is_throttled_is_not() {
    let world = World::start().await;
    for (effect, name) in [
        (Effect::denied(), "MongoRefused"),
        (Effect::throttle(), "MongoUnavailable"),
    ] {
        world.front.script(Rule::on("GetSecretValue").always().effect(effect));
        let failure = clean(&world.janitor().await).await.unwrap_err();
        assert_eq!(failure.name, name, "{}", failure.message);
        world.front.clear();
    }
}
