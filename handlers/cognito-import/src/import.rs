//! What the function keeps from one event to the next.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use aws_config::SdkConfig;
use envelope::DataKeys;
use job_kit::Place;
use lambda_kit::emf::{MetricSink, Metrics};
use lambda_kit::{Clock, Environment, Failure};
use user_export::{EXPORT, IMPORT, Rates};

use crate::error::ImportError;
use crate::limits::Limits;

/// Built at the first event and used for all of them. It connects to nothing until something is needed.
pub struct CognitoImport {
    pub(crate) aws: SdkConfig,
    pub(crate) place: Place,
    pub(crate) prefix: String,
    pub(crate) role_arn: String,
    /// Of exports.
    pub(crate) export_keys: DataKeys,
    /// Of results.
    pub(crate) keys: DataKeys,
    pub(crate) rates: fn() -> Rates,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) metrics: MetricSink,
}

impl fmt::Debug for CognitoImport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CognitoImport")
            .field("place", &self.place)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl CognitoImport {
    /// With what the environment says.
    ///
    /// # Errors
    /// `Misconfigured`, with everything that is wrong.
    pub fn new(aws: SdkConfig, mut environment: Environment<'_>) -> Result<Self, Failure> {
        let bucket = environment.required("LECTERN_EXPORT_BUCKET", "the name of the bucket with exports");
        let prefix = environment.optional("LECTERN_EXPORT_PREFIX");
        let role_arn = environment.required(
            "LECTERN_IMPORT_ROLE_ARN",
            "the ARN of the role that may read exports and write reports",
        );
        let bucket_key = environment.required(
            "LECTERN_EXPORT_BUCKET_KMS_KEY_ARN",
            "the ARN of the KMS key that S3 encrypts objects with",
        );
        let key_arn = environment.required(
            "LECTERN_EXPORT_KMS_KEY_ARN",
            "the ARN of the KMS key, or of its replica in this region, that wraps the data keys of exports",
        );
        let checked = environment.finish().map_err(ImportError::Environment);
        checked.map_err(|error| error.failure())?;
        Ok(Self {
            place: Place {
                bucket,
                owner: None,
                kms_key: Some(bucket_key),
            },
            prefix: prefix
                .unwrap_or_else(|| "cognito".to_owned())
                .trim_matches('/')
                .to_owned(),
            role_arn,
            export_keys: DataKeys::new(&aws, key_arn.clone(), EXPORT),
            keys: DataKeys::new(&aws, key_arn, IMPORT),
            rates: Rates::half,
            limits: Limits::default(),
            clock: Arc::new(SystemTime::now),
            metrics: Arc::new(Metrics::emit),
            aws,
        })
    }

    /// With other limits, and Cognito called as fast as it answers: for tests.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.rates = Rates::unlimited;
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
