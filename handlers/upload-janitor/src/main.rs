//! The function's process.

use std::process::ExitCode;

use lambda_kit::runtime;
use upload_janitor::UploadJanitor;

fn main() -> ExitCode {
    runtime::process::<UploadJanitor>()
}
