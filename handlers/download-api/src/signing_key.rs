//! The key that CloudFront knows the public half of.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use api_kit::{Fresh, Kept, Kind, Problem};
use aws_config::{Region, SdkConfig};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use lambda_kit::aws::{self, AwsError};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde::Deserialize;

/// How long a key is used before the secret is read again. Our choice: who rotates keeps both public keys in the key group for
/// longer than that and a link's lifetime.
const FRESH: Duration = Duration::from_secs(300);

/// CloudFront takes RSA keys of 2,048 bits and no others. Source: CloudFront API reference, PublicKeyConfig.
const KEY_BYTES: usize = 256;

/// A key and CloudFront's name of it. [`fmt::Debug`] shows the name alone.
pub(crate) struct SigningKey {
    key_pair_id: String,
    key: KeyPair,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("key_pair_id", &self.key_pair_id)
            .finish_non_exhaustive()
    }
}

/// Why there is no key. Nothing of the secret is in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the secret {arn} cannot be read: {source}")]
    Unreadable { arn: String, source: AwsError },
    #[error(
        "the secret {arn} holds no signing key: write {{\"key_pair_id\": \"K...\", \"private_key\": \"-----BEGIN ...\"}} with \
         CloudFront's id of the public key and an RSA key of 2048 bits in PEM, PKCS#1 or PKCS#8, without a password"
    )]
    Form { arn: String },
    #[error("the signing key of the secret {arn} cannot sign")]
    Unusable { arn: String },
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        let cause = error.to_string();
        match error {
            KeyError::Unreadable { source, .. } => Self::from(source).cause(cause),
            KeyError::Form { .. } | KeyError::Unusable { .. } => Self::new(Kind::Internal).cause(cause),
        }
    }
}

#[derive(Deserialize)]
struct Secret {
    key_pair_id: String,
    private_key: String,
}

impl SigningKey {
    fn parse(text: &str) -> Option<Self> {
        let Secret {
            key_pair_id,
            private_key,
        } = serde_json::from_str(text).ok()?;
        let named =
            (1..=64).contains(&key_pair_id.len()) && key_pair_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let key = match PrivateKeyDer::from_pem_slice(private_key.as_bytes()).ok()? {
            PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()).ok()?,
            PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()).ok()?,
            _ => return None,
        };
        (named && key.public_modulus_len() == KEY_BYTES).then_some(Self { key_pair_id, key })
    }

    /// CloudFront's name of the key.
    pub(crate) fn key_pair_id(&self) -> &str {
        &self.key_pair_id
    }

    /// An RSASSA-PKCS1-v1_5 signature with SHA-256, which the URL has to name: CloudFront takes SHA-1 for granted. None where the key
    /// cannot sign.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .ok()?;
        Some(signature)
    }
}

/// The key in a secret.
#[derive(Debug)]
pub(crate) struct Keyring {
    client: aws_sdk_secretsmanager::Client,
    arn: String,
    kept: Kept<Arc<SigningKey>>,
}

impl Keyring {
    pub(crate) fn new(config: &SdkConfig, arn: String) -> Self {
        let mut settings = aws_sdk_secretsmanager::config::Builder::from(config);
        if let Some(region) = aws::region_of(&arn) {
            settings = settings.region(Region::new(region.to_owned()));
        }
        Self {
            client: aws_sdk_secretsmanager::Client::from_conf(settings.build()),
            arn,
            kept: Kept::nothing(),
        }
    }

    /// The secret's key of now, or of a few minutes ago.
    pub(crate) async fn key(&self, now: SystemTime) -> Result<Arc<SigningKey>, KeyError> {
        self.kept.get("signing key", now, self.read(now)).await
    }

    pub(crate) fn unusable(&self) -> KeyError {
        KeyError::Unusable { arn: self.arn.clone() }
    }

    async fn read(&self, now: SystemTime) -> Result<Fresh<Arc<SigningKey>>, KeyError> {
        let answer = self.client.get_secret_value().secret_id(&self.arn).send().await;
        let secret = answer.map_err(|error| KeyError::Unreadable {
            arn: self.arn.clone(),
            source: AwsError::of("GetSecretValue", error),
        })?;
        let key = secret.secret_string().and_then(SigningKey::parse);
        let key = key.ok_or_else(|| KeyError::Form { arn: self.arn.clone() })?;
        Ok(Fresh {
            value: Arc::new(key),
            renew_at: now + FRESH,
            good_until: None,
        })
    }
}
