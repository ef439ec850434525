//! The provider: its configuration, and the list of what it has.

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use provider_kit::Server;
use tf_provider::value::ValueEmpty;
use tf_provider::{Diagnostics, Provider};
use tokio_util::sync::CancellationToken;

use crate::alarm_bundle::AlarmBundle;
use crate::alarm_catalog::AlarmCatalog;
use crate::aws::Aws;
use crate::config::{self, Typed};
use crate::is_private_cidr::IsPrivateCidr;

/// The connection that the last configure made. A process in debug mode serves one command after another and is configured
/// by each; until the first one it is that of an empty provider block.
#[derive(Clone, Default)]
pub(crate) struct Connection(Arc<RwLock<Arc<Aws>>>);

impl Connection {
    pub(crate) fn aws(&self) -> Arc<Aws> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, aws: Aws) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(aws);
    }
}

/// Everything the provider serves.
#[must_use]
pub fn server(stop: CancellationToken) -> impl tfplugin6::Provider {
    let connection = Connection::default();
    Server::new(
        Lectern {
            connection: connection.clone(),
        },
        config::schema(),
        stop,
    )
    .resource("lectern_alarm_bundle", AlarmBundle::new(connection))
    .data_source("lectern_alarm_catalog", AlarmCatalog)
    .function("is_private_cidr", IsPrivateCidr)
}

struct Lectern {
    connection: Connection,
}

#[async_trait]
impl Provider for Lectern {
    type Config<'a> = Typed;
    type MetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<tf_provider::schema::Schema> {
        Some(config::schema().to_tf())
    }

    async fn validate<'a>(&self, diagnostics: &mut Diagnostics, config: Typed) -> Option<()> {
        config.validated(diagnostics);
        Some(())
    }

    async fn configure<'a>(&self, diagnostics: &mut Diagnostics, _: String, config: Typed) -> Option<()> {
        self.connection.replace(Aws::new(config.validated(diagnostics)));
        Some(())
    }
}
