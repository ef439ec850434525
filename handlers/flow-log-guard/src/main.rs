//! The function's process.

use std::process::ExitCode;

use flow_log_guard::FlowLogGuard;
use lambda_kit::runtime;

fn main() -> ExitCode {
    runtime::process::<FlowLogGuard>()
}
