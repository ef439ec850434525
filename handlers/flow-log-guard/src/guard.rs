//! The function, and what it keeps from one event to the next.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use aws_config::SdkConfig;
use lambda_kit::Clock;
use lambda_kit::emf::{MetricSink, Metrics};

use crate::deliveries::Deliveries;
use crate::ec2::Ec2;
use crate::prefix_lists::PrefixLists;
use crate::publishing::{EventBus, Topic};
use crate::settings::Settings;

/// Settings, clients, the prefix lists and the deliveries of before.
pub struct FlowLogGuard {
    pub(crate) settings: Settings,
    pub(crate) prefix_lists: PrefixLists,
    pub(crate) deliveries: Deliveries,
    pub(crate) topic: Option<Topic>,
    pub(crate) bus: Option<EventBus>,
    pub(crate) clock: Clock,
    pub(crate) metrics: MetricSink,
}

impl fmt::Debug for FlowLogGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowLogGuard")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl FlowLogGuard {
    /// With the system's clock, and metrics as log lines. Nothing is called yet.
    #[must_use]
    pub fn new(settings: Settings, aws: &SdkConfig) -> Self {
        Self {
            prefix_lists: PrefixLists::new(Ec2::new(aws), settings.prefix_list_ids.clone()),
            deliveries: Deliveries::default(),
            topic: settings.topic_arn.clone().map(|arn| Topic {
                client: aws_sdk_sns::Client::new(aws),
                arn,
            }),
            bus: settings.event_bus.clone().map(|name| EventBus {
                client: aws_sdk_eventbridge::Client::new(aws),
                name,
            }),
            settings,
            clock: Arc::new(SystemTime::now),
            metrics: Arc::new(Metrics::emit),
        }
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
