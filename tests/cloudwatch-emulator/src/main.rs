//! The emulator as a process, for tools that are not Rust.

use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use cloudwatch_emulator::{DEFAULT_ACCOUNT, Emulator, Options};
use emulator_kit::process;

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
    /// http:// address of the EventBridge that gets an event of each state change
    #[arg(long)]
    events_endpoint: Option<String>,
    /// Evaluate all alarms at this interval in seconds
    #[arg(long)]
    evaluation_interval_seconds: Option<u64>,
    /// Throttle as CloudWatch does, for example at 3 PutMetricAlarm a second
    #[arg(long)]
    enforce_quotas: bool,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    process::run(|| start(arguments))
}

fn start(arguments: Arguments) -> Result<(Emulator, String)> {
    let emulator = Emulator::start_blocking(Options {
        port: arguments.port,
        default_account: arguments.account_id,
        sns_endpoint: arguments.sns_endpoint,
        events_endpoint: arguments.events_endpoint,
        enforce_quotas: arguments.enforce_quotas,
        evaluation_interval: arguments.evaluation_interval_seconds.map(Duration::from_secs),
        ..Options::default()
    })?;
    let line = format!("listening on {}", emulator.endpoint_url());
    Ok((emulator, line))
}
