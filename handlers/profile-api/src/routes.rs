//! Which operation serves which route.

use api_kit::{Kind, Problem, Reply, Request};
use lambda_kit::{Failure, Invocation};

use crate::change::change;
use crate::erase::erase;
use crate::export::export;
use crate::fetch::fetch;
use crate::state::ProfileApi;

/// Serves one event of API Gateway.
///
/// # Errors
/// [`Failure`] where the event is none of API Gateway's; whatever else goes wrong is an answer.
pub async fn handle(invocation: Invocation, state: &ProfileApi) -> Result<Reply, Failure> {
    let serve = |request: Request| async move {
        match request.route.operation.as_str() {
            "getProfile" => fetch(&request, state).await,
            "patchProfile" => change(&request, state).await,
            "deleteProfile" => erase(&request, state).await,
            "exportProfile" => export(&request, state).await,
            other => Err(Problem::new(Kind::Internal).cause(format!("nothing here serves {other}"))),
        }
    };
    state.api.answer(invocation, serve).await
}
