//! Instants as the API carries them.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ciborium::tag::Required;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// CBOR's tag for seconds since 1970 (RFC 8949 3.4.2).
pub(crate) const EPOCH_TAG: u64 = 1;

/// An instant in whole milliseconds since 1970-01-01T00:00:00Z, which is CloudWatch's precision. Earlier instants become 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    millis: u64,
}

impl Timestamp {
    /// Milliseconds since 1970.
    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Self { millis }
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn millis(self) -> u64 {
        self.millis
    }

    /// The same instant for the standard library.
    #[must_use]
    pub fn system_time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.millis)
    }

    /// `2026-11-24T08:32:00.123Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        humantime::format_rfc3339_millis(self.system_time()).to_string()
    }

    /// Never below the instant: SDKs cut to milliseconds, and would cut the nearest float of `.123` to `.122`.
    fn epoch_seconds(self) -> f64 {
        let seconds = Duration::from_millis(self.millis).as_secs_f64();
        if self.millis.is_multiple_of(1000) {
            seconds
        } else {
            seconds.next_up()
        }
    }

    /// To the nearest millisecond; `None` before 1970 and beyond the calendar.
    pub(crate) fn from_epoch_seconds(seconds: f64) -> Option<Self> {
        let since = Duration::try_from_secs_f64(seconds)
            .ok()?
            .checked_add(Duration::from_micros(500))?;
        Some(UNIX_EPOCH.checked_add(since)?.into())
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            millis: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

impl Serialize for Timestamp {
    /// RFC 3339 in JSON, tag 1 with a float in CBOR.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&self.rfc3339())
        } else {
            Required::<_, EPOCH_TAG>(self.epoch_seconds()).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    /// Seconds since 1970 as a number, or RFC 3339; the CBOR tag is taken off before.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TimestampVisitor)
    }
}

struct TimestampVisitor;

impl Visitor<'_> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("seconds since 1970 or an RFC 3339 time")
    }

    fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Timestamp, E> {
        Timestamp::from_epoch_seconds(seconds).ok_or_else(|| E::custom("the time is out of range"))
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Timestamp, E> {
        Ok(Timestamp::from_millis(seconds.saturating_mul(1000)))
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Timestamp, E> {
        self.visit_u64(u64::try_from(seconds).unwrap_or_default())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        // Go and Python write `Z` or no zone at all; both mean UTC.
        let time = humantime::parse_rfc3339_weak(text.trim_end_matches("+00:00"));
        time.map(Timestamp::from).map_err(E::custom)
    }
}
