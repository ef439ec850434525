//! A function's process, as Lambda runs it, whose handler does not come back or panics.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Stdio;
use std::time::Duration;

use lambda_emulator::{Ended, LambdaEmulator};
use lambda_kit::runtime;
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:slow:live";
/// What belongs in no log.
const PERSONAL: &str = "4111 1111 1111 1111";

#[tokio::test]
#[ignore = "is the function's process, which the other tests start"]
async fn function() {
    if !runtime::is_lambda() {
        return;
    }
    runtime::log_as_json();
    let served = runtime::run(|invocation| {
        let event = invocation.event.get().to_owned();
        assert_ne!(event, r#""panic at once""#, "{PERSONAL}");
        async move {
            match event.as_str() {
                r#""hang""# => std::future::pending().await,
                r#""panic""# => {
                    tokio::task::yield_now().await;
                    panic!("{PERSONAL}")
                }
                r#""panic elsewhere""# => {
                    let elsewhere = tokio::spawn(async { panic!("{PERSONAL}") });
                    Ok(elsewhere.await.is_err())
                }
                _ => Ok(true),
            }
        }
    });
    served.await.unwrap();
}

/// Killed when it is dropped.
fn start(lambda: &LambdaEmulator) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "function", "--ignored", "--nocapture"])
        .env_clear()
        .envs(lambda.environment())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn a_panic_and_a_deadline_are_named_failures_with_a_metric_and_the_function_goes_on() {
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(2)).await.unwrap();
    let mut process = start(&lambda);
    let mut names = Vec::new();
    for event in ["panic at once", "panic", "hang", "panic elsewhere", "answer"] {
        let ended = lambda.invoke(Value::from(event).to_string());
        let ended = tokio::time::timeout(Duration::from_secs(60), ended).await;
        names.push(match ended.unwrap_or_else(|_| panic!("{event}: no end")) {
            Ended::Error(name, message) => {
                assert!(!message.contains(PERSONAL), "{message}");
                let place = message.contains("function.rs:");
                assert_eq!(place, name == "Panicked", "{message}");
                name
            }
            Ended::Answer(answer) => answer.to_string(),
        });
    }
    assert_eq!(names, ["Panicked", "Panicked", "OutOfTime", "true", "true"]);
    process.start_kill().unwrap();
    let (mut out, mut log) = (process.stdout.take().unwrap(), String::new());
    out.read_to_string(&mut log).await.unwrap();
    process.stderr.take().unwrap().read_to_string(&mut log).await.unwrap();
    assert!(!log.contains(PERSONAL), "{log}");
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let metrics: Vec<_> = lines.filter(|line| line.get("_aws").is_some()).collect();
    let counted = |name: &str| metrics.iter().filter(|line| line[name] == 1.0).count();
    assert_eq!((counted("Panics"), counted("OutOfTime")), (2, 1), "{log}");
    for metric in metrics {
        assert_eq!(metric["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Lectern/Functions");
        assert_eq!(metric["FunctionName"], "slow");
    }
}
