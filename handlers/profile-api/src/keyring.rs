//! Users' data keys: made and unwrapped by KMS, and kept in memory for a while.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use api_kit::{Kind, Problem};
use aws_config::{Region, SdkConfig};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use lambda_kit::aws::{self, AwsError};
use moka::future::Cache;
use zeroize::Zeroizing;

use crate::sealed::{DataKey, KEY_BYTES};

/// Names in the encryption context, which the key's policy can demand by `kms:EncryptionContext:<name>`.
const PURPOSE: (&str, &str) = ("purpose", "lectern-profile");
const USER: &str = "user";

/// Keys in memory. Our choice: users of one sandbox within [`FRESH`], at less than 1 KB each.
const MAX_KEYS: u64 = 1000;

/// How long a key is used without KMS. Our choice: a KMS key that is disabled, or a grant that is taken away, counts after as long.
const FRESH: Duration = Duration::from_secs(300);

/// Fields encrypted with one key, after which the next change makes another. Our choice: 2^16, where 96 random bits of nonce are
/// allowed 2^32 by NIST SP 800-38D, 8.3. What a change that lost a race has encrypted is not counted; 2^16 of them for each one
/// that won would have to be.
pub(crate) const MAX_USES: i64 = 1 << 16;

/// A key as MongoDB keeps it, and in use.
#[derive(Debug, Clone)]
pub(crate) struct UserKey {
    /// By KMS.
    pub(crate) wrapped: Arc<[u8]>,
    pub(crate) key: Arc<DataKey>,
}

#[derive(Clone)]
struct Kept {
    key: UserKey,
    since: SystemTime,
}

/// The KMS key, and users' keys of the last minutes.
pub(crate) struct Keyring {
    kms: aws_sdk_kms::Client,
    key_arn: String,
    /// By user. Its own clock stands still while Lambda has frozen the sandbox, so that it bounds the memory alone; whether a key is
    /// too old is asked of the clock on the wall.
    kept: Cache<String, Kept>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("key_arn", &self.key_arn)
            .finish_non_exhaustive()
    }
}

/// Why there is no key. Nothing of a key is in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the data key of the profile cannot be {what}: {source}")]
    Kms { what: &'static str, source: AwsError },
    #[error("KMS gave a data key of another length than {KEY_BYTES} bytes, or none")]
    Length,
}

/// A disabled KMS key, one that is to be deleted and a refused permission pass when somebody acts, and not by waiting: no 503.
impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        let cause = error.to_string();
        match error {
            KeyError::Kms { source, .. } => Self::from(source).cause(cause),
            KeyError::Length => Self::new(Kind::Internal).cause(cause),
        }
    }
}

impl Keyring {
    pub(crate) fn new(config: &SdkConfig, key_arn: String) -> Self {
        let mut settings = aws_sdk_kms::config::Builder::from(config);
        if let Some(region) = aws::region_of(&key_arn) {
            settings = settings.region(Region::new(region.to_owned()));
        }
        Self {
            kms: aws_sdk_kms::Client::from_conf(settings.build()),
            key_arn,
            kept: Cache::builder().max_capacity(MAX_KEYS).time_to_live(FRESH).build(),
        }
    }

    /// A new key for a user. It is not kept: whether the profile with it is written is not known yet.
    pub(crate) async fn make(&self, user: &str) -> Result<UserKey, KeyError> {
        let call = self.kms.generate_data_key().key_id(&self.key_arn);
        let call = call.key_spec(DataKeySpec::Aes256);
        let call = call
            .encryption_context(PURPOSE.0, PURPOSE.1)
            .encryption_context(USER, user);
        let answer = call.send().await.map_err(|error| KeyError::Kms {
            what: "made",
            source: AwsError::of("GenerateDataKey", error),
        })?;
        let wrapped = answer.ciphertext_blob.map(Blob::into_inner).unwrap_or_default();
        let key = answer.plaintext.and_then(key).filter(|_| !wrapped.is_empty());
        Ok(UserKey {
            wrapped: wrapped.into(),
            key: Arc::new(key.ok_or(KeyError::Length)?),
        })
    }

    /// A user's key, unwrapped now or a few minutes ago.
    pub(crate) async fn unwrap(&self, user: &str, wrapped: &[u8], now: SystemTime) -> Result<UserKey, KeyError> {
        if let Some(kept) = self.kept.get(user).await {
            // A clock that was put back makes no key last longer.
            let fresh = now.duration_since(kept.since).is_ok_and(|age| age < FRESH);
            if fresh && *kept.key.wrapped == *wrapped {
                return Ok(kept.key);
            }
            self.forget(user).await;
        }
        // The key is named, so that nothing wrapped with somebody else's unwraps.
        let call = self.kms.decrypt().key_id(&self.key_arn);
        let call = call.ciphertext_blob(Blob::new(wrapped));
        let call = call
            .encryption_context(PURPOSE.0, PURPOSE.1)
            .encryption_context(USER, user);
        let answer = call.send().await.map_err(|error| KeyError::Kms {
            what: "unwrapped",
            source: AwsError::of("Decrypt", error),
        })?;
        let key = UserKey {
            wrapped: wrapped.into(),
            key: Arc::new(answer.plaintext.and_then(key).ok_or(KeyError::Length)?),
        };
        self.keep(user, key.clone(), now).await;
        Ok(key)
    }

    /// Keeps a key that was made and is in MongoDB now.
    pub(crate) async fn keep(&self, user: &str, key: UserKey, now: SystemTime) {
        self.kept.insert(user.to_owned(), Kept { key, since: now }).await;
    }

    /// Keeps a user's key no longer.
    pub(crate) async fn forget(&self, user: &str) {
        self.kept.invalidate(user).await;
    }
}

fn key(plaintext: Blob) -> Option<DataKey> {
    DataKey::new(&Zeroizing::new(plaintext.into_inner()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use aws_config::BehaviorVersion;

    use super::*;

    fn user_key(byte: u8) -> UserKey {
        UserKey {
            wrapped: vec![byte; 100].into(),
            key: Arc::new(DataKey::new(&[byte; KEY_BYTES]).unwrap()),
        }
    }

    fn keyring() -> Keyring {
        let config = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        Keyring::new(&config, "arn:aws:kms:eu-west-1:1:key/a".to_owned())
    }

    #[tokio::test]
    async fn no_more_than_a_thousand_keys_are_in_memory() {
        let keyring = keyring();
        for number in 0..1100 {
            keyring
                .keep(&format!("user-{number}"), user_key(1), SystemTime::now())
                .await;
        }
        keyring.kept.run_pending_tasks().await;
        let count = keyring.kept.entry_count();
        assert!((1..=MAX_KEYS).contains(&count), "{count}");
    }

    #[tokio::test]
    async fn a_key_that_is_forgotten_is_not_used_again() {
        let keyring = keyring();
        keyring.keep("user", user_key(1), SystemTime::now()).await;
        keyring.keep("other", user_key(2), SystemTime::now()).await;
        keyring.forget("user").await;
        assert!(keyring.kept.get("user").await.is_none());
        assert!(keyring.kept.get("other").await.is_some());
    }
}
