//! The function's process.

use std::process::ExitCode;

use lambda_kit::runtime;
use upload_api::UploadApi;

fn main() -> ExitCode {
    runtime::process::<UploadApi>()
}
