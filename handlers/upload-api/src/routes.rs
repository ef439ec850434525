//! Which operation serves which route.

use api_kit::{Kind, Problem, Reply, Request};
use lambda_kit::{Environment, Failure, Function, Invocation};

use crate::announce::announce;
use crate::complete::complete;
use crate::remove::remove;
use crate::state::UploadApi;

/// Serves one event of API Gateway.
///
/// # Errors
/// [`Failure`] where the event is none of API Gateway's; whatever else goes wrong is an answer.
pub async fn handle(invocation: Invocation, state: &UploadApi) -> Result<Reply, Failure> {
    let serve = |request: Request| async move {
        match request.route.operation.as_str() {
            "createFile" => announce(&request, state).await,
            "completeFile" => complete(&request, state).await,
            "deleteFile" => remove(&request, state).await,
            other => Err(Problem::new(Kind::Internal).cause(format!("nothing here serves {other}"))),
        }
    };
    state.api.answer(invocation, serve).await
}

impl Function for UploadApi {
    const HELP: &str = "\
upload-api takes announcements of files and gives administrators what uploads them. It is an AWS Lambda function and has no
command line: AWS Lambda starts it and hands it requests, which API Gateway sends.

Its routes, environment variables and permissions are in handlers/upload-api/README.md, an event for each route in the folder
events beside it.
";
    type Answer = Reply;

    async fn start() -> Result<Self, Failure> {
        Self::new(api_kit::aws_config().await, Environment::process())
    }

    async fn handle(&self, invocation: Invocation) -> Result<Reply, Failure> {
        handle(invocation, self).await
    }
}
