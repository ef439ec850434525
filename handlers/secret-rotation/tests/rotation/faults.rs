//! What fails has a name and a metric, and leaves the value in use as it was.

use std::time::Duration;

use aws_front::{Effect, Rule};
use lambda_kit::Deadline;
use mongo_emulator::{Fault, FaultKind, User, code};
use serde_json::json;

use crate::world::{Form, SECRET, STEPS, World, app};

fn refusal(command: &str, code: i32) -> Fault {
    Fault {
        command: command.to_owned(),
        kind: FaultKind::Refuse {
            code,
            message: format!("of {SECRET}"),
            labels: Vec::new(),
        },
        ..Fault::default()
    }
}

/// The new password does not sign in: neither step puts it in use, and the value in use stays and works.
pub(crate) async fn never_in_use(world: &World, token: &str) {
    let current = world.current().await;
    for step in ["testSecret", "finishSecret"] {
        assert_eq!(world.fails(step, token).await, "MongoLoginRefused");
        assert_eq!(world.current().await, current);
    }
    assert!(world.works().await);
}

/// The rotation up to before a step.
pub(crate) async fn before(world: &World, step: &str) -> String {
    let token = world.begin().await;
    for done in STEPS.iter().take_while(|done| **done != step) {
        world.step(done, &token).await.unwrap();
    }
    token
}

/// The step fails by this name, nothing in use changes, and once the cause is gone the rotation comes to its end.
async fn fails_and_goes_on(world: &World, step: &str, token: &str, name: &str, case: &str) {
    let current = world.current().await;
    let failures = world.metric("Failures", Some(step));
    assert_eq!(world.fails(step, token).await, name, "{case}");
    assert_eq!(world.current().await, current, "{case}");
    assert_eq!(world.metric("Failures", Some(step)), failures + 1.0, "{case}");
    world.clear_faults();
    world.steps(token).await.unwrap();
    assert!(world.works().await, "{case}");
}

#[tokio::test]
async fn what_aws_refuses_fails_the_step_and_what_passes_does_not() {
    let world = World::start().await;
    for (step, operation) in [
        ("createSecret", "DescribeSecret"),
        ("createSecret", "GetSecretValue"),
        ("createSecret", "PutSecretValue"),
        ("setSecret", "GetSecretValue"),
        ("testSecret", "GetSecretValue"),
        ("finishSecret", "UpdateSecretVersionStage"),
    ] {
        let token = before(&world, step).await;
        // Repeated by the SDK, and an answer that was lost is found to have been one.
        for effect in [Effect::throttle(), Effect::LoseAnswer] {
            world.front.script(Rule::on(operation).effect(effect));
        }
        let rule = Rule::on(operation).after(1).times(1).effect(Effect::denied());
        let done = world.step(step, &token).await;
        assert!(done.is_ok(), "{step}, {operation}: {done:?}");
        world.front.clear();
        world.steps(&token).await.unwrap();
        let token = before(&world, step).await;
        let rule = if operation == "GetSecretValue" {
            rule
        } else {
            Rule::on(operation).effect(Effect::denied())
        };
        world.front.script(rule);
        fails_and_goes_on(
            &world,
            step,
            &token,
            "SecretUnreachable",
            &format!("{step}, {operation}"),
        )
        .await;
    }
}

#[tokio::test]
async fn what_mongodb_refuses_fails_the_step() {
    let world = World::start().await;
    // The other user is made by a first rotation.
    let token = world.begin().await;
    world.steps(&token).await.unwrap();
    for (step, fault, name) in [
        // As Atlas, which has none of these commands.
        ("setSecret", refusal("usersInfo", code::UNAUTHORIZED), "MongoRefused"),
        (
            "setSecret",
            refusal("updateUser", code::COMMAND_NOT_FOUND),
            "MongoRefused",
        ),
        ("setSecret", refusal("updateUser", code::ATLAS_ERROR), "MongoRefused"),
        (
            "setSecret",
            refusal("usersInfo", code::NOT_WRITABLE_PRIMARY),
            "MongoRefused",
        ),
        (
            "testSecret",
            refusal("saslContinue", code::AUTHENTICATION_FAILED),
            "MongoLoginRefused",
        ),
        (
            "finishSecret",
            refusal("saslContinue", code::AUTHENTICATION_FAILED),
            "MongoLoginRefused",
        ),
    ] {
        let token = before(&world, step).await;
        let case = format!("{step}, {}: {:?}", fault.command, fault.kind);
        world.mongo.fault(fault);
        fails_and_goes_on(&world, step, &token, name, &case).await;
    }
}

