//! Any Terraform value, unknown included.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use rmp_serde::MSGPACK_EXT_STRUCT_NAME;
use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use tf_provider::value::Value;
use tfplugin6::proto::DynamicValue;

use crate::Num;

/// A value of Terraform's type system without its type: lists, sets and tuples are `List`; maps and objects are `Map`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the variants are Terraform's kinds of value")]
pub enum Tree {
    #[default]
    Null,
    Unknown,
    Bool(bool),
    Number(Num),
    String(String),
    List(Vec<Tree>),
    Map(BTreeMap<String, Tree>),
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<i64> for Tree {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for Tree {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// As HCL writes it.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Unknown => f.write_str("(known after apply)"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::String(text) => write!(f, "{text:?}"),
            Self::List(items) => {
                f.write_str("[")?;
                for (position, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if position == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Map(entries) => {
                f.write_str("{")?;
                for (position, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{} {key} = {value}", if position == 0 { "" } else { "," })?;
                }
                f.write_str(" }")
            }
        }
    }
}

/// A value that could not be read or written. It means that Terraform and the provider disagree on a schema: a bug.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    #[error("the value is not MessagePack that Terraform sends: {0}")]
    MessagePack(#[from] rmp_serde::decode::Error),
    #[error("the value is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the value holds {0}, which Terraform does not send")]
    Unexpected(String),
    #[error("at {path}: {reason}")]
    Typed { path: String, reason: String },
    #[error("the state cannot be encoded: {0}")]
    Encode(#[from] rmp_serde::encode::Error),
}

impl Tree {
    /// True for `Null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// True for `Unknown`.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The attribute of an object, or null.
    #[must_use]
    pub fn get(&self, name: &str) -> &Tree {
        match self {
            Self::Map(entries) => entries.get(name).unwrap_or(&Self::Null),
            _ => &Self::Null,
        }
    }

    pub(crate) fn from_wire(value: Option<&DynamicValue>) -> Result<Self, TreeError> {
        let Some(value) = value else { return Ok(Self::Null) };
        if !value.msgpack.is_empty() {
            return Self::from_msgpack(&value.msgpack);
        }
        if value.json.is_empty() {
            return Ok(Self::Null);
        }
        Self::from_json_text(&String::from_utf8_lossy(&value.json))
    }

    pub(crate) fn to_wire(&self) -> DynamicValue {
        DynamicValue {
            msgpack: self.to_msgpack(),
            json: Vec::new(),
        }
    }

    pub(crate) fn from_msgpack(bytes: &[u8]) -> Result<Self, TreeError> {
        Ok(rmp_serde::from_slice(bytes)?)
    }

    pub(crate) fn to_msgpack(&self) -> Vec<u8> {
        // Writing to a Vec cannot fail; an empty value would be noticed by Terraform.
        rmp_serde::to_vec(self).unwrap_or_default()
    }

    /// The tree of JSON text, every number exactly as it stands there.
    pub(crate) fn from_json_text(text: &str) -> Result<Self, TreeError> {
        let text = text.trim();
        Ok(match text.bytes().next() {
            Some(b'{') => {
                let entries: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
                let entries = entries.into_iter();
                Self::Map(
                    entries
                        .map(|(key, value)| Ok::<_, TreeError>((key, Self::from_json_text(value.get())?)))
                        .collect::<Result<_, _>>()?,
                )
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                Self::List(
                    items
                        .into_iter()
                        .map(|item| Self::from_json_text(item.get()))
                        .collect::<Result<_, _>>()?,
                )
            }
            Some(b'-' | b'0'..=b'9') => Self::Number(parse_number(text)?),
            _ => Self::from_json(&serde_json::from_str(text)?)?,
        })
    }

    pub(crate) fn from_json(value: &serde_json::Value) -> Result<Self, TreeError> {
        use serde_json::Value as J;
        Ok(match value {
            J::Null => Self::Null,
            J::Bool(value) => Self::Bool(*value),
            J::Number(number) => Self::Number(parse_number(&number.to_string())?),
            J::String(text) => Self::String(text.clone()),
            J::Array(items) => Self::List(items.iter().map(Self::from_json).collect::<Result<_, _>>()?),
            J::Object(entries) => Self::Map(
                entries
                    .iter()
                    .map(|(key, value)| Ok::<_, TreeError>((key.clone(), Self::from_json(value)?)))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }

    /// As JSON, for the upgrade of a stored state. A number that JSON's doubles cannot hold becomes text, which the schema
    /// turns back into the number.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as J;
        match self {
            Self::Null | Self::Unknown => J::Null,
            Self::Bool(value) => J::Bool(*value),
            Self::Number(number) => match (number.to_i64(), number.exact_f64()) {
                (Some(integer), _) => integer.into(),
                (None, Some(float)) => float.into(),
                (None, None) => J::String(number.to_string()),
            },
            Self::String(text) => J::String(text.clone()),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(entries) => entries
                .iter()
                .map(|(key, value)| (key.clone(), value.to_json()))
                .collect(),
        }
    }

    /// The value as `T`, whose leaves are `tf_provider::value::Value` or plain types where null and unknown cannot be.
    ///
    /// # Errors
    /// When `T` does not match the schema the value conforms to; the error names the path.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, TreeError> {
        decode(self)
    }

    /// The tree of a typed value. One that is given away is gone before the tree is made: a state of a thousand alarms is not
    /// kept twice.
    ///
    /// # Errors
    /// When `T` holds something that MessagePack cannot.
    pub fn encode<T: Serialize>(value: T) -> Result<Self, TreeError> {
        let bytes = rmp_serde::to_vec_named(&value)?;
        drop(value);
        Self::from_msgpack(&bytes)
    }
}

/// The typed value of a tree, or of parts of trees. What is given away is gone before the typed value is made.
pub(crate) fn decode<T: DeserializeOwned>(value: impl Serialize) -> Result<T, TreeError> {
    let bytes = rmp_serde::to_vec(&value)?;
    drop(value);
    let mut deserializer = rmp_serde::Deserializer::from_read_ref(&bytes);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| TreeError::Typed {
        path: error.path().to_string(),
        reason: error.into_inner().to_string(),
    })
}

/// Straight to MessagePack: a state of a thousand alarms is not copied on its way.
impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Unknown => serializer.serialize_newtype_struct(MSGPACK_EXT_STRUCT_NAME, &(0_i8, Bytes(&[0]))),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => serializer.collect_map(entries),
        }
    }
}

