//! Which operation serves which route.

use api_kit::{Kind, Problem, Reply, Request};
use lambda_kit::{Failure, Invocation};

use crate::announce::announce;
use crate::complete::complete;
use crate::remove::{clean, remove};
use crate::state::UploadApi;

/// Serves one event of API Gateway.
///
/// # Errors
/// [`Failure`] where the event is none of API Gateway's; whatever else goes wrong is an answer.
pub async fn handle(invocation: Invocation, state: &UploadApi) -> Result<Reply, Failure> {
    let serve = |request: Request| async move {
        match request.route.operation.as_str() {
            "createFile" => tokio::join!(announce(&request, state), clean(state)).0,
            "completeFile" => complete(&request, state).await,
            "deleteFile" => remove(&request, state).await,
            other => Err(Problem::new(Kind::Internal).cause(format!("nothing here serves {other}"))),
        }
    };
    state.api.answer(invocation, serve).await
}
