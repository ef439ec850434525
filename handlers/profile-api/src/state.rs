//! What the function keeps from one event to the next.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use api_contract::Handler;
use api_kit::{Api, Database, Kind, Problem, Reply, Request};
use aws_config::SdkConfig;
use lambda_kit::emf::Metrics;
use lambda_kit::{Environment, Failure, Invocation};

use crate::change::change;
use crate::erase::erase;
use crate::export::export;
use crate::fetch::fetch;
use crate::keyring::Keyring;
use crate::settings::Settings;

/// What time it is.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

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
        let keyring = Keyring::new(&aws, settings.key_arn);
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

/// Serves one event of API Gateway.
///
/// # Errors
/// [`Failure`] where the event is none of API Gateway's; whatever else goes wrong is an answer.
pub async fn handle(invocation: Invocation, state: &ProfileApi) -> Result<Reply, Failure> {
    let serve = |request: Request| async move {
        match request.route.operation.as_str() {
            "getProfile" => fetch(&request, state).await,
            "patchProfile" => change(&request, state).await,
            "deleteProfile" => erase(&request, state).await,
            "exportProfile" => export(&request, state).await,
            other => Err(Problem::new(Kind::Internal).cause(format!("nothing here serves {other}"))),
        }
    };
    state.api.answer(invocation, serve).await
}
