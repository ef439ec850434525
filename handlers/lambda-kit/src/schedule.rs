//! What a schedule sends to a function that needs no settings of an event.

use serde::Deserialize;

/// The version of the event that functions know.
const VERSION: u64 = 1;

/// The whole event. What is refused was meant for another function.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    version: u64,
}

/// Why an event is not the schedule's.
#[derive(Debug, thiserror::Error)]
#[error("the event is not {{\"version\": 1}}, so nothing was done: {0}. Send the event of the schedule")]
pub struct ScheduleError(String);

/// Checks an event.
///
/// # Errors
/// It is another one. The message has its place and no value.
pub fn check(event: &str) -> Result<(), ScheduleError> {
    let event: Event = serde_json::from_str(event).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        ScheduleError(format!("it differs at line {line}, column {column}"))
    })?;
    if event.version == VERSION {
        Ok(())
    } else {
        Err(ScheduleError("it has another version".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_schedule_sends_is_taken() {
        assert!(check(r#"{"version": 1}"#).is_ok());
        for other in [
            "",
            "null",
            "{}",
            r#"{"version": 2}"#,
            r#"{"version": "1"}"#,
            r#"{"version": -1}"#,
            r#"{"version": 1, "httpMethod": "DELETE"}"#,
            r#"{"version": 1} {"#,
        ] {
            assert!(check(other).is_err(), "{other}");
        }
    }

    #[test]
    fn no_value_of_another_event_is_in_the_message() {
        let error = check(r#"{"email": "bob@example.com"}"#).map_err(|error| error.to_string());
        let expected = "the event is not {\"version\": 1}, so nothing was done: it differs at line 1, column 8. Send the event \
                        of the schedule";
        assert_eq!(error, Err(expected.to_owned()));
    }
}
