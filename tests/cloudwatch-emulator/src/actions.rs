//! What a transition sets off: an event, and the alarm's actions. Of the kinds of action only SNS topics are served.

mod endpoint;
mod event;
mod message;
mod sns;

use std::sync::{Arc, Mutex};

use serde::Serialize;
use tokio::runtime::Handle;

use crate::alarm_store::Transition;
use crate::lock;
use endpoint::Endpoint;

/// A message or an event that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryFailure {
    /// Name of the alarm.
    pub alarm_name: String,
    /// ARN of the topic, or `EventBridge`.
    pub destination: String,
    /// Why the last attempt failed.
    pub error: String,
}

/// Where a failure names no topic.
const EVENT_BRIDGE: &str = "EventBridge";

/// Publishes transitions in the background.
#[derive(Clone)]
pub(crate) struct Publisher {
    sns: Option<Arc<Endpoint>>,
    events: Option<Arc<Endpoint>>,
    runtime: Handle,
    failures: Arc<Mutex<Vec<DeliveryFailure>>>,
}

impl Publisher {
    /// Without an endpoint of SNS every message counts as not delivered; without one of EventBridge no event is put.
    pub(crate) fn new(
        sns_endpoint: Option<&str>,
        events_endpoint: Option<&str>,
        runtime: Handle,
    ) -> anyhow::Result<Self> {
        let endpoint = |url: Option<&str>| anyhow::Ok(url.map(Endpoint::new).transpose()?.map(Arc::new));
        Ok(Self {
            sns: endpoint(sns_endpoint)?,
            events: endpoint(events_endpoint)?,
            runtime,
            failures: Arc::default(),
        })
    }

    /// Puts the event of a transition, and starts the actions of the new state, if actions are enabled and not suppressed. Returns
    /// at once; deliveries continue in the background.
    pub(crate) fn publish(&self, transition: &Transition) {
        if let (Some(events), Some(old_state)) = (&self.events, transition.old_state.clone()) {
            let (events, publisher, transition) = (Arc::clone(events), self.clone(), transition.clone());
            self.runtime.spawn(async move {
                let delivered = event::put(&events, &transition, &old_state).await;
                publisher.note(&transition.alarm.name, EVENT_BRIDGE, delivered);
            });
        }
        let alarm = &transition.alarm;
        let suppressed = alarm
            .composite()
            .is_some_and(|composite| composite.actions_suppressed_by.is_some());
        if !alarm.actions_enabled || suppressed {
            return;
        }
        let topics = alarm
            .actions_for(alarm.state.value)
            .iter()
            .filter(|arn| arn.split(':').nth(2) == Some("sns"));
        for topic in topics {
            let subject = message::subject(transition);
            let body = message::body(transition).to_string();
            let (topic, publisher, name) = (topic.clone(), self.clone(), alarm.name.clone());
            self.runtime.spawn(async move {
                let delivered = match &publisher.sns {
                    Some(sns) => sns::publish(sns, &topic, &subject, &body).await,
                    None => Err(anyhow::anyhow!("no SNS endpoint is configured")),
                };
                publisher.note(&name, &topic, delivered);
            });
        }
    }

    /// Keeps what was not delivered.
    fn note(&self, alarm: &str, destination: &str, delivered: anyhow::Result<()>) {
        let Err(error) = delivered else { return };
        let error = format!("{error:#}");
        tracing::warn!(alarm, destination, error, "a delivery was given up");
        lock(&self.failures).push(DeliveryFailure {
            alarm_name: alarm.to_owned(),
            destination: destination.to_owned(),
            error,
        });
    }

    pub(crate) fn failures(&self) -> Vec<DeliveryFailure> {
        lock(&self.failures).clone()
    }
}
