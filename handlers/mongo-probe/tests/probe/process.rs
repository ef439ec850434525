//! The real binary, and a Lambda that hands it events.

use std::process::Stdio;
use std::time::Duration;

use lambda_emulator::{Ended, LambdaEmulator};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use crate::world::{EVENT, REGION, World};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:mongo-probe:live";
const PATIENCE: Duration = Duration::from_secs(60);

struct Process {
    child: Child,
    lambda: LambdaEmulator,
}

impl Process {
    async fn start(settings: &[(&str, &str)]) -> Self {
        let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(20)).await.unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_mongo-probe"))
            .env_clear()
            .envs(lambda.environment())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", REGION)
            .env("AWS_CONFIG_FILE", "/nonexistent")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { child, lambda }
    }

    async fn of(world: &World) -> Self {
        Self::start(&[
            ("AWS_ENDPOINT_URL", &world.front.url()),
            ("LECTERN_MONGO_SECRET_ARN", &world.secret_arn),
            ("LECTERN_CLUSTER", "main"),
        ])
        .await
    }

    async fn invoke(&self) -> Ended {
        tokio::time::timeout(PATIENCE, self.lambda.invoke(EVENT)).await.unwrap()
    }

    /// What it has written; the process is killed first.
    async fn lines(mut self) -> Vec<Value> {
        self.child.start_kill().unwrap();
        let mut text = String::new();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut text)
            .await
            .unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn between_two_events_the_function_keeps_the_counters_and_no_connection() {
    let world = World::start().await;
    let function = Process::of(&world).await;
    let Ended::Answer(first) = function.invoke().await else {
        panic!("failed");
    };
    assert_eq!(first["no_ops_per_second"], "first_sample");
    while world.mongo.connections(0).0 > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    world.mongo.age(0, Duration::from_secs(60));
    world.mongo.add_operations(0, 60_000);
    let Ended::Answer(second) = function.invoke().await else {
        panic!("failed");
    };
    let rate = second["ops_per_second"].as_f64().unwrap();
    assert!((800.0..1_050.0).contains(&rate), "{second}");
    let lines = function.lines().await;
    let metrics: Vec<_> = lines.iter().filter(|line| line.get("_aws").is_some()).collect();
    assert_eq!(metrics.len(), 2);
    assert_eq!(metrics[1]["OpsPerSecond"].as_f64(), Some(rate));
    assert!(
        metrics
            .iter()
            .all(|line| line["Up"] == 1.0 && line["Cluster"] == "main")
    );
}

#[tokio::test]
async fn what_is_left_out_for_want_of_rights_is_said_once() {
    let world = World::start().await;
    world.mongo.forbid("replSetGetStatus");
    let function = Process::of(&world).await;
    for _ in 0..3 {
        assert!(matches!(function.invoke().await, Ended::Answer(_)));
    }
    let lines = function.lines().await;
    let said: Vec<_> = lines
        .iter()
        .filter(|line| line["command"] == "replSetGetStatus")
        .collect();
    assert_eq!(said.len(), 1, "{lines:?}");
    assert!(
        said[0]["message"].as_str().unwrap().contains("clusterMonitor"),
        "{said:?}"
    );
}

#[tokio::test]
async fn failures_have_their_name_for_lambda_and_their_metric_in_the_log() {
    let world = World::start().await;
    world.mongo.go_away();
    let function = Process::of(&world).await;
    let Ended::Error(name, message) = function.invoke().await else {
        panic!("no failure");
    };
    assert_eq!(name, "MongoUnreachable", "{message}");
    let lines = function.lines().await;
    assert!(
        lines.iter().any(|line| line["Up"] == 0.0 && line["Cluster"] == "main"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn settings_that_are_wrong_are_named_together() {
    let function = Process::start(&[("LECTERN_CLUSTER", "two words")]).await;
    let Ended::Error(name, message) = function.invoke().await else {
        panic!("no failure");
    };
    assert_eq!(name, "Misconfigured");
    for part in ["LECTERN_MONGO_SECRET_ARN", "LECTERN_MONGO_HOST", "LECTERN_CLUSTER"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(!message.contains("two words"), "{message}");
}

#[tokio::test]
async fn memory_stays_small() {
    let world = World::members(3).await;
    let function = Process::of(&world).await;
    for _ in 0..5 {
        assert!(matches!(function.invoke().await, Ended::Answer(_)));
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", function.child.id().unwrap())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = peak.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    // As it is built for tests, with more code than a release has.
    assert!(kilobytes < 32 * 1024, "{kilobytes} kB");
}

#[tokio::test]
async fn started_by_hand_it_says_what_it_is() {
    for (arguments, code) in [(&[][..], 2), (&["--help"][..], 0)] {
        let output = Command::new(env!("CARGO_BIN_EXE_mongo-probe"))
            .args(arguments)
            .env_remove("AWS_LAMBDA_RUNTIME_API")
            .output()
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(
            text.contains("AWS Lambda function") && text.contains(r#"{"version": 1}"#),
            "{text}"
        );
    }
}
