//! What a schedule sends.

use job_kit::Moment;
use serde::{Deserialize, Serialize};
use user_export::RunId;

const VERSION: u64 = 1;

/// `schedule_arn` and `scheduled_time` are EventBridge Scheduler's `<aws.scheduler.schedule-arn>` and `<aws.scheduler.scheduled-time>`. An event
/// that comes twice is the same export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    version: u64,
    schedule_arn: String,
    scheduled_time: Moment,
}

/// Why an event is not one of this function's. The message has its place and no value.
#[derive(Debug, thiserror::Error)]
#[error(
    "the event is not {{\"version\": 1, \"schedule_arn\": ..., \"scheduled_time\": \"2026-11-30T06:00:00Z\"}}, so nothing was exported: {0}. \
     Send what the schedule of terraform/modules/cognito-export sends"
)]
pub(crate) struct EventError(String);

impl Event {
    pub(crate) fn parse(text: &str) -> Result<Self, EventError> {
        let event: Self = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            EventError(format!("it differs at line {line}, column {column}"))
        })?;
        if event.version != VERSION {
            return Err(EventError("it has another version".to_owned()));
        }
        if event.schedule_arn.is_empty() || event.schedule_arn.len() > 2048 {
            return Err(EventError(
                "schedule_arn has no or more than 2048 characters".to_owned(),
            ));
        }
        Ok(event)
    }

    pub(crate) fn run(&self) -> RunId {
        RunId::of(&self.schedule_arn, self.scheduled_time)
    }

    /// For the export's next invocation.
    pub(crate) fn render(&self) -> Vec<u8> {
        // Texts and a number under fixed names: nothing that JSON cannot hold.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn the_sample_is_taken_and_rendered_again() {
        let event = Event::parse(include_str!("../events/schedule.json")).unwrap();
        let again = Event::parse(std::str::from_utf8(&event.render()).unwrap()).unwrap();
        assert_eq!(again, event);
        assert_eq!(again.run(), event.run());
    }

    #[test]
    fn no_value_of_another_event_is_in_the_message() {
        for other in [
            "",
            "null",
            r#"{"version": 1}"#,
            r#"{"version": 2, "schedule_arn": "ada@example.com", "scheduled_time": "2026-11-30T06:00:00Z"}"#,
            r#"{"version": 1, "schedule_arn": "", "scheduled_time": "2026-11-30T06:00:00Z"}"#,
            r#"{"version": 1, "schedule_arn": "a", "scheduled_time": "ada@example.com"}"#,
            r#"{"version": 1, "schedule_arn": "a", "scheduled_time": "2026-11-30T06:00:00Z", "email": "ada@example.com"}"#,
        ] {
            let error = Event::parse(other).unwrap_err().to_string();
            assert!(!error.contains("ada"), "{error}");
        }
    }
}
