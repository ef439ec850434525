//! Content-Disposition for a file of any name (RFC 6266).

use crate::query::push_escaped;

/// Characters of a name that are kept: as many as an upload may have. Percent-encoded twice they stay below CloudFront's limit for
/// a URL, 8,192 bytes.
const MAX_CHARACTERS: usize = 255;

/// What a character that cannot be in a file's name becomes.
const REPLACEMENT: char = '_';

/// The name as it is offered to whoever downloads: without control characters, separators of paths and characters that change
/// the direction of text, which make `fdp.exe` look like `exe.pdf`.
#[must_use]
pub fn offered(name: &str) -> String {
    let unfit = |c: char| {
        c.is_control()
            || matches!(c, '/' | '\\' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = name
        .chars()
        .take(MAX_CHARACTERS)
        .map(|c| if unfit(c) { REPLACEMENT } else { c })
        .collect();
    // A folder is none, and nothing is none.
    if name.chars().all(|c| c == '.') {
        return REPLACEMENT.to_string();
    }
    name
}

/// The header's value, in ASCII without control characters: as an attachment, with the name in UTF-8 (`filename*`, RFC 8187) and for
/// old clients an approximation of it.
#[must_use]
pub fn attachment(name: &str) -> String {
    let name = offered(name);
    // A quotation mark would end the string, and some clients decode %41 in it (RFC 6266, appendix D).
    let plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '%');
    let fallback: String = name.chars().map(|c| if plain(c) { c } else { REPLACEMENT }).collect();
    let mut header = format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            header.push(char::from(byte));
        } else {
            push_escaped(&mut header, byte);
        }
    }
    header
}

/// The content type for the answer of S3: a record's, or none in particular where it is not a media type.
pub(crate) fn content_type(recorded: &str) -> &str {
    let token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    match recorded.split_once('/') {
        Some((kind, subtype)) if token(kind) && token(subtype) => recorded,
        _ => "application/octet-stream",
    }
}
