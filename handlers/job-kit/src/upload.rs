//! From pieces to objects in S3: one put for a small object, a multipart upload with a few parts in flight for a large one.

use std::pin::Pin;
use std::sync::mpsc as blocking;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use futures::stream::FuturesUnordered;
use futures::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};

use crate::digest::Digest;
use crate::error::JobError;
use crate::multipart::{Multipart, SentPart};
use crate::pace::Pace;
use crate::store::{Kept, Store};

/// How much of an object is in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Bytes of a part. S3 takes 5 MiB to 5 GiB, and 10,000 parts an object (S3 User Guide, multipart upload limits).
    pub part_bytes: usize,
    /// Parts that are sent at a time.
    pub in_flight: usize,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            part_bytes: 5 << 20,
            in_flight: 2,
        }
    }
}

/// Why an object was not written.
#[derive(Debug)]
pub enum UploadError<E> {
    /// S3 answered that it has other bytes, or that the upload no longer exists. Another attempt starts the object again.
    Again,
    /// The call failed, or the source of the bytes did.
    Failed(E),
}

impl<E: From<JobError>> From<JobError> for UploadError<E> {
    fn from(error: JobError) -> Self {
        Self::Failed(error.into())
    }
}

/// Bytes that are sent at once.
#[derive(Debug)]
pub struct Part {
    /// Of all parts but the last, at least 5 MiB.
    pub bytes: Bytes,
    /// Of them.
    pub sha256: Digest,
    /// They are in one of the buffers that go back through [`Uploader::buffers`].
    pub is_buffer: bool,
}

/// What an object is made of, one after the other.
#[derive(Debug)]
pub enum Piece<F> {
    /// More of the open object.
    Part(Part),
    /// The open object's end.
    End {
        /// Behind the parts; the whole object if there were none.
        rest: Part,
        /// What its maker knows of it.
        finished: F,
    },
}

/// An object that S3 has.
#[derive(Debug)]
pub struct Uploaded<F> {
    /// What its maker knows of it.
    pub finished: F,
    /// Its version; `None` where the bucket keeps none.
    pub version_id: Option<String>,
}

/// Writes objects whose parts somebody else makes and hashes.
#[derive(Debug)]
pub struct Uploader<'a> {
    /// Where to.
    pub store: &'a Store,
    /// Parts that are sent at a time.
    pub in_flight: usize,
    /// Learns how long a part takes.
    pub pace: &'a Pace,
    /// Where buffers go back to when what was in them is sent.
    pub buffers: Option<blocking::Sender<Vec<u8>>>,
}

/// An upload, where pieces came for one.
struct Sending<'a> {
    upload: Multipart<'a>,
    sent: Vec<SentPart>,
    bytes: u64,
    next: i32,
}

impl<'a> Uploader<'a> {
    /// Writes the next object. `None`: no more objects come, and one that had begun is aborted, as it is after a failure. Memory is that of
    /// the parts in flight; no piece is taken before there is room for it.
    ///
    /// # Errors
    /// What S3 answers, and what the source fails with.
    pub async fn object<F, E: From<JobError>>(
        &self,
        key: &str,
        pieces: &mut (impl Stream<Item = Result<Piece<F>, E>> + Unpin),
    ) -> Result<Option<Uploaded<F>>, UploadError<E>> {
        let mut sending = None;
        let result = self.pieces(key, pieces, &mut sending).await;
        if !matches!(result, Ok(Some(_)))
            && let Some(sending) = sending
        {
            sending.upload.abort().await;
        }
        result
    }

    async fn pieces<F, E: From<JobError>>(
        &self,
        key: &str,
        pieces: &mut (impl Stream<Item = Result<Piece<F>, E>> + Unpin),
        sending: &mut Option<Sending<'a>>,
    ) -> Result<Option<Uploaded<F>>, UploadError<E>> {
        let mut in_flight = FuturesUnordered::new();
        loop {
            let piece = tokio::select! {
                piece = pieces.next(), if in_flight.len() < self.in_flight => piece,
                Some(sent) = in_flight.next(), if !in_flight.is_empty() => {
                    keep(sending, sent?)?;
                    continue;
                }
            };
            match piece.transpose().map_err(UploadError::Failed)? {
                None => return Ok(None),
                Some(Piece::Part(part)) => {
                    if sending.is_none() {
                        *sending = Some(self.begin(key).await?);
                    }
                    if let Some(sending) = sending {
                        in_flight.push(self.part(sending, part));
                    }
                }
                Some(Piece::End { rest, finished }) => {
                    let Some(open) = sending else {
                        let began = Instant::now();
                        let kept = self.store.put_once(key, rest.bytes.clone(), rest.sha256).await?;
                        let version_id = kept.ok_or(UploadError::Again)?.version_id;
                        self.pace.note(began);
                        self.give_back(rest);
                        return Ok(Some(Uploaded { finished, version_id }));
                    };
                    if !rest.bytes.is_empty() {
                        in_flight.push(self.part(open, rest));
                    }
                    while let Some(sent) = in_flight.next().await {
                        keep(sending, sent?)?;
                    }
                    let version_id = match sending {
                        Some(open) => {
                            open.sent.sort_by_key(|part| part.number);
                            let done = open.upload.complete(&open.sent, open.bytes).await?;
                            done.ok_or(UploadError::Again)?
                        }
                        None => None,
                    };
                    return Ok(Some(Uploaded { finished, version_id }));
                }
            }
        }
    }

