//! The function as its process runs it.

use aws_config::SdkConfig;
use lambda_kit::{Failure, Function, Invocation};

use crate::answer::Answer;
use crate::handler::handle;
use crate::settings::Settings;

/// What is kept from one event to the next.
#[derive(Debug)]
pub struct MongoDump {
    aws: SdkConfig,
}

impl Function for MongoDump {
    const HELP: &str = "\
mongo-dump copies a MongoDB deployment to S3. It is an AWS Lambda function and has no command line: AWS Lambda starts it and
hands it events, which EventBridge Scheduler sends.

To dump by hand, invoke the function with the event that its schedule sends, with the schedule's ARN and the present time in
place of the two values in angle brackets: docs/dump-format.md has one. To look into a dump or to get it back, there is
mongo-restore.
";
    type Answer = Answer;

    async fn start() -> Result<Self, Failure> {
        let aws = lambda_kit::aws::config().await;
        Ok(Self { aws })
    }

    async fn handle(&self, invocation: Invocation) -> Result<Answer, Failure> {
        let Invocation {
            event,
            request_id,
            function_arn,
            deadline,
        } = invocation;
        let settings = Settings::new(self.aws.clone(), function_arn, request_id, deadline);
        handle(event.get(), &settings).await
    }
}
