//! Content-Disposition for a file of any name (RFC 6266).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but `attr-char` (RFC 8187, section 3.2.1).
const NOT_ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Characters of a name that are kept: as many as an upload may have. Percent-encoded twice they stay below CloudFront's limit for
/// a URL, 8,192 bytes.
const MAX_CHARACTERS: usize = 255;

/// What a character that cannot be in a file's name becomes.
const REPLACEMENT: char = '_';

/// The name that browsers save the file under: without control characters, path separators and characters that change
/// the direction of text, which make `fdp.exe` look like `exe.pdf`, and as a name that Windows keeps unchanged.
fn offered(name: &str) -> String {
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
    for_windows(name)
}

/// Windows takes some names for devices, whatever follows the first point, and leaves a point at the end out, which makes another name
/// of it. Source: Microsoft, "Naming Files, Paths, and Namespaces".
fn for_windows(name: String) -> String {
    let mut name = if is_device(&name) {
        let kept = name.chars().take(MAX_CHARACTERS - 1);
        std::iter::once(REPLACEMENT).chain(kept).collect()
    } else {
        name
    };
    if name.ends_with('.') {
        name.pop();
        name.push(REPLACEMENT);
    }
    name
}

fn is_device(name: &str) -> bool {
    const DEVICES: [&str; 6] = ["AUX", "CON", "CONIN$", "CONOUT$", "NUL", "PRN"];
    let stem = name.split('.').next().unwrap_or_default().trim_end_matches(' ');
    let stem = stem.to_ascii_uppercase();
    let numbered = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    let mut number = numbered.unwrap_or_default().chars();
    let one_digit = matches!(
        (number.next(), number.next()),
        (Some('0'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'), None)
    );
    one_digit || DEVICES.contains(&stem.as_str())
}

/// The header's value, in ASCII without control characters: as an attachment, with the name in UTF-8 (`filename*`, RFC 8187) and for
/// old clients an approximation of it.
#[must_use]
pub fn attachment(name: &str) -> String {
    let name = offered(name);
    // A quotation mark would end the string, and some clients decode %41 in it (RFC 6266, appendix D).
    let plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '%');
    let fallback: String = name.chars().map(|c| if plain(c) { c } else { REPLACEMENT }).collect();
    let extended = utf8_percent_encode(&name, NOT_ATTR_CHAR);
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{extended}")
}

/// The content type for the answer of S3: a record's, or none in particular where it is not a media type.
#[must_use]
pub fn content_type(recorded: &str) -> &str {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;

    use super::*;

    /// Reads the header as RFC 6266 and RFC 8187 say, and nothing that is only almost like it: the quoted name, the extended name.
    fn read(header: &str) -> Option<(String, String)> {
        let quoted = header.strip_prefix("attachment; filename=\"")?;
        let end = quoted.find('"')?;
        // No quoted pair is ever needed.
        let plain = quoted[..end].to_owned();
        if plain.contains('\\') || !plain.chars().all(|c| matches!(c, ' '..='~')) {
            return None;
        }
        let mut rest = quoted[end + 1..].strip_prefix("; filename*=UTF-8''")?.bytes();
        let mut bytes = Vec::new();
        while let Some(byte) = rest.next() {
            let attr_char = byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
            if byte == b'%' {
                bytes.extend(hex::decode([rest.next()?, rest.next()?]).ok()?);
            } else if attr_char {
                bytes.push(byte);
            } else {
                return None;
            }
        }
        Some((plain, String::from_utf8(bytes).ok()?))
    }

    proptest! {
        #[test]
        fn whatever_the_name_the_header_is_read_back_as_the_offered_name(name in any::<String>()) {
            let header = attachment(&name);
            let (plain, extended) = read(&header).unwrap();
            prop_assert_eq!(&extended, &offered(&name));
            prop_assert_eq!(plain.chars().count(), extended.chars().count());
        }

        #[test]
        fn names_of_what_breaks_headers_break_none(name in "[\r\n\";\\\\%'*=/,\u{0}\u{7f}\u{85}\u{2028}\u{202e}é😀 a.]{0,300}") {
            let header = attachment(&name);
            prop_assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{}", header);
            prop_assert_eq!(header.matches('"').count(), 2);
            prop_assert_eq!(header.matches(';').count() - name.chars().take(255).filter(|c| *c == ';').count(), 2);
            prop_assert!(read(&header).is_some(), "{}", header);
        }

        #[test]
        fn a_name_that_the_contract_allows_is_offered_as_it_is(name in "[^\\p{C}/\\\\.]{1,255}") {
            prop_assert_eq!(offered(&name), name);
        }

        #[test]
        fn a_content_type_is_the_recorded_one_or_none_in_particular(recorded in any::<String>()) {
            let used = content_type(&recorded);
            prop_assert!(used == recorded || used == "application/octet-stream");
            prop_assert!(used.bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }

    #[test]
    fn names_and_their_headers() {
        for (name, header) in [
            (
                "notes.pdf",
                r#"attachment; filename="notes.pdf"; filename*=UTF-8''notes.pdf"#,
            ),
            (
                "a b.pdf",
                r#"attachment; filename="a b.pdf"; filename*=UTF-8''a%20b.pdf"#,
            ),
            ("é.pdf", r#"attachment; filename="_.pdf"; filename*=UTF-8''%C3%A9.pdf"#),
            (
                r#"a";x="b"#,
                r#"attachment; filename="a_;x=_b"; filename*=UTF-8''a%22%3Bx%3D%22b"#,
            ),
            (
                "100%41.pdf",
                r#"attachment; filename="100_41.pdf"; filename*=UTF-8''100%2541.pdf"#,
            ),
            (
                "a\r\nSet-Cookie: x=1",
                r#"attachment; filename="a__Set-Cookie: x=1"; filename*=UTF-8''a__Set-Cookie%3A%20x%3D1"#,
            ),
            (
                "../../etc/passwd",
                r#"attachment; filename=".._.._etc_passwd"; filename*=UTF-8''.._.._etc_passwd"#,
            ),
            (
                "\u{202e}fdp.exe",
                r#"attachment; filename="_fdp.exe"; filename*=UTF-8''_fdp.exe"#,
            ),
            ("..", r#"attachment; filename="_"; filename*=UTF-8''_"#),
            ("", r#"attachment; filename="_"; filename*=UTF-8''_"#),
            // Windows leaves a point at the end out, and takes the others for devices.
            ("notes.", r#"attachment; filename="notes_"; filename*=UTF-8''notes_"#),
            (
                "notes.pdf..",
                r#"attachment; filename="notes.pdf._"; filename*=UTF-8''notes.pdf._"#,
            ),
            ("con", r#"attachment; filename="_con"; filename*=UTF-8''_con"#),
            (
                "NUL.tar.gz",
                r#"attachment; filename="_NUL.tar.gz"; filename*=UTF-8''_NUL.tar.gz"#,
            ),
            (
                "Com1 .pdf",
                r#"attachment; filename="_Com1 .pdf"; filename*=UTF-8''_Com1%20.pdf"#,
            ),
            (
                "lpt\u{b9}.pdf",
                r#"attachment; filename="_lpt_.pdf"; filename*=UTF-8''_lpt%C2%B9.pdf"#,
            ),
            ("aux.", r#"attachment; filename="_aux_"; filename*=UTF-8''_aux_"#),
            (
                "console.log",
                r#"attachment; filename="console.log"; filename*=UTF-8''console.log"#,
            ),
            (
                "com10.pdf",
                r#"attachment; filename="com10.pdf"; filename*=UTF-8''com10.pdf"#,
            ),
        ] {
            assert_eq!(attachment(name), header, "{name:?}");
        }
    }

    #[test]
    fn the_longest_name_fits_into_a_url_of_cloudfront() {
        let url = crate::query::encode(&attachment(&"😀".repeat(1000)));
        assert!(url.len() < 6000, "{}", url.len());
    }
}
