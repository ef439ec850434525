//! What fails, and that `Up` says so before Lambda ends the invocation.

use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use lambda_kit::Deadline;
use mongo_emulator::{Fault, FaultKind, Options, User, code};

use crate::world::{MINUTE, World, name};

fn fault(command: &str, times: Option<u32>, kind: FaultKind) -> Fault {
    Fault {
        command: command.into(),
        times,
        kind,
        ..Fault::default()
    }
}

fn refusal(code: i32) -> FaultKind {
    FaultKind::Refuse {
        code,
        message: "of student bob@example.com".into(),
        labels: vec![],
    }
}

#[tokio::test]
async fn what_passes_is_asked_once_more_and_what_stays_is_down() {
    for (case, command, kind) in [
        ("a connection that breaks", "ping", FaultKind::ConnectionReset),
        ("an answer that breaks off", "serverStatus", FaultKind::ResetMidReply),
        ("a shutdown", "serverStatus", refusal(code::SHUTDOWN_IN_PROGRESS)),
        ("an election", "serverStatus", refusal(code::PRIMARY_STEPPED_DOWN)),
        ("a busy server", "serverStatus", refusal(code::EXCEEDED_TIME_LIMIT)),
        ("an answer that never comes", "serverStatus", FaultKind::Hang),
    ] {
        let world = World::start().await;
        world.mongo.fault(fault(command, Some(1), kind.clone()));
        world.probe().await.unwrap();
        assert_eq!(world.metric("Up"), Some(1.0), "{case}");
        assert_eq!(world.lines().len(), 1, "{case}: told once");
        world.mongo.fault(fault(command, None, kind));
        let failed = world.probe().await;
        assert!(
            ["MongoUnreachable", "MongoRefused"].contains(&name(&failed)),
            "{case}: {failed:?}"
        );
        assert!(
            !failed.unwrap_err().message.contains("bob"),
            "{case}: the server's words"
        );
        assert_eq!(world.lines().len(), 1, "{case}: told once");
        assert_eq!(world.metric("Up"), Some(0.0), "{case}");
        assert_eq!(world.metric("Connections"), None, "{case}");
    }
}

#[tokio::test]
async fn what_the_cluster_can_be_up_without_is_left_out_while_it_fails() {
    for (command, kind, without) in [
        ("replSetGetStatus", FaultKind::Hang, "UnhealthyMembers"),
        ("dbStats", refusal(code::MAX_TIME_MS_EXPIRED), "DiskUsedPercent"),
    ] {
        let world = World::start().await;
        world.mongo.fault(fault(command, Some(1), kind));
        world.probe().await.unwrap();
        assert_eq!(world.metric("Up"), Some(1.0), "{command}");
        assert!(world.metric("Connections").is_some(), "{command}");
        assert_eq!(world.metric(without), None, "{command}");
        world.probe().await.unwrap();
        assert!(world.metric(without).is_some(), "{command}: it is asked again");
    }
}

#[tokio::test]
async fn a_cluster_that_nobody_reaches_is_down() {
    let world = World::members(2).await;
    world.mongo.go_away();
    assert_eq!(name(&world.probe().await), "MongoUnreachable");
    assert_eq!(world.metric("Up"), Some(0.0));
    world.mongo.come_back();
    world.probe().await.unwrap();
    assert_eq!(world.metric("Up"), Some(1.0));
}

#[tokio::test]
async fn a_server_that_never_answers_is_down_before_the_deadline() {
    let world = World::start().await;
    world.mongo.fault(fault("ping", None, FaultKind::Hang));
    let deadline = Deadline::after(Duration::from_secs(3));
    assert_eq!(name(&world.within(deadline).await), "OutOfTime");
    assert_eq!(world.metric("Up"), Some(0.0));
    assert!(
        deadline.remaining().unwrap() > Duration::ZERO,
        "Lambda would have ended it"
    );
}

#[tokio::test]
async fn secrets_manager_that_never_answers_is_told_before_the_deadline() {
    let world = World::start().await;
    let gate = GateHandle::default();
    world
        .front
        .script(Rule::on("GetSecretValue").effect(Effect::HoldRequest(gate)));
    let deadline = Deadline::after(Duration::from_secs(2));
    assert_eq!(name(&world.within(deadline).await), "OutOfTime");
    assert_eq!(world.metric("Up"), Some(0.0));
    assert!(deadline.remaining().unwrap() > Duration::ZERO);
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_or_understood_has_a_name() {
    let world = World::start().await;
    world
        .front
        .script(Rule::on("GetSecretValue").always().effect(Effect::denied()));
    assert_eq!(name(&world.probe().await), "SecretUnreadable");
    assert_eq!(world.metric("Up"), Some(0.0), "nobody knows, and somebody has to look");
    world.front.clear();
    for secret in ["hunter2", r#"{"uri": "http://hunter2"}"#] {
        world.set_secret(secret).await;
        let failed = world.probe().await;
        assert_eq!(name(&failed), "SecretInvalid");
        assert!(!failed.unwrap_err().message.contains("hunter2"), "{secret}");
        assert_eq!(world.metric("Up"), Some(0.0));
    }
}

#[tokio::test]
async fn secrets_manager_that_is_busy_is_asked_again() {
    let world = World::start().await;
    world
        .front
        .script(Rule::on("GetSecretValue").times(1).effect(Effect::throttle()));
    world.probe().await.unwrap();
    assert_eq!(world.front.calls_of("GetSecretValue"), 2);
}

#[tokio::test]
async fn the_secret_is_read_every_quarter_of_an_hour() {
    let world = World::start().await;
    for _ in 0..14 {
        world.probe().await.unwrap();
        world.pass(MINUTE, 1);
    }
    assert_eq!(world.front.calls_of("GetSecretValue"), 1);
    world.pass(MINUTE, 1);
    world.probe().await.unwrap();
    assert_eq!(world.front.calls_of("GetSecretValue"), 2);
}

#[tokio::test]
async fn a_rotated_password_is_read_at_once_and_a_wrong_one_has_a_name() {
    let user = |password: &str| User::new("probe", password);
    let world = World::with(Options {
        users: vec![user("first")],
        ..Options::default()
    })
    .await;
    world.probe().await.unwrap();
    world.mongo.set_user(user("second"));
    let failed = world.probe().await;
    assert_eq!(name(&failed), "MongoLoginRefused");
    let message = failed.unwrap_err().message;
    assert!(!message.contains("first") && !message.contains("second"), "{message}");
    assert_eq!(world.metric("Up"), Some(0.0));
    let uri = world.mongo.uri();
    world.set_secret(&serde_json::json!({ "uri": uri }).to_string()).await;
    world.probe().await.unwrap();
    assert_eq!(world.metric("Up"), Some(1.0));
}

#[tokio::test]
async fn an_event_of_somebody_else_says_nothing_of_the_cluster() {
    let world = World::start().await;
    for event in [
        "{}",
        "null",
        r#"{"version": 2}"#,
        r#"{"version": 1, "cluster": "other"}"#,
    ] {
        assert_eq!(name(&world.of(event, Deadline::NONE).await), "EventInvalid", "{event}");
        assert_eq!(world.lines().len(), 0, "{event}");
    }
    assert_eq!(world.mongo.connections(0).1, 0, "nobody was asked");
}
