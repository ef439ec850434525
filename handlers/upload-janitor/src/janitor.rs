//! What the function keeps from one event to the next.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use aws_config::SdkConfig;
use file_store::{Objects, Records};
use lambda_kit::emf::{MetricSink, Metrics};
use lambda_kit::mongo::Database;
use lambda_kit::{Clock, Environment, Failure, aws};

use crate::error::JanitorError;
use crate::limits::Limits;

/// What connections and sessions are called: in MongoDB's log and in CloudTrail.
const NAME: &str = "upload-janitor";

/// Built at the first event and used for all of them. It connects to nothing until something is needed.
pub struct UploadJanitor {
    pub(crate) records: Records,
    pub(crate) objects: Objects,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) metrics: MetricSink,
}

impl fmt::Debug for UploadJanitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadJanitor")
            .field("records", &self.records)
            .field("bucket", &self.objects.bucket)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl UploadJanitor {
    /// With what the environment says.
    ///
    /// # Errors
    /// `Misconfigured`, with everything that is wrong.
    pub async fn new(config: SdkConfig, mut environment: Environment<'_>) -> Result<Self, Failure> {
        let database = Database::of(NAME, config.clone(), &mut environment);
        let bucket = environment.required("LECTERN_FILES_BUCKET", "the name of the bucket with the files");
        let role_arn = environment.required(
            "LECTERN_FILES_ROLE_ARN",
            "the ARN of the role that may remove the bucket's objects",
        );
        let checked = environment.finish().map_err(JanitorError::Environment);
        checked.map_err(|error| error.failure())?;
        let s3 = aws::s3(&aws::assumed(&config, &role_arn, NAME).await);
        Ok(Self {
            records: Records::new(database),
            objects: Objects { s3, bucket },
            limits: Limits::default(),
            clock: Arc::new(SystemTime::now),
            metrics: Arc::new(Metrics::emit),
        })
    }

    /// With other limits: for tests.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
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
        self.metrics = Arc::new(metrics);
        self
    }
}
