//! An emulator as a program, for tools that are not Rust.

use anyhow::{Context as _, Result};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Starts an emulator, prints one line that says where it listens, and runs until SIGINT or SIGTERM. Its log goes to stderr, as
/// `RUST_LOG` says.
///
/// # Errors
/// When the emulator cannot be started.
pub fn run<E>(start: impl FnOnce() -> Result<(E, String)>) -> Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before the line: a program that reads it may send a signal at once.
        let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be watched")?;
        let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be watched")?;
        let (_emulator, line) = start()?;
        announce(&line);
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    })
}

#[allow(
    clippy::print_stdout,
    reason = "the address on stdout is how a parent process learns the port"
)]
fn announce(line: &str) {
    println!("{line}");
}
