//! Reading: elements of a document, in place, with names as bytes.

/// Types of values, as the byte before an element's name.
pub(crate) mod kind {
    pub(crate) const DOUBLE: u8 = 0x01;
    pub(crate) const STRING: u8 = 0x02;
    pub(crate) const DOCUMENT: u8 = 0x03;
    pub(crate) const ARRAY: u8 = 0x04;
    pub(crate) const BINARY: u8 = 0x05;
    pub(crate) const UNDEFINED: u8 = 0x06;
    pub(crate) const OBJECT_ID: u8 = 0x07;
    pub(crate) const BOOLEAN: u8 = 0x08;
    pub(crate) const DATE: u8 = 0x09;
    pub(crate) const NULL: u8 = 0x0a;
    pub(crate) const REGEX: u8 = 0x0b;
    pub(crate) const DB_POINTER: u8 = 0x0c;
    pub(crate) const CODE: u8 = 0x0d;
    pub(crate) const SYMBOL: u8 = 0x0e;
    pub(crate) const CODE_WITH_SCOPE: u8 = 0x0f;
    pub(crate) const INT32: u8 = 0x10;
    pub(crate) const TIMESTAMP: u8 = 0x11;
    pub(crate) const INT64: u8 = 0x12;
    pub(crate) const DECIMAL128: u8 = 0x13;
    pub(crate) const MAX_KEY: u8 = 0x7f;
    pub(crate) const MIN_KEY: u8 = 0xff;
}

/// Two to the power of 63: the first integer past the largest `i64`, exact as a double.
pub(super) const PAST_I64: f64 = 9_223_372_036_854_775_808.0;

/// A double as the integer it is.
#[allow(clippy::cast_possible_truncation, reason = "the range was looked at")]
pub(super) fn integer(double: f64) -> Option<i64> {
    let is_integer = double.fract() == 0.0 && (-PAST_I64..PAST_I64).contains(&double);
    is_integer.then_some(double as i64)
}

/// A document: its length, its elements, a zero. Whether it is whole shows as its elements are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document<'a>(pub(crate) &'a [u8]);

/// A value: the type, and the bytes after the element's name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    pub(crate) kind: u8,
    pub(crate) bytes: &'a [u8],
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: Value<'a>,
}

impl<'a> Document<'a> {
    /// The elements up to the end, or to the first that is broken.
    pub(crate) fn elements(self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let mut rest = self.0.get(4..).unwrap_or_default();
        std::iter::from_fn(move || {
            let (&kind, after) = rest.split_first()?;
            if kind == 0 {
                return None;
            }
            let end = after.iter().position(|byte| *byte == 0)?;
            let (name, after) = (&after[..end], &after[end + 1..]);
            let bytes = after.get(..length(kind, after)?)?;
            rest = &after[bytes.len()..];
            Some(Element {
                name,
                value: Value { kind, bytes },
            })
        })
    }

    /// The first element of that name.
    pub(crate) fn get(self, name: &str) -> Option<Value<'a>> {
        self.elements()
            .find(|element| element.name == name.as_bytes())
            .map(|element| element.value)
    }

    pub(crate) fn str(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    pub(crate) fn i64(self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    pub(crate) fn document(self, name: &str) -> Option<Document<'a>> {
        self.get(name)?.as_document()
    }

    /// As the server's commands read flags: any number but zero is true.
    pub(crate) fn is_true(self, name: &str) -> bool {
        self.get(name).is_some_and(Value::is_true)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.elements().next().is_none()
    }
}

impl<'a> Value<'a> {
    pub(crate) fn as_str(self) -> Option<&'a str> {
        if self.kind != kind::STRING {
            return None;
        }
        std::str::from_utf8(self.text()).ok()
    }

    /// The bytes of a string, symbol or code, without length and final zero.
    pub(crate) fn text(self) -> &'a [u8] {
        self.bytes
            .get(4..self.bytes.len().saturating_sub(1))
            .unwrap_or_default()
    }

    pub(crate) fn as_document(self) -> Option<Document<'a>> {
        (self.kind == kind::DOCUMENT).then_some(Document(self.bytes))
    }

    /// The values of an array.
    pub(crate) fn as_array(self) -> Option<impl Iterator<Item = Value<'a>> + use<'a>> {
        (self.kind == kind::ARRAY).then(|| Document(self.bytes).elements().map(|element| element.value))
    }

    /// Integers, and doubles without a fraction.
    pub(crate) fn as_i64(self) -> Option<i64> {
        match self.kind {
            kind::INT32 => Some(i64::from(i32::from_le_bytes(self.bytes.try_into().ok()?))),
            kind::INT64 => Some(i64::from_le_bytes(self.bytes.try_into().ok()?)),
            kind::DOUBLE => integer(f64::from_le_bytes(self.bytes.try_into().ok()?)),
            _ => None,
        }
    }

    pub(crate) fn as_timestamp(self) -> Option<u64> {
        (self.kind == kind::TIMESTAMP).then(|| self.bytes.try_into().ok().map(u64::from_le_bytes))?
    }

    pub(crate) fn is_true(self) -> bool {
        match self.kind {
            kind::BOOLEAN => self.bytes == [1],
            _ => self.as_i64().is_some_and(|number| number != 0),
        }
    }

    /// A binary value's bytes, whatever the subtype.
    pub(crate) fn as_binary(self) -> Option<&'a [u8]> {
        (self.kind == kind::BINARY).then(|| self.bytes.get(5..))?
    }
}

/// How many of the bytes belong to a value of that type; `None` if the length in it is impossible.
fn length(kind: u8, bytes: &[u8]) -> Option<usize> {
    let prefix = || {
        let prefix = bytes.first_chunk().map(|bytes| i32::from_le_bytes(*bytes))?;
        usize::try_from(prefix).ok()
    };
    match kind {
        kind::UNDEFINED | kind::NULL | kind::MIN_KEY | kind::MAX_KEY => Some(0),
        kind::BOOLEAN => Some(1),
        kind::INT32 => Some(4),
        kind::DOUBLE | kind::DATE | kind::TIMESTAMP | kind::INT64 => Some(8),
        kind::OBJECT_ID => Some(12),
        kind::DECIMAL128 => Some(16),
        kind::STRING | kind::CODE | kind::SYMBOL => prefix()?.checked_add(4),
        kind::BINARY => prefix()?.checked_add(5),
        kind::DB_POINTER => prefix()?.checked_add(16),
        kind::DOCUMENT | kind::ARRAY | kind::CODE_WITH_SCOPE => prefix().filter(|length| *length >= 5),
        kind::REGEX => {
            let pattern = bytes.iter().position(|byte| *byte == 0)? + 1;
            let options = bytes[pattern..].iter().position(|byte| *byte == 0)? + 1;
            Some(pattern + options)
        }
        _ => None,
    }
}
