//! The function's process.

use std::process::ExitCode;

use lambda_kit::runtime;
use mongo_probe::MongoProbe;

fn main() -> ExitCode {
    runtime::process::<MongoProbe>()
}