#[tokio::test]
async fn a_mongodb_that_does_not_answer_fails_the_step() {
    let world = World::start().await;
    // The other user is made by a first rotation.
    let token = world.begin().await;
    world.steps(&token).await.unwrap();
    for (step, fault, name) in [
        (
            "testSecret",
            Fault {
                command: "connectionStatus".to_owned(),
                kind: FaultKind::Hang,
                ..Fault::default()
            },
            "MongoUnreachable",
        ),
        (
            "setSecret",
            Fault {
                command: "updateUser".to_owned(),
                kind: FaultKind::AcceptThenReset,
                ..Fault::default()
            },
            "MongoUnreachable",
        ),
    ] {
        let token = before(&world, step).await;
        let case = format!("{step}, {}: {:?}", fault.command, fault.kind);
        world.mongo.fault(fault);
        fails_and_goes_on(&world, step, &token, name, &case).await;
    }
}

#[tokio::test]
async fn a_password_that_mongodb_does_not_take_never_becomes_the_one_in_use() {
    let world = World::start().await;
    let token = before(&world, "testSecret").await;
    world.mongo.set_user(app("app_clone"));
    never_in_use(&world, &token).await;
}

#[tokio::test]
async fn steps_out_of_order_do_nothing() {
    let world = World::start().await;
    let token = world.begin().await;
    let current = world.current().await;
    for step in &STEPS[1..] {
        assert_eq!(world.fails(step, &token).await, "NotCreated", "{step}");
    }
    world.step("createSecret", &token).await.unwrap();
    // The password is not set yet; there is no such user.
    for step in &STEPS[2..] {
        assert_eq!(world.fails(step, &token).await, "MongoLoginRefused", "{step}");
    }
    assert_eq!(world.current().await, current);
}

#[tokio::test]
async fn nobody_gets_rights_by_what_they_write_into_a_secret() {
    let world = World::with(Form::Members, 1, json!({ "usernames": ["app", "admin"] })).await;
    let token = before(&world, "setSecret").await;
    assert_eq!(world.fails("setSecret", &token).await, "RolesDiffer");
    assert_eq!(world.fails("finishSecret", &token).await, "MongoLoginRefused");
    let commands = world.mongo.calls().into_iter().map(|call| call.command);
    assert!(
        !commands
            .into_iter()
            .any(|command| command == "updateUser" || command == "createUser")
    );
    // A user whose password they do not have: the other of the two stays as it is.
    let world = World::start().await;
    let (mut value, _) = world.current().await;
    value["password"] = format!("{SECRET}-guessed").into();
    world.put(&value).await;
    let token = before(&world, "setSecret").await;
    assert_eq!(world.fails("setSecret", &token).await, "CurrentLoginRefused");
    // Nor at an attacker's server, which accepts any user.
    let theirs = World::start().await;
    let guessed = User {
        password: format!("{SECRET}-guessed"),
        ..app("app")
    };
    theirs.mongo.set_user(guessed);
    let call = world.secrets.update_secret_version_stage().secret_id(&world.secret_arn);
    let call = call.version_stage("AWSPENDING").remove_from_version_id(&token);
    call.send().await.unwrap();
    value["port"] = theirs.mongo.address().port().into();
    world.put(&value).await;
    assert!(theirs.lets_in(&value).await);
    let token = before(&world, "setSecret").await;
    assert_eq!(world.fails("setSecret", &token).await, "CurrentLoginRefused");
}

