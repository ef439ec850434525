//! JSON strings. Runs of bytes that stand for themselves are found eight at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// A bit of every byte that is zero, in its highest bit. Above the first such byte there may be bits too many.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

fn special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// How many bytes from the start are neither control characters nor `"` nor `\`, and whether there may be others than
/// ASCII among or after them.
fn plain_run(bytes: &[u8]) -> (usize, bool) {
    let mut highs = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        highs |= word & HIGHS;
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        let found = control | zeros(word ^ (ONES * 0x22)) | zeros(word ^ (ONES * 0x5C));
        if found != 0 {
            return (at * 8 + found.trailing_zeros() as usize / 8, highs != 0);
        }
    }
    let mut ascii = highs == 0;
    for (at, &byte) in rest.iter().enumerate() {
        ascii &= byte < 0x80;
        if special(byte) {
            return (words.len() * 8 + at, !ascii);
        }
    }
    (bytes.len(), !ascii)
}

/// How many bytes [`push`] would write, without the quotes.
pub(super) fn pushed_len(text: &[u8]) -> usize {
    let of = |&byte: &u8| match byte {
        b'"' | b'\\' | b'\x08' | b'\x0C' | b'\n' | b'\r' | b'\t' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.iter().map(of).sum()
}

/// Writes a JSON string with its quotes. None when the text is not UTF-8; something may have been written then.
pub(super) fn push(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.push(b'"');
    let mut rest = text;
    let mut ascii = true;
    loop {
        let (run, other) = plain_run(rest);
        ascii &= !other;
        out.extend_from_slice(&rest[..run]);
        let Some(&byte) = rest.get(run) else { break };
        rest = &rest[run + 1..];
        push_escaped(byte, out);
    }
    out.push(b'"');
    (ascii || std::str::from_utf8(text).is_ok()).then_some(())
}

fn push_escaped(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\x08' => b'b',
        b'\x0C' => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            out.extend_from_slice(b"\\u00");
            push_hex(&[byte], out);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// Two lower-case hexadecimal digits a byte.
pub(super) fn push_hex(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + 2 * bytes.len(), 0);
    // It fails in other lengths only.
    hex::encode_to_slice(bytes, &mut out[start..]).unwrap_or_default();
}

/// The value of hexadecimal digits.
pub(super) fn read_hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(bytes)
}

/// Reads a JSON string whose opening quote is at `at - 1` of a line that is UTF-8, and appends what it stands for. The
/// answer is the place after the closing quote, or of the first byte that cannot be read.
pub(super) fn read(line: &[u8], mut at: usize, out: &mut Vec<u8>) -> Result<usize, usize> {
    loop {
        let rest = line.get(at..).unwrap_or_default();
        let (run, _) = plain_run(rest);
        out.extend_from_slice(&rest[..run]);
        at += run;
        match line.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at = read_escaped(line, at, out).ok_or(at)?,
            _ => return Err(at),
        }
    }
}

fn read_escaped(line: &[u8], at: usize, out: &mut Vec<u8>) -> Option<usize> {
    let byte = match line.get(at + 1)? {
        byte @ (b'"' | b'\\' | b'/') => *byte,
        b'b' => b'\x08',
        b'f' => b'\x0C',
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return read_unicode(line, at, out),
        _ => return None,
    };
    out.push(byte);
    Some(at + 2)
}

fn read_unicode(line: &[u8], at: usize, out: &mut Vec<u8>) -> Option<usize> {
    let unit = |at: usize| -> Option<u16> {
        let digits = line.get(at..at + 6)?.strip_prefix(b"\\u")?;
        read_hex::<2>(digits).map(u16::from_be_bytes)
    };
    let first = unit(at)?;
    let second = if (0xD800..0xDC00).contains(&first) {
        Some(unit(at + 6)?)
    } else {
        None
    };
    let mut units = char::decode_utf16([Some(first), second].into_iter().flatten());
    let c = units.next()?.ok()?;
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    Some(at + if second.is_some() { 12 } else { 6 })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;

    use super::*;

    fn pushed(text: &str) -> String {
        let mut out = Vec::new();
        push(text.as_bytes(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_is_escaped_where_json_asks_for_it_and_nowhere_else() {
        for (text, expected) in [
            ("", r#""""#),
            ("plain", r#""plain""#),
            ("\"\\/", r#""\"\\/""#),
            ("\x08\x0C\n\r\t", r#""\b\f\n\r\t""#),
            ("\0\x01\x1F\x7F", "\"\\u0000\\u0001\\u001f\x7F\""),
            ("é€😀\u{2028}", "\"é€😀\u{2028}\""),
            ("12345678\"", r#""12345678\"""#),
        ] {
            assert_eq!(pushed(text), expected);
            assert_eq!(pushed_len(text.as_bytes()) + 2, expected.len());
        }
    }

    #[test]
    fn other_writers_escapes_are_read_too() {
        let mut out = Vec::new();
        let line = br#"\u00e9\u20AC\ud83d\uDE00\/" rest"#;
        let end = read(line, 0, &mut out).unwrap();
        assert_eq!(&line[end..], b" rest");
        assert_eq!(out, "é€😀/".as_bytes());
        for (bad, at) in [
            (&br#"abc"#[..], 3),
            (br#"a\x""#, 1),
            (br#"\u12"#, 0),
            (br#"\ud83d""#, 0),
            (br#"\ud83d\u0041""#, 0),
            (br#"\ude00""#, 0),
            (b"a\nb\"", 1),
            (br#"\"#, 0),
        ] {
            assert_eq!(
                read(bad, 0, &mut Vec::new()),
                Err(at),
                "{}",
                String::from_utf8_lossy(bad)
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back_and_serde_json_agrees(text in any::<String>(), ascii in "[\\x00-\\x7F]{0,40}") {
            for text in [text, ascii] {
                let json = pushed(&text);
                prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text.clone());
                prop_assert_eq!(&json, &serde_json::to_string(&text).unwrap());
                prop_assert_eq!(pushed_len(text.as_bytes()) + 2, json.len());
                let mut back = Vec::new();
                prop_assert_eq!(read(json.as_bytes(), 1, &mut back), Ok(json.len()));
                prop_assert_eq!(back, text.into_bytes());
            }
        }

        #[test]
        fn what_is_not_utf8_is_noticed(bytes in any::<Vec<u8>>()) {
            let valid = std::str::from_utf8(&bytes).is_ok();
            prop_assert_eq!(push(&bytes, &mut Vec::new()).is_some(), valid);
        }
    }
}
