//! What the function keeps from one event to the next.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use aws_config::SdkConfig;
use lambda_kit::emf::{MetricSink, Metrics};
use lambda_kit::mongo::{MongoSource, SecretError};
use lambda_kit::{Clock, Environment, Failure};
use mongodb::options::ClientOptions;

use crate::error::ProbeError;
use crate::limits::Limits;
use crate::rate::Memory;

/// The name that the server's log shows.
const APPLICATION: &str = "mongo-probe";

/// Built at the first event and used for all of them. Between events it is connected to nothing.
pub struct MongoProbe {
    pub(crate) cluster: String,
    pub(crate) address: Address,
    pub(crate) limits: Limits,
    pub(crate) memory: Mutex<Memory>,
    pub(crate) metrics: MetricSink,
    untold: Mutex<BTreeSet<&'static str>>,
}

impl fmt::Debug for MongoProbe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MongoProbe")
            .field("cluster", &self.cluster)
            .field("source", &self.address.source)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl MongoProbe {
    /// With what the environment says.
    ///
    /// # Errors
    /// `Misconfigured`, with everything that is wrong.
    pub fn new(aws: SdkConfig, mut environment: Environment<'_>) -> Result<Self, Failure> {
        let source = MongoSource::of(&mut environment);
        let cluster = environment.required("LECTERN_CLUSTER", "the name of the cluster, the metrics' dimension");
        // CloudWatch takes 1024 characters of ASCII that are not all blanks, and no colon in front.
        let is_dimension = |name: &str| name.len() <= 255 && name.chars().all(|letter| letter.is_ascii_graphic());
        if !is_dimension(&cluster) || cluster.starts_with(':') {
            environment.problem(
                "LECTERN_CLUSTER is not a valid dimension value in CloudWatch: set it to at most 255 ASCII characters without spaces"
                    .to_owned(),
            );
        }
        let checked = environment.finish().map_err(ProbeError::Environment);
        checked.map_err(|error| error.failure())?;
        Ok(Self {
            cluster,
            address: Address {
                source,
                aws,
                clock: Arc::new(SystemTime::now),
                known: Mutex::default(),
            },
            limits: Limits::default(),
            memory: Mutex::default(),
            metrics: Arc::new(Metrics::emit),
            untold: Mutex::default(),
        })
    }

    /// With other times: for tests.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// With another clock: for tests.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.address.clock = clock;
        self
    }

    /// With another place for metrics: for tests.
    #[must_use]
    pub fn with_metrics(mut self, metrics: impl Fn(&Metrics) + Send + Sync + 'static) -> Self {
        self.metrics = Arc::new(metrics);
        self
    }

    /// Whether this is the first time that a command fails because privileges are missing.
    pub(crate) fn is_first_time(&self, command: &'static str) -> bool {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        untold.insert(command)
    }
}

/// Where the cluster is and who signs in, read from time to time.
pub(crate) struct Address {
    source: MongoSource,
    aws: SdkConfig,
    clock: Clock,
    known: Mutex<Option<(ClientOptions, SystemTime)>>,
}

impl Address {
    /// What an error names.
    pub(crate) fn place(&self) -> &str {
        self.source.place()
    }

    pub(crate) async fn options(&self, limits: &Limits) -> Result<ClientOptions, ProbeError> {
        let now = (self.clock)();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // A clock that was set back makes it look older than it is.
        if let Some((options, read)) = known
            && now.duration_since(read).is_ok_and(|age| age < limits.address)
        {
            return Ok(options);
        }
        let read: Result<_, SecretError> = self.source.options(&self.aws, APPLICATION).await;
        let options = read.map_err(ProbeError::Secret)?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((options.clone(), now));
        Ok(options)
    }

    pub(crate) fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
