//! Subjects' data keys that are kept in memory for a while.

use std::fmt;
use std::time::{Duration, SystemTime};

use moka::future::Cache;

use crate::keys::{DataKeys, KeyError, SubjectKey};

/// Keys in memory. Our choice: subjects of one sandbox within [`FRESH`], at less than 1 KB each.
const MAX_KEYS: u64 = 1000;

/// How long a key is used without KMS. Our choice: a KMS key that is disabled, or a grant that is taken away, counts after as long.
const FRESH: Duration = Duration::from_secs(300);

#[derive(Clone)]
struct Kept {
    key: SubjectKey,
    since: SystemTime,
}

/// The KMS key, and subjects' keys of the last minutes.
pub struct Keyring {
    keys: DataKeys,
    /// By subject. Its own clock stands still while Lambda has frozen the sandbox, so that it bounds the memory alone; whether a key is
    /// too old is asked of the clock on the wall.
    kept: Cache<String, Kept>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

impl Keyring {
    /// With no key in memory.
    #[must_use]
    pub fn new(keys: DataKeys) -> Self {
        Self {
            keys,
            kept: Cache::builder().max_capacity(MAX_KEYS).time_to_live(FRESH).build(),
        }
    }

    /// A new key for a subject. It is not kept: whether what it encrypts is written is not known yet.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn make(&self, subject: &str) -> Result<SubjectKey, KeyError> {
        self.keys.make(subject).await
    }

    /// A subject's key, unwrapped now or a few minutes ago.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn unwrap(&self, subject: &str, wrapped: &[u8], now: SystemTime) -> Result<SubjectKey, KeyError> {
        if let Some(kept) = self.kept.get(subject).await {
            // A clock that was put back makes no key last longer.
            let fresh = now.duration_since(kept.since).is_ok_and(|age| age < FRESH);
            if fresh && *kept.key.wrapped == *wrapped {
                return Ok(kept.key);
            }
            self.forget(subject).await;
        }
        let key = self.keys.unwrap(subject, wrapped).await?;
        self.keep(subject, key.clone(), now).await;
        Ok(key)
    }

    /// Keeps a key whose first content is written now.
    pub async fn keep(&self, subject: &str, key: SubjectKey, now: SystemTime) {
        self.kept.insert(subject.to_owned(), Kept { key, since: now }).await;
    }

    /// Keeps a subject's key no longer.
    pub async fn forget(&self, subject: &str) {
        self.kept.invalidate(subject).await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::sync::Arc;

    use aws_config::{BehaviorVersion, SdkConfig};

    use super::*;
    use crate::keys::Purpose;
    use crate::sealed::{DataKey, KEY_BYTES};

    fn subject_key(byte: u8) -> SubjectKey {
        SubjectKey {
            wrapped: vec![byte; 100].into(),
            key: Arc::new(DataKey::new(&[byte; KEY_BYTES]).unwrap()),
        }
    }

    fn keyring() -> Keyring {
        let config = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        let purpose = Purpose {
            name: "lectern-test",
            subject: "user",
            title: "the key",
        };
        Keyring::new(DataKeys::new(
            &config,
            "arn:aws:kms:eu-west-1:1:key/a".to_owned(),
            purpose,
        ))
    }

    #[tokio::test]
    async fn no_more_than_a_thousand_keys_are_in_memory() {
        let keyring = keyring();
        for number in 0..1100 {
            let subject = format!("user-{number}");
            keyring.keep(&subject, subject_key(1), SystemTime::now()).await;
        }
        keyring.kept.run_pending_tasks().await;
        let count = keyring.kept.entry_count();
        assert!((1..=MAX_KEYS).contains(&count), "{count}");
    }

    #[tokio::test]
    async fn a_key_that_is_forgotten_is_not_used_again() {
        let keyring = keyring();
        keyring.keep("user", subject_key(1), SystemTime::now()).await;
        keyring.keep("other", subject_key(2), SystemTime::now()).await;
        keyring.forget("user").await;
        assert!(keyring.kept.get("user").await.is_none());
        assert!(keyring.kept.get("other").await.is_some());
    }
}