#[tokio::test]
async fn who_is_missing_is_told() {
    let world = World::start().await;
    let token = before(&world, "setSecret").await;
    world.mongo.set_user(User::new("admin", "another"));
    assert_eq!(world.fails("setSecret", &token).await, "MasterLoginRefused");
    world.mongo.set_user(User {
        roles: Vec::new(),
        ..User::new("admin", &format!("{SECRET}-admin"))
    });
    assert_eq!(world.fails("setSecret", &token).await, "MongoRefused");
    // The administrator's secret leads to a deployment that has not the user.
    let other = World::start().await;
    let secrets = &world.secrets;
    let value = secrets
        .get_secret_value()
        .secret_id(&other.master_arn)
        .send()
        .await
        .unwrap();
    let put = secrets.put_secret_value().secret_id(&world.master_arn);
    put.secret_string(value.secret_string.unwrap()).send().await.unwrap();
    world.mongo.set_user(User {
        database: "school".to_owned(),
        ..app("pupil")
    });
    let (mut value, _) = world.current().await;
    value["username"] = "pupil".into();
    value["dbname"] = "school".into();
    let call = secrets.update_secret_version_stage().secret_id(&world.secret_arn);
    let call = call.version_stage("AWSPENDING").remove_from_version_id(&token);
    call.send().await.unwrap();
    world.put(&value).await;
    let token = before(&world, "setSecret").await;
    assert_eq!(world.fails("setSecret", &token).await, "CurrentLoginRefused");
}

#[tokio::test]
async fn what_cannot_be_rotated_is_told_at_the_first_step() {
    let world = World::start().await;
    for value in [
        json!({ "password": format!("{SECRET}-alone") }),
        json!({ "uri": "mongodb://127.0.0.1:1/?authMechanism=MONGODB-AWS&authSource=$external" }),
        json!({ "host": "h", "port": 1, "username": "app", "password": SECRET, "usernames": ["a", "b"] }),
    ] {
        world.put(&value).await;
        let token = world.begin().await;
        assert_eq!(world.fails("createSecret", &token).await, "SecretInvalid", "{value}");
        // The next begins anew.
        let call = world.secrets.update_secret_version_stage().secret_id(&world.secret_arn);
        let call = call.version_stage("AWSPENDING").remove_from_version_id(&token);
        call.send().await.unwrap();
    }
    let token = world.begin().await;
    let cancel = world.secrets.cancel_rotate_secret().secret_id(&world.secret_arn);
    cancel.send().await.unwrap();
    assert_eq!(world.fails("createSecret", &token).await, "NotRotated");
}

#[tokio::test]
async fn an_event_of_somebody_else_is_refused_and_says_nothing_of_a_secret() {
    let world = World::start().await;
    for event in ["{}", r#"{"version": 2}"#, r#"{"Step": "hunter2"}"#] {
        let failure = world.send(event, Deadline::NONE).await.unwrap_err();
        assert_eq!(failure.name, "EventInvalid", "{event}");
    }
    let unknown = world.event("createSecret", &"0".repeat(32));
    let failure = world.send(&unknown, Deadline::NONE).await.unwrap_err();
    assert_eq!(failure.name, "NotRotated");
    world.begin().await;
    let failure = world.send(&unknown, Deadline::NONE).await.unwrap_err();
    assert_eq!(failure.name, "NotPending");
    assert_eq!(world.front.calls_of("GetSecretValue"), 0);
}

#[tokio::test]
async fn a_deployment_that_is_away_and_a_deadline_that_comes_have_names() {
    let world = World::start().await;
    let token = before(&world, "testSecret").await;
    world.mongo.go_away();
    assert_eq!(world.fails("testSecret", &token).await, "MongoUnreachable");
    world.mongo.come_back();
    world.mongo.fault(Fault {
        command: "connectionStatus".to_owned(),
        kind: FaultKind::Hang,
        ..Fault::default()
    });
    let event = world.event("testSecret", &token);
    let failure = world.send(&event, Deadline::after(Duration::from_millis(400))).await;
    assert_eq!(failure.unwrap_err().name, "OutOfTime");
    assert_eq!(world.metric("Failures", Some("testSecret")), 2.0);
    world.mongo.clear_faults();
    world.steps(&token).await.unwrap();
    assert_eq!(world.metric("Failures", None), 2.0);
}
