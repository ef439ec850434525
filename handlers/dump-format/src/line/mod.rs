//! A raw BSON document as one line of canonical Extended JSON v2, and back, straight from bytes to bytes.
//!
//! The law: decode(encode(raw)) == raw for any bytes whatsoever. A document that canonical Extended JSON cannot carry back
//! byte for byte, here or through other readers of the format, becomes an escape line, `{"$bson":"<base64>"}`; no plain
//! line begins like that, as any field beginning with `$` makes its document one of those ([`EscapeReason`]).

mod decimal;
mod decode;
mod encode;
mod fields;
mod path;
mod raw;
mod refusal;
mod scan;
mod text;
mod values;
mod wrapper;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

pub use decode::{DecodeError, Decoder};
pub use encode::Encoder;
pub use scan::DecodeProblem;

/// Documents within documents, arrays included; the outermost is the first. Source: MongoDB Limits, nested depth. A deeper
/// document becomes an escape line, since other readers stop at depths of their own.
pub const MAX_DEPTH: usize = 100;

/// The longest plain line: 24 MiB. Our choice because a document of the largest size MongoDB stores (16 MiB) is an escape
/// line of 21.4 MiB, while a plain one could have six times its size; so memory is bounded whatever documents hold.
pub const MAX_PLAIN_LINE: usize = 24 << 20;

/// The NaN that readers make of the word. A NaN with any other bits has no word.
const QUIET_NAN: u64 = 0x7FF8 << 48;

/// The binary subtype that has its length twice. Source: bsonspec.org, subtype 2.
const OLD_BINARY: u8 = 0x02;

const ESCAPE_START: &[u8] = br#"{"$bson":""#;
const ESCAPE_END: &[u8] = br#""}"#;

/// What a document became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encoded {
    /// A line of canonical Extended JSON.
    Plain,
    /// An escape line, and why.
    Escaped {
        /// The first thing found that a plain line cannot carry.
        reason: EscapeReason,
        /// Where in the document, in bytes.
        offset: usize,
        /// The field, like `items.3.price`: names only, shortened when long; empty for the document as a whole.
        path: String,
    },
}

/// Why canonical Extended JSON cannot carry a document back byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum EscapeReason {
    /// A reader would take it for one of Extended JSON's own words.
    #[error("a field's name begins with $")]
    DollarField,
    /// JSON readers keep one of them.
    #[error("a field is there twice")]
    DoubledField,
    /// JSON is UTF-8.
    #[error("a text is not UTF-8")]
    NotUtf8,
    /// An array is written without its keys.
    #[error("an array's keys are not 0, 1, 2 and so on")]
    ArrayKeys,
    /// Extended JSON has one NaN; a double has many.
    #[error("a double is a NaN other than the usual one")]
    Nan,
    /// Many readers' dates end there.
    #[error("a date is outside the years 1 to 9999")]
    Date,
    /// Written as a number it would come back in another encoding.
    #[error("a decimal is not in its canonical encoding")]
    Decimal,
    /// Undefined, symbol and database pointer: most readers turn them into something else.
    #[error("a value has a deprecated type")]
    DeprecatedType,
    /// Readers sort options and drop those they do not know.
    #[error("a regular expression's options are not in order, or not all of ilmsux")]
    RegexOptions,
    /// More than [`MAX_DEPTH`] documents within documents.
    #[error("documents are nested too deep")]
    TooDeep,
    /// The line would be longer than [`MAX_PLAIN_LINE`].
    #[error("the plain line would be too long")]
    TooLong,
    /// Lengths that do not fit together, an unknown type, a boolean that is neither 0 nor 1: no valid BSON.
    #[error("the document is not valid BSON")]
    Malformed,
}

fn push_base64(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let written = STANDARD.encode_slice(bytes, &mut out[start..]);
    // The room is exactly what the encoding needs.
    out.truncate(start + written.unwrap_or_default());
}

/// None when it is not base64 in its one spelling, padded and with nothing in the unused bits.
fn push_from_base64(base64: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    out.resize(start + base64.len().div_ceil(4) * 3, 0);
    let written = STANDARD.decode_slice(base64, &mut out[start..]).ok()?;
    out.truncate(start + written);
    Some(())
}
