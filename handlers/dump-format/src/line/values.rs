//! The values of a document as canonical Extended JSON spells them.

use super::encode::{Kind, Walk};
use super::raw::{bytes, length, string, zero_ended};
use super::refusal::{Refusal, refuse};
use super::{EscapeReason, MAX_PLAIN_LINE, OLD_BINARY, QUIET_NAN, decimal, push_base64, text};

/// Milliseconds of 0001-01-01T00:00:00Z and of the last one of the year 9999.
const DATES: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

impl<'a> Walk<'a> {
    /// Writes the value at `at`, or begins it if it is a document; returns the position to continue at.
    pub(super) fn value(&mut self, body: &'a [u8], kind: u8, at: usize) -> Result<usize, Refusal> {
        match kind {
            0x01 => {
                let double = f64::from_le_bytes(bytes(body, at)?);
                self.double(double, at)?;
                Ok(at + 8)
            }
            0x02 => {
                let (text, after) = string(body, at)?;
                self.text(text, at)?;
                Ok(after)
            }
            0x03 => self.open(Kind::Document, at, body.len()),
            0x04 => self.open(Kind::Array, at, body.len()),
            0x05 => self.binary(body, at),
            0x07 => {
                let id: [u8; 12] = bytes(body, at)?;
                self.put(br#"{"$oid":""#);
                text::push_hex(&id, self.out);
                self.put(br#""}"#);
                Ok(at + 12)
            }
            0x08 => {
                match bytes(body, at)? {
                    [0] => self.put(b"false"),
                    [1] => self.put(b"true"),
                    [_] => return refuse(EscapeReason::Malformed, at),
                }
                Ok(at + 1)
            }
            0x09 => {
                let millis = i64::from_le_bytes(bytes(body, at)?);
                if !DATES.contains(&millis) {
                    return refuse(EscapeReason::Date, at);
                }
                self.number(br#"{"$date":{"$numberLong":""#, millis);
                self.put(br#""}}"#);
                Ok(at + 8)
            }
            0x0A => {
                self.put(b"null");
                Ok(at)
            }
            0x0B => self.regular_expression(body, at),
            0x0D => {
                let (code, after) = string(body, at)?;
                self.put(br#"{"$code":"#);
                self.text(code, at)?;
                self.put(b"}");
                Ok(after)
            }
            0x0F => self.code_with_scope(body, at),
            0x10 => {
                let number = i32::from_le_bytes(bytes(body, at)?);
                self.number(br#"{"$numberInt":""#, number);
                self.put(br#""}"#);
                Ok(at + 4)
            }
            0x11 => {
                let increment = u32::from_le_bytes(bytes(body, at)?);
                let seconds = u32::from_le_bytes(bytes(body, at + 4)?);
                self.number(br#"{"$timestamp":{"t":"#, seconds);
                self.number(br#","i":"#, increment);
                self.put(b"}}");
                Ok(at + 8)
            }
            0x12 => {
                let number = i64::from_le_bytes(bytes(body, at)?);
                self.number(br#"{"$numberLong":""#, number);
                self.put(br#""}"#);
                Ok(at + 8)
            }
            0x13 => {
                let Some(decimal) = decimal::to_text(u128::from_le_bytes(bytes(body, at)?)) else {
                    return refuse(EscapeReason::Decimal, at);
                };
                self.put(br#"{"$numberDecimal":""#);
                self.put(decimal.as_bytes());
                self.put(br#""}"#);
                Ok(at + 16)
            }
            0xFF => {
                self.put(br#"{"$minKey":1}"#);
                Ok(at)
            }
            0x7F => {
                self.put(br#"{"$maxKey":1}"#);
                Ok(at)
            }
            0x06 | 0x0C | 0x0E => refuse(EscapeReason::DeprecatedType, at),
            _ => refuse(EscapeReason::Malformed, at),
        }
    }

    fn double(&mut self, double: f64, at: usize) -> Result<(), Refusal> {
        self.put(br#"{"$numberDouble":""#);
        if double.is_finite() {
            self.out
                .extend_from_slice(zmij::Buffer::new().format_finite(double).as_bytes());
        } else if double == f64::INFINITY {
            self.put(b"Infinity");
        } else if double == f64::NEG_INFINITY {
            self.put(b"-Infinity");
        } else if double.to_bits() == QUIET_NAN {
            self.put(b"NaN");
        } else {
            return refuse(EscapeReason::Nan, at);
        }
        self.put(br#""}"#);
        Ok(())
    }

    fn binary(&mut self, body: &[u8], at: usize) -> Result<usize, Refusal> {
        let length = length(body, at)?;
        let [subtype] = bytes(body, at + 4)?;
        let Some(mut data) = body.get(at + 5..).and_then(|rest| rest.get(..length)) else {
            return refuse(EscapeReason::Malformed, at);
        };
        if subtype == OLD_BINARY {
            // It has its length twice, the inner one four less; only the outer one is written.
            data = match data.split_first_chunk() {
                Some((inner, data)) if usize::try_from(i32::from_le_bytes(*inner)) == Ok(data.len()) => data,
                _ => return refuse(EscapeReason::Malformed, at),
            };
        }
        if self.out.len() - self.start + data.len() / 3 * 4 > MAX_PLAIN_LINE {
            return refuse(EscapeReason::TooLong, at);
        }
        self.put(br#"{"$binary":{"base64":""#);
        push_base64(data, self.out);
        self.put(br#"","subType":""#);
        text::push_hex(&[subtype], self.out);
        self.put(br#""}}"#);
        Ok(at + 5 + length)
    }

    fn regular_expression(&mut self, body: &[u8], at: usize) -> Result<usize, Refusal> {
        let (pattern, options_at) = zero_ended(body, at)?;
        let (options, after) = zero_ended(body, options_at)?;
        if !options.iter().all(|option| b"ilmsux".contains(option)) || !options.is_sorted_by(|a, b| a < b) {
            return refuse(EscapeReason::RegexOptions, options_at);
        }
        self.put(br#"{"$regularExpression":{"pattern":"#);
        self.text(pattern, at)?;
        self.put(br#","options":"#);
        self.text(options, options_at)?;
        self.put(b"}}");
        Ok(after)
    }

    fn code_with_scope(&mut self, body: &'a [u8], at: usize) -> Result<usize, Refusal> {
        let whole = length(body, at)?;
        if body.len() - at < whole {
            return refuse(EscapeReason::Malformed, at);
        }
        let body = &body[..at + whole];
        let (code, scope_at) = string(body, at + 4)?;
        self.put(br#"{"$code":"#);
        self.text(code, at + 4)?;
        self.put(br#","$scope":"#);
        if length(body, scope_at)? != body.len() - scope_at {
            return refuse(EscapeReason::Malformed, at);
        }
        self.open(Kind::Scope, scope_at, body.len())
    }
}
