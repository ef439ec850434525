//! `DELETE /files/{id}`, and the end of uploads that nobody completed.

use std::time::{Duration, SystemTime};

use api_kit::{Answer, Kind, Problem, Request};
use file_catalog::{Checksum, FileRecord, Status, key};

use crate::state::UploadApi;

/// How long an upload that was given up, or a removal that was not finished, is left alone. Our choice: whoever repeats an old
/// request meanwhile is told what became of it.
const GRACE: Duration = Duration::from_secs(24 * 60 * 60);
/// Between two searches of one process for such records. Our choice: there are few, and each costs calls.
const PAUSE: Duration = Duration::from_secs(15 * 60);
/// Records at a time, and how long that may take: a client waits meanwhile.
const AT_ONCE: i64 = 5;
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) async fn remove(request: &Request, state: &UploadApi) -> Result<Answer, Problem> {
    let id = request.parameter("id").unwrap_or_default();
    let now = (state.clock)();
    let record = state.records.find(id).await?;
    let record = record.ok_or_else(|| Problem::new(Kind::NotFound))?;
    // From here on nobody sees it. Where it ends early, the same request again or the search for what was left goes on.
    if record.status != Status::Deleting {
        state.records.begin_removal(id, now).await?;
    }
    finish(&record, state, now).await?;
    Ok(Answer::empty())
}

/// Removes the content of a file that nobody sees any more, then its record.
async fn finish(record: &FileRecord, state: &UploadApi, now: SystemTime) -> Result<(), Problem> {
    let bucket = state.storage.open(now).await?;
    let key = key(&record.id);
    // Before the object: parts could be put together to one right after it is gone.
    if let Checksum::Parts { upload_id, .. } = &record.checksum {
        bucket.abort(&key, upload_id).await?;
    }
    let version_id = match &record.version_id {
        Some(version_id) => Some(version_id.clone()),
        // One that was verified and then not made available has no tag any more.
        None => bucket.head(&key).await?.and_then(|head| head.version_id),
    };
    if let Some(version_id) = version_id {
        bucket.retire(&key, &version_id).await?;
    }
    bucket.delete(&key).await?;
    Ok(state.records.forget(&record.id).await?)
}

/// Finishes a few uploads and removals that nobody finished. A TTL index would forget the records alone: an object which was
/// verified and then not made available has no tag any more, and no lifecycle rule would ever remove it.
pub(crate) async fn clean(state: &UploadApi) {
    let now = (state.clock)();
    if !state.cleaned.is_due(now, PAUSE) {
        return;
    }
    match tokio::time::timeout(PATIENCE, clean_some(state, now)).await {
        Ok(Ok(())) => {}
        Ok(Err(problem)) => {
            let cause = problem.logged_cause().unwrap_or_default();
            tracing::warn!(cause, "uploads that were given up are left for later");
        }
        Err(_) => tracing::warn!("uploads that were given up are left for later: it takes too long"),
    }
}

async fn clean_some(state: &UploadApi, now: SystemTime) -> Result<(), Problem> {
    let before = now - GRACE;
    for record in state.records.left_over(before, AT_ONCE).await? {
        if state.records.begin_cleaning(&record, before, now).await? {
            finish(&record, state, now).await?;
        }
    }
    Ok(())
}
