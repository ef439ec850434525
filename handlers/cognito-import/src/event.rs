//! The event that callers of the function send.

use serde::{Deserialize, Serialize};
use user_export::RunId;

const VERSION: u64 = 1;

/// Which export goes into which pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    version: u64,
    /// `latest`, or a run.
    export: String,
    pub(crate) source_user_pool_id: String,
    pub(crate) user_pool_id: String,
    pub(crate) dry_run: bool,
}

/// Which export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    Latest,
    Run(RunId),
}

/// Why an event is not one of this function's. The message has its place and no value.
#[derive(Debug, thiserror::Error)]
#[error(
    "the event is not {{\"version\": 1, \"export\": \"latest\" or a run, \"source_user_pool_id\": ..., \"user_pool_id\": ..., \"dry_run\": true or \
     false}}, so nothing was imported: {0}"
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
        if event.which().is_none() {
            return Err(EventError(
                "export is neither \"latest\" nor a run like 20261130T060000Z-3fa9c1".to_owned(),
            ));
        }
        let is_pool = |id: &str| {
            let known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            id.len() <= 55
                && id
                    .split_once('_')
                    .is_some_and(|(region, rest)| !region.is_empty() && !rest.is_empty())
                && id.chars().all(known)
        };
        if !is_pool(&event.source_user_pool_id) || !is_pool(&event.user_pool_id) {
            return Err(EventError("a user pool's id is like eu-central-1_a1B2c3D4e".to_owned()));
        }
        if event.source_user_pool_id == event.user_pool_id {
            return Err(EventError(
                "the pool that is imported into is the one that was exported".to_owned(),
            ));
        }
        Ok(event)
    }

    pub(crate) fn which(&self) -> Option<Which> {
        if self.export == "latest" {
            return Some(Which::Latest);
        }
        RunId::parse(&self.export).map(Which::Run)
    }

    /// For the import's next invocation, which stays with this export whatever is the newest then.
    pub(crate) fn render(&self, export: &RunId) -> Vec<u8> {
        let event = Self {
            export: export.to_string(),
            ..self.clone()
        };
        // Texts and a number under fixed names: nothing that JSON cannot hold.
        serde_json::to_vec(&event).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn the_samples_are_taken_and_the_next_invocation_stays_with_the_export() {
        let event = Event::parse(include_str!("../events/import.json")).unwrap();
        assert_eq!((event.which(), event.dry_run), (Some(Which::Latest), true));
        let run = RunId::parse("20261130T060000Z-3fa9c1").unwrap();
        let next = Event::parse(std::str::from_utf8(&event.render(&run)).unwrap()).unwrap();
        assert_eq!(next.which(), Some(Which::Run(run.clone())));
        let event = Event::parse(include_str!("../events/import_run.json")).unwrap();
        assert_eq!((event.which(), event.dry_run), (Some(Which::Run(run)), false));
    }

    #[test]
    fn another_event_is_refused_and_no_value_of_it_is_in_the_message() {
        let event = |export: &str, source: &str, target: &str| {
            format!(
                r#"{{"version": 1, "export": "{export}", "source_user_pool_id": "{source}", "user_pool_id": "{target}", "dry_run": true}}"#
            )
        };
        for other in [
            String::new(),
            "null".to_owned(),
            event("ada@example.com", "a_b", "a_c"),
            event("latest", "ada@example.com", "a_c"),
            event("latest", "a_b", "../ada_c"),
            event("latest", "a_ada", "a_ada"),
            event("latest", "a_b", "a_c").replace("true", "\"ada\""),
            event("latest", "a_b", "a_c").replace(": 1,", ": 2,"),
        ] {
            let error = Event::parse(&other).unwrap_err().to_string();
            assert!(!error.contains("ada"), "{error}");
        }
    }
}
