//! The real binary, and a Lambda that hands it events.

use std::process::{Command as Blocking, Stdio};
use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use lambda_emulator::{Ended, LambdaEmulator};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use crate::world::{DEFAULT_FORMAT, World};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:guard:live";
const BINARY: &str = env!("CARGO_BIN_EXE_flow-log-guard");

/// Killed when it is dropped.
fn start(lambda: &LambdaEmulator, environment: &[(String, String)]) -> Child {
    Command::new(BINARY)
        .env_clear()
        .envs(environment.iter().cloned())
        .envs(lambda.environment())
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn invoke(lambda: &LambdaEmulator, event: &str) -> Ended {
    let ended = tokio::time::timeout(Duration::from_secs(60), lambda.invoke(event)).await;
    ended.unwrap()
}

#[tokio::test]
async fn it_answers_writes_its_metrics_and_logs_no_address() {
    let world = World::start().await;
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(60)).await.unwrap();
    let mut process = start(&lambda, &world.environment());
    let Ended::Answer(answer) = invoke(&lambda, DEFAULT_FORMAT).await else {
        panic!("failed");
    };
    assert_eq!((&answer["outcome"], &answer["notices"]), (&"scanned".into(), &3.into()));
    let Ended::Error(name, _) = invoke(&lambda, "{}").await else {
        panic!("no failure");
    };
    assert_eq!(name, "EventInvalid");
    world.heard_on_topic(3).await;
    process.start_kill().unwrap();
    let mut log = String::new();
    process.stdout.take().unwrap().read_to_string(&mut log).await.unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let metrics: Vec<_> = lines.filter(|line| line.get("_aws").is_some()).collect();
    assert_eq!(metrics.len(), 1, "{log}");
    assert_eq!(
        (&metrics[0]["PublicAddressFlows"], &metrics[0]["FlowLogGroup"]),
        (&1.0.into(), &"/aws/vpc/edu/flow-logs".into())
    );
    for address in ["10.42.", "198.51.100", "203.0.113"] {
        assert!(!log.contains(address), "{log}");
    }
}

#[tokio::test]
async fn a_topic_that_does_not_answer_ends_in_a_named_failure_before_the_deadline() {
    let world = World::start().await;
    let gate = GateHandle::default();
    world
        .front
        .script(Rule::on("PublishBatch").effect(Effect::HoldRequest(gate.clone())));
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(3)).await.unwrap();
    let _process = start(&lambda, &world.environment());
    let Ended::Error(name, _) = invoke(&lambda, DEFAULT_FORMAT).await else {
        panic!("no failure");
    };
    assert_eq!(name, "OutOfTime");
}

#[tokio::test]
async fn settings_that_are_wrong_fail_each_event_with_all_their_names() {
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(60)).await.unwrap();
    let environment = [
        ("LECTERN_FLOW_LOG_FORMAT", "${srcaddr}"),
        ("LECTERN_WINDOW_SECONDS", "7"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let _process = start(&lambda, &environment);
    let Ended::Error(name, message) = invoke(&lambda, DEFAULT_FORMAT).await else {
        panic!("no failure");
    };
    assert_eq!(name, "Misconfigured");
    for variable in ["LECTERN_FLOW_LOG_FORMAT", "LECTERN_WINDOW_SECONDS", "AWS_REGION"] {
        assert!(message.contains(variable), "{message}");
    }
}

#[test]
fn started_by_hand_it_says_what_it_is() {
    for (arguments, code) in [(&[][..], 2), (&["--help"][..], 0)] {
        let output = Blocking::new(BINARY)
            .args(arguments)
            .env_remove("AWS_LAMBDA_RUNTIME_API")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(text.contains("AWS Lambda function"), "{text}");
    }
}
