//! One part: downloaded, decompressed and decoded side by side. A body that breaks off is asked for again from there on, so
//! no document comes twice.

use bytes::Bytes;
use dump_format::key::{Object, RunId};
use dump_format::manifest::Part;
use lambda_kit::aws::AwsError;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::decode::{self, Batch, BatchSize, Damage};
use super::{Dumps, SourceError, has_no_version, piece};

/// Pieces of a body under way between the connection and the thread that decodes; one has 16 KiB or so.
const CHUNKS: usize = 16;
/// Beside the one that is made and those that are inserted.
const BATCHES: usize = 1;
/// Breaks of one body altogether, for each attempt without getting further.
const BREAKS_PER_ATTEMPT: u32 = 10;

/// Why a part gave not all of its documents.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PartError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{key} does not exist")]
    Missing { key: String },
    #[error("{key} is damaged: {damage}")]
    Damaged { key: String, damage: Damage },
    #[error("{key} has {found} bytes instead of {expected}")]
    Size { key: String, expected: u64, found: u64 },
}

/// The documents of a part. What came before an error may have been inserted; it was whole documents.
pub(crate) struct PartReader {
    batches: mpsc::Receiver<Batch>,
    download: JoinHandle<Result<(), PartError>>,
    decoding: JoinHandle<Result<bool, Damage>>,
    key: String,
}

impl Dumps {
    /// Begins to read a part. Needs a runtime with a pool of blocking threads.
    pub(crate) fn part(self: &std::sync::Arc<Self>, run: RunId, part: &Part, size: BatchSize) -> PartReader {
        let key = self.key(run, Object::Data(part.key.clone()));
        let (to_decoder, chunks) = mpsc::channel(CHUNKS);
        let (to_reader, batches) = mpsc::channel(BATCHES);
        let download = tokio::spawn({
            let (dumps, key, part) = (std::sync::Arc::clone(self), key.clone(), part.clone());
            async move { dumps.download(&key, &part, &to_decoder).await }
        });
        let part = part.clone();
        let decoding = tokio::task::spawn_blocking(move || decode::run(&part, chunks, &to_reader, size));
        PartReader {
            batches,
            download,
            decoding,
            key,
        }
    }

    async fn download(&self, key: &str, part: &Part, to: &mpsc::Sender<Bytes>) -> Result<(), PartError> {
        let expected = part.bytes;
        let mut version = part.version_id.as_ref();
        let (mut received, mut breaks, mut stuck) = (0, 0, 0);
        let mut etag = None;
        while received < expected {
            let mut call = self.client.get_object().bucket(&self.bucket).key(key);
            call = call.set_version_id(version.map(ToString::to_string));
            if received > 0 {
                // The same object, or none.
                call = call.range(format!("bytes={received}-")).set_if_match(etag.clone());
            }
            // Of an object that was uploaded in parts S3 has no checksum that the SDK can compare: it would warn of each, and the
            // SHA-256 of the manifest is compared anyway.
            let required = aws_sdk_s3::config::ResponseChecksumValidation::WhenRequired;
            let settings = aws_sdk_s3::config::Config::builder().response_checksum_validation(required);
            let call = call.customize().config_override(settings).send().await;
            let answer = match call.map_err(|error| AwsError::of("GetObject", error)) {
                Ok(answer) => answer,
                Err(error) if version.is_some() && received == 0 && has_no_version(&error) => {
                    tracing::warn!(key, %error, "the object version in the manifest cannot be read: reading the \
                        latest version");
                    version = None;
                    continue;
                }
                Err(AwsError::Refused { code, .. }) if code == "NoSuchKey" => {
                    let key = key.to_owned();
                    return Err(PartError::Missing { key });
                }
                Err(error) => return Err(self.refused(key, error).into()),
            };
            let length = answer.content_length().and_then(|length| u64::try_from(length).ok());
            if let Some(found) = length
                .map(|length| received + length)
                .filter(|found| *found != expected)
            {
                let key = key.to_owned();
                return Err(PartError::Size { key, expected, found });
            }
            etag = answer.e_tag().map(str::to_owned);
            let before = received;
            let mut body = answer.body;
            while let Some(Ok(chunk)) = piece(&mut body, self.limits.body_timeout).await {
                received += chunk.len() as u64;
                if to.send(chunk).await.is_err() {
                    return Ok(());
                }
            }
            if received > expected {
                let (key, found) = (key.to_owned(), received);
                return Err(PartError::Size { key, expected, found });
            }
            if received == expected {
                return Ok(());
            }
            breaks += 1;
            stuck = if received > before { 1 } else { stuck + 1 };
            if stuck >= self.limits.attempts || breaks >= self.limits.attempts * BREAKS_PER_ATTEMPT {
                return Err(PartError::Source(SourceError::Body {
                    key: key.to_owned(),
                    bucket: self.bucket.clone(),
                    attempts: breaks,
                }));
            }
            tracing::warn!(
                key,
                received,
                expected,
                "the download was interrupted: continuing from there"
            );
            tokio::time::sleep(self.limits.pause(stuck)).await;
        }
        Ok(())
    }
}

impl PartReader {
    /// The next documents; `None` when there are no more, for whatever reason: [`PartReader::finish`] says which.
    pub(crate) async fn next(&mut self) -> Option<Batch> {
        self.batches.recv().await
    }

    /// Whether all of the part came and was what the manifest says.
    pub(crate) async fn finish(self) -> Result<(), PartError> {
        drop(self.batches);
        // A task that panicked has printed so; its part is not to be trusted.
        let decoded = self.decoding.await;
        let downloaded = self.download.await;
        // Without its end the stream cannot be decoded either: that is the cause.
        downloaded.unwrap_or(Ok(()))?;
        match decoded {
            Ok(Ok(true)) => Ok(()),
            Ok(Err(damage)) => Err(PartError::Damaged { key: self.key, damage }),
            Ok(Ok(false)) | Err(_) => {
                let damage = Damage::Differs { what: "content" };
                Err(PartError::Damaged { key: self.key, damage })
            }
        }
    }
}
