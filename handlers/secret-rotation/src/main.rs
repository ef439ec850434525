//! The function's process.

use std::process::ExitCode;

use lambda_kit::runtime;
use secret_rotation::SecretRotation;

fn main() -> ExitCode {
    runtime::process::<SecretRotation>()
}
