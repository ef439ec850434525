//! Decimal128 in the binary integer encoding, and its text as the BSON specification spells it.

use std::fmt::{self, Write};

const MAX_COEFFICIENT: u128 = 10_u128.pow(34) - 1;
const BIAS: i32 = 6_176;
const SIGN: u128 = 1 << 127;
const INFINITY: u128 = 0x78 << 120;
const NAN: u128 = 0x7C << 120;
/// Both bits set: infinity, NaN, or a coefficient no decimal can have.
const SPECIAL: u128 = 0x60 << 120;

/// The longest is a sign, 34 digits, a point and `E-6143`.
pub(super) struct Text {
    bytes: [u8; 48],
    len: usize,
}

impl Text {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes
            .get_mut(self.len..end)
            .ok_or(fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// None for bits no text stands for: a NaN with sign or payload, an infinity with more bits than its own, a coefficient of
/// more than 34 digits.
pub(super) fn to_text(bits: u128) -> Option<Text> {
    let mut text = Text { bytes: [0; 48], len: 0 };
    let magnitude = bits & !SIGN;
    if bits & SIGN != 0 {
        text.write_str("-").ok()?;
    }
    if magnitude & SPECIAL == SPECIAL {
        let word = match magnitude {
            INFINITY => "Infinity",
            NAN if bits == NAN => "NaN",
            _ => return None,
        };
        text.write_str(word).ok()?;
        return Some(text);
    }
    let coefficient = magnitude & ((1 << 113) - 1);
    if coefficient > MAX_COEFFICIENT {
        return None;
    }
    let exponent = i32::try_from(magnitude >> 113).ok()? - BIAS;
    finite(coefficient, exponent, &mut text).ok()?;
    Some(text)
}

fn finite(coefficient: u128, exponent: i32, text: &mut Text) -> fmt::Result {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(coefficient);
    let count = i32::try_from(digits.len()).map_err(|_| fmt::Error)?;
    let adjusted = exponent + count - 1;
    if exponent > 0 || adjusted < -6 {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return write!(text, "{first}{point}{rest}E{adjusted:+}");
    }
    match usize::try_from(count + exponent) {
        _ if exponent == 0 => text.write_str(digits),
        Ok(whole) if whole > 0 => write!(text, "{}.{}", &digits[..whole], &digits[whole..]),
        _ => {
            text.write_str("0.")?;
            for _ in count..-exponent {
                text.write_str("0")?;
            }
            text.write_str(digits)
        }
    }
}

/// The bits of a text that [`to_text`] writes, None for any other.
pub(super) fn from_text(text: &[u8]) -> Option<u128> {
    let bits = read(text)?;
    (to_text(bits)?.as_bytes() == text).then_some(bits)
}

fn read(text: &[u8]) -> Option<u128> {
    let (sign, rest) = match text.strip_prefix(b"-") {
        Some(rest) => (SIGN, rest),
        None => (0, text),
    };
    match rest {
        b"Infinity" => return Some(sign | INFINITY),
        b"NaN" => return Some(sign | NAN),
        _ => {}
    }
    let (mantissa, mut exponent) = match rest.iter().position(|&c| c == b'E') {
        Some(at) => (
            &rest[..at],
            std::str::from_utf8(&rest[at + 1..]).ok()?.parse::<i32>().ok()?,
        ),
        None => (rest, 0),
    };
    let mut coefficient: u128 = 0;
    let mut point = false;
    for &c in mantissa {
        match c {
            b'.' if !point => point = true,
            b'0'..=b'9' => {
                coefficient = coefficient.checked_mul(10)?.checked_add(u128::from(c - b'0'))?;
                exponent = exponent.checked_sub(i32::from(point))?;
            }
            _ => return None,
        }
    }
    let biased = u128::try_from(exponent.checked_add(BIAS)?).ok()?;
    (coefficient <= MAX_COEFFICIENT && biased < 3 << 12).then_some(sign | biased << 113 | coefficient)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;

    use super::*;

    fn text(bits: u128) -> Option<String> {
        to_text(bits).map(|text| String::from_utf8(text.as_bytes().to_vec()).unwrap())
    }

    fn bits(negative: bool, coefficient: u128, exponent: i32) -> u128 {
        let biased = u128::try_from(exponent + BIAS).unwrap();
        (if negative { SIGN } else { 0 }) | biased << 113 | coefficient
    }

    #[test]
    fn decimals_are_spelt_as_the_specification_spells_them() {
        for (value, expected) in [
            (bits(false, 0, 0), "0"),
            (bits(true, 0, 0), "-0"),
            (bits(false, 1, 0), "1"),
            (bits(false, 15, -1), "1.5"),
            (bits(false, 0, -2), "0.00"),
            (bits(false, 0, 3), "0E+3"),
            (bits(false, 12, -3), "0.012"),
            (bits(false, 1, -6), "0.000001"),
            (bits(false, 1, -7), "1E-7"),
            (bits(false, 12_345, -11), "1.2345E-7"),
            (bits(false, 1, 3), "1E+3"),
            (bits(true, 100, -1), "-10.0"),
            (bits(false, 1, -6_176), "1E-6176"),
            (
                bits(false, MAX_COEFFICIENT, 6_111),
                "9.999999999999999999999999999999999E+6144",
            ),
            (
                bits(true, MAX_COEFFICIENT, -6_176),
                "-9.999999999999999999999999999999999E-6143",
            ),
            (INFINITY, "Infinity"),
            (SIGN | INFINITY, "-Infinity"),
            (NAN, "NaN"),
        ] {
            assert_eq!(text(value).as_deref(), Some(expected));
            assert_eq!(from_text(expected.as_bytes()), Some(value), "{expected}");
        }
    }

    #[test]
    fn bits_without_a_text_of_their_own_have_none() {
        for (case, value) in [
            ("a NaN with a sign", SIGN | NAN),
            ("a NaN with a payload", NAN | 1),
            ("a signalling NaN", 0x7E << 120),
            ("an infinity with more bits", INFINITY | 1),
            ("35 digits", bits(false, MAX_COEFFICIENT + 1, 0)),
            ("the form for coefficients past 113 bits", 0x6C << 120 | 1),
        ] {
            assert_eq!(text(value), None, "{case}");
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for spelling in [
            "",
            "-",
            "+1",
            "01",
            "1.",
            "1E3",
            "1e+3",
            "1E+03",
            "10E+2",
            "-NaN",
            "inf",
            "1E+99999999999",
            "1 ",
            "0x1",
            "1E+6145",
        ] {
            assert_eq!(from_text(spelling.as_bytes()), None, "{spelling:?}");
        }
    }

    proptest! {
        #[test]
        fn every_decimal_comes_back(negative in any::<bool>(), coefficient in 0..=MAX_COEFFICIENT, digits in 0..35u32, exponent in -6_176..=6_111i32) {
            let value = bits(negative, coefficient % 10_u128.pow(digits.min(34)).max(1), exponent);
            let text = text(value).unwrap();
            prop_assert_eq!(from_text(text.as_bytes()), Some(value));
        }

        #[test]
        fn any_bits_have_one_text_or_none(value in any::<u128>()) {
            if let Some(text) = to_text(value) {
                prop_assert_eq!(from_text(text.as_bytes()), Some(value));
            }
        }
    }
}