    async fn begin<E: From<JobError>>(&self, key: &str) -> Result<Sending<'a>, UploadError<E>> {
        let upload = Multipart::begin(self.store, key).await?;
        Ok(Sending {
            upload: upload.ok_or(UploadError::Again)?,
            sent: Vec::new(),
            bytes: 0,
            next: 1,
        })
    }

    fn part(
        &self,
        sending: &mut Sending<'a>,
        part: Part,
    ) -> impl Future<Output = Result<Option<SentPart>, JobError>> + use<'a, '_> {
        let (upload, number) = (sending.upload.clone(), sending.next);
        sending.next += 1;
        sending.bytes += part.bytes.len() as u64;
        async move {
            let began = Instant::now();
            let sent = upload.part(number, part.bytes.clone(), part.sha256).await?;
            self.pace.note(began);
            self.give_back(part);
            Ok(sent)
        }
    }

    /// A buffer that somebody still looks at is replaced by another.
    fn give_back(&self, part: Part) {
        if let (true, Some(buffers)) = (part.is_buffer, &self.buffers) {
            let buffer = part.bytes.try_into_mut().map(Vec::from).unwrap_or_default();
            // The task that fills them may have ended.
            buffers.send(buffer).ok();
        }
    }
}

fn keep<E>(sending: &mut Option<Sending<'_>>, sent: Option<SentPart>) -> Result<(), UploadError<E>> {
    let sent = sent.ok_or(UploadError::Again)?;
    if let Some(sending) = sending {
        sending.sent.push(sent);
    }
    Ok(())
}

/// Writes one object of all the bytes that come, in constant memory: `part_bytes` for each part in flight, and one that is filled. A
/// source that fails leaves no object. The hashes are made between two reads: about 20 ms for each 5 MiB.
///
/// # Errors
/// What S3 answers, and what the source fails with.
pub async fn stream<E: From<JobError>>(
    store: &Store,
    key: &str,
    source: impl Stream<Item = Result<Bytes, E>>,
    shape: Shape,
    pace: &Pace,
) -> Result<Kept, UploadError<E>> {
    let uploader = Uploader {
        store,
        in_flight: shape.in_flight.max(1),
        pace,
        buffers: None,
    };
    let cut = Cut {
        source: Box::pin(source),
        part_bytes: shape.part_bytes.max(1),
        waiting: Bytes::new(),
        filling: BytesMut::new(),
        whole: Sha256::new(),
        bytes: 0,
    };
    let pieces = futures::stream::try_unfold(Some(cut), |cut| async move {
        let Some(mut cut) = cut else { return Ok(None) };
        let piece = cut.next().await?;
        let is_end = matches!(piece, Piece::End { .. });
        Ok(Some((piece, (!is_end).then_some(cut))))
    });
    let written = uploader.object(key, &mut Box::pin(pieces)).await?;
    // An end comes after whatever came, so there is an object.
    let Uploaded { finished, version_id } = written.ok_or(UploadError::Again)?;
    let Totals { bytes, sha256 } = finished;
    Ok(Kept {
        bytes,
        sha256,
        version_id,
    })
}

/// Of a whole object.
struct Totals {
    bytes: u64,
    sha256: Digest,
}

/// Cuts what comes into parts.
struct Cut<S> {
    source: Pin<Box<S>>,
    part_bytes: usize,
    /// Has come, and is in no part yet.
    waiting: Bytes,
    filling: BytesMut,
    whole: Sha256,
    bytes: u64,
}

impl<E, S: Stream<Item = Result<Bytes, E>>> Cut<S> {
    async fn next(&mut self) -> Result<Piece<Totals>, E> {
        loop {
            if self.waiting.is_empty() {
                match self.source.next().await.transpose()? {
                    Some(bytes) => self.waiting = bytes,
                    None => {
                        let sha256 = Digest::from_bytes(self.whole.finalize_reset().into());
                        return Ok(Piece::End {
                            rest: self.cut(),
                            finished: Totals {
                                bytes: self.bytes,
                                sha256,
                            },
                        });
                    }
                }
            } else if self.filling.len() == self.part_bytes {
                // Only now: what is full and the last is the rest.
                return Ok(Piece::Part(self.cut()));
            } else {
                self.take();
            }
        }
    }

    /// Fills the open part.
    fn take(&mut self) {
        if self.filling.capacity() == 0 {
            self.filling.reserve(self.part_bytes);
        }
        let room = self.part_bytes - self.filling.len();
        let taken = self.waiting.split_to(self.waiting.len().min(room));
        self.whole.update(&taken);
        self.bytes += taken.len() as u64;
        self.filling.extend_from_slice(&taken);
    }

    fn cut(&mut self) -> Part {
        let bytes = std::mem::take(&mut self.filling).freeze();
        Part {
            sha256: Digest::of(&bytes),
            bytes,
            is_buffer: false,
        }
    }
}
