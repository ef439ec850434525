//! Links through CloudFront.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::link::{Link, Object, epoch_seconds};
use crate::query::encode;
use crate::settings::CdnSettings;
use crate::signing_key::{KeyError, Keyring};

/// A distribution whose behaviour for `files/*` trusts a group with our key.
#[derive(Debug)]
pub(crate) struct Cdn {
    domain: String,
    keys: Keyring,
}

impl Cdn {
    pub(crate) fn new(config: &SdkConfig, settings: CdnSettings) -> Self {
        Self {
            domain: settings.domain,
            keys: Keyring::new(config, settings.key_secret_arn),
        }
    }

    /// A signed URL with a canned policy: this URL, until then. What the query says to S3 is signed with it, so nobody makes
    /// another version or another name of it.
    pub(crate) async fn link(
        &self,
        object: &Object<'_>,
        now: SystemTime,
        lifetime: Duration,
    ) -> Result<Link, KeyError> {
        let key = self.keys.key(now).await?;
        let url = format!(
            "https://{}/{}?response-content-disposition={}&response-content-type={}&versionId={}",
            self.domain,
            object.key,
            encode(&object.disposition),
            encode(object.content_type),
            encode(object.version_id),
        );
        let expires_at = epoch_seconds(now) + lifetime.as_secs();
        // CloudFront makes the same text of the URL that it gets, so there is no blank in it. Nothing in the URL needs an escape.
        let policy = format!(
            r#"{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires_at}}}}}}}]}}"#
        );
        let signature = key.sign(policy.as_bytes()).ok_or_else(|| self.keys.unusable())?;
        Ok(Link {
            url: format!(
                "{url}&Expires={expires_at}&Signature={}&Key-Pair-Id={}&Hash-Algorithm=SHA256",
                safe(&signature),
                key.key_pair_id()
            ),
            expires_at,
        })
    }
}

/// Base64 with `-`, `_` and `~` for `+`, `=` and `/`: CloudFront's own, not base64url.
fn safe(bytes: &[u8]) -> String {
    STANDARD
        .encode(bytes)
        .replace('+', "-")
        .replace('=', "_")
        .replace('/', "~")
}
