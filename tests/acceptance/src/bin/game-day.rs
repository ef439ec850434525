//! `cargo game-day`: examples/education-platform in two Regions of the local cloud, one of which is lost and brought back.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use acceptance::game_day::{self, Options};
use clap::Parser;
use local_cloud::kill_all;
use local_cloud::prerequisites::{self, Need};

/// Apply both Regions of examples/education-platform on the local cloud, with users at work; lose the first Region, recover in the second, and go back.
///
/// Prints the recovery time (RTO), the age of the recovered data (RPO), and what users lost, and writes a page with the timeline.
#[derive(Debug, Parser)]
#[command(name = "cargo game-day", bin_name = "cargo game-day")]
struct Arguments {
    /// File for the page with the timeline
    #[arg(long, default_value = "target/game-day.html")]
    page: PathBuf,
    /// Number of users who work at the same time, at least 3
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(3..=50))]
    users: u16,
    /// Skip the second plan, which shows that nothing changes without a change, and the faults that raise alarms
    #[arg(long)]
    brief: bool,
    /// Keep everything running until Ctrl-C instead of destroying it, also if a step fails
    #[arg(long)]
    keep: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse_from(std::env::args_os().filter(|argument| argument != "--"));
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        tokio::task::spawn_blocking(|| prerequisites::check(&[Need::Terraform, Need::Python, Need::Go])).await??;
        let options = Options {
            page: arguments.page,
            users: arguments.users.into(),
            is_brief: arguments.brief,
            is_kept: arguments.keep,
        };
        tokio::select! {
            result = game_day::run(options) => result,
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                Err(anyhow::anyhow!("ended by Ctrl-C"))
            }
        }
    });
    kill_all();
    runtime.shutdown_timeout(Duration::from_secs(10));
    match result {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
