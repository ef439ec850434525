//! The real binary, as Lambda runs it.

use std::process::{Command, Stdio};
use std::time::Duration;

use lambda_emulator::{Ended, LambdaEmulator};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::process::Child;

use crate::world::{EVENT, LONG_AGO, World};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:edu-upload-janitor:live";
const PATIENCE: Duration = Duration::from_secs(120);

/// Killed when it is dropped.
fn start(lambda: &LambdaEmulator, variables: &[(&str, String)]) -> Child {
    tokio::process::Command::new(env!("CARGO_BIN_EXE_upload-janitor"))
        .env_clear()
        .envs(lambda.environment())
        .envs(variables.iter().cloned())
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
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
async fn the_function_removes_what_is_abandoned_and_writes_its_metrics_into_the_log() {
    let world = World::start().await;
    let id = world.arrived(2).await;
    world.given_up(&id, LONG_AGO).await;
    let mut variables = vec![("AWS_ENDPOINT_URL", world.front.url())];
    for name in [
        "LECTERN_FILES_BUCKET",
        "LECTERN_FILES_ROLE_ARN",
        "LECTERN_MONGO_DATABASE",
        "LECTERN_MONGO_SECRET_ARN",
    ] {
        variables.push((name, world.variable(name).unwrap()));
    }
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(300)).await.unwrap();
    let mut process = start(&lambda, &variables);
    let ended = tokio::time::timeout(PATIENCE, lambda.invoke(EVENT.to_owned()))
        .await
        .unwrap();
    assert_eq!(ended, Ended::Answer(json!({ "removed": 1, "failed": [], "left": 0 })));
    assert!(world.is_gone(&id).await);
    process.start_kill().unwrap();
    let mut log = String::new();
    process.stdout.take().unwrap().read_to_string(&mut log).await.unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let metrics: Vec<_> = lines.filter(|line| line.get("_aws").is_some()).collect();
    assert_eq!(metrics.len(), 1, "{log}");
    assert_eq!(
        (&metrics[0]["Removed"], &metrics[0]["Bucket"]),
        (&json!(1.0), &json!(world.files.bucket))
    );
}

#[tokio::test]
async fn all_settings_that_are_missing_are_named_at_once() {
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(300)).await.unwrap();
    let _process = start(&lambda, &[]);
    let ended = tokio::time::timeout(PATIENCE, lambda.invoke(EVENT.to_owned()))
        .await
        .unwrap();
    let Ended::Error(name, message) = ended else {
        panic!("{ended:?}");
    };
    assert_eq!(name, "Misconfigured");
    for variable in [
        "LECTERN_FILES_BUCKET",
        "LECTERN_FILES_ROLE_ARN",
        "LECTERN_MONGO_DATABASE",
        "LECTERN_MONGO_SECRET_ARN",
    ] {
        assert!(message.contains(variable), "{variable}: {message}");
    }
}

#[test]
fn started_by_hand_it_says_what_it_is() {
    for (arguments, code) in [(&[][..], 2), (&["--help"][..], 0)] {
        let output = Command::new(env!("CARGO_BIN_EXE_upload-janitor"))
            .args(arguments)
            .env_remove("AWS_LAMBDA_RUNTIME_API")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(text.contains("AWS Lambda function"), "{text}");
    }
}
