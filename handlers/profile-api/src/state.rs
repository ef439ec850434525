//! What the function keeps from one event to the next.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use api_contract::Handler;
use api_kit::Api;
use aws_config::SdkConfig;
use envelope::{DataKeys, Keyring};
use lambda_kit::emf::Metrics;
use lambda_kit::mongo::Database;
use lambda_kit::{Clock, Environment, Failure};

use crate::keys::PURPOSE;
use crate::settings::Settings;

/// Built at the first event and used for all of them. It connects to nothing until something is needed.
pub struct ProfileApi {
    pub(crate) api: Api,
    pub(crate) database: Database,
    pub(crate) keyring: Keyring,
    pub(crate) clock: Clock,
}

impl fmt::Debug for ProfileApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileApi")
            .field("api", &self.api)
            .field("database", &self.database)
            .field("keyring", &self.keyring)
            .finish_non_exhaustive()
    }
}

impl ProfileApi {
    /// With what the environment says.
    ///
    /// # Errors
    /// `Misconfigured`, with everything that is wrong.
    pub fn new(aws: SdkConfig, mut environment: Environment<'_>) -> Result<Self, Failure> {
        let api = Api::of(Handler::ProfileApi, &mut environment);
        let settings = Settings::of(&mut environment);
        let keyring = Keyring::new(DataKeys::new(&aws, settings.key_arn, PURPOSE));
        let database = Database::of("profile-api", aws, &mut environment);
        environment.finish().map_err(|error| Failure {
            name: "Misconfigured",
            message: error.to_string(),
        })?;
        Ok(Self {
            api,
            database,
            keyring,
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
