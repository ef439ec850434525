//! Side-by-side measurements, in one run against one emulator, as ratios: these numbers travel, seconds do not.
//!
//! - `alarms`: the same alarms as one `lectern_alarm_bundle` and as `aws_cloudwatch_metric_alarm` resources
//! - `start`: from the start of the process to the handshake, and memory at rest

#![allow(clippy::print_stdout, reason = "the measurements are what a bench prints")]

mod alarms;
mod processes;
mod start;

use anyhow::Result;
use clap::Parser;

/// Measures Lectern beside what you would use instead.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Lambda functions to watch; each has four alarms
    #[arg(long, default_value_t = 75)]
    functions: usize,
    /// Plans of each side, in turn; the median counts
    #[arg(long, default_value_t = 5)]
    runs: usize,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    start::measure()?;
    alarms::measure(arguments.functions, arguments.runs).await
}

/// The middle of an odd number of values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
