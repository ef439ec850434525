//! The emulator as a process, for tools that are not Rust.

use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;
use cloudwatch_emulator::{DEFAULT_ACCOUNT, Emulator, Options};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// CloudWatch's alarm and metric API on 127.0.0.1, with STS GetCallerIdentity.
///
/// Speaks rpcv2Cbor, awsJson and awsQuery, so every AWS SDK and the AWS CLI can use it: AWS_ENDPOINT_URL_CLOUDWATCH=http://127.0.0.1:PORT.
/// Any credentials will do; an access key of twelve digits is taken for the account. Alarms live in memory.
/// Controls for tests are under /_emulator: calls, faults, gates, alarms.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Account of callers whose access key is not twelve digits
    #[arg(long, default_value = DEFAULT_ACCOUNT)]
    account_id: String,
    /// http:// address of the SNS that alarm actions are published to
    #[arg(long)]
    sns_endpoint: Option<String>,
    /// Evaluate all alarms every so many seconds
    #[arg(long)]
    evaluation_interval_seconds: Option<u64>,
    /// Throttle as CloudWatch does, for example at 3 PutMetricAlarm a second
    #[arg(long)]
    enforce_quotas: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be watched")?;
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be watched")?;

    let emulator = Emulator::start(Options {
        port: arguments.port,
        default_account: arguments.account_id,
        sns_endpoint: arguments.sns_endpoint,
        enforce_quotas: arguments.enforce_quotas,
        evaluation_interval: arguments.evaluation_interval_seconds.map(Duration::from_secs),
        ..Options::default()
    })
    .await?;
    announce(&emulator.endpoint_url());

    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[allow(
    clippy::print_stdout,
    reason = "the address on stdout is how a parent process learns the port"
)]
fn announce(address: &str) {
    println!("listening on {address}");
}
