//! The function as its process runs it.

use lambda_kit::{Environment, Failure, Function, Invocation, aws};

use crate::answer::Answer;
use crate::handler::handle;
use crate::import::CognitoImport;

impl Function for CognitoImport {
    const HELP: &str = "\
cognito-import makes the users and groups of an export in another Cognito user pool. It is an AWS Lambda function and has no command
line: AWS Lambda starts it and hands it events.

Its event, environment variables and permissions are in handlers/cognito-import/README.md. Invoke it with \"dry_run\": true first.
";
    type Answer = Answer;

    async fn start() -> Result<Self, Failure> {
        Self::new(aws::config().await, Environment::process())
    }

    async fn handle(&self, invocation: Invocation) -> Result<Answer, Failure> {
        handle(&invocation, self).await
    }
}
