//! How often a call was attempted before its last answer.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Writes the number of the attempt into each answer: the SDK counts the attempts and does not expose the count.
#[derive(Debug)]
pub(super) struct CountAttempts;

#[derive(Clone, Copy)]
struct Attempt(u32);

impl Intercept for CountAttempts {
    fn name(&self) -> &'static str {
        "CountAttempts"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(attempts) = cfg.load::<RequestAttempts>() {
            let attempt = Attempt(attempts.attempts());
            context.response_mut().add_extension(attempt);
        }
        Ok(())
    }
}

/// The number of the attempt that got this answer.
pub(super) fn attempts(answer: &HttpResponse) -> u32 {
    answer.extension().map_or(1, |Attempt(number)| *number)
}
