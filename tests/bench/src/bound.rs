//! What one thread takes for the work that no dump can leave out: documents to lines, lines to Zstandard, and both hashed. And for that of
//! a restore: what is stored hashed, gzip to lines, lines to documents.

use std::io::{BufRead as _, BufReader, Write as _};

use anyhow::{Context as _, Result};
use dump_format::line::{Decoder, Encoder};
use flate2::bufread::GzDecoder;
use sha2::{Digest as _, Sha256};

use crate::processes::thread_cpu_seconds;

/// As mongo-dump has it.
const ZSTD_LEVEL: i32 = 1;
/// A block of Zstandard, its largest.
const CHUNK: usize = 128 << 10;

pub(crate) struct Bound {
    pub(crate) cpu_seconds: f64,
    pub(crate) bytes_lines: u64,
    pub(crate) bytes: u64,
}

/// Hashes what is written and lets go of it.
#[derive(Default)]
struct Hashed {
    hash: Sha256,
    bytes: u64,
}

impl std::io::Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Once over all documents, on the calling thread.
pub(crate) fn measure(documents: &[Vec<u8>]) -> Result<Bound> {
    let before = thread_cpu_seconds().context("no /proc/thread-self/stat")?;
    let mut encoder = Encoder::new();
    let mut compressor = zstd::stream::write::Encoder::new(Hashed::default(), ZSTD_LEVEL)?;
    let (mut lines, mut plain, mut bytes_lines) = (Vec::new(), Sha256::new(), 0);
    let mut compress = |lines: &mut Vec<u8>| {
        plain.update(&*lines);
        bytes_lines += lines.len() as u64;
        let written = compressor.write_all(lines);
        lines.clear();
        written
    };
    for document in documents {
        encoder.encode(document, &mut lines);
        if lines.len() >= CHUNK {
            compress(&mut lines)?;
        }
    }
    compress(&mut lines)?;
    let hashed = compressor.finish()?;
    // Without a look at the hashes the compiler may leave them out.
    std::hint::black_box((plain.finalize(), hashed.hash.finalize()));
    let after = thread_cpu_seconds().context("no /proc/thread-self/stat")?;
    Ok(Bound {
        cpu_seconds: after - before,
        bytes_lines,
        bytes: hashed.bytes,
    })
}

/// CPU seconds of once over the parts of a dump, on the calling thread.
pub(crate) fn measure_restore(parts: &[Vec<u8>]) -> Result<f64> {
    let before = thread_cpu_seconds().context("no /proc/thread-self/stat")?;
    let (mut decoder, mut line, mut document) = (Decoder::new(), Vec::new(), Vec::new());
    for part in parts {
        std::hint::black_box(Sha256::digest(part));
        let mut lines = BufReader::with_capacity(CHUNK, GzDecoder::new(&part[..]));
        while lines.read_until(b'\n', &mut line)? > 0 {
            document.clear();
            decoder.decode(line.trim_ascii_end(), &mut document)?;
            std::hint::black_box(&document);
            line.clear();
        }
    }
    let after = thread_cpu_seconds().context("no /proc/thread-self/stat")?;
    Ok(after - before)
}
