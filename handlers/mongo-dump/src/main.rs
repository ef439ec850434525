//! The function's process.

use std::process::ExitCode;

use lambda_kit::runtime;
use mongo_dump::MongoDump;

fn main() -> ExitCode {
    runtime::process::<MongoDump>()
}
