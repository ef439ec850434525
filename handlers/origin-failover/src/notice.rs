//! What is published of a decision: a switch, a refusal, and what a dry run would have done. What stays as it is is only logged.

use std::collections::VecDeque;
use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::alarms::{Alarm, Alarms};
use crate::answer::Answer;
use crate::decision::Position;
use crate::mode::Order;
use crate::settings::Settings;

/// Of the form below.
const VERSION: u32 = 1;
/// Notices that wait for a topic or a bus that takes none. Our choice: more than a day of outages has.
const WAITING_MAX: usize = 32;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// The same for the same facts, so that a reader can drop repetitions.
    pub(crate) id: String,
    /// `switched`, `refused`, `would_switch`: attribute of the SNS message.
    pub(crate) kind: &'static str,
    /// EventBridge's detail type.
    pub(crate) title: &'static str,
    /// JSON.
    pub(crate) body: String,
}

#[derive(Serialize)]
struct Body<'a> {
    version: u32,
    id: &'a str,
    kind: &'a str,
    at: String,
    write_path: &'a str,
    from: &'static str,
    to: Option<&'static str>,
    reason: &'static str,
    mode: &'static str,
    primary_alarm: Seen<'a>,
    secondary_alarm: Seen<'a>,
}

#[derive(Serialize)]
struct Seen<'a> {
    name: &'a str,
    state: Option<&'a str>,
    since: Option<String>,
}

impl<'a> Seen<'a> {
    fn of(name: &'a str, alarm: Option<&'a Alarm>) -> Self {
        Self {
            name,
            state: alarm.map(|alarm| alarm.state.as_str()),
            since: alarm.map(|alarm| time(alarm.since)),
        }
    }
}

impl Notice {
    /// What is to be told of an answer, if anything. `revision` is what the write path was before.
    pub(crate) fn of(
        answer: Answer,
        revision: &str,
        order: Order,
        alarms: Option<&Alarms>,
        settings: &Settings,
        now: SystemTime,
    ) -> Option<Self> {
        let title = match answer {
            Answer::Kept { .. } => return None,
            Answer::Switched { .. } => "Write Path Switched",
            Answer::WouldSwitch { .. } => "Write Path Would Be Switched",
            Answer::Refused { .. } => "Write Path Switch Refused",
        };
        let (primary, secondary) = (
            alarms.map(|alarms| &alarms.primary),
            alarms.map(|alarms| &alarms.secondary),
        );
        let state = |alarm: Option<&Alarm>| {
            alarm.map_or_else(String::new, |alarm| format!("{} {}", alarm.state, time(alarm.since)))
        };
        let to = answer.to().map(|region| Position::At(region).name());
        let write_path = settings.write_path.name();
        let kind = answer.name();
        let id = id(&[
            kind,
            write_path,
            answer.from().name(),
            to.unwrap_or_default(),
            answer.reason().name(),
            // While both regions stay as they are, the same refusal is the same notice, whatever else changes at the distribution.
            if to.is_some() { revision } else { "" },
            &order.version.to_string(),
            &state(primary),
            &state(secondary),
        ]);
        let body = Body {
            version: VERSION,
            id: &id,
            kind,
            at: time(now),
            write_path,
            from: answer.from().name(),
            to,
            reason: answer.reason().name(),
            mode: order.mode.name(),
            primary_alarm: Seen::of(&settings.primary_alarm, primary),
            secondary_alarm: Seen::of(&settings.secondary_alarm, secondary),
        };
        // Texts and numbers: there is nothing in it that JSON cannot have.
        let body = serde_json::to_string(&body).unwrap_or_default();
        Some(Self { id, kind, title, body })
    }
}

/// Notices that are to be told, and the last one that was taken in. What a topic refuses now it gets with the next event of this process.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<Notice>,
    last: Option<String>,
}

impl Outbox {
    /// Takes a notice in, unless it is the one before: the schedule sees the same facts each minute.
    pub(crate) fn add(&mut self, notice: Notice) {
        if self.last.as_ref() == Some(&notice.id) {
            return;
        }
        self.last = Some(notice.id.clone());
        if self.waiting.len() == WAITING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back(notice);
    }

    pub(crate) fn first(&self) -> Option<Notice> {
        self.waiting.front().cloned()
    }

    /// Removes a notice that was published.
    pub(crate) fn remove(&mut self, id: &str) {
        self.waiting.retain(|notice| notice.id != id);
    }
}

/// 32 hexadecimal digits. Each part comes with its length, so that no two lists of parts are one text.
fn id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(&hash.finalize()[..16])
}

/// RFC 3339.
fn time(time: SystemTime) -> String {
    DateTime::from(time).fmt(Format::DateTime).unwrap_or_default()
}
