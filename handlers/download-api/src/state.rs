//! What the function keeps from one event to the next.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use api_contract::Handler;
use api_kit::Api;
use aws_config::SdkConfig;
use lambda_kit::emf::Metrics;
use lambda_kit::mongo::Database;
use lambda_kit::{Clock, Environment, Failure};

use crate::cdn::Cdn;
use crate::settings::Settings;
use crate::storage::Storage;

/// Where links lead.
#[derive(Debug)]
pub(crate) enum Links {
    Cdn(Cdn),
    Storage(Box<Storage>),
}

/// Built at the first event and used for all of them. It connects to nothing until something is needed.
pub struct DownloadApi {
    pub(crate) api: Api,
    pub(crate) database: Database,
    pub(crate) links: Links,
    pub(crate) lifetime: Duration,
    pub(crate) clock: Clock,
}

impl fmt::Debug for DownloadApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadApi")
            .field("api", &self.api)
            .field("database", &self.database)
            .field("links", &self.links)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

impl DownloadApi {
    /// With what the environment says.
    ///
    /// # Errors
    /// `Misconfigured`, with everything that is wrong.
    pub fn new(aws: SdkConfig, mut environment: Environment<'_>) -> Result<Self, Failure> {
        let api = Api::of(Handler::DownloadApi, &mut environment);
        let database = Database::of("download-api", aws.clone(), &mut environment);
        let settings = Settings::of(&mut environment);
        environment.finish().map_err(|error| Failure {
            name: "Misconfigured",
            message: error.to_string(),
        })?;
        let links = match settings.cdn {
            Some(cdn) => Links::Cdn(Cdn::new(&aws, cdn)),
            None => Links::Storage(Box::new(Storage::new(aws, settings.bucket, settings.role_arn))),
        };
        Ok(Self {
            api,
            database,
            links,
            lifetime: settings.link,
            clock: Arc::new(SystemTime::now),
        })
    }

    /// With another clock: for tests.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// With another place for metrics: for tests.
    #[must_use]
    pub fn with_metrics(mut self, metrics: impl Fn(&Metrics) + Send + Sync + 'static) -> Self {
        self.api = self.api.with_metrics(metrics);
        self
    }
}
