//! The real binary, as Lambda runs it.

use std::process::{Command, Stdio};
use std::time::Duration;

use lambda_emulator::{Ended, LambdaEmulator};
use pool_harness::{FUNCTION, Person};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::Child;

use crate::world::World;

const EVENT: &str = include_str!("../../events/import.json");
const PATIENCE: Duration = Duration::from_secs(120);

/// Killed when it is dropped.
fn start(lambda: &LambdaEmulator, variables: Vec<(String, String)>) -> Child {
    tokio::process::Command::new(env!("CARGO_BIN_EXE_cognito-import"))
        .env_clear()
        .envs(variables)
        .envs(lambda.environment())
        .env("AWS_REGION", "us-east-1")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn the_function_imports_and_writes_its_metrics_into_the_log() {
    let world = World::start().await;
    world.export((0..20).map(Person::new)).await;
    let mut variables = world.environment();
    variables.extend(
        world
            .variables()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    variables.push(("LECTERN_LOG".to_owned(), "debug".to_owned()));
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(300)).await.unwrap();
    let mut process = start(&lambda, variables);
    let ended = tokio::time::timeout(PATIENCE, lambda.invoke(world.event("latest", false)))
        .await
        .unwrap();
    let Ended::Answer(answer) = ended else {
        panic!("{ended:?}")
    };
    assert_eq!(
        (&answer["outcome"], &answer["counts"]["created"]),
        (&"complete".into(), &20.into())
    );
    process.start_kill().unwrap();
    let mut log = String::new();
    process.stdout.take().unwrap().read_to_string(&mut log).await.unwrap();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let metrics: Vec<_> = lines.filter(|line| line.get("_aws").is_some()).collect();
    assert_eq!(metrics.len(), 1, "{log}");
    assert_eq!(
        metrics[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"],
        "Lectern/CognitoImport"
    );
    assert_eq!(metrics[0]["UserPool"], world.target.as_str());
    assert!(!log.contains("people.example"), "nobody is in the log, at debug");
}

#[tokio::test]
async fn all_settings_that_are_missing_are_named_at_once() {
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(300)).await.unwrap();
    let _process = start(&lambda, Vec::new());
    let ended = tokio::time::timeout(PATIENCE, lambda.invoke(EVENT.to_owned()))
        .await
        .unwrap();
    let Ended::Error(name, message) = ended else {
        panic!("{ended:?}")
    };
    assert_eq!(name, "Misconfigured");
    for variable in [
        "LECTERN_EXPORT_BUCKET",
        "LECTERN_IMPORT_ROLE_ARN",
        "LECTERN_EXPORT_BUCKET_KMS_KEY_ARN",
        "LECTERN_EXPORT_KMS_KEY_ARN",
    ] {
        assert!(message.contains(variable), "{variable}: {message}");
    }
}

#[test]
fn started_by_hand_it_says_what_it_is() {
    for (arguments, code) in [(&[][..], 2), (&["--help"][..], 0)] {
        let output = Command::new(env!("CARGO_BIN_EXE_cognito-import"))
            .args(arguments)
            .env_remove("AWS_LAMBDA_RUNTIME_API")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(text.contains("AWS Lambda function"), "{text}");
    }
}
