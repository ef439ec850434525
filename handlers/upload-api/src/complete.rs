//! `POST /files/{id}/complete`: what arrived is compared with what was announced, and then it is there for all. Whatever it is cut
//! off after, the same request again continues from there.

use std::time::SystemTime;

use api_kit::{Answer, FieldError, Kind, Problem, Request};
use file_catalog::{Checksum, File, FileRecord, Status, key};

use crate::announce::is_expired;
use crate::bucket::{Bucket, Joined};
use crate::state::UploadApi;
use crate::verify;

pub(crate) async fn complete(request: &Request, state: &UploadApi) -> Result<Answer, Problem> {
    let id = request.parameter("id").unwrap_or_default();
    let now = (state.clock)();
    let record = state.records.find(id).await?;
    let record = match settled(record, now)? {
        Settled::Available(record) => return Answer::json(200, &File::from(&record)),
        Settled::Pending(record) => record,
    };
    let bucket = state.storage.open(now).await?;
    let version_id = verified(&record, &bucket).await?;
    // Before the file is available: an available file with the tag would be removed by the lifecycle rule.
    let is_there = bucket.untag(&key(id), &version_id).await?;
    if is_there && state.records.make_available(&record, &version_id, now).await? {
        let record = FileRecord {
            status: Status::Available,
            ..record
        };
        return Answer::json(200, &File::from(&record));
    }
    // It was pending and is no more, or its object is not: somebody else completed or deleted it.
    let found = state.records.find(id).await?;
    discard(found.as_ref(), &version_id, &bucket, &key(id)).await?;
    match settled(found, now)? {
        Settled::Available(record) => Answer::json(200, &File::from(&record)),
        Settled::Pending(_) => Err(Problem::new(Kind::Unavailable).cause("a pending file could not be made available")),
    }
}

/// A version that lost its tag for a record that is another now, or none: no lifecycle rule would find it.
async fn discard(record: Option<&FileRecord>, version_id: &str, bucket: &Bucket, key: &str) -> Result<(), Problem> {
    if record.is_some_and(|record| record.version_id.as_deref() == Some(version_id)) {
        return Ok(());
    }
    bucket.objects.retire(key, version_id).await?;
    if record.is_none_or(|record| record.status == Status::Deleting) {
        bucket.objects.delete(key).await?;
    }
    Ok(())
}

enum Settled {
    Available(FileRecord),
    Pending(FileRecord),
}

fn settled(record: Option<FileRecord>, now: SystemTime) -> Result<Settled, Problem> {
    let record = record.filter(|record| record.status != Status::Deleting);
    let record = record.ok_or_else(|| Problem::new(Kind::NotFound))?;
    if record.status == Status::Available {
        return Ok(Settled::Available(record));
    }
    if is_expired(&record, now) {
        return Err(
            Problem::new(Kind::Conflict).detail("The upload was not completed within a day: announce it again.")
        );
    }
    Ok(Settled::Pending(record))
}

fn mismatch(detail: &str, errors: Vec<FieldError>) -> Problem {
    let mut problem = Problem::new(Kind::UploadMismatch).detail(detail);
    problem.errors = errors;
    problem
}

/// The version of the object that is what was announced.
async fn verified(record: &FileRecord, bucket: &Bucket) -> Result<String, Problem> {
    let is_whole = join(record, bucket).await?;
    let head = bucket.head(&key(&record.id)).await?;
    let head = head.ok_or_else(|| {
        if is_whole {
            mismatch("Nothing was uploaded.", Vec::new())
        } else {
            // Neither parts nor an object: the lifecycle rule or somebody with the right to ended the upload.
            Problem::new(Kind::Conflict).detail("The upload was aborted: announce the file again.")
        }
    })?;
    let errors = verify::differences(record, &bucket.kms_key_arn, &head);
    if !errors.is_empty() {
        return Err(mismatch("The list errors shows the differences.", errors));
    }
    head.version_id.ok_or_else(|| {
        Problem::new(Kind::Internal).cause("the object has no version: the bucket's versioning is not turned on")
    })
}

/// Puts the parts of a file together, if it came in parts and they are not yet; whether there are none to put together.
async fn join(record: &FileRecord, bucket: &Bucket) -> Result<bool, Problem> {
    let Checksum::Parts {
        upload_id,
        part_bytes,
        sha256,
    } = &record.checksum
    else {
        return Ok(true);
    };
    let key = key(&record.id);
    let Some(uploaded) = bucket.parts(&key, upload_id).await? else {
        // Put together by a request whose answer was lost, or gone: what S3 has under the key tells.
        return Ok(false);
    };
    let parts = verify::announced_parts(record, *part_bytes, sha256, &uploaded)
        .map_err(|errors| mismatch("Upload these parts again.", errors))?;
    match bucket.join(&key, upload_id, &parts).await? {
        Joined::Now | Joined::Before => Ok(false),
        Joined::Changed => Err(mismatch("A part was uploaded again during this request.", Vec::new())),
    }
}
