//! JSON of clients: a key twice is an error, since two readers of it would see two requests, and so is depth.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Objects and arrays within each other. Our choice: the contract's deepest body has three.
pub const MAX_DEPTH: usize = 16;

/// Why a text is not taken. None says what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It is not JSON.
    #[error("line {line}, column {column} is not JSON")]
    Malformed {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// An object has a key twice.
    #[error("an object that ends before line {line}, column {column} has a key twice")]
    DuplicateKey {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// It is deeper than [`MAX_DEPTH`].
    #[error("objects and arrays go deeper than {MAX_DEPTH}")]
    TooDeep,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    DuplicateKey,
    TooDeep,
}

/// Reads one value with nothing after it.
///
/// # Errors
/// [`JsonError`].
pub fn parse(text: &str) -> Result<Value, JsonError> {
    let refusal = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let strict = Strict {
        depth: 0,
        refusal: &refusal,
    };
    let value = strict.deserialize(&mut reader).and_then(|value| {
        reader.end()?;
        Ok(value)
    });
    value.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match refusal.get() {
            Some(Refusal::DuplicateKey) => JsonError::DuplicateKey { line, column },
            Some(Refusal::TooDeep) => JsonError::TooDeep,
            None => JsonError::Malformed { line, column },
        }
    })
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    refusal: &'a Cell<Option<Refusal>>,
}

impl Strict<'_> {
    fn refuse<E: serde::de::Error>(self, refusal: Refusal) -> E {
        self.refusal.set(Some(refusal));
        E::custom("refused")
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.refuse(Refusal::TooDeep));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let value = members.next_value_seed(inner)?;
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom(self.refuse::<A::Error>(Refusal::DuplicateKey)));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_twice_is_refused_wherever_it_is() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"[{"a":1,"\u0061":2}]"#,
            r#"{"":0,"":0}"#,
        ] {
            assert!(matches!(parse(text), Err(JsonError::DuplicateKey { .. })), "{text}");
        }
    }

    #[test]
    fn as_deep_as_allowed_passes_and_one_more_is_refused() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        for depth in [MAX_DEPTH + 1, 100_000] {
            assert_eq!(parse(&nested(depth)), Err(JsonError::TooDeep), "{depth}");
        }
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place_and_not_its_text() {
        for text in [
            "",
            "{",
            "{'a':1}",
            "NaN",
            "1e999",
            r#""\ud800""#,
            "{}{}",
            "[1,]",
            "\u{feff}{}",
            "tru",
        ] {
            let error = parse(text).unwrap_err();
            assert!(matches!(error, JsonError::Malformed { .. }), "{text}");
        }
        let error = parse("{\n  secret").unwrap_err();
        assert_eq!(error.to_string(), "line 2, column 3 is not JSON");
    }

    proptest! {
        /// What it takes, it reads as serde_json does.
        #[test]
        fn any_text_is_read_as_serde_json_reads_it_or_refused(text in r#"[\[\]{}:,"ab01.e\- \\u]{0,40}"#) {
            if let Ok(value) = parse(&text) {
                prop_assert_eq!(value, serde_json::from_str::<Value>(&text).unwrap());
            }
        }

        #[test]
        fn any_value_without_depth_comes_back(keys in proptest::collection::btree_map(".*", ".*", 0..8)) {
            let value = serde_json::json!({ "a": keys, "b": [1, -1, 1.5, true, null] });
            prop_assert_eq!(parse(&value.to_string()).unwrap(), value);
        }
    }
}
