//! Notices to SNS and EventBridge, the oldest first. A notice is published when both have accepted it.

use std::sync::{Mutex, PoisonError};

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sns::types::MessageAttributeValue;
use lambda_kit::aws::AwsError;

use crate::error::{EVENT_BUS, FailoverError, TOPIC};
use crate::notice::{Notice, Outbox};

/// EventBridge's source.
const SOURCE: &str = "lectern.origin-failover";

#[derive(Debug)]
pub(crate) struct Topic {
    pub(crate) client: aws_sdk_sns::Client,
    pub(crate) arn: String,
}

#[derive(Debug)]
pub(crate) struct EventBus {
    pub(crate) client: aws_sdk_eventbridge::Client,
    pub(crate) name: String,
}

pub(crate) async fn publish(
    outbox: &Mutex<Outbox>,
    topic: Option<&Topic>,
    bus: Option<&EventBus>,
) -> Result<(), FailoverError> {
    let outbox = || outbox.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        // The lock ends here, before the calls.
        let Some(notice) = outbox().first() else {
            return Ok(());
        };
        // Each is tried whatever becomes of the other.
        let (told, put) = tokio::join!(to_topic(&notice, topic), to_bus(&notice, bus));
        told.map_err(|source| FailoverError::Publishing { place: TOPIC, source })?;
        put.map_err(|source| FailoverError::Publishing {
            place: EVENT_BUS,
            source,
        })?;
        outbox().remove(&notice.id);
    }
}

async fn to_topic(notice: &Notice, topic: Option<&Topic>) -> Result<(), AwsError> {
    const OPERATION: &str = "Publish";
    let Some(topic) = topic else { return Ok(()) };
    let kind = MessageAttributeValue::builder()
        .data_type("String")
        .string_value(notice.kind)
        .build();
    let kind = kind.map_err(|error| AwsError::Unreachable {
        operation: OPERATION,
        reason: error.to_string(),
    })?;
    let call = topic.client.publish().topic_arn(&topic.arn);
    let call = call
        .subject(format!("CDN: {}", notice.title))
        .message(&notice.body)
        .message_attributes("kind", kind);
    call.send().await.map_err(|error| AwsError::of(OPERATION, error))?;
    Ok(())
}

async fn to_bus(notice: &Notice, bus: Option<&EventBus>) -> Result<(), AwsError> {
    const OPERATION: &str = "PutEvents";
    let Some(bus) = bus else { return Ok(()) };
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(&bus.name)
        .source(SOURCE)
        .detail_type(notice.title)
        .detail(&notice.body)
        .build();
    let answer = bus.client.put_events().entries(entry).send().await;
    let answer = answer.map_err(|error| AwsError::of(OPERATION, error))?;
    // It says 200 also of what it refuses.
    let refused = answer
        .entries()
        .iter()
        .find_map(|entry| Some((entry.error_code()?, entry)));
    match refused {
        None => Ok(()),
        Some((code, entry)) => Err(AwsError::Refused {
            operation: OPERATION,
            code: code.to_owned(),
            message: entry.error_message().unwrap_or("no message").to_owned(),
            status: 200,
        }),
    }
}
