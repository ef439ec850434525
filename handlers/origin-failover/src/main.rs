//! The function's process.

use std::process::ExitCode;

use lambda_kit::runtime;
use origin_failover::OriginFailover;

fn main() -> ExitCode {
    runtime::process::<OriginFailover>()
}
