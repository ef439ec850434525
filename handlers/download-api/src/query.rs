//! Values in a URL's query.

/// Percent-encodes everything but RFC 3986's unreserved characters: what comes out needs no escape in a URL, in JSON or in a
/// signature, and every server reads it the same way.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            push_escaped(&mut encoded, byte);
        }
    }
    encoded
}

/// Appends a byte as `%` and two capital hexadecimal digits.
pub(crate) fn push_escaped(text: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    text.push('%');
    for digit in [byte >> 4, byte & 15] {
        text.push(char::from(DIGITS[usize::from(digit)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(encode("a-Z_0.9~ +&=%\"\r\né"), "a-Z_0.9~%20%2B%26%3D%25%22%0D%0A%C3%A9");
    }
}
