//! The manifest, last, and the pointer to it.

use crate::error::JobError;
use crate::store::{Expect, Store, Stored, Written};

const LOOKS: u32 = 8;

/// Writes an object that is written once, such as a manifest, after everything that it names, and reads it back. The same bytes again are
/// no conflict.
///
/// # Errors
/// [`JobError::Occupied`] where another one is there, and what the store fails with.
pub async fn once(store: &Store, key: &str, bytes: &[u8]) -> Result<Stored, JobError> {
    let occupied = || JobError::Occupied { key: key.to_owned() };
    if let Written::Conflict = store.write(key, bytes, Expect::Nothing).await? {
        return Err(occupied());
    }
    let stored = store.read_back(key).await?;
    if stored.bytes == bytes {
        Ok(stored)
    } else {
        Err(occupied())
    }
}

/// Moves a pointer to `bytes`, forwards only: `stays` says whether the existing content is newer. Returns false if it is, or if the pointer
/// already has these bytes.
///
/// # Errors
/// [`JobError::Foreign`] with the reason that `stays` gives for what it cannot read, [`JobError::Contended`] where others wrote each time,
/// and what the store fails with.
pub async fn advance(
    store: &Store,
    key: &str,
    bytes: &[u8],
    stays: impl Fn(&[u8]) -> Result<bool, String>,
) -> Result<bool, JobError> {
    for _ in 0..LOOKS {
        let found = store.get(key).await?;
        if let Some(found) = &found {
            let stays = stays(&found.bytes).map_err(|reason| JobError::Foreign {
                key: key.to_owned(),
                reason,
            })?;
            if stays || found.bytes == bytes {
                return Ok(false);
            }
        }
        let expect = Expect::found(found.as_ref().map(|found| &found.tag));
        if let Written::Done(_) = store.write(key, bytes, expect).await? {
            return Ok(true);
        }
    }
    Err(JobError::Contended { key: key.to_owned() })
}
