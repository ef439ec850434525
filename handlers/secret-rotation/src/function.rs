//! The function as its process runs it.

use lambda_kit::{Environment, Failure, Function, Invocation, aws};

use crate::handler::handle;
use crate::report::Report;
use crate::rotation::SecretRotation;

impl Function for SecretRotation {
    const HELP: &str = "\
secret-rotation gives MongoDB users new passwords, as Secrets Manager asks it to. It is an AWS Lambda function and has no command line:
AWS Lambda starts it and hands it events, which Secrets Manager sends.

Its events, environment variables and permissions are in handlers/secret-rotation/README.md. To rotate a secret by hand, run
`aws secretsmanager rotate-secret --secret-id ARN`.
";
    type Answer = Report;

    async fn start() -> Result<Self, Failure> {
        Self::new(&aws::config().await, Environment::process())
    }

    async fn handle(&self, invocation: Invocation) -> Result<Report, Failure> {
        handle(invocation.event.get(), invocation.deadline, self).await
    }
}
