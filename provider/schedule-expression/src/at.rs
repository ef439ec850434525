//! `at(yyyy-mm-ddThh:mm:ss)`.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::{ParseError, Zone};

/// Once, at a local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    local: DateTime,
    text: String,
}

impl At {
    pub(crate) fn parse(inside: &str) -> Result<Self, ParseError> {
        let shape = |(byte, form): (u8, u8)| {
            if form == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == form
            }
        };
        let form = b"0000-00-00T00:00:00";
        if inside.len() != form.len() || !inside.bytes().zip(form.iter().copied()).all(shape) {
            return Err(ParseError::AtShape {
                seen: inside.to_owned(),
            });
        }
        // jiff takes second 60 for a leap second; Scheduler knows none.
        let no_such = |why: String| ParseError::AtNoSuchTime {
            seen: inside.to_owned(),
            why,
        };
        if inside.ends_with(":60") {
            return Err(no_such("a minute has the seconds 00 to 59".to_owned()));
        }
        let local = inside
            .parse()
            .map_err(|_| no_such("the calendar has no such date or the day no such time".to_owned()))?;
        Ok(Self {
            local,
            text: inside.to_owned(),
        })
    }

    /// The local date and time.
    #[must_use]
    pub fn local(&self) -> DateTime {
        self.local
    }

    /// Its instant; `None` where the zone's clocks skip the time.
    pub(crate) fn run(&self, zone: &Zone) -> Option<Timestamp> {
        zone.instant(self.local)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
