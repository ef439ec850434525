//! A database's or collection's name as one segment of a key. Letters, digits, `-`, `_` and `.` stand for themselves, every
//! other byte of the UTF-8 name is `%` and two capital hexadecimal digits. A name of nothing but one or two dots has them
//! encoded too, as many tools take such a segment for a folder.

fn plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

fn hex(digit: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(digit)])
}

pub(super) fn encode(name: &str, into: &mut String) {
    let dots = matches!(name, "." | "..");
    for &byte in name.as_bytes() {
        if plain(byte) && !dots {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push(hex(byte >> 4));
            into.push(hex(byte & 15));
        }
    }
}

/// None when `encode` would not have written it.
pub(super) fn decode(segment: &str) -> Option<String> {
    let mut name = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            let value = digit()? * 16 + digit()?;
            name.push(u8::try_from(value).ok()?);
        } else {
            name.push(byte);
        }
    }
    let name = String::from_utf8(name).ok()?;
    let mut again = String::with_capacity(segment.len());
    encode(&name, &mut again);
    (again == segment).then_some(name)
}
