//! The provider: its configuration, and the list of what it has.

use async_trait::async_trait;
use provider_kit::Server;
use tf_provider::value::ValueEmpty;
use tf_provider::{Diagnostics, Provider};
use tokio_util::sync::CancellationToken;

use crate::alarm_bundle::AlarmBundle;
use crate::alarm_catalog::AlarmCatalog;
use crate::atlas_access_list::AccessList;
use crate::atlas_private_link::{PrivateLink, PrivateLinkData};
use crate::atlas_private_link_endpoint::PrivateLinkEndpoint;
use crate::connection::Connection;
use crate::connection::config::{self, Typed};
use crate::functions::{AtlasRegionName, IsPrivateCidr, ScheduleRuns};
use crate::mongo_dump_schedule::DumpSchedule;
use crate::mongo_dumps::MongoDumps;

/// Everything the provider serves.
#[must_use]
pub fn server(stop: CancellationToken) -> impl tfplugin6::Provider {
    let connection = Connection::default();
    let at_end = connection.clone();
    Server::new(
        Lectern {
            connection: connection.clone(),
        },
        config::schema(),
        stop,
    )
    .on_close(move || {
        let atlas = at_end.atlas();
        async move { atlas.close().await }
    })
    .resource("lectern_alarm_bundle", AlarmBundle::new(connection.clone()))
    .resource("lectern_atlas_access_list", AccessList::new(connection.clone()))
    .resource("lectern_atlas_private_link", PrivateLink::new(connection.clone()))
    .resource(
        "lectern_atlas_private_link_endpoint",
        PrivateLinkEndpoint::new(connection.clone()),
    )
    .resource("lectern_mongo_dump_schedule", DumpSchedule::new(connection.clone()))
    .data_source("lectern_alarm_catalog", AlarmCatalog)
    .data_source("lectern_atlas_private_link", PrivateLinkData::new(connection.clone()))
    .data_source("lectern_mongo_dumps", MongoDumps::new(connection))
    .function("atlas_region", AtlasRegionName)
    .function("is_private_cidr", IsPrivateCidr)
    .function("schedule_runs", ScheduleRuns)
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
        self.connection.configure(config.validated(diagnostics));
        Some(())
    }
}
