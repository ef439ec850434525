//! The real binary, and a Lambda that hands it events.

use std::process::{Command as Blocking, Stdio};
use std::time::Duration;

use aws_sdk_cloudwatch::types::StateValue;
use lambda_emulator::{Ended, LambdaEmulator};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use crate::world::{PRIMARY_ALARM, SCHEDULE, World};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:edu-origin-failover:live";
const BINARY: &str = env!("CARGO_BIN_EXE_origin-failover");

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
async fn it_switches_and_writes_one_line_of_its_decision_and_one_of_its_metrics() {
    let world = World::start().await;
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(60)).await.unwrap();
    let mut process = start(&lambda, &world.environment());
    let expected = json!({ "outcome": "switched", "from": "primary", "to": "secondary", "reason": "region_unhealthy" });
    assert_eq!(invoke(&lambda, SCHEDULE).await, Ended::Answer(expected));
    assert_eq!(world.targets().await[1], "api-2 & co");
    process.start_kill().unwrap();
    let mut log = String::new();
    process.stdout.take().unwrap().read_to_string(&mut log).await.unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let metrics: Vec<_> = lines.iter().filter(|line| line.get("_aws").is_some()).collect();
    assert_eq!(metrics.len(), 1, "{log}");
    assert_eq!(
        (&metrics[0]["Switched"], &metrics[0]["WritePath"]),
        (&json!(1.0), &json!(world.distribution))
    );
    let decisions: Vec<_> = lines
        .iter()
        .filter(|line| line["message"] == "decision" || line["fields"]["message"] == "decision")
        .collect();
    assert_eq!(decisions.len(), 1, "{log}");
    let decision = decisions[0].to_string();
    for said in [
        "switched",
        "region_unhealthy",
        "primary",
        "secondary",
        "ALARM",
        "auto",
        "schedule",
    ] {
        assert!(decision.contains(said), "{said}: {decision}");
    }
}

#[tokio::test]
async fn all_settings_that_are_missing_are_named_at_once() {
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(60)).await.unwrap();
    let _process = start(&lambda, &[]);
    let Ended::Error(name, message) = invoke(&lambda, SCHEDULE).await else {
        panic!("no failure");
    };
    assert_eq!(name, "Misconfigured");
    for variable in [
        "LECTERN_PRIMARY_ALARM",
        "LECTERN_SECONDARY_ALARM",
        "LECTERN_DISTRIBUTION_ID",
        "LECTERN_HOSTED_ZONE_ID",
        "LECTERN_OVERRIDE_PARAMETER",
    ] {
        assert!(message.contains(variable), "{variable}: {message}");
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
