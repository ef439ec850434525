//! The function's process.

use std::process::ExitCode;

use download_api::DownloadApi;
use lambda_kit::runtime;

fn main() -> ExitCode {
    runtime::process::<DownloadApi>()
}
