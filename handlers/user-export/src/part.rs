//! Lines as they are stored: JSON, compressed, encrypted.

use std::io::Read as _;

use bytes::Bytes;
use envelope::{Binding, DataKey, OpenError, Padding, Purpose};
use job_kit::{Digest, JobError, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::key::{Kind, Location};
use crate::manifest::Part;

/// Of zstd: attributes compress well at any level.
const LEVEL: i32 = 3;

/// Maximum size of a part when it is not compressed. Our choice: far above the size that [`Lines`] is configured with, so that a part that
/// an attacker made large does not fill the memory.
const PLAIN_MAX: u64 = 256 << 20;

/// Why a part was not written or read. Nothing of its content is in it.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// S3.
    #[error(transparent)]
    Job(#[from] JobError),
    /// It could not be encrypted.
    #[error("{key} could not be encrypted")]
    Seal {
        /// Of the object.
        key: String,
    },
    /// It is not there, or not in the version that the manifest names.
    #[error(
        "{key} is not there in the version that the manifest names: a replica may not have it yet, or it was deleted"
    )]
    Missing {
        /// Of the object.
        key: String,
    },
    /// Other bytes than were written.
    #[error("{key} has another SHA-256 than the manifest says: it was replaced")]
    Differs {
        /// Of the object.
        key: String,
    },
    /// It does not decrypt.
    #[error("{key} does not open: {source}")]
    Closed {
        /// Of the object.
        key: String,
        /// Why.
        source: OpenError,
    },
    /// It decrypts, and is no list of lines.
    #[error("{key} has something else than lines of this version at line {line}")]
    NotLines {
        /// Of the object.
        key: String,
        /// From 1; 0: it does not decompress.
        line: usize,
    },
}

/// What a part is bound to. No kind has a byte of zero.
#[must_use]
pub fn place(purpose: Purpose, run: &str, kind: Kind, number: u32) -> Binding {
    Binding::new(purpose.name, &[&format!("{}/{number}", kind.as_str()), run])
}

/// Lines of one kind that are not written yet. They are overwritten when they are dropped; what was freed while they grew is not.
pub struct Lines {
    kind: Kind,
    bytes: Zeroizing<Vec<u8>>,
    count: u64,
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lines({} of {})", self.count, self.kind.as_str())
    }
}

impl Lines {
    /// None yet.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            bytes: Zeroizing::default(),
            count: 0,
        }
    }

    /// Adds a line.
    pub fn push(&mut self, line: &impl Serialize) {
        // Texts and numbers under fixed names: nothing that JSON cannot hold.
        if serde_json::to_writer(&mut *self.bytes, line).is_ok() {
            self.bytes.push(b'\n');
            self.count += 1;
        }
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Bytes of all of them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Writes them as one part and begins anew; the part as the manifest has it.
    ///
    /// # Errors
    /// [`PartError`]: the lines are still there.
    pub async fn write(
        &mut self,
        store: &Store,
        location: &Location,
        (purpose, run): (Purpose, &str),
        number: u32,
        key: &DataKey,
    ) -> Result<Part, PartError> {
        let name = location.part(run, self.kind, number);
        let failed = || PartError::Seal { key: name.clone() };
        let packed = Zeroizing::new(zstd::bulk::compress(&self.bytes, LEVEL).map_err(|_| failed())?);
        let sealed = key.seal(&place(purpose, run, self.kind, number), &packed, Padding::None);
        let kept = store.put(&name, Bytes::from(sealed.map_err(|_| failed())?)).await?;
        let part = Part {
            kind: self.kind,
            number,
            key: name,
            lines: self.count,
            bytes: kept.bytes,
            sha256: kept.sha256.to_string(),
            version_id: kept.version_id,
        };
        *self = Self::new(self.kind);
        Ok(part)
    }
}

/// The lines of a part.
///
/// # Errors
/// [`PartError`].
pub async fn read<T: DeserializeOwned>(
    store: &Store,
    (purpose, run): (Purpose, &str),
    part: &Part,
    key: &DataKey,
) -> Result<Vec<T>, PartError> {
    let name = || part.key.clone();
    let stored = store.get_version(&part.key, part.version_id.as_deref()).await?;
    let stored = stored.ok_or_else(|| PartError::Missing { key: name() })?;
    if Digest::of(&stored.bytes).to_string() != part.sha256 {
        return Err(PartError::Differs { key: name() });
    }
    let packed = key.open(&place(purpose, run, part.kind, part.number), &stored.bytes);
    let packed = packed.map_err(|source| PartError::Closed { key: name(), source })?;
    let broken = |line| PartError::NotLines { key: name(), line };
    let plain = decompress(&packed).ok_or_else(|| broken(0))?;
    let lines = plain.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let lines = lines
        .enumerate()
        .map(|(at, line)| serde_json::from_slice(line).map_err(|_| broken(at + 1)));
    let lines = lines.collect::<Result<Vec<T>, _>>()?;
    if lines.len() as u64 == part.lines {
        Ok(lines)
    } else {
        Err(broken(lines.len() + 1))
    }
}

fn decompress(packed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut plain = Zeroizing::default();
    let reader = zstd::stream::Decoder::new(packed).ok()?;
    reader.take(PLAIN_MAX + 1).read_to_end(&mut plain).ok()?;
    (plain.len() as u64 <= PLAIN_MAX).then_some(plain)
}
