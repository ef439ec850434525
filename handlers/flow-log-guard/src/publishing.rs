//! Notices to SNS and EventBridge: ten in a call. Those that were throttled are sent again, and what was not taken in the end is an error.

use std::time::Duration;

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use lambda_kit::Backoff;
use lambda_kit::aws::AwsError;

use crate::error::{EVENT_BUS, GuardError, TOPIC};
use crate::notice::Notice;

/// The most of one call, of either service. Ten notices are some 20 KB, and 256 KB the most.
const BATCH: usize = 10;
/// Of a call, beside those that the SDK makes where the whole call is refused.
const ATTEMPTS: u32 = 4;
const BACKOFF: Backoff = Backoff {
    first: Duration::from_millis(200),
    most: Duration::from_secs(2),
};
/// EventBridge's source.
const SOURCE: &str = "lectern.flow-log-guard";

/// A notice that a call which succeeded did not take.
struct Refusal {
    /// In the batch.
    at: usize,
    code: String,
    message: String,
    /// Whether it may be taken later.
    passes: bool,
}

/// Where notices go.
trait Place {
    const NAME: &'static str;
    const OPERATION: &'static str;

    async fn send(&self, batch: &[&Notice]) -> Result<Vec<Refusal>, AwsError>;
}

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

/// To both, each of which is tried whatever becomes of the other.
pub(crate) async fn publish(
    notices: &[Notice],
    topic: Option<&Topic>,
    bus: Option<&EventBus>,
) -> Result<(), GuardError> {
    let (topic, bus) = tokio::join!(all(notices, topic), all(notices, bus));
    topic.and(bus)
}

async fn all<P: Place>(notices: &[Notice], place: Option<&P>) -> Result<(), GuardError> {
    let Some(place) = place else {
        return Ok(());
    };
    let (mut undelivered, mut reason) = (0, None);
    for batch in notices.chunks(BATCH) {
        if let Err((left, error)) = one_batch(batch, place).await {
            undelivered += left;
            reason = Some(error);
        }
    }
    match reason {
        None => Ok(()),
        Some(source) => Err(GuardError::Publishing {
            place: P::NAME,
            undelivered,
            source,
        }),
    }
}

/// How many were not taken, and why the last was not.
async fn one_batch<P: Place>(batch: &[Notice], place: &P) -> Result<(), (usize, AwsError)> {
    let mut open: Vec<&Notice> = batch.iter().collect();
    let mut lost = 0;
    let mut reason = None;
    for attempt in 1..=ATTEMPTS {
        if attempt > 1 {
            tokio::time::sleep(BACKOFF.pause(attempt - 1)).await;
        }
        let refusals = match place.send(&open).await {
            Ok(refusals) => refusals,
            Err(error) if attempt < ATTEMPTS && is_throttled(&error) => continue,
            // The SDK has repeated what else may pass.
            Err(error) => return Err((lost + open.len(), error)),
        };
        let mut again = Vec::new();
        for refusal in refusals {
            let is_last = attempt == ATTEMPTS || !refusal.passes;
            match open.get(refusal.at) {
                Some(notice) if !is_last => again.push(*notice),
                _ => {
                    lost += 1;
                    reason = Some(AwsError::Refused {
                        operation: P::OPERATION,
                        code: refusal.code,
                        message: refusal.message,
                        status: 200,
                    });
                }
            }
        }
        open = again;
        if open.is_empty() {
            break;
        }
    }
    match reason {
        None => Ok(()),
        Some(reason) => Err((lost, reason)),
    }
}

/// SNS says `Throttled` with the status 429 (API reference, PublishBatch), which the SDK does not count as a throttle.
fn is_throttled(error: &AwsError) -> bool {
    error.status() == Some(429) || error.code().is_some_and(|code| code.starts_with("Throttl"))
}

impl Place for Topic {
    const NAME: &'static str = TOPIC;
    const OPERATION: &'static str = "PublishBatch";

    async fn send(&self, batch: &[&Notice]) -> Result<Vec<Refusal>, AwsError> {
        let mut call = self.client.publish_batch().topic_arn(&self.arn);
        for (at, notice) in batch.iter().enumerate() {
            let mut entry = PublishBatchRequestEntry::builder()
                .id(at.to_string())
                .subject(format!("VPC flow logs: {}", notice.title))
                .message(&notice.body)
                .message_attributes("kind", text(notice.kind).map_err(of_the_sdk)?);
            if let Some(action) = notice.action {
                entry = entry.message_attributes("action", text(action).map_err(of_the_sdk)?);
            }
            call = call.publish_batch_request_entries(entry.build().map_err(of_the_sdk)?);
        }
        let answer = call
            .send()
            .await
            .map_err(|error| AwsError::of(Self::OPERATION, error))?;
        let refusals = answer.failed().iter().map(|entry| Refusal {
            at: entry.id().parse().unwrap_or(usize::MAX),
            code: entry.code().to_owned(),
            message: entry.message().unwrap_or("no message").to_owned(),
            passes: !entry.sender_fault(),
        });
        Ok(refusals.collect())
    }
}

