//! One local cloud for all tests of a program.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use aws_config::SdkConfig;
use local_cloud::LocalCloud;

/// A local cloud with a MongoDB.
pub struct Cloud {
    /// Of AWS.
    pub endpoint_url: String,
    /// `mongodb://host:port/`.
    pub mongo_uri: String,
    /// The account's root.
    pub sdk: SdkConfig,
    _running: Arc<LocalCloud>,
}

impl Cloud {
    /// The one with these switches of ministack.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn shared(switches: &'static [(&'static str, &'static str)]) -> Result<Arc<Self>> {
        let switches = switches
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let options = local_cloud::Options {
            mongo: true,
            ministack_environment: switches.collect(),
            ..local_cloud::Options::default()
        };
        let running = tokio::task::spawn_blocking(|| LocalCloud::shared(options)).await??;
        Ok(Arc::new(Self {
            endpoint_url: running.endpoint_url(),
            mongo_uri: running
                .mongo_uri()
                .context("the local cloud has no MongoDB")?
                .to_owned(),
            sdk: running.sdk_config(),
            _running: running,
        }))
    }

    /// Host and port of MongoDB.
    #[must_use]
    pub fn mongo_address(&self) -> &str {
        let rest = self.mongo_uri.strip_prefix("mongodb://").unwrap_or(&self.mongo_uri);
        rest.split('/').next().unwrap_or(rest)
    }
}
