use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::civil::UtcSeconds;
use crate::names::Invalid;
use crate::payload::Trigger;

/// One run of one schedule: `20260506T180000Z-1a2b3c`, the time it was scheduled for and the first 6 hexadecimal digits of
/// SHA-256 over `<schedule ARN>\n<scheduled time>`. A doubled or retried event gives the same id and so meets its own run;
/// two schedules at the same time give two. Ids sort by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RunId {
    time: UtcSeconds,
    origin: [u8; 3],
}

impl RunId {
    /// The run an event belongs to.
    pub fn of(trigger: &Trigger) -> Self {
        let time = trigger.scheduled_time;
        let hash = Sha256::digest(format!("{}\n{time}", trigger.schedule_arn));
        Self {
            time,
            origin: [hash[0], hash[1], hash[2]],
        }
    }

    /// # Errors
    /// [`Invalid`] for any other form than the one above.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("a run id", "it looks like 20260506T180000Z-1a2b3c");
        if text.len() != 23 || !text.is_ascii() {
            return Err(invalid());
        }
        let spelt = |from: usize, to: usize| &text[from..to];
        let time = format!(
            "{}-{}-{}:{}:{}",
            spelt(0, 4),
            spelt(4, 6),
            spelt(6, 11),
            spelt(11, 13),
            spelt(13, 16)
        );
        let mut origin = [0; 3];
        hex::decode_to_slice(spelt(17, 23), &mut origin).map_err(|_| invalid())?;
        let id = Self {
            time: UtcSeconds::parse(&time).map_err(|_| invalid())?,
            origin,
        };
        // The one spelling: no capitals, the separators where they belong.
        if id.to_string() == text { Ok(id) } else { Err(invalid()) }
    }

    /// The time the run was scheduled for.
    pub fn scheduled_time(self) -> UtcSeconds {
        self.time
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.time.to_string().replace(['-', ':'], "");
        write!(f, "{time}-{}", hex::encode(self.origin))
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for RunId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}
