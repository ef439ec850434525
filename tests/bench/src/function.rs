//! A Lambda function's process, started as Lambda starts it, with a Lambda that hands it one event after the other.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use lambda_emulator::{Ended, LambdaEmulator};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::processes::{self, Cost};

/// Longer than any dump here takes.
const PATIENCE: Duration = Duration::from_secs(900);

/// Lambda's image has one file of certificates that are trusted. Debian has a folder of 150 besides, which would be read one by one.
const TRUSTED: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A function that is killed when this is dropped.
pub(crate) struct Function {
    child: Child,
    started: Instant,
    lambda: LambdaEmulator,
}

impl Function {
    pub(crate) async fn start(mut command: Command, environment: &[(String, String)]) -> Result<Self> {
        let lambda = LambdaEmulator::start("arn:aws:lambda:us-east-1:000000000000:function:bench", PATIENCE).await?;
        command
            .env_clear()
            .envs(lambda.environment())
            .envs(Path::new(TRUSTED).exists().then_some(("SSL_CERT_FILE", TRUSTED)))
            .env("AWS_CONFIG_FILE", "/nonexistent")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        Ok(Self { child, started, lambda })
    }

    /// From the start of the process until it asked for an event: what Lambda counts as initialization.
    pub(crate) async fn first_poll(&self) -> Result<Duration> {
        let polled = tokio::time::timeout(PATIENCE, self.lambda.polled()).await?;
        Ok(polled - self.started)
    }

    /// The function's answer to an event, the time from one to the other, and CPU and peak memory since the process started.
    pub(crate) async fn invoke(&self, event: String) -> Result<(Value, Cost)> {
        let sent = Instant::now();
        let ended = tokio::time::timeout(PATIENCE, self.lambda.invoke(event)).await?;
        let wall_seconds = sent.elapsed().as_secs_f64();
        let answer = match ended {
            Ended::Answer(answer) => answer,
            Ended::Error(name, message) => bail!("the function failed: {name}: {message}"),
        };
        let pid = self.child.id().context("the function ended")?;
        let cost = processes::so_far(pid, wall_seconds).context("the function ended")?;
        Ok((answer, cost))
    }

    /// Time since the start of the process.
    pub(crate) fn since_start(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) async fn end(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}
