//! The real program, as Lambda runs it.

use std::process::Stdio;
use std::time::Duration;

use lambda_emulator::{Ended, LambdaEmulator};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use crate::world::{ID, SUBJECT, World, get_event, list_event};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:download-api:live";
const PATIENCE: Duration = Duration::from_secs(60);

/// Killed when it is dropped.
struct Process {
    child: Child,
    lambda: LambdaEmulator,
}

impl Process {
    async fn start(world: &World, level: &str) -> Self {
        let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(29)).await.unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_download-api"))
            .env_clear()
            .envs(lambda.environment())
            .envs(&world.variables)
            .env("AWS_ENDPOINT_URL", world.front.url())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", "us-east-1")
            .env("LECTERN_LOG", level)
            .env("AWS_CONFIG_FILE", "/nonexistent")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { child, lambda }
    }

    async fn invoke(&self, event: &Value) -> Ended {
        let ended = self.lambda.invoke(event.to_string());
        tokio::time::timeout(PATIENCE, ended).await.unwrap()
    }

    /// Ends it; everything that it wrote.
    async fn end(mut self) -> String {
        self.child.start_kill().unwrap();
        let mut written = String::new();
        let (mut stdout, mut stderr) = (self.child.stdout.take().unwrap(), self.child.stderr.take().unwrap());
        stdout.read_to_string(&mut written).await.unwrap();
        stderr.read_to_string(&mut written).await.unwrap();
        self.child.wait().await.unwrap();
        written
    }
}

#[tokio::test]
async fn it_serves_one_event_after_the_other_and_logs_nothing_personal() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("Report on Anna.pdf", "hello").await;
    let process = Process::start(&world, "info").await;
    let mut links = Vec::new();
    for event in [
        list_event(&[]),
        get_event(ID),
        get_event(&"f".repeat(32)),
        get_event(ID),
    ] {
        let Ended::Answer(answer) = process.invoke(&event).await else {
            panic!("no answer to {event}");
        };
        links.extend(
            answer["body"]
                .as_str()
                .filter(|body| body.contains("X-Amz-Signature"))
                .map(str::to_owned),
        );
    }
    assert_eq!(links.len(), 2);
    // A failure, too, whose cause is logged.
    world.mongo.down();
    let failed = process.invoke(&list_event(&[])).await;
    assert!(
        matches!(&failed, Ended::Answer(answer) if answer["statusCode"] == 503),
        "{failed:?}"
    );
    let log = process.end().await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let metrics = lines.iter().filter(|line| line.get("_aws").is_some()).count();
    let requests = lines.iter().filter(|line| line.get("request_id").is_some()).count();
    assert_eq!((metrics, requests), (5, 5), "{log}");
    for personal in ["Anna", SUBJECT, "X-Amz", "mongodb://", "algebra", ID] {
        assert!(!log.contains(personal), "{personal}: {log}");
    }
}

#[tokio::test]
async fn a_wrong_environment_is_told_at_every_event() {
    let mut world = World::start().await;
    world.set("LECTERN_LINK_SECONDS", "5m");
    world.variables.remove("LECTERN_FILES_BUCKET");
    let process = Process::start(&world, "info").await;
    for _ in 0..2 {
        let Ended::Error(name, message) = process.invoke(&list_event(&[])).await else {
            panic!("an answer");
        };
        assert_eq!(name, "Misconfigured");
        assert!(
            message.contains("LECTERN_LINK_SECONDS") && message.contains("LECTERN_FILES_BUCKET"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn whoever_starts_it_by_hand_is_told_what_it_is() {
    for (arguments, code) in [(&[][..], 2), (&["--help"][..], 0)] {
        let output = Command::new(env!("CARGO_BIN_EXE_download-api"))
            .env_clear()
            .args(arguments)
            .output()
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(code));
        let said = [output.stdout, output.stderr].concat();
        assert!(
            String::from_utf8(said)
                .unwrap()
                .contains("handlers/download-api/README.md")
        );
    }
}

/// Troubleshooting may need the most verbose level; even then, what the libraries log of events and calls is left out.
#[tokio::test]
async fn at_the_level_trace_nothing_personal_is_logged_either() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("Report on Anna.pdf", "hello").await;
    let process = Process::start(&world, "trace").await;
    let mut event = get_event(ID);
    event["multiValueHeaders"]["Authorization"] = serde_json::json!(["a.token.of-anna"]);
    for event in [event, list_event(&[])] {
        let ended = process.invoke(&event).await;
        assert!(
            matches!(&ended, Ended::Answer(answer) if answer["statusCode"] == 200),
            "{ended:?}"
        );
    }
    let log = process.end().await;
    assert!(log.contains("getFile"), "{log}");
    for personal in ["Anna", "of-anna", SUBJECT, "X-Amz", "mongodb://", "algebra", ID] {
        assert!(!log.contains(personal), "{personal}: {log}");
    }
}
