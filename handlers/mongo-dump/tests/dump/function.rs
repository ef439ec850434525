//! The real binary, and a Lambda that hands it events.

use std::process::Stdio;
use std::time::Duration;

use lambda_emulator::{Ended, LambdaEmulator};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::world::{FUNCTION, REGION};

const TIME: Duration = Duration::from_secs(900);
const PATIENCE: Duration = Duration::from_secs(120);

/// A process that serves one event after the other; it is killed when this is dropped.
pub(crate) struct Function {
    child: Child,
    lambda: LambdaEmulator,
    lines: mpsc::UnboundedReceiver<String>,
}

impl Function {
    pub(crate) async fn start(endpoint_url: &str) -> Self {
        let lambda = LambdaEmulator::start(FUNCTION, TIME).await.unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_mongo-dump"))
            .env_clear()
            .envs(lambda.environment())
            .env("AWS_ENDPOINT_URL", endpoint_url)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", REGION)
            .env("AWS_CONFIG_FILE", "/nonexistent")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (line, lines) = mpsc::unbounded_channel();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        tokio::spawn(async move {
            while let Ok(Some(text)) = stdout.next_line().await {
                line.send(text).ok();
            }
        });
        Self { child, lambda, lines }
    }

    pub(crate) fn send(&self, event: String) {
        self.lambda.send(event);
    }

    pub(crate) async fn invoke(&self, event: String) -> Ended {
        tokio::time::timeout(PATIENCE, self.lambda.invoke(event)).await.unwrap()
    }

    /// The most memory that it had in use at any time, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    }

    /// At once, in the middle of whatever it does.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Values of a metric in what it has written so far; it has to be dead.
    pub(crate) async fn metric(&mut self, name: &str) -> Vec<f64> {
        let mut values = Vec::new();
        while let Some(line) = self.lines.recv().await {
            let line: Value = serde_json::from_str(&line).unwrap();
            if line.get("_aws").is_some() {
                values.extend(line[name].as_f64());
            }
        }
        values
    }
}
