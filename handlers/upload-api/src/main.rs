//! The function's process: logs, and the loop of the Lambda Runtime API.

use std::io::Write as _;
use std::process::ExitCode;

use lambda_kit::Environment;
use lambda_kit::runtime::{self, Invocation};
use tokio::sync::OnceCell;
use upload_api::UploadApi;

const HELP: &str = "\
upload-api takes announcements of files and gives administrators what uploads them. It is an AWS Lambda function and has no
command line: AWS Lambda starts it and hands it requests, which API Gateway sends.

Its routes, environment variables and permissions are in handlers/upload-api/README.md, an event for each route in the folder
events beside it.
";

fn main() -> ExitCode {
    if !runtime::is_lambda() {
        return explain();
    }
    runtime::log_as_json();
    // Lambda hands over one request at a time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = match runtime {
        Ok(runtime) => runtime.block_on(serve()),
        Err(error) => Err(error.into()),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the Lambda Runtime API cannot be used");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // Made at the first event: until the first poll Lambda counts the time as initialization.
    let state = &OnceCell::new();
    runtime::run(|invocation: Invocation| async move {
        let state = state
            .get_or_try_init(|| async { UploadApi::new(api_kit::aws_config().await, Environment::process()) })
            .await?;
        // Boxed, since the compiler lays out no future that holds all of the driver's and the SDK's within one another.
        Box::pin(upload_api::handle(invocation, state)).await
    })
    .await
}

/// What this program is, for whoever starts it by hand.
fn explain() -> ExitCode {
    let asked = std::env::args()
        .skip(1)
        .any(|argument| argument == "--help" || argument == "-h");
    // There is nobody to tell if the output is closed.
    if asked {
        std::io::stdout().write_all(HELP.as_bytes()).ok();
        return ExitCode::SUCCESS;
    }
    std::io::stderr().write_all(HELP.as_bytes()).ok();
    ExitCode::from(2)
}
