//! A database's or collection's name as one segment of a key. Letters, digits, `-`, `_` and `.` stand for themselves, every
//! other byte of the UTF-8 name is `%` and two capital hexadecimal digits. A name of nothing but one or two dots has them
//! encoded too, as many tools take such a segment for a folder.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

pub(super) fn encode(name: &str, into: &mut String) {
    match name {
        "." => into.push_str("%2E"),
        ".." => into.push_str("%2E%2E"),
        _ => into.extend(utf8_percent_encode(name, ENCODED)),
    }
}

/// None when `encode` would not have written it.
pub(super) fn decode(segment: &str) -> Option<String> {
    let name = percent_decode_str(segment).decode_utf8().ok()?;
    let mut again = String::with_capacity(segment.len());
    encode(&name, &mut again);
    (again == segment).then(|| name.into_owned())
}
