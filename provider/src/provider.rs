//! The provider: its configuration, and the list of what it has.

use std::sync::{Arc, OnceLock};

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

/// The connection of a configured provider; empty until Terraform configures it.
pub(crate) type Connection = Arc<OnceLock<Arc<Aws>>>;

/// Everything the provider serves.
#[must_use]
pub fn server(stop: CancellationToken) -> impl tfplugin6::Provider {
    let connection = Connection::default();
    Server::new(
        Lectern {
            connection: Arc::clone(&connection),
        },
        config::schema(),
        stop,
    )
    .resource("lectern_alarm_bundle", AlarmBundle::new(Arc::clone(&connection)))
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
        let aws = Arc::new(Aws::new(config.validated(diagnostics)));
        // Terraform configures a process once; a second call could only repeat the first
        let _ = self.connection.set(aws);
        Some(())
    }
}
