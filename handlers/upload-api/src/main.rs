//! The function's process.

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
    runtime::process(HELP, serve())
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
