//! The function as its process runs it.

use lambda_kit::{Environment, Failure, Function, Invocation, aws};

use crate::answer::Answer;
use crate::export::CognitoExport;
use crate::handler::handle;

impl Function for CognitoExport {
    const HELP: &str = "\
cognito-export copies the users and groups of a Cognito user pool to S3, encrypted. It is an AWS Lambda function and has no command line:
AWS Lambda starts it and hands it events, which EventBridge Scheduler sends.

Its event, environment variables and permissions are in handlers/cognito-export/README.md.
";
    type Answer = Answer;

    async fn start() -> Result<Self, Failure> {
        Self::new(aws::config().await, Environment::process())
    }

    async fn handle(&self, invocation: Invocation) -> Result<Answer, Failure> {
        handle(&invocation, self).await
    }
}
