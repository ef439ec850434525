//! Data keys, made and unwrapped by KMS.

use std::fmt;
use std::sync::Arc;

use aws_config::{Region, SdkConfig};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use lambda_kit::aws::{self, AwsError};
use zeroize::Zeroizing;

use crate::sealed::{DataKey, KEY_BYTES};

/// Name in the encryption context, which the key's policy can demand by `kms:EncryptionContext:purpose`.
const PURPOSE: &str = "purpose";

/// What data keys are for. It goes into the encryption context.
#[derive(Debug, Clone, Copy)]
pub struct Purpose {
    /// Value of `purpose` in the encryption context, such as `lectern-profile`.
    pub name: &'static str,
    /// Name of the subject in the encryption context: what a single key is for, such as `user`.
    pub subject: &'static str,
    /// What a key is called in an error, such as `the data key of the profile`.
    pub title: &'static str,
}

/// A subject's key as it is kept, and in use.
#[derive(Debug, Clone)]
pub struct SubjectKey {
    /// By KMS.
    pub wrapped: Arc<[u8]>,
    /// Unwrapped.
    pub key: Arc<DataKey>,
}

/// Why there is no key. Nothing of a key is in it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// KMS did not answer as it should.
    #[error("{title} cannot be {what}: {source}")]
    Kms {
        /// Of the [`Purpose`].
        title: &'static str,
        /// `made` or `unwrapped`.
        what: &'static str,
        /// What KMS said.
        source: AwsError,
    },
    /// KMS gave something else than was asked for.
    #[error("KMS gave a data key of another length than {KEY_BYTES} bytes, or none")]
    Length,
}

/// The KMS key that wraps data keys of one purpose.
#[derive(Clone)]
pub struct DataKeys {
    kms: aws_sdk_kms::Client,
    key_arn: String,
    purpose: Purpose,
}

impl fmt::Debug for DataKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataKeys")
            .field("key_arn", &self.key_arn)
            .field("purpose", &self.purpose.name)
            .finish_non_exhaustive()
    }
}

impl DataKeys {
    /// KMS in the region of the key.
    #[must_use]
    pub fn new(config: &SdkConfig, key_arn: String, purpose: Purpose) -> Self {
        let mut settings = aws_sdk_kms::config::Builder::from(config);
        if let Some(region) = aws::region_of(&key_arn) {
            settings = settings.region(Region::new(region.to_owned()));
        }
        Self {
            kms: aws_sdk_kms::Client::from_conf(settings.build()),
            key_arn,
            purpose,
        }
    }

    /// The ARN of the KMS key.
    #[must_use]
    pub fn key_arn(&self) -> &str {
        &self.key_arn
    }

    /// A new key for a subject.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn make(&self, subject: &str) -> Result<SubjectKey, KeyError> {
        let call = self.kms.generate_data_key().key_id(&self.key_arn);
        let call = call.key_spec(DataKeySpec::Aes256);
        let call = call
            .encryption_context(PURPOSE, self.purpose.name)
            .encryption_context(self.purpose.subject, subject);
        let answer = call.send().await.map_err(|error| KeyError::Kms {
            title: self.purpose.title,
            what: "made",
            source: AwsError::of("GenerateDataKey", error),
        })?;
        let wrapped = answer.ciphertext_blob.map(Blob::into_inner).unwrap_or_default();
        let key = answer.plaintext.and_then(key).filter(|_| !wrapped.is_empty());
        Ok(SubjectKey {
            wrapped: wrapped.into(),
            key: Arc::new(key.ok_or(KeyError::Length)?),
        })
    }

    /// A subject's key that was made before. Data keys of a multi-Region KMS key are unwrapped by its replicas too.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn unwrap(&self, subject: &str, wrapped: &[u8]) -> Result<SubjectKey, KeyError> {
        // The key is named, so that nothing wrapped with somebody else's unwraps.
        let call = self.kms.decrypt().key_id(&self.key_arn);
        let call = call.ciphertext_blob(Blob::new(wrapped));
        let call = call
            .encryption_context(PURPOSE, self.purpose.name)
            .encryption_context(self.purpose.subject, subject);
        let answer = call.send().await.map_err(|error| KeyError::Kms {
            title: self.purpose.title,
            what: "unwrapped",
            source: AwsError::of("Decrypt", error),
        })?;
        Ok(SubjectKey {
            wrapped: wrapped.into(),
            key: Arc::new(answer.plaintext.and_then(key).ok_or(KeyError::Length)?),
        })
    }
}

fn key(plaintext: Blob) -> Option<DataKey> {
    DataKey::new(&Zeroizing::new(plaintext.into_inner()))
}
