//! The function as its process runs it.

use lambda_kit::{Environment, Failure, Function, Invocation};

use crate::answer::Answer;
use crate::error::FailoverError;
use crate::failover::OriginFailover;
use crate::handler::handle;
use crate::settings::Settings;

impl Function for OriginFailover {
    const HELP: &str = "\
origin-failover switches the write path of the CDN to the second region and back. It is an AWS Lambda function and has no command line:
AWS Lambda starts it and hands it events, which EventBridge sends when an alarm changes its state and EventBridge Scheduler every minute.

Its events, environment variables and permissions are in handlers/origin-failover/README.md. To let it look by hand, invoke the function
with the event {\"version\": 1}. To switch by hand, set the parameter that LECTERN_OVERRIDE_PARAMETER names.
";
    type Answer = Answer;

    async fn start() -> Result<Self, Failure> {
        let mut environment = Environment::process();
        let settings = Settings::of(&mut environment);
        environment.finish().map_err(FailoverError::Settings)?;
        Ok(Self::new(settings, &lambda_kit::aws::config().await))
    }

    async fn handle(&self, invocation: Invocation) -> Result<Answer, Failure> {
        handle(self, invocation.event.get(), invocation.deadline).await
    }
}