/// The bytes of an extension.
struct Bytes(&'static [u8]);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TreeVisitor;

        impl<'de> Visitor<'de> for TreeVisitor {
            type Value = Tree;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value of Terraform")
            }
            fn visit_unit<E: Error>(self) -> Result<Tree, E> {
                Ok(Tree::Null)
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<Tree, E> {
                Ok(Tree::Bool(value))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Tree, E> {
                Ok(Tree::Number(value.into()))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Tree, E> {
                match i64::try_from(value) {
                    Ok(value) => self.visit_i64(value),
                    Err(_) => parse_number(&value.to_string()).map(Tree::Number).map_err(E::custom),
                }
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Tree, E> {
                exact_number(value).map(Tree::Number).map_err(E::custom)
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Tree, E> {
                Ok(Tree::String(text.to_owned()))
            }
            fn visit_string<E: Error>(self, text: String) -> Result<Tree, E> {
                Ok(Tree::String(text))
            }
            /// cty marks an unknown as extension 0, and as extension 12 when it adds refinements.
            fn visit_newtype_struct<D: Deserializer<'de>>(self, extension: D) -> Result<Tree, D::Error> {
                extension.deserialize_any(IgnoredExtension)?;
                Ok(Tree::Unknown)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
                let mut list = Vec::with_capacity(items.size_hint().unwrap_or_default().min(MOST_PREPARED));
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Tree::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
                let mut pairs = Vec::with_capacity(entries.size_hint().unwrap_or_default().min(MOST_PREPARED));
                while let Some(pair) = entries.next_entry()? {
                    pairs.push(pair);
                }
                // made at once, its nodes are full; entry by entry, they are half empty
                Ok(Tree::Map(pairs.into_iter().collect()))
            }
        }

        deserializer.deserialize_any(TreeVisitor)
    }
}

/// A map whose elements are read one by one. `Value` alone keeps all of it in a form of serde's own until it is read.
///
/// # Errors
/// When it is no map, or an element is no `T`.
pub fn map_by_element<'de, T, D>(deserializer: D) -> Result<Value<BTreeMap<String, T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct Elements<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Elements<T> {
        type Value = Value<BTreeMap<String, T>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }
        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Value::Null)
        }
        fn visit_newtype_struct<D: Deserializer<'de>>(self, extension: D) -> Result<Self::Value, D::Error> {
            extension.deserialize_any(IgnoredExtension)?;
            Ok(Value::Unknown)
        }
        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = entries.next_entry()? {
                pairs.push(pair);
            }
            // as in a tree: its nodes are full
            Ok(Value::Value(pairs.into_iter().collect()))
        }
    }

    deserializer.deserialize_any(Elements(PhantomData))
}

/// Elements that a length on the wire makes room for before they are read.
const MOST_PREPARED: usize = 1024;

/// Reads over an extension: a type and its bytes.
struct IgnoredExtension;

impl<'de> Visitor<'de> for IgnoredExtension {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an extension")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<(), A::Error> {
        let _: Option<i8> = parts.next_element()?;
        let _: Option<IgnoredBytes> = parts.next_element()?;
        Ok(())
    }
}

