//! When what is behind the function is gone.

use aws_front::{Effect, Rule};
use mongodb::bson::doc;

use crate::world::{ID, World, get_event, list_event, send};

async fn world() -> World {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("notes.pdf", "hello").await;
    world
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_for_a_while_is_503_and_then_works() {
    let world = world().await;
    for (effect, status, name) in [
        (Effect::Reset, 503, "unavailable"),
        (Effect::LoseAnswer, 503, "unavailable"),
        (Effect::CutBody(40), 503, "unavailable"),
        (Effect::refusal(503, "ServiceUnavailable", "later"), 503, "unavailable"),
        (Effect::refusal(400, "Throttling", "Rate exceeded"), 503, "unavailable"),
        (Effect::refusal(403, "AccessDenied", "not authorized"), 500, "internal"),
    ] {
        world.front.clear();
        let function = world.function();
        world
            .front
            .script(Rule::on("AssumeRole").always().effect(effect.clone()));
        let sent = send(&function, &get_event(ID)).await;
        sent.is_problem(status, name, &format!("{effect:?}"));
        assert!(!sent.body.to_string().contains("arn:"), "{}", sent.body);
        // Nothing of it matters to a list.
        assert_eq!(send(&function, &list_event(&[])).await.status, 200, "{effect:?}");
        world.front.clear();
        assert_eq!(send(&function, &get_event(ID)).await.status, 200, "{effect:?}");
    }
}

#[tokio::test]
async fn one_failed_call_is_repeated_and_not_noticed() {
    let world = world().await;
    let throttled = Effect::refusal(400, "Throttling", "Rate exceeded");
    world.front.script(Rule::on("AssumeRole").times(2).effect(throttled));
    world.front.script(Rule::on("GetSecretValue").effect(Effect::Reset));
    assert_eq!(send(&world.function(), &get_event(ID)).await.status, 200);
}

#[tokio::test]
async fn while_sts_is_gone_the_session_is_used_to_its_end() {
    let world = world().await;
    let function = world.function();
    assert_eq!(send(&function, &get_event(ID)).await.status, 200);
    world
        .front
        .script(Rule::on("AssumeRole").always().effect(Effect::Reset));
    // 200 s are left, and then 20.
    world.at(3400);
    assert_eq!(send(&function, &get_event(ID)).await.status, 200);
    let asked = world.front.calls_of("AssumeRole");
    assert_eq!(send(&function, &get_event(ID)).await.status, 200);
    assert_eq!(
        world.front.calls_of("AssumeRole"),
        asked,
        "it is not asked at every request"
    );
    world.at(3580);
    send(&function, &get_event(ID))
        .await
        .is_problem(503, "unavailable", "over");
}

#[tokio::test]
async fn the_secret_of_mongodb_that_cannot_be_read_is_503_and_then_works() {
    let world = world().await;
    let function = world.function();
    world
        .front
        .script(Rule::on("GetSecretValue").always().effect(Effect::throttle()));
    send(&function, &list_event(&[]))
        .await
        .is_problem(503, "unavailable", "throttled");
    world.front.clear();
    world
        .front
        .script(Rule::on("GetSecretValue").always().effect(Effect::denied()));
    send(&function, &list_event(&[]))
        .await
        .is_problem(500, "internal", "denied");
    world.front.clear();
    assert_eq!(send(&function, &list_event(&[])).await.status, 200);
}

#[tokio::test]
async fn a_failover_of_mongodb_is_503_and_over_with_the_same_process() {
    let world = world().await;
    let function = world.function();
    assert_eq!(send(&function, &get_event(ID)).await.status, 200);
    world.mongo.down();
    let events = [get_event(ID), list_event(&[])];
    for sent in futures::future::join_all(events.iter().map(|event| send(&function, event))).await {
        sent.is_problem(503, "unavailable", "down");
    }
    world.mongo.up();
    assert_eq!(send(&function, &get_event(ID)).await.status, 200);
    assert_eq!(send(&function, &list_event(&[])).await.status, 200);
    let lines = world.metrics.lock().unwrap().clone();
    let failed = lines.iter().filter(|line| line.contains("\"ServerErrors\":1")).count();
    assert_eq!((lines.len(), failed), (5, 2), "{lines:?}");
}

#[tokio::test]
async fn connections_that_died_while_the_sandbox_was_frozen_are_not_noticed() {
    let world = world().await;
    let function = world.function();
    for _ in 0..3 {
        assert_eq!(send(&function, &get_event(ID)).await.status, 200);
        world.mongo.cut();
        assert_eq!(send(&function, &list_event(&[])).await.status, 200);
        world.mongo.cut();
    }
}

#[tokio::test]
async fn a_document_that_is_none_of_ours_is_a_fault_and_not_shown() {
    let world = world().await;
    let files = world.database.collection(file_catalog::FILES);
    let odd = doc! { "_id": "f".repeat(32), "status": "available", "visibility": "everyone", "name": "hunter2" };
    files.insert_one(odd).await.unwrap();
    let function = world.function();
    for event in [list_event(&[]), get_event(&"f".repeat(32))] {
        let sent = send(&function, &event).await;
        sent.is_problem(500, "internal", "odd document");
        assert!(!sent.body.to_string().contains("hunter2"));
    }
}
