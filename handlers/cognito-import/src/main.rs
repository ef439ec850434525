//! The function's process.

use std::process::ExitCode;

use cognito_import::CognitoImport;
use lambda_kit::runtime;

fn main() -> ExitCode {
    runtime::process::<CognitoImport>()
}
