//! How far a job has come: what is finished is kept in S3, so that any other invocation can continue.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::JobError;
use crate::store::{Expect, Store, Tag, Written};

/// When a state is worth a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// Number of bytes that were finished since the last save.
    pub bytes: u64,
    /// Time that has passed since the first unsaved result.
    pub every: Duration,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self {
            bytes: 8 << 20,
            every: Duration::from_secs(2),
        }
    }
}

/// Reads a state; `None` if nothing was saved yet. `check` says what makes it another's: version, run.
///
/// # Errors
/// [`JobError::Foreign`], and what the store fails with.
pub async fn load<S: DeserializeOwned>(
    store: &Store,
    key: &str,
    check: impl FnOnce(&S) -> Result<(), String>,
) -> Result<Option<(S, Tag)>, JobError> {
    let Some((state, tag)) = store.get_json(key).await? else {
        return Ok(None);
    };
    check(&state).map_err(|reason| JobError::Foreign {
        key: key.to_owned(),
        reason,
    })?;
    Ok(Some((state, tag)))
}

/// The state in memory and where it is kept.
///
/// An invocation that takes over the lease and saves a state that differs, if only in the name of its owner, makes sure that no save of
/// the former owner can succeed later.
#[derive(Debug)]
pub struct Checkpoint<'a, S> {
    store: &'a Store,
    key: String,
    rhythm: Rhythm,
    /// What is known now.
    pub state: S,
    /// ETag of what is kept; `None`: nothing is.
    tag: Option<Tag>,
    unsaved: Option<Unsaved>,
}

#[derive(Debug)]
struct Unsaved {
    bytes: u64,
    since: Instant,
}

impl<'a, S: Serialize + DeserializeOwned> Checkpoint<'a, S> {
    /// The state that was saved, or a new one, which is not saved yet.
    ///
    /// # Errors
    /// As [`load`].
    pub async fn open(
        store: &'a Store,
        key: String,
        rhythm: Rhythm,
        check: impl FnOnce(&S) -> Result<(), String>,
        new: impl FnOnce() -> S,
    ) -> Result<Self, JobError> {
        let (state, tag) = match load(store, &key, check).await? {
            Some((state, tag)) => (state, Some(tag)),
            None => (new(), None),
        };
        Ok(Self {
            store,
            key,
            rhythm,
            state,
            tag,
            unsaved: None,
        })
    }

    /// Records a result with this number of stored bytes: saves if that is worth a write.
    ///
    /// # Errors
    /// As [`Checkpoint::save`].
    pub async fn finished(&mut self, bytes: u64) -> Result<(), JobError> {
        let unsaved = self.unsaved.get_or_insert_with(|| Unsaved {
            bytes: 0,
            since: Instant::now(),
        });
        unsaved.bytes += bytes;
        if unsaved.bytes >= self.rhythm.bytes || unsaved.since.elapsed() >= self.rhythm.every {
            return self.save().await;
        }
        Ok(())
    }

    /// Saves what is not saved yet.
    ///
    /// # Errors
    /// As [`Checkpoint::save`].
    pub async fn flush(&mut self) -> Result<(), JobError> {
        if self.unsaved.is_some() {
            return self.save().await;
        }
        Ok(())
    }

    /// Saves the state.
    ///
    /// # Errors
    /// [`JobError::LeaseLost`] when somebody else has written it, and what the store fails with.
    pub async fn save(&mut self) -> Result<(), JobError> {
        let expect = Expect::found(self.tag.as_ref());
        match self.store.write_json(&self.key, &self.state, expect).await? {
            Written::Done(tag) => {
                self.tag = Some(tag);
                self.unsaved = None;
                Ok(())
            }
            Written::Conflict => Err(JobError::LeaseLost),
        }
    }
}
