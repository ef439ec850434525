//! Time zones by their IANA names.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

/// A time zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// A name that is no time zone's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Got {seen:?}, which is not the name of an IANA time zone. Use {}.", instead(near))]
pub struct UnknownZone {
    /// As typed.
    pub seen: String,
    /// At most three names that may be meant.
    pub near: Vec<String>,
}

fn instead(near: &[String]) -> String {
    if near.is_empty() {
        return "a name such as UTC or Europe/Berlin".to_owned();
    }
    near.join(" or ")
}

impl Zone {
    /// # Errors
    /// When there is no zone of exactly this name. Another case is none: our choice because Scheduler's documentation names
    /// zones in the one spelling only.
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        let zones = TimeZoneDatabase::bundled();
        match zones.get(name) {
            Ok(rules) if rules.iana_name() == Some(name) && !rules.is_unknown() => Ok(Self {
                name: name.to_owned(),
                rules,
            }),
            _ => Err(UnknownZone {
                seen: name.to_owned(),
                near: near(name, &zones),
            }),
        }
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The local time of an instant.
    #[must_use]
    pub fn local(&self, instant: Timestamp) -> DateTime {
        self.rules.to_datetime(instant)
    }

    /// The instant at which a schedule of this local time runs: none for a time that the clocks skip, and the first of the two
    /// for one that they repeat.
    ///
    /// Source: User Guide, schedule-types, daylight saving time; it says "once", and that it is the first time is our reading.
    #[must_use]
    pub fn instant(&self, local: DateTime) -> Option<Timestamp> {
        let found = self.rules.to_ambiguous_timestamp(local);
        match found.offset() {
            AmbiguousOffset::Gap { .. } => None,
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => found.earlier().ok(),
        }
    }

    /// When the clocks change next.
    pub(crate) fn change_after(&self, instant: Timestamp) -> Option<Timestamp> {
        // A transition may change only the name of the zone; it costs nothing to look at that day too.
        self.rules.following(instant).next().map(|change| change.timestamp())
    }
}

fn near(typed: &str, zones: &TimeZoneDatabase) -> Vec<String> {
    let normal = |name: &str| name.to_lowercase().replace([' ', '-'], "_");
    let typed = normal(typed);
    if typed.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = zones.available().map(|name| name.to_string()).collect();
    let ranked: [&dyn Fn(&str) -> bool; 3] = [
        &|name| name == typed,
        &|name| name.rsplit('/').next() == Some(typed.rsplit('/').next().unwrap_or(&typed)),
        &|name| name.contains(&typed),
    ];
    ranked
        .iter()
        .map(|fits| {
            names
                .iter()
                .filter(|name| fits(&normal(name)))
                .take(3)
                .cloned()
                .collect::<Vec<_>>()
        })
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}
