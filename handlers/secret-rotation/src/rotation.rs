//! What the function keeps from one event to the next: settings, and nothing of a secret.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use aws_config::SdkConfig;
use lambda_kit::emf::{MetricSink, Metrics};
use lambda_kit::{Clock, Environment, Failure};

use crate::atlas::AtlasSettings;
use crate::error::RotationError;
use crate::limits::Limits;

/// Built at the first event and used for all of them. Between events it is connected to nothing.
pub struct SecretRotation {
    pub(crate) aws: SdkConfig,
    /// Whose user may change passwords by commands, for secrets that name nobody.
    pub(crate) master_arn: Option<String>,
    /// `None`: passwords are changed by commands.
    pub(crate) atlas: Option<AtlasSettings>,
    /// Secrets whose age is measured.
    pub(crate) secret_arns: Vec<String>,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) metrics: MetricSink,
}

impl fmt::Debug for SecretRotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretRotation")
            .field("master_arn", &self.master_arn)
            .field("atlas", &self.atlas)
            .field("secret_arns", &self.secret_arns)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl SecretRotation {
    /// With what the environment says.
    ///
    /// # Errors
    /// `Misconfigured`, with everything that is wrong.
    pub fn new(aws: &SdkConfig, mut environment: Environment<'_>) -> Result<Self, Failure> {
        let master_arn = environment.optional("LECTERN_MASTER_SECRET_ARN");
        let secret_arns = environment.list("LECTERN_SECRET_ARNS");
        let atlas = AtlasSettings::of(&mut environment);
        if atlas.is_some() && master_arn.is_some() {
            environment.problem(
                "LECTERN_MASTER_SECRET_ARN and LECTERN_ATLAS_PROJECT_ID are two ways to change passwords: leave one out".to_owned(),
            );
        }
        let atlas_arn = atlas.as_ref().map(|atlas| atlas.secret_arn.clone());
        let atlas_arn = atlas_arn.filter(|arn| !arn.is_empty());
        let is_secret = |arn: &String| arn.starts_with("arn:") && arn.contains(":secretsmanager:");
        for (name, arns) in [
            ("LECTERN_MASTER_SECRET_ARN", master_arn.as_slice()),
            ("LECTERN_ATLAS_SECRET_ARN", atlas_arn.as_slice()),
            ("LECTERN_SECRET_ARNS", &secret_arns),
        ] {
            if !arns.iter().all(is_secret) {
                environment.problem(format!(
                    "{name} has something else than ARNs of secrets: give it ARNs, with commas between where it takes several"
                ));
            }
        }
        let checked = environment.finish().map_err(RotationError::Environment);
        checked.map_err(|error| error.failure())?;
        Ok(Self {
            aws: aws.clone(),
            master_arn,
            atlas,
            secret_arns,
            limits: Limits::default(),
            clock: Arc::new(SystemTime::now),
            metrics: Arc::new(Metrics::emit),
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
