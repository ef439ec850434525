//! What is behind the function fails for a while.

use aws_front::{Effect, Rule};
use serde_json::json;

use crate::world::{NONE, SUBJECT, World, change, delete, export, get, patch, send, whole};

/// What KMS can say or not say, and what the client gets.
fn effects() -> Vec<(Effect, i64, &'static str)> {
    let refusal = |status, code| Effect::refusal(status, code, "as scripted");
    vec![
        (Effect::Reset, 503, "unavailable"),
        (Effect::LoseAnswer, 503, "unavailable"),
        (Effect::CutBody(40), 503, "unavailable"),
        (refusal(503, "ServiceUnavailable"), 503, "unavailable"),
        (refusal(400, "ThrottlingException"), 503, "unavailable"),
        (refusal(500, "KMSInternalException"), 503, "unavailable"),
        (refusal(500, "KeyUnavailableException"), 503, "unavailable"),
        (refusal(503, "DependencyTimeoutException"), 503, "unavailable"),
        (refusal(400, "AccessDeniedException"), 500, "internal"),
        (refusal(400, "DisabledException"), 500, "internal"),
        (refusal(400, "KMSInvalidStateException"), 500, "internal"),
        (refusal(400, "NotFoundException"), 500, "internal"),
        (refusal(400, "IncorrectKeyException"), 500, "internal"),
        (refusal(400, "InvalidCiphertextException"), 500, "internal"),
    ]
}

#[tokio::test]
async fn a_profile_whose_key_cannot_be_unwrapped_for_a_while_is_shown_afterwards() {
    let world = World::start().await;
    let tag = change(&world.function(), SUBJECT, &whole()).await;
    let before = world.document(SUBJECT).await;
    for (effect, status, name) in effects() {
        let function = world.function();
        world.front.clear();
        world.front.script(Rule::on("Decrypt").always().effect(effect.clone()));
        for event in [get(), export(), patch(tag.tag(), &json!({ "name": "B" }))] {
            let sent = send(&function, &event).await;
            sent.is_problem(status, name, &format!("{effect:?}"));
            let text = sent.body.to_string();
            assert!(!text.contains("arn:") && !text.contains("scripted"), "{text}");
        }
        assert_eq!(world.document(SUBJECT).await, before, "{effect:?}");
        world.front.clear();
        assert_eq!(send(&function, &get()).await.body, whole(), "{effect:?}");
    }
}

#[tokio::test]
async fn a_change_that_needs_a_key_which_cannot_be_made_leaves_nothing_and_is_made_afterwards() {
    let world = World::start().await;
    for (effect, status, name) in effects() {
        let function = world.function();
        world.front.clear();
        world
            .front
            .script(Rule::on("GenerateDataKey").always().effect(effect.clone()));
        let event = patch(NONE, &whole());
        send(&function, &event)
            .await
            .is_problem(status, name, &format!("{effect:?}"));
        assert_eq!(world.document(SUBJECT).await, None, "{effect:?}");
        world.front.clear();
        assert_eq!(send(&function, &event).await.status, 200, "{effect:?}");
        assert_eq!(send(&world.function(), &get()).await.body, whole(), "{effect:?}");
        send(&function, &delete()).await;
    }
}

#[tokio::test]
async fn one_failed_call_is_repeated_and_not_noticed() {
    let world = World::start().await;
    let throttled = || Effect::refusal(400, "ThrottlingException", "Rate exceeded");
    world
        .front
        .script(Rule::on("GenerateDataKey").times(2).effect(throttled()));
    world.front.script(Rule::on("GetSecretValue").effect(Effect::Reset));
    world.front.script(Rule::on("Decrypt").times(2).effect(throttled()));
    change(&world.function(), SUBJECT, &whole()).await;
    assert_eq!(send(&world.function(), &get()).await.body, whole());
    assert_eq!(world.front.calls_of("Decrypt"), 3);
}

#[tokio::test]
async fn keys_of_another_length_are_none() {
    let world = World::start().await;
    change(&world.function(), SUBJECT, &whole()).await;
    for body in [
        json!({}),
        json!({ "Plaintext": "" }),
        json!({ "Plaintext": "c2hvcnQ=", "CiphertextBlob": "c2hvcnQ=" }),
    ] {
        for operation in ["Decrypt", "GenerateDataKey"] {
            let text = body.to_string();
            world.front.script(Rule::on(operation).effect(Effect::Answer {
                status: 200,
                body: text,
            }));
        }
        send(&world.function(), &get())
            .await
            .is_problem(500, "internal", &body.to_string());
        let first = crate::world::by("somebody", patch(NONE, &whole()));
        send(&world.function(), &first)
            .await
            .is_problem(500, "internal", &body.to_string());
        world.front.clear();
    }
    assert_eq!(world.document("somebody").await, None);
}

