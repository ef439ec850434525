//! The function, and what it keeps from one event to the next.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use lambda_kit::Clock;
use lambda_kit::emf::{MetricSink, Metrics};

use crate::mode::Override;
use crate::notice::Outbox;
use crate::publishing::{EventBus, Topic};
use crate::settings::Settings;
use crate::write_path::WritePath;

/// Settings, clients and the notices that nobody has been told yet.
pub struct OriginFailover {
    pub(crate) settings: Settings,
    pub(crate) order: Override,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(crate) write_path: WritePath,
    pub(crate) topic: Option<Topic>,
    pub(crate) bus: Option<EventBus>,
    pub(crate) outbox: Mutex<Outbox>,
    pub(crate) clock: Clock,
    pub(crate) metrics: MetricSink,
}

impl fmt::Debug for OriginFailover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OriginFailover")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Less patience than other functions have: in the worst case each call takes this long, and somebody waits for the switch.
fn hasty(config: &SdkConfig) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(4))
        .operation_timeout(Duration::from_secs(10))
        .build();
    let retries = RetryConfig::standard()
        .with_max_attempts(3)
        .with_max_backoff(Duration::from_secs(1));
    config
        .to_builder()
        .timeout_config(timeouts)
        .retry_config(retries)
        .build()
}

impl OriginFailover {
    /// With the system's clock, and metrics as log lines. Nothing is called yet.
    #[must_use]
    pub fn new(settings: Settings, aws: &SdkConfig) -> Self {
        let aws = hasty(aws);
        Self {
            order: Override::new(&aws, settings.override_parameter.clone()),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&aws),
            write_path: WritePath::new(&aws, settings.write_path.clone()),
            topic: settings.topic_arn.clone().map(|arn| Topic {
                client: aws_sdk_sns::Client::new(&aws),
                arn,
            }),
            bus: settings.event_bus.clone().map(|name| EventBus {
                client: aws_sdk_eventbridge::Client::new(&aws),
                name,
            }),
            outbox: Mutex::default(),
            settings,
            clock: Arc::new(SystemTime::now),
            metrics: Arc::new(Metrics::emit),
        }
    }

    pub(crate) fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// With another CloudWatch.
    #[must_use]
    pub fn with_cloudwatch(mut self, config: &SdkConfig) -> Self {
        self.cloudwatch = aws_sdk_cloudwatch::Client::new(&hasty(config));
        self
    }

    /// With another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// With another place for metrics.
    #[must_use]
    pub fn with_metrics(mut self, metrics: MetricSink) -> Self {
        self.metrics = metrics;
        self
    }
}
