//! The provider's connections, and what every resource that uses them shares. Nothing here knows a resource.
//!
//! | module | holds |
//! |---|---|
//! | `config` | the provider's configuration: as typed, then validated once |
//! | `region` | the region of a resource: where it comes from, and its form |
//! | `tags` | what AWS accepts as a tag |
//! | `aws` | account rules, credentials, clients, and what AWS's errors mean |
//! | `atlas` | settings, credentials, client, waiting, and what Atlas's errors mean |
//! | `call_rate` | CloudWatch's quotas, kept on our side |

use std::sync::{Arc, PoisonError, RwLock};

use provider_kit::Claims;

pub(crate) mod atlas;
pub(crate) mod aws;
mod call_rate;
pub(crate) mod chain;
pub(crate) mod config;
mod config_failures;
pub(crate) mod region;
pub(crate) mod tags;

use atlas::Atlas;
use aws::Aws;
use config::{AtlasSettings, Config};

/// The connections that the last configure made. A process in debug mode serves one command after another and is configured
/// by each; until the first one they are those of an empty provider block.
#[derive(Clone, Default)]
pub(crate) struct Connection(Arc<RwLock<Remotes>>);

#[derive(Clone)]
struct Remotes {
    aws: Arc<Aws>,
    atlas: Arc<Atlas>,
    claims: Claims,
}

impl Default for Remotes {
    fn default() -> Self {
        Self {
            aws: Arc::default(),
            claims: Claims::default(),
            atlas: Arc::new(Atlas::new(AtlasSettings::default())),
        }
    }
}

impl Connection {
    pub(crate) fn aws(&self) -> Arc<Aws> {
        self.remotes().aws
    }

    pub(crate) fn atlas(&self) -> Arc<Atlas> {
        self.remotes().atlas
    }

    /// What the resources of this run made, took over or were refused.
    pub(crate) fn claims(&self) -> Claims {
        self.remotes().claims
    }

    fn remotes(&self) -> Remotes {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn configure(&self, config: Config) {
        let remotes = Remotes {
            atlas: Arc::new(Atlas::new(config.atlas.clone())),
            aws: Arc::new(Aws::new(config)),
            claims: Claims::default(),
        };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = remotes;
    }
}
