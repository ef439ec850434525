//! From documents to the parts of objects: lines, compression, hashes. It runs on a thread of its own, beside the network.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::mpsc as blocking;

use bytes::Bytes;
use dump_format::line::{Encoded, Encoder, EscapeReason};
use dump_format::manifest::{Exact, Twins};
use dump_format::payload::Compression;
use dump_format::{ContentHash, Sha256Hex};
use flate2::write::GzEncoder;
use job_kit::Digest;
use job_kit::upload::{self, Part};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::{Receiver, Sender};

use crate::batch::Batch;
use crate::raw;
use crate::tail::{Given, Tail};

/// Lines are compressed in pieces of about this many bytes: a block of Zstandard, its largest.
const CHUNK: usize = 128 << 10;

/// Our choice: on mixed documents level 1 gives objects as small as level 3, in half the time.
const ZSTD_LEVEL: i32 = 1;
/// gzip's own default: who asks for gzip asks for what is usual.
const GZIP_LEVEL: u32 = 6;

/// What goes into the thread.
pub(crate) enum Feed {
    Batch(Batch),
    /// There is no more: the open object ends here.
    Finish,
}

/// What comes out.
pub(crate) type Piece = upload::Piece<Box<Finished>>;

/// An object that is made.
pub(crate) struct Finished {
    pub(crate) documents: u64,
    pub(crate) bytes_bson: u64,
    pub(crate) bytes_lines: u64,
    pub(crate) bytes: u64,
    pub(crate) sha256: Sha256Hex,
    pub(crate) content_hash: ContentHash,
    pub(crate) escaped: BTreeMap<EscapeReason, u64>,
    /// Its last documents, and earlier ones, after which reading resumes.
    pub(crate) tail: Vec<Given>,
    /// Documents whose `_id` the one before them has, where that can be.
    pub(crate) twins: Option<Twins>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) compression: Compression,
    pub(crate) part_bytes: usize,
    pub(crate) object_bytes: u64,
    /// Several documents may have one `_id`, and those that do come one after another.
    pub(crate) may_have_twins: bool,
}

/// How the thread ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// Everything that was fed has come out.
    Finished,
    /// One of the channels ended; an open object is void.
    Abandoned,
}

/// The thread.
///
/// # Errors
/// When the compressor fails, which memory alone can make it.
pub(crate) fn run(
    shape: Shape,
    mut tail: Tail,
    mut feed: Receiver<Feed>,
    pieces: Sender<Piece>,
    buffers: blocking::Receiver<Vec<u8>>,
) -> io::Result<Closed> {
    let buffers = Rc::new(buffers);
    let mut encoder = Encoder::new();
    let mut object: Option<Open> = None;
    // The `_id` before, where twins are looked for.
    let mut before: Option<Vec<u8>> = tail.last_id().map(|last| raw::id(&last.0).to_vec());
    loop {
        let batch = match feed.blocking_recv() {
            None => return Ok(Closed::Abandoned),
            Some(Feed::Batch(batch)) => batch,
            Some(Feed::Finish) => {
                if let Some(object) = object
                    && !object.finish(&tail, &pieces)?
                {
                    return Ok(Closed::Abandoned);
                }
                return Ok(Closed::Finished);
            }
        };
        let documents = batch.documents().map_err(io::Error::other)?;
        let mut noted = 0;
        for (index, document) in documents.iter().enumerate() {
            let mut open = match object.take() {
                Some(open) => open,
                None => Open::new(shape, &buffers)?,
            };
            open.add(&mut encoder, document)?;
            if shape.may_have_twins {
                let id = raw::id(document);
                let last = match index.checked_sub(1).and_then(|last| documents.get(last)) {
                    Some(last) => Some(raw::id(last)),
                    None => before.as_deref(),
                };
                if last.is_some_and(|last| raw::are_twins(last, id)) {
                    open.twin(document);
                }
            }
            if !open.send(&pieces) {
                return Ok(Closed::Abandoned);
            }
            if open.sink().total >= shape.object_bytes {
                tail.note(&documents[noted..=index]);
                noted = index + 1;
                if !open.finish(&tail, &pieces)? {
                    return Ok(Closed::Abandoned);
                }
                continue;
            }
            object = Some(open);
        }
        tail.note(&documents[noted..]);
        if shape.may_have_twins
            && let Some(last) = documents.last()
        {
            before = Some(raw::id(last).to_vec());
        }
    }
}

/// An object that documents still go into.
struct Open {
    compressor: Compressor,
    lines: Vec<u8>,
    documents: u64,
    bytes_bson: u64,
    bytes_lines: u64,
    content_hash: ContentHash,
    escaped: BTreeMap<EscapeReason, u64>,
    twins: Option<Twins>,
}

impl Open {
    fn new(shape: Shape, buffers: &Buffers) -> io::Result<Self> {
        Ok(Self {
            compressor: Compressor::new(shape, Rc::clone(buffers))?,
            lines: Vec::with_capacity(2 * CHUNK),
            documents: 0,
            bytes_bson: 0,
            bytes_lines: 0,
            content_hash: ContentHash::default(),
            escaped: BTreeMap::new(),
            twins: None,
        })
    }

