//! The function as its process runs it.

use lambda_kit::{Environment, Failure, Function, Invocation, aws};

use crate::handler::handle;
use crate::janitor::UploadJanitor;
use crate::tally::Report;

impl Function for UploadJanitor {
    const HELP: &str = "\
upload-janitor removes uploads that nobody completed. It is an AWS Lambda function and has no command line: AWS Lambda starts it
and hands it events, which EventBridge Scheduler sends.

Its event, environment variables and permissions are in handlers/upload-janitor/README.md. To run it by hand, invoke the function
with the event {\"version\": 1}.
";
    type Answer = Report;

    async fn start() -> Result<Self, Failure> {
        Self::new(aws::config().await, Environment::process()).await
    }

    async fn handle(&self, invocation: Invocation) -> Result<Report, Failure> {
        handle(invocation.event.get(), invocation.deadline, self).await
    }
}
