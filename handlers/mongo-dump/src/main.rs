//! The function's process.

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
    runtime::process(HELP, serve())
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
