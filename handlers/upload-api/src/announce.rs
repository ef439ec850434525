//! `POST /files`: a record of what will come, then what uploads it.

use std::time::{Duration, SystemTime};

use api_kit::{Answer, Kind, Problem, Request};
use aws_lc_rs::rand;
use file_catalog::{Checksum, FileRecord, Status, key};
use lambda_kit::mongo::StoreError;
use mongodb::bson::DateTime;
use sha2::{Digest as _, Sha256};

use crate::announcement::{Announcement, Sums};
use crate::bucket::Bucket;
use crate::state::UploadApi;
use crate::ticket::UploadTicket;

/// How long an upload may take. Source: the contract, which promises a repetition the same file for a day.
const PENDING: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) async fn announce(request: &Request, state: &UploadApi) -> Result<Answer, Problem> {
    let announcement: Announcement = request.read()?;
    let sums = announcement.accepted(&state.settings, state.sizes)?;
    let fingerprint = announcement.fingerprint()?;
    let repeatable = request.parameter("Idempotency-Key");
    let id = match repeatable {
        Some(repeated) => derived_id(request.caller.subject(), repeated),
        None => random_id()?,
    };
    let now = (state.clock)();
    if repeatable.is_some()
        && let Some(record) = state.records.find(&id).await?
    {
        return repetition(&record, &fingerprint, state, now).await;
    }
    let bucket = state.storage.open(now).await?;
    let checksum = match sums {
        Sums::Whole(sha256) => Checksum::Whole { sha256 },
        Sums::Parts(sha256) => Checksum::Parts {
            upload_id: bucket.begin(&key(&id), &announcement.content_type).await?,
            part_bytes: state.sizes.part_bytes,
            sha256,
        },
    };
    let record = FileRecord {
        id,
        name: announcement.name,
        size: announcement.size,
        content_type: announcement.content_type,
        course: announcement.course,
        visibility: announcement.visibility,
        status: Status::Pending,
        checksum,
        created_by: request.caller.subject().to_owned(),
        created_at: DateTime::from_system_time(now),
        expires_at: Some(DateTime::from_system_time(now + PENDING)),
        request_sha256: fingerprint,
        version_id: None,
    };
    match state.records.insert(&record).await {
        Ok(()) => ticket(201, &record, &bucket, state, now).await,
        // The same request at the same time was faster.
        Err(StoreError::Duplicate { .. }) => {
            let first = state.records.find(&record.id).await?;
            // Unless it is this very record, which the driver inserted twice.
            if first.as_ref().is_none_or(|first| first.checksum != record.checksum) {
                give_up(&record, &bucket).await;
            }
            let first = first
                .ok_or_else(|| Problem::new(Kind::Conflict).detail("The file of this Idempotency-Key was deleted."))?;
            repetition(&first, &record.request_sha256, state, now).await
        }
        Err(error) => {
            // Where no answer came the record may be there. A repetition will find it by its key, and needs the upload that it
            // names; without a key nobody ever knows its id. What is left of either the bucket's lifecycle rule takes.
            if repeatable.is_none() || !error.passes() {
                give_up(&record, &bucket).await;
            }
            Err(error.into())
        }
    }
}

/// The same key again: the same file, with links that are new.
async fn repetition(
    record: &FileRecord,
    fingerprint: &str,
    state: &UploadApi,
    now: SystemTime,
) -> Result<Answer, Problem> {
    if record.request_sha256 != fingerprint {
        return Err(
            Problem::new(Kind::IdempotencyKeyReused).detail("Use a new Idempotency-Key for a different request.")
        );
    }
    let id = &record.id;
    let conflict = |detail: String| Err(Problem::new(Kind::Conflict).detail(detail));
    match record.status {
        Status::Available => conflict(format!("The upload is complete: the file {id} is available.")),
        Status::Deleting => conflict(format!("The file {id} is being deleted.")),
        Status::Pending if is_expired(record, now) => {
            conflict("The upload was not completed within a day: announce it with a new Idempotency-Key.".to_owned())
        }
        Status::Pending => {
            let bucket = state.storage.open(now).await?;
            ticket(200, record, &bucket, state, now).await
        }
    }
}

/// Whether an upload is given up.
pub(crate) fn is_expired(record: &FileRecord, now: SystemTime) -> bool {
    record.expires_at.is_none_or(|at| at.to_system_time() <= now)
}

async fn ticket(
    status: u16,
    record: &FileRecord,
    bucket: &Bucket,
    state: &UploadApi,
    now: SystemTime,
) -> Result<Answer, Problem> {
    let ticket = UploadTicket::of(record, bucket, now, now + state.settings.link).await?;
    Answer::json(status, &ticket)
}

/// Ends the upload in parts of a record that is not there. If that fails, the bucket's lifecycle rule does it a day later.
async fn give_up(record: &FileRecord, bucket: &Bucket) {
    if let Checksum::Parts { upload_id, .. } = &record.checksum
        && let Err(error) = bucket.objects.abort(&key(&record.id), upload_id).await
    {
        let cause = error.to_string();
        tracing::warn!(
            cause,
            "an upload without a record is left to the bucket's lifecycle rule"
        );
    }
}

/// The id of the file of one user's idempotency key. Neither can have a line break, so no two pairs make one text.
fn derived_id(subject: &str, key: &str) -> String {
    let hash = Sha256::digest(format!("upload-api\n{subject}\n{key}"));
    hex::encode(hash.get(..16).unwrap_or_default())
}

fn random_id() -> Result<String, Problem> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| Problem::new(Kind::Internal).cause("there are no random numbers"))?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_of_one_user_and_one_key() {
        // python3: sha256(b"upload-api\nsub\nkey-0001").hexdigest()[:32]
        assert_eq!(derived_id("sub", "key-0001"), "e376c68803afa058af951d3755bdebe3");
        assert_ne!(derived_id("sub", "key-0001"), derived_id("sub", "key-0002"));
        assert_ne!(derived_id("sub", "key-0001"), derived_id("bus", "key-0001"));
        assert_ne!(derived_id("su", "bkey-0001"), derived_id("sub", "key-0001"));
    }
}
