//! The function as its process runs it.

use lambda_kit::{Environment, Failure, Function, Invocation};

use crate::answer::Answer;
use crate::error::GuardError;
use crate::guard::FlowLogGuard;
use crate::handler::handle;
use crate::settings::Settings;

impl Function for FlowLogGuard {
    const HELP: &str = "\
flow-log-guard reads VPC flow logs and reports traffic with public addresses. It is an AWS Lambda function and has no command line:
AWS Lambda starts it and hands it events, which a subscription filter of CloudWatch Logs sends.

To try it by hand, invoke the function with an event of its folder events in the source.
";
    type Answer = Answer;

    async fn start() -> Result<Self, Failure> {
        let mut environment = Environment::process();
        let settings = Settings::of(&mut environment);
        environment.finish().map_err(GuardError::Settings)?;
        Ok(Self::new(settings, &lambda_kit::aws::config().await))
    }

    async fn handle(&self, invocation: Invocation) -> Result<Answer, Failure> {
        handle(self, invocation.event.get()).await
    }
}