/// Bytes that were altered on the way give a wrong key; it is asked for again and not used for five minutes.
#[tokio::test]
async fn a_wrong_key_is_used_once() {
    let world = World::start().await;
    change(&world.function(), SUBJECT, &whole()).await;
    let function = world.function();
    let wrong = json!({ "Plaintext": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "KeyId": world.key_arn });
    let body = wrong.to_string();
    world
        .front
        .script(Rule::on("Decrypt").effect(Effect::Answer { status: 200, body }));
    send(&function, &get()).await.is_problem(500, "internal", "a wrong key");
    assert_eq!(send(&function, &get()).await.body, whole());
}

#[tokio::test]
async fn the_secret_of_mongodb_that_cannot_be_read_is_503_and_then_works() {
    let world = World::start().await;
    let function = world.function();
    for (effect, status, name) in [
        (Effect::throttle(), 503, "unavailable"),
        (Effect::denied(), 500, "internal"),
    ] {
        world.front.script(Rule::on("GetSecretValue").always().effect(effect));
        for event in [get(), patch(NONE, &whole()), delete(), export()] {
            send(&function, &event).await.is_problem(status, name, "no secret");
        }
        world.front.clear();
    }
    assert_eq!(send(&function, &get()).await.status, 200);
}

#[tokio::test]
async fn a_failover_of_mongodb_is_503_and_over_with_the_same_process() {
    let world = World::start().await;
    let function = world.function();
    let first = change(&function, SUBJECT, &whole()).await;
    world.metrics.lock().unwrap().clear();
    let next = patch(first.tag(), &json!({ "name": "B" }));
    world.mongo.down();
    let events = [&get(), &next, &delete(), &export()];
    for sent in futures::future::join_all(events.map(|event| send(&function, event))).await {
        sent.is_problem(503, "unavailable", "down");
    }
    world.mongo.up();
    assert_eq!(send(&function, &get()).await.body, whole(), "nothing of it was done");
    assert_eq!(send(&function, &next).await.status, 200);
    let lines = world.metrics.lock().unwrap().clone();
    let failed = lines.iter().filter(|line| line.contains("\"ServerErrors\":1")).count();
    assert_eq!((lines.len(), failed), (6, 4), "{lines:?}");
}

#[tokio::test]
async fn connections_that_died_while_the_sandbox_was_frozen_are_not_noticed() {
    let world = World::start().await;
    let function = world.function();
    change(&function, SUBJECT, &whole()).await;
    for _ in 0..3 {
        world.mongo.cut();
        assert_eq!(send(&function, &get()).await.status, 200);
        world.mongo.cut();
        assert_eq!(send(&function, &export()).await.status, 200);
    }
}

/// Whether a write was done is not known when its answer is lost. Either way the document is whole, and the version says which.
#[tokio::test]
async fn a_change_whose_answer_was_lost_is_there_as_a_whole_or_not_at_all() {
    let world = World::start().await;
    let function = world.function();
    for (command, tag, event) in [
        ("insert", NONE.to_owned(), patch(NONE, &whole())),
        ("update", String::new(), json!(null)),
    ] {
        let (tag, event) = if event.is_null() {
            let now = send(&function, &get()).await;
            (
                now.tag().to_owned(),
                patch(now.tag(), &json!({ "name": "B", "phone": null })),
            )
        } else {
            (tag, event)
        };
        let before = send(&function, &get()).await;
        world.mongo.lose_answer_to(&format!("\u{2}{command}\u{0}"));
        let sent = send(&function, &event).await;
        let now = send(&world.function(), &get()).await;
        if sent.status == 200 {
            assert_eq!((now.tag(), &now.body), (sent.tag(), &sent.body), "{command}");
            continue;
        }
        sent.is_problem(503, "unavailable", command);
        if now.tag() == tag {
            assert_eq!(now.body, before.body, "{command}");
            assert_eq!(send(&function, &event).await.status, 200, "{command}");
        } else {
            send(&function, &event)
                .await
                .is_problem(412, "precondition-failed", command);
        }
        let done = send(&function, &get()).await;
        let named = event["body"].as_str().unwrap();
        assert!(
            named.contains(done.body["name"].as_str().unwrap()),
            "{command}: {}",
            done.body
        );
    }
}
