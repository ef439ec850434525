//! Two runs of a rotation at once, and one that is taken up again when the world has changed.

use aws_front::{Effect, GateHandle, Rule};
use mongo_emulator::{Gate, User};
use serde_json::json;

use crate::world::{STEPS, World};

#[tokio::test]
async fn two_runs_of_one_rotation_make_one_version() {
    let world = World::start().await;
    let token = world.begin().await;
    // Both have seen that there is no value yet.
    let gate = GateHandle::default();
    world
        .front
        .script(Rule::on("PutSecretValue").effect(Effect::HoldRequest(gate.clone())));
    let other = async {
        gate.reached().await;
        let done = world.step("createSecret", &token).await;
        gate.open();
        done
    };
    let (first, second) = tokio::join!(world.step("createSecret", &token), other);
    assert_eq!((first, second), (Ok(true), Ok(false)));
    // Both have seen that there is no such user yet.
    let gate = world.mongo.gate(Gate {
        command: "createUser".to_owned(),
        before: true,
        ..Gate::default()
    });
    let other = async {
        gate.reached().await;
        let done = world.step("setSecret", &token).await;
        gate.open();
        done
    };
    let (first, second) = tokio::join!(world.step("setSecret", &token), other);
    assert_eq!((first, second), (Ok(false), Ok(false)));
    world.step("testSecret", &token).await.unwrap();
    // Both have seen the label on the old version.
    let gate = GateHandle::default();
    let held = Effect::HoldRequest(gate.clone());
    world.front.script(Rule::on("UpdateSecretVersionStage").effect(held));
    let other = async {
        gate.reached().await;
        let done = world.step("finishSecret", &token).await;
        gate.open();
        done
    };
    let (first, second) = tokio::join!(world.step("finishSecret", &token), other);
    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    assert_eq!(world.current().await.1, token);
    assert!(world.works().await);
}

#[tokio::test]
async fn a_rotation_is_taken_up_again_after_any_time() {
    let world = World::start().await;
    let token = world.begin().await;
    world.step("createSecret", &token).await.unwrap();
    let pending = world.pending(&token).await;
    // The other user was there by then, with somebody else's password.
    world.mongo.set_user(crate::world::app("app_clone"));
    world.steps(&token).await.unwrap();
    assert_eq!(Some(world.current().await.0), pending);
    assert!(world.works().await);
}

#[tokio::test]
async fn a_rotation_that_would_lock_out_the_user_in_use_is_not_taken_up() {
    let world = World::start().await;
    let token = world.begin().await;
    world.step("createSecret", &token).await.unwrap();
    // Meanwhile somebody rotates by hand: the user whose turn it was is the one in use.
    let (mut value, _) = world.current().await;
    let user = User {
        password: "hunter2-by-hand".to_owned(),
        ..crate::world::app("app_clone")
    };
    value["username"] = user.name.as_str().into();
    value["password"] = user.password.as_str().into();
    world.mongo.set_user(user);
    world.put(&value).await;
    for step in STEPS {
        assert_eq!(world.fails(step, &token).await, "Stale", "{step}");
        assert!(world.works().await, "{step}");
    }
    // As the message says: without the label, another rotation begins.
    let call = world.secrets.update_secret_version_stage().secret_id(&world.secret_arn);
    let call = call.version_stage("AWSPENDING").remove_from_version_id(&token);
    call.send().await.unwrap();
    let next = world.begin().await;
    world.steps(&next).await.unwrap();
    assert_eq!(world.current().await.0["username"], "app");
    assert!(world.works().await);
    assert_eq!(world.fails("setSecret", &token).await, "NotPending");
}

#[tokio::test]
async fn an_address_that_was_changed_meanwhile_is_not_lost() {
    let world = World::start().await;
    let token = world.begin().await;
    world.step("createSecret", &token).await.unwrap();
    let (mut value, _) = world.current().await;
    value["note"] = json!("changed by hand");
    world.put(&value).await;
    assert_eq!(world.fails("finishSecret", &token).await, "Stale");
    assert_eq!(world.current().await.0, value);
}
