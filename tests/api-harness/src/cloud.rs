//! One local cloud for all tests of a binary that run at the same time.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use anyhow::{Context as _, Result};
use aws_config::SdkConfig;
use local_cloud::LocalCloud;

/// A local cloud with a MongoDB. It ends with the last test that uses it.
pub struct Cloud {
    /// Of AWS.
    pub endpoint_url: String,
    /// `mongodb://host:port/`.
    pub mongo_uri: String,
    /// The account's root.
    pub sdk: SdkConfig,
    _running: Mutex<LocalCloud>,
}

impl Cloud {
    /// The running one, or a new one with these switches of ministack.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn shared(switches: &'static [(&'static str, &'static str)]) -> Result<Arc<Self>> {
        tokio::task::spawn_blocking(move || shared(switches)).await?
    }

    /// Host and port of MongoDB.
    #[must_use]
    pub fn mongo_address(&self) -> &str {
        let rest = self.mongo_uri.strip_prefix("mongodb://").unwrap_or(&self.mongo_uri);
        rest.split('/').next().unwrap_or(rest)
    }
}

fn shared(switches: &[(&str, &str)]) -> Result<Arc<Cloud>> {
    static CLOUD: Mutex<Weak<Cloud>> = Mutex::new(Weak::new());
    let mut shared = CLOUD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(cloud) = shared.upgrade() {
        return Ok(cloud);
    }
    let switches = switches
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let running = LocalCloud::start(local_cloud::Options {
        mongo: true,
        ministack_environment: switches.collect(),
        ..local_cloud::Options::default()
    })?;
    let cloud = Arc::new(Cloud {
        endpoint_url: running.endpoint_url(),
        mongo_uri: running
            .mongo_uri()
            .context("the local cloud has no MongoDB")?
            .to_owned(),
        sdk: running.sdk_config(),
        _running: Mutex::new(running),
    });
    *shared = Arc::downgrade(&cloud);
    Ok(cloud)
}
