//! The function's process.

use std::process::ExitCode;

use cognito_export::CognitoExport;
use lambda_kit::runtime;

fn main() -> ExitCode {
    runtime::process::<CognitoExport>()
}
