//! What the function keeps from one event to the next.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use api_contract::Handler;
use api_kit::Api;
use aws_config::SdkConfig;
use file_store::Records;
use lambda_kit::emf::Metrics;
use lambda_kit::mongo::Database;
use lambda_kit::{Clock, Environment, Failure};

use crate::announcement::Sizes;
use crate::settings::Settings;
use crate::storage::Storage;

/// Built at the first event and used for all of them. It connects to nothing until something is needed.
pub struct UploadApi {
    pub(crate) api: Api,
    pub(crate) records: Records,
    pub(crate) storage: Storage,
    pub(crate) settings: Settings,
    pub(crate) sizes: Sizes,
    pub(crate) clock: Clock,
}

impl fmt::Debug for UploadApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadApi")
            .field("api", &self.api)
            .field("records", &self.records)
            .field("storage", &self.storage)
            .field("settings", &self.settings)
            .field("sizes", &self.sizes)
            .finish_non_exhaustive()
    }
}

impl UploadApi {
    /// With what the environment says.
    ///
    /// # Errors
    /// `Misconfigured`, with everything that is wrong.
    pub fn new(aws: SdkConfig, mut environment: Environment<'_>) -> Result<Self, Failure> {
        let api = Api::of(Handler::UploadApi, &mut environment);
        let database = Database::of("upload-api", aws.clone(), &mut environment);
        let settings = Settings::of(&mut environment);
        environment.finish().map_err(|error| Failure {
            name: "Misconfigured",
            message: error.to_string(),
        })?;
        Ok(Self {
            api,
            records: Records::new(database),
            storage: Storage::new(aws, &settings),
            settings,
            sizes: Sizes::CONTRACT,
            clock: Arc::new(SystemTime::now),
        })
    }

    /// With another clock: for tests.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// With smaller parts than S3 takes: for tests.
    #[must_use]
    pub fn with_sizes(mut self, sizes: Sizes) -> Self {
        self.sizes = sizes;
        self
    }

    /// With another place for metrics: for tests.
    #[must_use]
    pub fn with_metrics(mut self, metrics: impl Fn(&Metrics) + Send + Sync + 'static) -> Self {
        self.api = self.api.with_metrics(metrics);
        self
    }
}
