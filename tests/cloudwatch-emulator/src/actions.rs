//! Alarm actions: what a transition sets off. Of the kinds of action only SNS topics are served.

mod message;
mod sns;

use std::sync::{Arc, Mutex};

use serde::Serialize;
use tokio::runtime::Handle;

use crate::alarm_store::Transition;
use crate::lock;
use sns::SnsClient;

/// An SNS message that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryFailure {
    /// Name of the alarm.
    pub alarm_name: String,
    /// The topic.
    pub topic_arn: String,
    /// Why the last attempt failed.
    pub error: String,
}

/// Publishes transitions to SNS in the background.
#[derive(Clone)]
pub(crate) struct Publisher {
    sns: Option<Arc<SnsClient>>,
    runtime: Handle,
    failures: Arc<Mutex<Vec<DeliveryFailure>>>,
}

impl Publisher {
    /// Without an endpoint every message counts as not delivered.
    pub(crate) fn new(sns_endpoint: Option<&str>, runtime: Handle) -> anyhow::Result<Self> {
        Ok(Self {
            sns: sns_endpoint.map(SnsClient::new).transpose()?.map(Arc::new),
            runtime,
            failures: Arc::default(),
        })
    }

    /// Sets off the actions of a transition: those of the new state, if actions are enabled and not suppressed. Returns at
    /// once; deliveries go on in the background.
    pub(crate) fn publish(&self, transition: &Transition) {
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
                    Some(sns) => sns.publish(&topic, &subject, &body).await,
                    None => Err(anyhow::anyhow!("no SNS endpoint is configured")),
                };
                if let Err(error) = delivered {
                    tracing::warn!(alarm = %name, %topic, error = format!("{error:#}"), "a message was not delivered");
                    lock(&publisher.failures).push(DeliveryFailure {
                        alarm_name: name,
                        topic_arn: topic,
                        error: format!("{error:#}"),
                    });
                }
            });
        }
    }

    pub(crate) fn failures(&self) -> Vec<DeliveryFailure> {
        lock(&self.failures).clone()
    }
}