    fn sink(&mut self) -> &mut Sink {
        self.compressor.sink()
    }

    fn add(&mut self, encoder: &mut Encoder, document: &[u8]) -> io::Result<()> {
        if let Encoded::Escaped { reason, .. } = encoder.encode(document, &mut self.lines) {
            *self.escaped.entry(reason).or_default() += 1;
        }
        self.documents += 1;
        self.bytes_bson += document.len() as u64;
        self.content_hash.add(document);
        if self.lines.len() >= CHUNK {
            self.compress()?;
        }
        Ok(())
    }

    fn twin(&mut self, document: &[u8]) {
        let twins = self.twins.get_or_insert_with(|| Twins {
            documents: 0,
            ids: Vec::new(),
        });
        twins.merge(Twins {
            documents: 1,
            ids: vec![Exact(raw::id_document(document))],
        });
    }

    fn compress(&mut self) -> io::Result<()> {
        self.compressor.write_all(&self.lines)?;
        self.bytes_lines += self.lines.len() as u64;
        self.lines.clear();
        // One huge document must not hold on to its memory.
        self.lines.shrink_to(8 * CHUNK);
        Ok(())
    }

    /// Sends parts that are full; false: the receiver has stopped.
    fn send(&mut self, pieces: &Sender<Piece>) -> bool {
        let ready = std::mem::take(&mut self.sink().ready);
        ready
            .into_iter()
            .all(|part| pieces.blocking_send(Piece::Part(part)).is_ok())
    }

    fn finish(mut self, tail: &Tail, pieces: &Sender<Piece>) -> io::Result<bool> {
        self.compress()?;
        let mut sink = self.compressor.finish()?;
        for part in sink.ready.drain(..) {
            if pieces.blocking_send(Piece::Part(part)).is_err() {
                return Ok(false);
            }
        }
        let rest = Part {
            bytes: Bytes::from(sink.current),
            sha256: Digest::from_bytes(sink.part.finalize().into()),
            is_buffer: sink.is_buffer,
        };
        let finished = Box::new(Finished {
            documents: self.documents,
            bytes_bson: self.bytes_bson,
            bytes_lines: self.bytes_lines,
            bytes: sink.total,
            sha256: Sha256Hex::from_bytes(sink.whole.finalize().into()),
            content_hash: self.content_hash,
            escaped: self.escaped,
            tail: tail.to_vec(),
            twins: self.twins,
        });
        Ok(pieces.blocking_send(Piece::End { rest, finished }).is_ok())
    }
}

enum Compressor {
    Zstd(zstd::stream::write::Encoder<'static, Sink>),
    Gzip(GzEncoder<Sink>),
}

impl Compressor {
    fn new(shape: Shape, buffers: Buffers) -> io::Result<Self> {
        let sink = Sink::new(shape.part_bytes, buffers);
        Ok(match shape.compression {
            Compression::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(sink, ZSTD_LEVEL)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
            Compression::Gzip => Self::Gzip(GzEncoder::new(sink, flate2::Compression::new(GZIP_LEVEL))),
        })
    }

    fn sink(&mut self) -> &mut Sink {
        match self {
            Self::Zstd(encoder) => encoder.get_mut(),
            Self::Gzip(encoder) => encoder.get_mut(),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Zstd(encoder) => encoder.write_all(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<Sink> {
        match self {
            Self::Zstd(encoder) => encoder.finish(),
            Self::Gzip(encoder) => encoder.finish(),
        }
    }
}

/// Room for parts. There is only so much of it: where none is free, the thread waits until a part was sent, and with it the cursor.
type Buffers = Rc<blocking::Receiver<Vec<u8>>>;

/// Takes what the compressor writes, in parts, and hashes it.
struct Sink {
    part_bytes: usize,
    buffers: Buffers,
    /// `current` is one of the buffers; before that it is a small one of its own, since most collections are.
    is_buffer: bool,
    current: Vec<u8>,
    part: Sha256,
    whole: Sha256,
    total: u64,
    ready: Vec<Part>,
}

impl Sink {
    fn new(part_bytes: usize, buffers: Buffers) -> Self {
        Self {
            part_bytes,
            buffers,
            is_buffer: false,
            current: Vec::new(),
            part: Sha256::new(),
            whole: Sha256::new(),
            total: 0,
            ready: Vec::new(),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.part_bytes - self.current.len());
        let bytes = &bytes[..taken];
        if !self.is_buffer && self.current.len() + taken > CHUNK.min(self.part_bytes - 1) {
            let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
            let mut buffer = self.buffers.recv().map_err(gone)?;
            buffer.clear();
            buffer.reserve_exact(self.part_bytes);
            buffer.extend_from_slice(&self.current);
            self.current = buffer;
            self.is_buffer = true;
        }
        self.current.extend_from_slice(bytes);
        self.part.update(bytes);
        self.whole.update(bytes);
        self.total += taken as u64;
        if self.current.len() == self.part_bytes {
            self.ready.push(Part {
                bytes: Bytes::from(std::mem::take(&mut self.current)),
                sha256: Digest::from_bytes(self.part.finalize_reset().into()),
                is_buffer: true,
            });
            self.is_buffer = false;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
