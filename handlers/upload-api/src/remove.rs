//! `DELETE /files/{id}`.

use api_kit::{Answer, Kind, Problem, Request};
use file_catalog::Status;
use file_store::{RemovalError, remove_hidden};

use crate::state::UploadApi;

pub(crate) async fn remove(request: &Request, state: &UploadApi) -> Result<Answer, Problem> {
    let id = request.parameter("id").unwrap_or_default();
    let now = (state.clock)();
    let record = state.records.find(id).await?;
    let record = record.ok_or_else(|| Problem::new(Kind::NotFound))?;
    // From here on the file is not visible. If the removal ends early, the same request, or upload-janitor, resumes it.
    if record.status != Status::Deleting {
        state.records.begin_removal(id, now).await?;
    }
    let bucket = state.storage.open(now).await?;
    match remove_hidden(&record, &state.records, &bucket.objects).await {
        Ok(()) => Ok(Answer::empty()),
        Err(RemovalError::Object(error)) => Err(error.into()),
        Err(RemovalError::Record(error)) => Err(error.into()),
    }
}
