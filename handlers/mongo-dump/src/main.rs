//! The function's process: logs, and the loop of the Lambda Runtime API.

use std::io::Write as _;
use std::process::ExitCode;

use lambda_kit::runtime::{self, Invocation};
use mongo_dump::Settings;
use tokio::sync::OnceCell;

const HELP: &str = "\
mongo-dump copies a MongoDB deployment to S3. It is an AWS Lambda function and has no command line: AWS Lambda starts it and
hands it events, which EventBridge Scheduler sends.

To dump by hand, invoke the function with the event that its schedule sends, with the schedule's ARN and the present time in
place of the two values in angle brackets: docs/dump-format.md has one. To look into a dump or to get it back, there is
mongo-restore.
";

fn main() -> ExitCode {
    if !runtime::is_lambda() {
        return explain();
    }
    runtime::log_as_json();
    // One thread for the network; documents are encoded and compressed on another beside it.
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
    let aws = &OnceCell::new();
    runtime::run(|invocation: Invocation| async move {
        let Invocation {
            event,
            request_id,
            function_arn,
            deadline,
        } = invocation;
        let aws = aws.get_or_init(lambda_kit::aws::config).await.clone();
        let settings = Settings::new(aws, function_arn, request_id, deadline);
        mongo_dump::handle(event.get(), &settings).await
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
