//! The event that starts a dump: `{"version":1,"action":"dump",...}`. A schedule writes it with two placeholders
//! ([`DumpSettings::schedule_payload`]), EventBridge Scheduler fills them in, the function reads it ([`Event::parse`]). The
//! state machine for large databases passes it on with another `action`, and nothing else changed, so that all its steps
//! and a single function derive the same run.

mod pattern;
mod read;
mod settings;

use serde::Serialize;

use crate::civil::UtcSeconds;
use crate::names::{Invalid, Ordinal, ScheduleArn};

pub use pattern::NamespacePattern;
pub use read::PayloadError;
pub use settings::{Compression, DumpFields, DumpSettings, FieldProblem, MAX_PATTERNS, ReadConcern};

/// The version this code writes and the only one it reads.
pub const VERSION: u32 = 1;

/// What EventBridge Scheduler replaces by the schedule's ARN. Source: Scheduler User Guide, context attributes.
pub const SCHEDULE_ARN_PLACEHOLDER: &str = "<aws.scheduler.schedule-arn>";

/// What EventBridge Scheduler replaces by the time the run was scheduled for, in UTC, like `2026-05-06T18:00:00Z`; a
/// retried or doubled delivery carries the same one. Source: Scheduler User Guide, context attributes.
pub const SCHEDULED_TIME_PLACEHOLDER: &str = "<aws.scheduler.scheduled-time>";

const ACTIONS: [&str; 4] = ["dump", "plan", "range", "commit"];

/// What the function is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// The whole dump in one function.
    Dump,
    /// Large databases, first: write the plan, the list of ranges.
    Plan,
    /// Large databases, then for each range: dump that one. The payload says which in `range`, its place in the plan
    /// from 0, which is also the range in its keys.
    Range(Ordinal),
    /// Large databases, last: check that every range is there, write the manifest.
    Commit,
}

impl Action {
    /// As the payload spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dump => "dump",
            Self::Plan => "plan",
            Self::Range(_) => "range",
            Self::Commit => "commit",
        }
    }
}

/// Which run of which schedule this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The schedule.
    pub schedule_arn: ScheduleArn,
    /// The time this run was scheduled for, not the time it began.
    pub scheduled_time: UtcSeconds,
}

/// One event for the dump function, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What to do.
    pub action: Action,
    /// What to dump and where to.
    pub settings: DumpSettings,
    /// Which run this is.
    pub trigger: Trigger,
    /// A dump that is not all of one cluster time fails: field `require_snapshot`, which is left out where it is false.
    pub require_snapshot: bool,
}

/// The payload's fields in the order they are written.
#[derive(Serialize)]
struct Payload<'a> {
    version: u32,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Ordinal>,
    #[serde(flatten)]
    fields: DumpFields,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    require_snapshot: bool,
    schedule_arn: &'a str,
    scheduled_time: &'a str,
}

impl Payload<'_> {
    fn render(&self) -> String {
        // Strings, numbers and lists of strings under fixed names: there is nothing in it that JSON cannot hold.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl DumpSettings {
    /// The payload of a schedule: action `dump`, the two placeholders in place of the run. The same settings give the same
    /// bytes.
    pub fn schedule_payload(&self) -> String {
        let payload = Payload {
            version: VERSION,
            action: Action::Dump.as_str(),
            range: None,
            fields: self.fields(),
            require_snapshot: false,
            schedule_arn: SCHEDULE_ARN_PLACEHOLDER,
            scheduled_time: SCHEDULED_TIME_PLACEHOLDER,
        };
        payload.render()
    }
}

impl DumpFields {
    /// Reads a schedule's payload back as it is written, to compare field by field; the values are not checked.
    ///
    /// # Errors
    /// [`PayloadError`] when it is not a payload of action `dump` in this version with both placeholders.
    pub fn from_schedule_payload(json: &str) -> Result<Self, PayloadError> {
        let parts = read::Parts::read(json)?;
        if parts.action != "dump" {
            let action = format!("{:?} (of a schedule)", parts.action);
            return Err(PayloadError::UnknownAction { action });
        }
        for (field, value, placeholder) in [
            ("schedule_arn", &parts.schedule_arn, SCHEDULE_ARN_PLACEHOLDER),
            ("scheduled_time", &parts.scheduled_time, SCHEDULED_TIME_PLACEHOLDER),
        ] {
            if value != placeholder {
                return Err(PayloadError::NoPlaceholder { field, placeholder });
            }
        }
        Ok(parts.fields)
    }
}

impl Event {
    /// # Errors
    /// [`PayloadError`] for an unknown version or action, an unknown, doubled or missing field, a value that breaks its
    /// rule, a placeholder that was not filled in.
    pub fn parse(json: &str) -> Result<Self, PayloadError> {
        let parts = read::Parts::read(json)?;
        let action = match (parts.action.as_str(), parts.range) {
            ("range", Some(range)) => Action::Range(range),
            ("plan", _) => Action::Plan,
            ("commit", _) => Action::Commit,
            _ => Action::Dump,
        };
        let settings = parts
            .fields
            .check()
            .map_err(|problems| PayloadError::Fields { problems })?;
        let trigger = |field, invalid: Invalid| PayloadError::Trigger { field, invalid };
        if parts.require_snapshot && settings.read_concern != ReadConcern::Snapshot {
            let invalid = Invalid::new(
                "a request that this read concern can meet",
                "write read_concern snapshot",
            );
            let problem = FieldProblem {
                field: "require_snapshot",
                element: None,
                invalid,
            };
            return Err(PayloadError::Fields {
                problems: vec![problem],
            });
        }
        let schedule_arn = ScheduleArn::parse(&parts.schedule_arn).map_err(|it| trigger("schedule_arn", it))?;
        let scheduled_time = UtcSeconds::parse(&parts.scheduled_time).map_err(|it| trigger("scheduled_time", it))?;
        Ok(Self {
            action,
            settings,
            trigger: Trigger {
                schedule_arn,
                scheduled_time,
            },
            require_snapshot: parts.require_snapshot,
        })
    }

    /// The payload as JSON without blanks, fields in a fixed order: equal events give equal bytes.
    pub fn render(&self) -> String {
        let payload = Payload {
            version: VERSION,
            action: self.action.as_str(),
            range: if let Action::Range(range) = self.action {
                Some(range)
            } else {
                None
            },
            fields: self.settings.fields(),
            require_snapshot: self.require_snapshot,
            schedule_arn: self.trigger.schedule_arn.as_str(),
            scheduled_time: &self.trigger.scheduled_time.to_string(),
        };
        payload.render()
    }
}