struct IgnoredBytes;

impl<'de> Deserialize<'de> for IgnoredBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesVisitor;

        impl Visitor<'_> for BytesVisitor {
            type Value = IgnoredBytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<IgnoredBytes, E> {
                Ok(IgnoredBytes)
            }
        }

        deserializer.deserialize_any(BytesVisitor)
    }
}

fn exact_number(value: f64) -> Result<Num, TreeError> {
    Num::from_exact_f64(value).ok_or_else(|| TreeError::Unexpected(format!("the number {value}")))
}

fn parse_number(text: &str) -> Result<Num, TreeError> {
    text.parse()
        .map_err(|_| TreeError::Unexpected(format!("the number {text}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn any_tree() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            Just(Tree::Null),
            Just(Tree::Unknown),
            any::<bool>().prop_map(Tree::Bool),
            any::<i64>().prop_map(|n| Tree::Number(n.into())),
            any::<f64>()
                .prop_filter_map("finite", Num::from_f64)
                .prop_map(|n| match n.exact_f64() {
                    // a number that no double holds travels as text, and only a schema can tell it from a string
                    Some(_) => Tree::Number(n),
                    None => Tree::String(n.to_string()),
                }),
            ".*".prop_map(Tree::String),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Tree::List),
                prop::collection::btree_map(".*", inner, 0..8).prop_map(Tree::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn messagepack_carries_every_tree_both_ways(tree in any_tree()) {
            prop_assert_eq!(Tree::from_msgpack(&tree.to_msgpack()).unwrap(), tree);
        }
    }

    #[test]
    fn json_keeps_every_digit_of_every_number() {
        let third = "0.3333333333333333333333333333333333333333333333333333";
        for number in [third, "1e400", "-12345678901234567890.5", "5", "1E+2"] {
            let read = Tree::from_json_text(&format!(r#"{{ "a": [ {number} , null, "1e400", true ] }}"#)).unwrap();
            let Tree::List(items) = read.get("a") else {
                panic!("{read}")
            };
            let expected = Tree::Number(number.parse().unwrap());
            assert_eq!(
                items[..],
                [expected, Tree::Null, "1e400".into(), true.into()],
                "{number}"
            );
        }
    }

    #[test]
    fn a_number_that_a_double_holds_exactly_comes_back_with_every_digit() {
        // as cty sends 2^64: a double, because it fits one exactly
        let sent = [0xcb, 0x43, 0xf0, 0, 0, 0, 0, 0, 0];
        let read = Tree::from_msgpack(&sent).unwrap();
        assert_eq!(read, Tree::Number("18446744073709551616".parse().unwrap()));
        assert_eq!(read.to_msgpack(), sent);
        assert_eq!(read.decode::<Num>().unwrap().to_string(), "18446744073709551616");
    }

    #[test]
    fn a_refined_unknown_is_an_unknown() {
        // cty: extension 12 with a map of refinements
        let bytes = [0xc7, 0x03, 0x0c, 0x81, 0x01, 0xc2];
        assert_eq!(Tree::from_msgpack(&bytes).unwrap(), Tree::Unknown);
    }

    #[test]
    fn an_unknown_leaf_reaches_the_typed_value() {
        type Entries = Value<BTreeMap<String, Value<Num>>>;
        #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
        struct State {
            names: Value<Vec<Value<String>>>,
            limit: Value<Num>,
            entries: Entries,
            #[serde(deserialize_with = "map_by_element")]
            one_by_one: Entries,
        }
        let number = |text: &str| Value::Value(text.parse().unwrap());
        let entries = [
            ("a".to_owned(), number("0.1")),
            ("b".to_owned(), Value::Unknown),
            ("c".to_owned(), Value::Null),
        ];
        for entries in [Value::Value(BTreeMap::from(entries)), Value::Null, Value::Unknown] {
            let state = State {
                names: Value::Value(vec![Value::Unknown, Value::Value("a".into())]),
                limit: Value::Unknown,
                entries: entries.clone(),
                one_by_one: entries,
            };
            let tree = Tree::encode(&state).unwrap();
            assert_eq!(tree.get("limit"), &Tree::Unknown);
            assert_eq!(tree.decode::<State>().unwrap(), state);
        }
    }

    #[test]
    fn a_mismatch_names_its_path() {
        #[derive(serde::Deserialize, Debug)]
        struct State {
            #[allow(dead_code, reason = "only its type matters")]
            inner: BTreeMap<String, bool>,
        }
        let tree = Tree::Map(
            [(
                "inner".into(),
                Tree::Map([("a".into(), Tree::String("x".into()))].into()),
            )]
            .into(),
        );
        let error = tree.decode::<State>().unwrap_err().to_string();
        assert!(error.starts_with("at inner.a: "), "{error}");
    }
}
