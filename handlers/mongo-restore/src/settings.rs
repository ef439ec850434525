//! What an event is handled with, and where.

use std::sync::Arc;

use aws_config::SdkConfig;
use lambda_kit::Deadline;
use tokio::sync::Notify;

use crate::limits::Limits;
use crate::progress::Progress;

/// What stays the same from event to event.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How to reach AWS: Secrets Manager, S3, STS and Lambda.
    pub aws: SdkConfig,
    /// Sizes and patience.
    pub limits: Limits,
    /// Where to count.
    pub progress: Arc<Progress>,
    /// Notified once: a restore or drill stops where it is, gives its lease back and fails as `Interrupted`.
    pub stop: Arc<Notify>,
    /// Write a drill's metrics to standard output.
    pub metrics: bool,
}

impl Settings {
    /// With the default limits, and without metrics.
    #[must_use]
    pub fn new(aws: SdkConfig) -> Self {
        Self {
            aws,
            limits: Limits::default(),
            progress: Arc::default(),
            stop: Arc::default(),
            metrics: false,
        }
    }
}

/// Where an event is handled.
#[derive(Debug, Clone)]
pub struct Place {
    /// When it has to be over, or handed over.
    pub deadline: Deadline,
    /// The function to invoke to continue; none outside of Lambda.
    pub function_arn: Option<String>,
}

impl Place {
    /// Without a deadline.
    pub const COMMAND_LINE: Self = Self {
        deadline: Deadline::NONE,
        function_arn: None,
    };
}
