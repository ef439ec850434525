//! What EventBridge sends when a CloudWatch alarm changes its state, whole or cut down by a rule's input transformer.
//!
//! CloudWatch user guide, "Alarm events and EventBridge": `source` is `aws.cloudwatch`, `detail-type` is `CloudWatch Alarm State Change`, and
//! `detail` has `alarmName` and `state` with `value` and `timestamp`. Everything else of it is ignored. `aws_lambda_events` has the
//! envelope and not the detail, and would bring a second calendar for its one time, which this needs not.

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::Deserialize;

/// The source of CloudWatch's events.
const SOURCE: &str = "aws.cloudwatch";
const STATE_CHANGE: &str = "CloudWatch Alarm State Change";

/// A state change of an alarm. It may be old, and it may come twice: CloudWatch promises at least one delivery and no order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmEvent {
    /// Name of the alarm.
    pub alarm: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// When the alarm got this state, to the millisecond.
    pub at: SystemTime,
}

/// Why an event is no state change of an alarm. It quotes nothing of the event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AlarmEventError {
    /// Not JSON, or a member is missing or of another type.
    #[error("it is not what EventBridge sends of an alarm: line {line}, column {column}")]
    Form {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// An event of something else.
    #[error("its source is not {SOURCE}, or its detail-type not \"{STATE_CHANGE}\"")]
    Kind,
    /// No time.
    #[error("its state's timestamp is no time like 2019-10-02T17:04:40.989+0000")]
    Time,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Event {
    source: String,
    detail_type: String,
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    alarm_name: String,
    state: State,
}

#[derive(Deserialize)]
struct State {
    value: String,
    timestamp: String,
}

/// Reads an event.
///
/// # Errors
/// [`AlarmEventError`].
pub fn read(event: &str) -> Result<AlarmEvent, AlarmEventError> {
    let event: Event = serde_json::from_str(event).map_err(|error| AlarmEventError::Form {
        line: error.line(),
        column: error.column(),
    })?;
    if event.source != SOURCE || event.detail_type != STATE_CHANGE {
        return Err(AlarmEventError::Kind);
    }
    // RFC 3339 but for the colon of its offset.
    let time = event.detail.state.timestamp.strip_suffix("+0000");
    let time = time.map(|time| format!("{time}Z"));
    let time = time.and_then(|time| DateTime::from_str(&time, Format::DateTime).ok());
    let at = time.and_then(|time| SystemTime::try_from(time).ok());
    Ok(AlarmEvent {
        alarm: event.detail.alarm_name,
        state: event.detail.state.value,
        at: at.ok_or(AlarmEventError::Time)?,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn event(source: &str, detail_type: &str, timestamp: &str) -> String {
        serde_json::json!({
            "version": "0", "source": source, "detail-type": detail_type, "account": "123456789012", "region": "us-east-1",
            "detail": { "alarmName": "edu/primary", "state": { "value": "ALARM", "reason": "x", "timestamp": timestamp } },
        })
        .to_string()
    }

    #[test]
    fn name_state_and_time_are_read_and_the_rest_is_ignored() {
        let read = read(&event(SOURCE, STATE_CHANGE, "2019-10-02T17:04:40.989+0000"));
        let expected = AlarmEvent {
            alarm: "edu/primary".to_owned(),
            state: "ALARM".to_owned(),
            at: SystemTime::UNIX_EPOCH + Duration::from_millis(1_570_035_880_989),
        };
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn what_is_none_is_refused_without_a_word_of_it() {
        for (event, error) in [
            ("null".to_owned(), AlarmEventError::Form { line: 1, column: 4 }),
            (event("aws.ec2", STATE_CHANGE, ""), AlarmEventError::Kind),
            (
                event(SOURCE, "CloudWatch Alarm Configuration Change", ""),
                AlarmEventError::Kind,
            ),
            (event(SOURCE, STATE_CHANGE, "yesterday"), AlarmEventError::Time),
            (
                event(SOURCE, STATE_CHANGE, "2019-10-02T17:04:40.989+0100"),
                AlarmEventError::Time,
            ),
        ] {
            assert_eq!(read(&event), Err(error), "{event}");
        }
        assert!(matches!(read(r#"{"detail":"bob"}"#), Err(AlarmEventError::Form { .. })));
    }
}
