//! Extended JSON's wrappers, `{"$oid":"..."}` and the others, read in exactly the form in which they are written.

use super::scan::{DecodeProblem, Refusal, expect, refuse, string, zero_free};
use super::{OLD_BINARY, QUIET_NAN, decimal, push_from_base64, text};

pub(super) enum Wrapper {
    /// A whole value of BSON type `kind`; the line continues at `after`.
    Value { kind: u8, after: usize },
    /// A code whose scope, a document, begins at `after`; the code's value began at `value_start` of the output.
    Scope { value_start: usize, after: usize },
}

/// Reads the wrapper at `at`, which begins `{"$`, and appends its value.
pub(super) fn read(line: &[u8], at: usize, out: &mut Vec<u8>) -> Result<Wrapper, Refusal> {
    let name_at = at + 2;
    let rest = &line[name_at..];
    let name_len = rest.iter().position(|&byte| byte == b'"').unwrap_or(0);
    let value_at = expect(line, name_at + name_len, b"\":", ":")?;
    let mut reader = Reader {
        line,
        at: value_at,
        out,
    };
    let kind = match &rest[..name_len] {
        b"$numberInt" => {
            let number: i32 = reader.parsed("an int32")?;
            reader.out.extend_from_slice(&number.to_le_bytes());
            0x10
        }
        b"$numberLong" => {
            let number: i64 = reader.parsed("an int64")?;
            reader.out.extend_from_slice(&number.to_le_bytes());
            0x12
        }
        b"$numberDouble" => {
            let double = reader.value("a double", read_double)?;
            reader.out.extend_from_slice(&double.to_le_bytes());
            0x01
        }
        b"$oid" => {
            let id: [u8; 12] = reader.value("an ObjectId", text::read_hex)?;
            reader.out.extend_from_slice(&id);
            0x07
        }
        b"$date" => {
            reader.expect(br#"{"$numberLong":"#)?;
            let millis: i64 = reader.parsed("a date")?;
            reader.out.extend_from_slice(&millis.to_le_bytes());
            reader.expect(b"}")?;
            0x09
        }
        b"$binary" => reader.binary()?,
        b"$numberDecimal" => {
            let bits = reader.value("a decimal", decimal::from_text)?;
            reader.out.extend_from_slice(&bits.to_le_bytes());
            0x13
        }
        b"$timestamp" => reader.timestamp()?,
        b"$regularExpression" => {
            reader.expect(br#"{"pattern":"#)?;
            reader.zero_ended()?;
            reader.expect(br#","options":"#)?;
            reader.zero_ended()?;
            reader.expect(b"}")?;
            0x0B
        }
        b"$code" => return reader.code(),
        b"$minKey" => {
            reader.expect(b"1")?;
            0xFF
        }
        b"$maxKey" => {
            reader.expect(b"1")?;
            0x7F
        }
        _ => return refuse(DecodeProblem::UnknownWrapper, at),
    };
    reader.expect(b"}")?;
    let after = reader.at;
    Ok(Wrapper::Value { kind, after })
}

fn read_double(text: &[u8]) -> Option<f64> {
    match text {
        b"Infinity" => Some(f64::INFINITY),
        b"-Infinity" => Some(f64::NEG_INFINITY),
        b"NaN" => Some(f64::from_bits(QUIET_NAN)),
        _ => {
            let double: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
            double.is_finite().then_some(double)
        }
    }
}

struct Reader<'a> {
    line: &'a [u8],
    at: usize,
    out: &'a mut Vec<u8>,
}

impl Reader<'_> {
    fn expect(&mut self, literal: &'static [u8]) -> Result<(), Refusal> {
        if self.line[self.at..].starts_with(literal) {
            self.at += literal.len();
            return Ok(());
        }
        refuse(DecodeProblem::UnknownWrapper, self.at)
    }

    /// The text of a JSON string without escapes, as all but free texts are.
    fn value<T>(&mut self, what: &'static str, read: fn(&[u8]) -> Option<T>) -> Result<T, Refusal> {
        let start = expect(self.line, self.at, b"\"", "a string")?;
        let rest = &self.line[start..];
        let len = rest.iter().position(|&byte| byte == b'"').unwrap_or(0);
        match read(&rest[..len]) {
            Some(value) => {
                self.at = start + len + 1;
                Ok(value)
            }
            None => refuse(DecodeProblem::Value(what), start),
        }
    }

    fn parsed<T: std::str::FromStr>(&mut self, what: &'static str) -> Result<T, Refusal> {
        self.value(what, |text| std::str::from_utf8(text).ok()?.parse().ok())
    }

    fn binary(&mut self) -> Result<u8, Refusal> {
        self.expect(br#"{"base64":""#)?;
        let base64_at = self.at;
        let rest = &self.line[base64_at..];
        let len = rest.iter().position(|&byte| byte == b'"').unwrap_or(0);
        self.at += len;
        self.expect(br#"","subType":"#)?;
        let [subtype] = self.value("a binary's subtype", text::read_hex)?;
        self.expect(b"}")?;
        let start = self.out.len();
        self.out.extend_from_slice(&[0, 0, 0, 0, subtype]);
        if subtype == OLD_BINARY {
            self.out.extend_from_slice(&[0; 4]);
        }
        if push_from_base64(&rest[..len], self.out).is_none() {
            return refuse(DecodeProblem::Value("base64"), base64_at);
        }
        let Ok(length) = i32::try_from(self.out.len() - start - 5) else {
            return refuse(DecodeProblem::TooLong, base64_at);
        };
        self.out[start..start + 4].copy_from_slice(&length.to_le_bytes());
        if subtype == OLD_BINARY {
            self.out[start + 5..start + 9].copy_from_slice(&(length - 4).to_le_bytes());
        }
        Ok(0x05)
    }

    fn timestamp(&mut self) -> Result<u8, Refusal> {
        self.expect(br#"{"t":"#)?;
        let seconds = self.bare_number()?;
        self.expect(br#","i":"#)?;
        let increment = self.bare_number()?;
        self.expect(b"}")?;
        self.out.extend_from_slice(&increment.to_le_bytes());
        self.out.extend_from_slice(&seconds.to_le_bytes());
        Ok(0x11)
    }

    fn bare_number(&mut self) -> Result<u32, Refusal> {
        let rest = &self.line[self.at..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&rest[..digits])
            .ok()
            .and_then(|text| text.parse().ok());
        match number {
            Some(number) => {
                self.at += digits;
                Ok(number)
            }
            None => refuse(DecodeProblem::Value("a timestamp"), self.at),
        }
    }

    fn zero_ended(&mut self) -> Result<(), Refusal> {
        self.at = zero_free(self.line, self.at, self.out)?;
        self.out.push(0);
        Ok(())
    }

    fn code(mut self) -> Result<Wrapper, Refusal> {
        let value_start = self.out.len();
        self.at = string(self.line, self.at, self.out)?;
        if self.line.get(self.at) == Some(&b'}') {
            let after = self.at + 1;
            return Ok(Wrapper::Value { kind: 0x0D, after });
        }
        self.expect(br#","$scope":{"#)?;
        if self.line[self.at..].starts_with(b"\"$") {
            return refuse(DecodeProblem::UnknownWrapper, self.at);
        }
        // The length of code and scope together goes before the code; it is known when the scope ends.
        self.out.splice(value_start..value_start, [0; 4]);
        let after = self.at - 1;
        Ok(Wrapper::Scope { value_start, after })
    }
}
