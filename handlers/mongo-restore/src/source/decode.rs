//! A part's bytes as batches of documents, in constant memory. It blocks, so it has a thread of its own.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

use bytes::{Buf, Bytes};
use dump_format::line::{DecodeError, Decoder, MAX_PLAIN_LINE};
use dump_format::manifest::Part;
use dump_format::payload::Compression;
use dump_format::{ContentHash, Sha256Hex};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::{Receiver, Sender};

/// Longest line read: an escape line may be as long as a plain one.
const MAX_LINE: usize = MAX_PLAIN_LINE + 1;
const READ_BUFFER: usize = 128 << 10;

/// Documents for one insert, in the form in which they go into a BSON array: type, key and document, one after another.
pub(crate) struct Batch {
    array: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Batch {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self {
            array: Vec::with_capacity(bytes),
            places: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, document: &[u8]) {
        self.array.push(0x03);
        let mut key = itoa::Buffer::new();
        self.array.extend_from_slice(key.format(self.places.len()).as_bytes());
        self.array.push(0);
        let start = self.array.len();
        self.array.extend_from_slice(document);
        self.places.push(start..self.array.len());
    }

    /// Number of documents.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.array.len()
    }

    /// The elements of the BSON array of all documents.
    pub(crate) fn elements(&self) -> &[u8] {
        &self.array
    }

    pub(crate) fn get(&self, at: usize) -> &[u8] {
        self.places.get(at).map_or(&[], |place| &self.array[place.clone()])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.places.iter().map(|place| &self.array[place.clone()])
    }

    /// Sum of the documents' sizes.
    pub(crate) fn documents_bytes(&self) -> u64 {
        self.places.iter().map(|place| place.len() as u64).sum()
    }
}

/// In what a part is not what the manifest says.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Damage {
    #[error("it cannot be decompressed behind document {documents}")]
    Compression { documents: u64 },
    #[error("line {line} cannot be read: {problem}")]
    Line { line: u64, problem: DecodeError },
    #[error("line {line} is longer than any line of a dump")]
    LongLine { line: u64 },
    #[error("its last line has no end")]
    OpenLine,
    #[error("its {what} differs from the manifest's")]
    Differs { what: &'static str },
}

/// How big batches are.
#[derive(Clone, Copy)]
pub(crate) struct BatchSize {
    pub(crate) bytes: usize,
    pub(crate) documents: usize,
}

/// Turns the bytes from `chunks` into batches for `batches`. `Ok(false)`: the receiver has stopped.
pub(super) fn run(
    part: &Part,
    chunks: Receiver<Bytes>,
    batches: &Sender<Batch>,
    size: BatchSize,
) -> Result<bool, Damage> {
    let mut chunks = Chunks {
        chunks,
        current: Bytes::new(),
        hash: Sha256::new(),
        bytes: 0,
    };
    let mut counts = Counts::default();
    let is_wanted = match part.key.compression {
        Compression::Zstd => {
            let decoder = zstd::stream::read::Decoder::new(&mut chunks);
            let decoder = decoder.map_err(|_| Damage::Compression { documents: 0 })?;
            counts.lines(BufReader::with_capacity(READ_BUFFER, decoder), batches, size)?
        }
        Compression::Gzip => {
            let decoder = flate2::bufread::MultiGzDecoder::new(BufReader::new(&mut chunks));
            counts.lines(BufReader::with_capacity(READ_BUFFER, decoder), batches, size)?
        }
    };
    if !is_wanted {
        return Ok(false);
    }
    counts.compare(part)?;
    if chunks.bytes != part.bytes {
        return Err(Damage::Differs { what: "size" });
    }
    if Sha256Hex::from_bytes(chunks.hash.finalize().into()) != part.sha256 {
        return Err(Damage::Differs { what: "SHA-256" });
    }
    Ok(true)
}

#[derive(Default)]
struct Counts {
    documents: u64,
    bytes_bson: u64,
    bytes_lines: u64,
    content_hash: ContentHash,
}

impl Counts {
    fn lines(&mut self, mut reader: impl BufRead, batches: &Sender<Batch>, size: BatchSize) -> Result<bool, Damage> {
        let mut decoder = Decoder::new();
        let (mut line, mut document) = (Vec::new(), Vec::new());
        let mut batch = Batch::with_capacity(size.bytes);
        loop {
            line.clear();
            let mut limited = (&mut reader).take(MAX_LINE as u64 + 1);
            if limited.read_until(b'\n', &mut line).is_err() {
                return Err(Damage::Compression {
                    documents: self.documents,
                });
            }
            let number = self.documents + 1;
            match line.pop() {
                None => break,
                Some(b'\n') => {}
                Some(_) if line.len() >= MAX_LINE => return Err(Damage::LongLine { line: number }),
                Some(_) => return Err(Damage::OpenLine),
            }
            document.clear();
            decoder
                .decode(&line, &mut document)
                .map_err(|problem| Damage::Line { line: number, problem })?;
            self.documents += 1;
            self.bytes_lines += line.len() as u64 + 1;
            self.bytes_bson += document.len() as u64;
            self.content_hash.add(&document);
            if !batch.is_empty() && batch.bytes() + document.len() > size.bytes {
                let full = std::mem::replace(&mut batch, Batch::with_capacity(size.bytes));
                if batches.blocking_send(full).is_err() {
                    return Ok(false);
                }
            }
            batch.push(&document);
            if batch.len() >= size.documents {
                let full = std::mem::replace(&mut batch, Batch::with_capacity(size.bytes));
                if batches.blocking_send(full).is_err() {
                    return Ok(false);
                }
            }
        }
        Ok(batch.is_empty() || batches.blocking_send(batch).is_ok())
    }

    fn compare(&self, part: &Part) -> Result<(), Damage> {
        for (what, is_equal) in [
            ("number of documents", self.documents == part.documents),
            ("number of bytes of documents", self.bytes_bson == part.bytes_bson),
            ("number of bytes of lines", self.bytes_lines == part.bytes_lines),
            ("content hash", self.content_hash == part.content_hash),
        ] {
            if !is_equal {
                return Err(Damage::Differs { what });
            }
        }
        Ok(())
    }
}

/// What was downloaded, hashed as it is read.
struct Chunks {
    chunks: Receiver<Bytes>,
    current: Bytes,
    hash: Sha256,
    bytes: u64,
}

impl Read for Chunks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.chunks.blocking_recv() {
                Some(chunk) => self.current = chunk,
                None => return Ok(0),
            }
        }
        let length = self.current.len().min(into.len());
        self.hash.update(&self.current[..length]);
        self.bytes += length as u64;
        self.current.copy_to_slice(&mut into[..length]);
        Ok(length)
    }
}
