//! The function's process.

use std::process::ExitCode;

use lambda_kit::runtime;
use profile_api::ProfileApi;

fn main() -> ExitCode {
    runtime::process::<ProfileApi>()
}
