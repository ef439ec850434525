//! What the function keeps from one event to the next.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use aws_config::SdkConfig;
use envelope::DataKeys;
use job_kit::Place;
use lambda_kit::emf::{MetricSink, Metrics};
use lambda_kit::{Clock, Environment, Failure};
use user_export::{EXPORT, Location, Pool, Rates};

use crate::error::ExportError;
use crate::limits::Limits;

/// Built at the first event and used for all of them. It connects to nothing until something is needed.
pub struct CognitoExport {
    pub(crate) aws: SdkConfig,
    pub(crate) pool: Pool,
    pub(crate) place: Place,
    pub(crate) role_arn: String,
    pub(crate) location: Location,
    pub(crate) keys: DataKeys,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) metrics: MetricSink,
}

impl fmt::Debug for CognitoExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CognitoExport")
            .field("pool", &self.pool)
            .field("place", &self.place)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl CognitoExport {
    /// With what the environment says.
    ///
    /// # Errors
    /// `Misconfigured`, with everything that is wrong.
    pub fn new(aws: SdkConfig, mut environment: Environment<'_>) -> Result<Self, Failure> {
        let pool = environment.required("LECTERN_USER_POOL_ID", "the id of the user pool");
        let bucket = environment.required("LECTERN_EXPORT_BUCKET", "the name of the bucket for exports");
        let prefix = environment.optional("LECTERN_EXPORT_PREFIX");
        let role_arn = environment.required("LECTERN_EXPORT_ROLE_ARN", "the ARN of the role that may write exports");
        let bucket_key = environment.required(
            "LECTERN_EXPORT_BUCKET_KMS_KEY_ARN",
            "the ARN of the KMS key that S3 encrypts objects with",
        );
        let key_arn = environment.required(
            "LECTERN_EXPORT_KMS_KEY_ARN",
            "the ARN of the KMS key that wraps the data keys of exports",
        );
        let checked = environment.finish().map_err(ExportError::Environment);
        checked.map_err(|error| error.failure())?;
        let prefix = prefix.unwrap_or_else(|| "cognito".to_owned());
        Ok(Self {
            pool: Pool::new(&aws, &pool, Rates::half()),
            place: Place {
                bucket,
                owner: None,
                kms_key: Some(bucket_key),
            },
            role_arn,
            location: Location::exports(prefix.trim_matches('/'), &pool),
            keys: DataKeys::new(&aws, key_arn, EXPORT),
            limits: Limits::default(),
            clock: Arc::new(SystemTime::now),
            metrics: Arc::new(Metrics::emit),
            aws,
        })
    }

    /// With other limits, and Cognito called as fast as it answers: for tests.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.pool = Pool::new(&self.aws, self.pool.id(), Rates::unlimited());
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