fn text(value: &str) -> Result<MessageAttributeValue, aws_sdk_sns::error::BuildError> {
    MessageAttributeValue::builder()
        .data_type("String")
        .string_value(value)
        .build()
}

/// A request that lacks something, which the code above fills in.
fn of_the_sdk(error: aws_sdk_sns::error::BuildError) -> AwsError {
    AwsError::Unreachable {
        operation: Topic::OPERATION,
        reason: error.to_string(),
    }
}

impl Place for EventBus {
    const NAME: &'static str = EVENT_BUS;
    const OPERATION: &'static str = "PutEvents";

    async fn send(&self, batch: &[&Notice]) -> Result<Vec<Refusal>, AwsError> {
        let entries = batch.iter().map(|notice| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&self.name)
                .source(SOURCE)
                .detail_type(notice.title)
                .detail(&notice.body)
                .build()
        });
        let call = self.client.put_events().set_entries(Some(entries.collect()));
        let answer = call
            .send()
            .await
            .map_err(|error| AwsError::of(Self::OPERATION, error))?;
        let entries = answer.entries().iter().enumerate();
        let refusals = entries.filter_map(|(at, entry)| {
            let code = entry.error_code()?;
            Some(Refusal {
                at,
                code: code.to_owned(),
                message: entry.error_message().unwrap_or("no message").to_owned(),
                // API reference, PutEvents, "ErrorCode": these two may be sent again, the others are about the entry.
                passes: ["InternalFailure", "ThrottlingException"].contains(&code),
            })
        });
        Ok(refusals.collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::sync::Mutex;

    use super::*;

    /// Refuses what the script says: by call, places in the batch and whether that passes.
    struct Scripted {
        script: Mutex<Vec<Vec<(usize, bool)>>>,
        taken: Mutex<Vec<String>>,
        calls: Mutex<usize>,
    }

    impl Place for Scripted {
        const NAME: &'static str = TOPIC;
        const OPERATION: &'static str = "PublishBatch";

        async fn send(&self, batch: &[&Notice]) -> Result<Vec<Refusal>, AwsError> {
            assert!((1..=BATCH).contains(&batch.len()));
            *self.calls.lock().unwrap() += 1;
            let mut script = self.script.lock().unwrap();
            let refused = if script.is_empty() { vec![] } else { script.remove(0) };
            let is_refused = |at| refused.iter().any(|(refused, _)| *refused == at);
            let taken = batch.iter().enumerate().filter(|(at, _)| !is_refused(*at));
            self.taken
                .lock()
                .unwrap()
                .extend(taken.map(|(_, notice)| notice.id.clone()));
            let refusal = |(at, passes)| Refusal {
                at,
                code: "Throttled".to_owned(),
                message: "not now".to_owned(),
                passes,
            };
            Ok(refused.into_iter().map(refusal).collect())
        }
    }

    async fn run(notices: usize, script: Vec<Vec<(usize, bool)>>) -> (Result<(), GuardError>, Vec<String>, usize) {
        let notices: Vec<_> = (0..notices)
            .map(|number| Notice {
                id: number.to_string(),
                kind: "public_address_flow",
                title: "Public Address Flow",
                action: Some("ACCEPT"),
                body: "{}".to_owned(),
            })
            .collect();
        let place = Scripted {
            script: Mutex::new(script),
            taken: Mutex::default(),
            calls: Mutex::default(),
        };
        let result = all(&notices, Some(&place)).await;
        (
            result,
            place.taken.into_inner().unwrap(),
            place.calls.into_inner().unwrap(),
        )
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_refused_for_now_is_sent_again_and_nothing_else() {
        let (result, taken, calls) = run(12, vec![vec![(3, true), (9, true)], vec![(1, true)]]).await;
        assert!(result.is_ok());
        assert_eq!(calls, 4);
        let mut sorted: Vec<usize> = taken.iter().map(|id| id.parse().unwrap()).collect();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..12).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_refused_for_good_is_counted_and_the_others_go_out() {
        let (result, taken, calls) = run(12, vec![vec![(0, false)]]).await;
        assert!(
            matches!(
                result,
                Err(GuardError::Publishing {
                    undelivered: 1,
                    place: TOPIC,
                    ..
                })
            ),
            "{result:?}"
        );
        assert_eq!((taken.len(), calls), (11, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_are_bounded() {
        let never = vec![vec![(0, true)]; 9];
        let (result, _, calls) = run(1, never).await;
        assert!(
            matches!(result, Err(GuardError::Publishing { undelivered: 1, .. })),
            "{result:?}"
        );
        assert_eq!(calls, ATTEMPTS as usize);
    }
}
