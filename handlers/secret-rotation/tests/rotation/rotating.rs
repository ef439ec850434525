//! What a rotation does, and that nobody is locked out by it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use mongo_emulator::{Fault, FaultKind, code};
use serde_json::{Value, json};

use crate::world::{Form, STEPS, World};

fn user(value: &Value) -> String {
    match value["uri"].as_str() {
        Some(uri) => uri["mongodb://".len()..].split(':').next().unwrap().to_owned(),
        None => value["username"].as_str().unwrap().to_owned(),
    }
}

#[tokio::test]
async fn two_users_get_new_passwords_in_turn_and_the_one_before_keeps_working() {
    for (form, names) in [
        (Form::Uri, ["app%5Fclone", "app"]),
        (Form::Members, ["app_clone", "app"]),
    ] {
        let world = World::with(form, 1, json!({ "note": "ours", "masterarn": "" })).await;
        let mut value = world.current().await.0;
        value["masterarn"] = world.master_arn.as_str().into();
        world.put(&value).await;
        let mut before = value;
        for name in names {
            let token = world.begin().await;
            world.steps(&token).await.unwrap();
            let (value, version) = world.current().await;
            assert_eq!((user(&value), version), (name.to_owned(), token));
            assert_eq!(value["note"], "ours");
            assert_eq!(value["masterarn"], before["masterarn"]);
            assert!(world.lets_in(&value).await && world.lets_in(&before).await);
            before = value;
        }
        let commands: Vec<_> = world.mongo.calls().into_iter().map(|call| call.command).collect();
        assert_eq!(commands.iter().filter(|command| *command == "createUser").count(), 1);
        assert_eq!(commands.iter().filter(|command| *command == "updateUser").count(), 1);
        assert_eq!(
            (world.metric("Rotations", None), world.metric("Failures", None)),
            (2.0, 0.0)
        );
    }
}

#[tokio::test]
async fn whoever_reads_the_secret_and_signs_in_is_never_refused_while_it_is_rotated() {
    let world = World::start().await;
    let (over, signed_in) = (AtomicBool::new(false), AtomicUsize::new(0));
    let client = async {
        while !over.load(Ordering::SeqCst) {
            assert!(world.works().await, "refused after {signed_in:?} times");
            signed_in.fetch_add(1, Ordering::SeqCst);
        }
    };
    let rotations = async {
        for _ in 0..3 {
            let held = world.current().await.0;
            let token = world.begin().await;
            for step in STEPS {
                world.step(step, &token).await.unwrap();
                assert!(
                    world.lets_in(&held).await,
                    "a client that holds the value from before, after {step}"
                );
            }
            // A client that read the value before this rotation has used it before the next one begins.
            let seen = signed_in.load(Ordering::SeqCst);
            while signed_in.load(Ordering::SeqCst) < seen + 2 {
                tokio::task::yield_now().await;
            }
        }
        over.store(true, Ordering::SeqCst);
    };
    tokio::join!(client, rotations);
    assert!(signed_in.load(Ordering::SeqCst) >= 6);
}

#[tokio::test]
async fn both_names_can_be_in_the_secret() {
    let world = World::with(Form::Members, 1, json!({ "usernames": ["app", "green"] })).await;
    world.mongo.set_user(crate::world::app("green"));
    for name in ["green", "app"] {
        let token = world.begin().await;
        world.steps(&token).await.unwrap();
        assert_eq!(world.current().await.0["username"], name);
        assert!(world.works().await);
    }
}

#[tokio::test]
async fn a_step_that_comes_again_changes_nothing() {
    let world = World::start().await;
    let token = world.begin().await;
    for step in &STEPS[..3] {
        world.step(step, &token).await.unwrap();
        let pending = world.pending(&token).await;
        // A test is done again, and so it is not said to be done.
        assert_eq!(world.step(step, &token).await, Ok(*step != "testSecret"), "{step}");
        assert_eq!(world.pending(&token).await, pending, "{step}");
    }
    assert_eq!(world.step("finishSecret", &token).await, Ok(false));
    let current = world.current().await;
    world.front.clear();
    for step in STEPS {
        assert_eq!(world.step(step, &token).await, Ok(true), "{step}");
    }
    assert_eq!(world.front.operations(), ["DescribeSecret"; 4]);
    assert_eq!(world.current().await, current);
    assert_eq!(world.metric("Rotations", None), 1.0);
}

#[tokio::test]
async fn every_member_of_a_replica_set_lets_the_user_in_before_clients_are_told() {
    let world = World::with(Form::Members, 3, json!({})).await;
    let token = world.begin().await;
    for step in &STEPS[..2] {
        world.step(step, &token).await.unwrap();
    }
    world.mongo.clear_calls();
    world.step("testSecret", &token).await.unwrap();
    let calls = world.mongo.calls();
    let signed_in = calls
        .iter()
        .filter(|call| call.command == "connectionStatus" && call.outcome == "ok");
    let connections: BTreeSet<_> = signed_in.map(|call| call.connection).collect();
    assert_eq!(connections.len(), 3, "{calls:?}");
    // A member that lags refuses a new password: the rotation waits for it, and does not continue without it.
    let behind = |times| Fault {
        command: "saslContinue".to_owned(),
        skip: 1,
        times,
        kind: FaultKind::Refuse {
            code: code::AUTHENTICATION_FAILED,
            message: String::new(),
            labels: Vec::new(),
        },
        ..Fault::default()
    };
    world.mongo.fault(behind(Some(1)));
    world.step("testSecret", &token).await.unwrap();
    world.mongo.fault(behind(None));
    assert_eq!(world.fails("finishSecret", &token).await, "MongoLoginRefused");
    world.mongo.clear_faults();
    assert_eq!(world.current().await.0["username"], "app");
    // One that is away lets nobody in, and stops no rotation.
    world.mongo.set_down(2, true);
    world.step("finishSecret", &token).await.unwrap();
    assert_eq!(world.current().await.0["username"], "app_clone");
}

#[tokio::test]
async fn set_up_without_a_rotation_the_test_signs_in_with_what_is_there() {
    let world = World::start().await;
    let token = "3".repeat(32);
    world.begin().await;
    let (value, _) = world.current().await;
    let call = world.secrets.put_secret_value().secret_id(&world.secret_arn);
    let call = call.client_request_token(&token).version_stages("AWSPENDING");
    call.secret_string(value.to_string()).send().await.unwrap();
    assert_eq!(world.step("testSecret", &token).await, Ok(false));
    world.mongo.set_user(mongo_emulator::User::new("app", "another"));
    assert_eq!(world.fails("testSecret", &token).await, "MongoLoginRefused");
}
