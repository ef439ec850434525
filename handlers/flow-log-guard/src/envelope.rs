//! What CloudWatch Logs hands to a function: JSON, in gzip, in base64, in JSON.
//!
//! Source: CloudWatch Logs user guide, "Log group-level subscription filters".

use std::borrow::Cow;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::bufread::GzDecoder;
use serde::Deserialize;

/// The most that an event may hold, unpacked. Our choice: one of Lambda's most bytes (6 MB) that packs ten to one, as flow logs do,
/// and a function of 256 MB has room for it.
const UNPACKED_MAX: usize = 64 << 20;

/// One event, unpacked.
#[derive(Debug, Clone)]
pub struct Envelope(Vec<u8>);

/// What is in an event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery<'a> {
    /// `DATA_MESSAGE`, or `CONTROL_MESSAGE` where CloudWatch Logs only asks whether the function is there.
    #[serde(borrow)]
    pub message_type: Cow<'a, str>,
    /// Account of the log group.
    #[serde(borrow)]
    pub owner: Cow<'a, str>,
    /// Its name.
    #[serde(borrow)]
    pub log_group: Cow<'a, str>,
    /// The stream in it: flow logs have one for each interface.
    #[serde(borrow)]
    pub log_stream: Cow<'a, str>,
    /// The lines.
    #[serde(borrow)]
    pub log_events: Vec<LogEvent<'a>>,
}

/// One line, as CloudWatch Logs keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LogEvent<'a> {
    /// The same when it is delivered again.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// The line.
    #[serde(borrow)]
    pub message: Cow<'a, str>,
}

/// Why an event is none of a subscription's. It quotes nothing of the event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not `{"awslogs": {"data": "..."}}`.
    #[error("it is not a subscription's event, which is {{\"awslogs\": {{\"data\": ...}}}}")]
    Form,
    /// `data` is not base64.
    #[error("its data is not base64")]
    Base64,
    /// What is in it is not gzip, or ends too early.
    #[error("its data is not gzip, or not all of it")]
    Gzip,
    /// More than a function can hold.
    #[error("its data has more than {} MiB unpacked", UNPACKED_MAX >> 20)]
    TooLarge,
    /// What is in that is not JSON of the known members.
    #[error("its data is not what CloudWatch Logs writes: line {line}, column {column}")]
    Json {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// Neither data nor control.
    #[error("its messageType is neither DATA_MESSAGE nor CONTROL_MESSAGE")]
    Type,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    awslogs: Packed<'a>,
}

#[derive(Deserialize)]
struct Packed<'a> {
    #[serde(borrow)]
    data: Cow<'a, str>,
}

impl Envelope {
    /// Unpacks an event's JSON.
    ///
    /// # Errors
    /// [`EnvelopeError`].
    pub fn open(event: &str) -> Result<Self, EnvelopeError> {
        let event: Event<'_> = serde_json::from_str(event).map_err(|_| EnvelopeError::Form)?;
        let packed = STANDARD
            .decode(event.awslogs.data.as_bytes())
            .map_err(|_| EnvelopeError::Base64)?;
        // gzip ends with the size of what it holds, so that room is made once; it may lie, so that no more is made than may be used.
        let size = packed.last_chunk().map_or(0, |size| u32::from_le_bytes(*size) as usize);
        let mut unpacked = Vec::with_capacity(size.min(UNPACKED_MAX) + 1);
        let limit = UNPACKED_MAX as u64 + 1;
        let read = GzDecoder::new(&packed[..]).take(limit).read_to_end(&mut unpacked);
        read.map_err(|_| EnvelopeError::Gzip)?;
        if unpacked.len() > UNPACKED_MAX {
            return Err(EnvelopeError::TooLarge);
        }
        Ok(Self(unpacked))
    }

    /// What is in it; texts without escapes are not copied.
    ///
    /// # Errors
    /// [`EnvelopeError::Json`], [`EnvelopeError::Type`].
    pub fn read(&self) -> Result<Delivery<'_>, EnvelopeError> {
        let delivery: Delivery<'_> = serde_json::from_slice(&self.0).map_err(|error| EnvelopeError::Json {
            line: error.line(),
            column: error.column(),
        })?;
        match delivery.message_type.as_ref() {
            "DATA_MESSAGE" | "CONTROL_MESSAGE" => Ok(delivery),
            _ => Err(EnvelopeError::Type),
        }
    }
}

impl Delivery<'_> {
    /// Whether CloudWatch Logs only asks whether the function is there.
    #[must_use]
    pub fn is_control(&self) -> bool {
        self.message_type == "CONTROL_MESSAGE"
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn event(packed: &[u8]) -> String {
        format!(r#"{{"awslogs":{{"data":"{}"}}}}"#, STANDARD.encode(packed))
    }

    const DATA: &str = r#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/vpc/edu/flow-logs","logStream":"eni-1-all",
        "subscriptionFilters":["guard"],"logEvents":[{"id":"1","timestamp":1700000000000,"message":"a b","extractedFields":{"a":"b"}},
        {"id":"2","timestamp":-1,"message":"a\tb"}]}"#;

    #[test]
    fn lines_are_read_in_place_where_they_have_no_escapes() {
        let envelope = Envelope::open(&event(&gzip(DATA.as_bytes()))).unwrap();
        let delivery = envelope.read().unwrap();
        assert!(!delivery.is_control());
        assert!(matches!(delivery.log_events[0].message, Cow::Borrowed("a b")));
        assert_eq!(delivery.log_events[1].message, "a\tb");
    }

    #[test]
    fn what_is_no_event_of_a_subscription_says_where_it_is_wrong() {
        let whole = gzip(DATA.as_bytes());
        let json = EnvelopeError::Json { line: 1, column: 2 };
        for (event, error) in [
            ("{}".to_owned(), EnvelopeError::Form),
            (r#"{"awslogs":{"data":7}}"#.to_owned(), EnvelopeError::Form),
            (r#"{"awslogs":{"data":"%%%%"}}"#.to_owned(), EnvelopeError::Base64),
            (event(DATA.as_bytes()), EnvelopeError::Gzip),
            (event(&whole[..whole.len() - 9]), EnvelopeError::Gzip),
            (event(&[]), EnvelopeError::Gzip),
            (event(&gzip(b"{}")), json),
            (
                event(&gzip(DATA.replace("DATA_MESSAGE", "DATUM").as_bytes())),
                EnvelopeError::Type,
            ),
            (event(&gzip(&vec![b' '; UNPACKED_MAX + 1])), EnvelopeError::TooLarge),
        ] {
            let read = Envelope::open(&event).and_then(|envelope| envelope.read().map(|_| ()));
            assert_eq!(read, Err(error), "{event:.80}");
        }
    }

    #[test]
    fn a_size_that_lies_takes_no_memory() {
        let mut packed = gzip(DATA.as_bytes());
        let at = packed.len() - 4;
        packed[at..].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Envelope::open(&event(&packed)).map(|_| ()), Err(EnvelopeError::Gzip));
    }
}
