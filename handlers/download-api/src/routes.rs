//! Which operation serves which route.

use api_kit::{Kind, Problem, Reply, Request};
use lambda_kit::{Failure, Invocation};

use crate::fetch::fetch;
use crate::list::list;
use crate::state::DownloadApi;

/// Serves one event of API Gateway.
///
/// # Errors
/// [`Failure`] where the event is none of API Gateway's; whatever else goes wrong is an answer.
pub async fn handle(invocation: Invocation, state: &DownloadApi) -> Result<Reply, Failure> {
    let serve = |request: Request| async move {
        match request.route.operation.as_str() {
            "listFiles" => list(&request, &state.database).await,
            "getFile" => fetch(&request, state).await,
            other => Err(Problem::new(Kind::Internal).cause(format!("nothing here serves {other}"))),
        }
    };
    state.api.answer(invocation, serve).await
}
