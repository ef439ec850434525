//! Side-by-side measurements, in one run against one emulator, as ratios: these numbers travel, seconds do not.
//!
//! - `start`: from the start of the provider to the handshake, and memory at rest
//! - `alarms`: the same alarms as one `lectern_alarm_bundle` and as `aws_cloudwatch_metric_alarm` resources
//! - `handlers`: from the start of a function to its first poll, and what is sent to Lambda; and to its first answer, beside Python
//!   functions of the same work
//! - `api`: a route of an API, by download-api and by a Python function of the same work
//! - `dump`: the same collection through mongo-dump, a pymongo script, mongoexport and mongodump
//! - `flow-logs`: the same flow logs, read by flow-log-guard and by a Python function of the same logic
//! - `platform`: plan and apply of examples/education-platform; its plan, checked by the rules of terraform/policy and by checkov
//! - `restore`: the same dump into an empty deployment, by mongo-restore and by a pymongo script
//!
//! What these need: `processes` runs and watches programs, `function` is a Lambda function's process with its Runtime API,
//! `contest` starts a handler and its Python function in turn, `world` is what these work on, `storage` is S3 without a limit of its own, `bound` is what one thread takes for a dump's or a restore's
//! unavoidable work.

#![allow(clippy::print_stdout, reason = "the measurements are what a bench prints")]

mod alarms;
mod api;
mod bound;
mod contest;
mod dump;
mod first_answers;
mod flow_logs;
mod function;
mod handlers;
mod platform;
mod processes;
mod restore;
mod start;
mod storage;
mod world;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};
use local_cloud::workspace;

/// Measures Lectern and compares it with the alternatives.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Benchmarks to run [default: all]
    #[arg(value_enum)]
    measurements: Vec<Measurement>,
    /// alarms: number of Lambda functions; each has four alarms
    #[arg(long, default_value_t = 75)]
    functions: usize,
    /// alarms: plans of each side, dump: dumps of each, restore: restores by each, flow-logs: readings of each, platform: checks by each; in turn, and the median counts
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// dump, restore: documents of about 1 kB
    #[arg(long, default_value_t = 200_000)]
    documents: u64,
    /// dump: number of documents of an additional dump that measures memory only
    #[arg(long, value_name = "DOCUMENTS", num_args = 0..=1, require_equals = true, default_missing_value = "2000000")]
    large: Option<u64>,
    /// handlers, api, dump, restore: take the functions from this folder, as a release has them, instead of building them
    #[arg(long, value_name = "FOLDER")]
    binaries: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Measurement {
    Start,
    Alarms,
    Handlers,
    Api,
    Dump,
    Restore,
    FlowLogs,
    Platform,
}

impl Arguments {
    fn binary(&self, name: &str) -> Result<PathBuf> {
        match &self.binaries {
            Some(folder) => Ok(folder.join(name)),
            None => workspace::binary(name),
        }
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let measurements = match arguments.measurements.as_slice() {
        [] => Measurement::value_variants(),
        named => named,
    };
    for measurement in measurements {
        match measurement {
            Measurement::Start => start::measure()?,
            Measurement::Alarms => alarms::measure(arguments.functions, arguments.runs).await?,
            Measurement::Handlers => {
                handlers::measure(|name| arguments.binary(name)).await?;
                first_answers::measure(|name| arguments.binary(name)).await?;
            }
            Measurement::FlowLogs => flow_logs::measure(arguments.runs)?,
            Measurement::Platform => platform::measure(arguments.runs)?,
            Measurement::Api => api::measure(arguments.binary("download-api")?).await?,
            Measurement::Dump => {
                let dump = dump::Plan {
                    binary: arguments.binary("mongo-dump")?,
                    documents: arguments.documents,
                    runs: arguments.runs,
                    large: arguments.large,
                };
                dump.measure().await?;
            }
            Measurement::Restore => {
                let restore = restore::Plan {
                    dump: dump::Plan {
                        binary: arguments.binary("mongo-dump")?,
                        documents: arguments.documents,
                        runs: 1,
                        large: None,
                    },
                    binary: arguments.binary("mongo-restore")?,
                    runs: arguments.runs,
                };
                restore.measure().await?;
            }
        }
        println!("load average         {}\n", load_average()?);
    }
    Ok(())
}

/// Of the last 1, 5 and 15 minutes: a reader of absolute numbers needs it.
fn load_average() -> Result<String> {
    let text = std::fs::read_to_string("/proc/loadavg").context("cannot read /proc/loadavg")?;
    Ok(text.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
}

/// The middle of an odd number of values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
