//! From parts to objects in S3: one put for a small object, a multipart upload with a few parts in flight for a large one.

use std::sync::mpsc as blocking;
use std::time::Instant;

use bytes::Bytes;
use dump_format::names::VersionId;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::sync::mpsc::Receiver;

use crate::object::{Finished, Piece};
use crate::slowest::Slowest;
use crate::store::{SentPart, Store, Upload, UploadError};

pub(crate) struct Uploader<'a> {
    pub(crate) store: &'a Store,
    pub(crate) in_flight: usize,
    pub(crate) slowest: &'a Slowest,
    /// Where buffers go back to when what was in them is sent.
    pub(crate) buffers: blocking::Sender<Vec<u8>>,
}

/// An object that S3 has.
pub(crate) struct Uploaded {
    pub(crate) finished: Box<Finished>,
    pub(crate) version_id: Option<VersionId>,
}

/// An upload, where pieces came for one.
struct Sending<'a> {
    upload: Upload<'a>,
    sent: Vec<SentPart>,
    bytes: u64,
    next: i32,
}

impl<'a> Uploader<'a> {
    /// Writes the next object. `None`: no more objects come, and one that had begun is aborted.
    pub(crate) async fn object(
        &self,
        key: &str,
        pieces: &mut Receiver<Piece>,
    ) -> Result<Option<Uploaded>, UploadError> {
        let mut sending = None;
        let result = self.pieces(key, pieces, &mut sending).await;
        if !matches!(result, Ok(Some(_)))
            && let Some(sending) = sending
        {
            sending.upload.abort().await;
        }
        result
    }

    async fn pieces(
        &self,
        key: &str,
        pieces: &mut Receiver<Piece>,
        sending: &mut Option<Sending<'a>>,
    ) -> Result<Option<Uploaded>, UploadError> {
        let mut in_flight = FuturesUnordered::new();
        loop {
            let piece = tokio::select! {
                piece = pieces.recv(), if in_flight.len() < self.in_flight => piece,
                Some(sent) = in_flight.next(), if !in_flight.is_empty() => {
                    keep(sending, sent?);
                    continue;
                }
            };
            match piece {
                None => return Ok(None),
                Some(Piece::Part { bytes, sha256 }) => {
                    if sending.is_none() {
                        *sending = Some(self.begin(key).await?);
                    }
                    if let Some(sending) = sending {
                        in_flight.push(self.part(sending, bytes, true, sha256));
                    }
                }
                Some(Piece::End(mut finished)) => {
                    let rest = std::mem::take(&mut finished.rest);
                    let Some(open) = sending else {
                        let began = Instant::now();
                        let version_id = self.store.put(key, rest.clone()).await?;
                        self.slowest.note(began);
                        if finished.is_buffer {
                            give_back(&self.buffers, rest);
                        }
                        return Ok(Some(Uploaded { finished, version_id }));
                    };
                    if !rest.is_empty() {
                        in_flight.push(self.part(open, rest, finished.is_buffer, finished.rest_sha256));
                    }
                    while let Some(sent) = in_flight.next().await {
                        keep(sending, sent?);
                    }
                    let version_id = match sending {
                        Some(open) => {
                            open.sent.sort_by_key(|part| part.number);
                            open.upload.complete(&open.sent, open.bytes).await?
                        }
                        None => None,
                    };
                    return Ok(Some(Uploaded { finished, version_id }));
                }
            }
        }
    }

    async fn begin(&self, key: &str) -> Result<Sending<'a>, UploadError> {
        Ok(Sending {
            upload: self.store.begin(key).await?,
            sent: Vec::new(),
            bytes: 0,
            next: 1,
        })
    }

    fn part(
        &self,
        sending: &mut Sending<'a>,
        bytes: Bytes,
        is_buffer: bool,
        sha256: [u8; 32],
    ) -> impl Future<Output = Result<SentPart, UploadError>> + use<'a> {
        let (upload, number, slowest) = (sending.upload.clone(), sending.next, self.slowest);
        let buffers = self.buffers.clone();
        sending.next += 1;
        sending.bytes += bytes.len() as u64;
        async move {
            let began = Instant::now();
            let sent = upload.part(number, bytes.clone(), sha256).await?;
            slowest.note(began);
            if is_buffer {
                give_back(&buffers, bytes);
            }
            Ok(sent)
        }
    }
}

/// A buffer that somebody still looks at is replaced by another.
fn give_back(buffers: &blocking::Sender<Vec<u8>>, bytes: Bytes) {
    let buffer = bytes.try_into_mut().map(Vec::from).unwrap_or_default();
    // The thread may have ended.
    buffers.send(buffer).ok();
}

fn keep(sending: &mut Option<Sending<'_>>, sent: SentPart) {
    if let Some(sending) = sending {
        sending.sent.push(sent);
    }
}
