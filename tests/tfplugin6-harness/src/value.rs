//! Values: JSON in tests, MessagePack on the wire as go-cty writes it (go-cty `cty/msgpack`).
//!
//! A value that is unknown until apply is the string [`UNKNOWN`]. Numbers keep their exact decimal: what JSON's numbers
//! cannot hold stays a string of digits.

use std::str::FromStr;

use anyhow::{Context, bail, ensure};
use bigdecimal::BigDecimal;
use rmpv::Value as Pack;
use serde_json::{Map, Value};

use crate::{
    diagnostic::{attribute_path, index_path, key_path},
    schema::Type,
};

/// Stands for an unknown value, in configurations and in plans. The words are those Terraform prints.
pub const UNKNOWN: &str = "(known after apply)";

/// go-cty's extension for an unknown value without refinements: the bytes `d4 00 00`.
const UNKNOWN_EXTENSION: (i8, &[u8]) = (0, &[0]);

/// Whether it is unknown as a whole.
pub fn is_unknown(value: &Value) -> bool {
    value == UNKNOWN
}

/// Whether it is unknown anywhere.
pub fn has_unknown(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(has_unknown),
        Value::Object(attributes) => attributes.values().any(has_unknown),
        value => is_unknown(value),
    }
}

/// The path of the first unknown value.
pub fn first_unknown(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .find_map(|(index, element)| first_unknown(element, &index_path(path, index))),
        Value::Object(attributes) => attributes
            .iter()
            .find_map(|(name, value)| first_unknown(value, &attribute_path(path, name))),
        value => is_unknown(value).then(|| path.to_owned()),
    }
}

/// Encodes a complete value.
///
/// # Errors
/// It is not of the type; the message names the path.
pub fn encode(r#type: &Type, value: &Value) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, &to_pack(r#type, value, "")?)?;
    Ok(bytes)
}

/// Decodes a value that has to be exactly of the type.
///
/// # Errors
/// It is not of the type, or not MessagePack; the message names the path.
pub fn decode(r#type: &Type, mut bytes: &[u8]) -> anyhow::Result<Value> {
    let pack = rmpv::decode::read_value(&mut bytes).context("not MessagePack")?;
    ensure!(bytes.is_empty(), "{} bytes after the value", bytes.len());
    from_pack(r#type, pack, "")
}

fn to_pack(r#type: &Type, value: &Value, path: &str) -> anyhow::Result<Pack> {
    if is_unknown(value) {
        let (kind, data) = UNKNOWN_EXTENSION;
        return Ok(Pack::Ext(kind, data.to_vec()));
    }
    Ok(match (r#type, value) {
        (Type::Dynamic, Value::Null) | (_, Value::Null) => Pack::Nil,
        (Type::Dynamic, value) => {
            let r#type = infer(value);
            let constraint = serde_json::to_vec(&constraint(&r#type))?;
            Pack::Array(vec![Pack::Binary(constraint), to_pack(&r#type, value, path)?])
        }
        (Type::String, Value::String(text)) => text.as_str().into(),
        (Type::Bool, Value::Bool(flag)) => (*flag).into(),
        (Type::Number, Value::Number(_) | Value::String(_)) => number_to_pack(&decimal(value, path)?),
        (Type::List(element) | Type::Set(element), Value::Array(elements)) => Pack::Array(
            elements
                .iter()
                .enumerate()
                .map(|(index, value)| to_pack(element, value, &index_path(path, index)))
                .collect::<anyhow::Result<_>>()?,
        ),
        (Type::Tuple(types), Value::Array(elements)) => {
            ensure!(
                types.len() == elements.len(),
                "{path}: expected {} elements",
                types.len()
            );
            let pairs = types.iter().zip(elements).enumerate();
            Pack::Array(
                pairs
                    .map(|(index, (r#type, value))| to_pack(r#type, value, &index_path(path, index)))
                    .collect::<anyhow::Result<_>>()?,
            )
        }
        (Type::Map(element), Value::Object(elements)) => Pack::Map(
            elements
                .iter()
                .map(|(key, value)| Ok((key.as_str().into(), to_pack(element, value, &key_path(path, key))?)))
                .collect::<anyhow::Result<_>>()?,
        ),
        (Type::Object(types), Value::Object(attributes)) => {
            for name in attributes.keys() {
                ensure!(
                    types.contains_key(name),
                    "{}: no such attribute",
                    attribute_path(path, name)
                );
            }
            Pack::Map(
                types
                    .iter()
                    .map(|(name, r#type)| {
                        let path = attribute_path(path, name);
                        let value = attributes.get(name).with_context(|| format!("{path}: missing"))?;
                        Ok((name.as_str().into(), to_pack(r#type, value, &path)?))
                    })
                    .collect::<anyhow::Result<_>>()?,
            )
        }
        (r#type, value) => bail!("{path}: {value} is not of type {}", constraint(r#type)),
    })
}

fn from_pack(r#type: &Type, pack: Pack, path: &str) -> anyhow::Result<Value> {
    Ok(match (r#type, pack) {
        // Any extension is an unknown value; refinements do not matter to tests.
        (_, Pack::Ext(..)) => UNKNOWN.into(),
        (_, Pack::Nil) => Value::Null,
        (Type::Dynamic, Pack::Array(parts)) => {
            let [Pack::Binary(constraint), value] = <[Pack; 2]>::try_from(parts)
                .map_err(|parts| anyhow::anyhow!("{path}: a dynamic value of {} parts", parts.len()))?
            else {
                bail!("{path}: a dynamic value without its type")
            };
            let r#type = Type::parse(&serde_json::from_slice(&constraint).with_context(|| path.to_owned())?)?;
            from_pack(&r#type, value, path)?
        }
        (Type::String, Pack::String(text)) => {
            Value::String(text.into_str().with_context(|| format!("{path}: not UTF-8"))?)
        }
        (Type::Bool, Pack::Boolean(flag)) => flag.into(),
        (Type::Number, Pack::Integer(number)) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into(),
            (None, Some(number)) => number.into(),
            (None, None) => bail!("{path}: {number} is no integer"),
        },
        (Type::Number, Pack::F64(number)) => {
            number_to_json(&BigDecimal::try_from(number).with_context(|| format!("{path}: {number}"))?)
        }
        (Type::Number, Pack::String(digits)) => {
            let digits = digits.into_str().with_context(|| format!("{path}: not UTF-8"))?;
            number_to_json(&BigDecimal::from_str(&digits).with_context(|| format!("{path}: `{digits}`"))?)
        }
        (Type::List(element) | Type::Set(element), Pack::Array(elements)) => elements
            .into_iter()
            .enumerate()
            .map(|(index, pack)| from_pack(element, pack, &index_path(path, index)))
            .collect::<anyhow::Result<_>>()?,
        (Type::Tuple(types), Pack::Array(elements)) => {
            ensure!(
                types.len() == elements.len(),
                "{path}: expected {} elements",
                types.len()
            );
            types
                .iter()
                .zip(elements)
                .enumerate()
                .map(|(index, (r#type, pack))| from_pack(r#type, pack, &index_path(path, index)))
                .collect::<anyhow::Result<_>>()?
        }
        (Type::Map(element), Pack::Map(entries)) => {
            let mut map = Map::new();
            for (key, pack) in entries {
                let key = key
                    .as_str()
                    .with_context(|| format!("{path}: a key that is no string"))?
                    .to_owned();
                let value = from_pack(element, pack, &key_path(path, &key))?;
                map.insert(key, value);
            }
            Value::Object(map)
        }
        (Type::Object(types), Pack::Map(entries)) => {
            let mut object = Map::new();
            for (name, pack) in entries {
                let name = name
                    .as_str()
                    .with_context(|| format!("{path}: a name that is no string"))?
                    .to_owned();
                let path = attribute_path(path, &name);
                let r#type = types.get(&name).with_context(|| format!("{path}: no such attribute"))?;
                object.insert(name, from_pack(r#type, pack, &path)?);
            }
            for name in types.keys() {
                ensure!(object.contains_key(name), "{}: missing", attribute_path(path, name));
            }
            Value::Object(object)
        }
        (r#type, pack) => bail!("{path}: {pack} is not of type {}", constraint(r#type)),
    })
}

/// The exact value of a JSON number, or of a string of digits.
pub(crate) fn decimal(value: &Value, path: &str) -> anyhow::Result<BigDecimal> {
    let digits = match value {
        Value::String(digits) => digits.clone(),
        value => value.to_string(),
    };
    BigDecimal::from_str(&digits).with_context(|| format!("{path}: `{digits}` is no number"))
}

/// As go-cty: an integer of 64 bits, else a double that holds the value exactly, else a string of digits.
fn number_to_pack(number: &BigDecimal) -> Pack {
    if number.is_integer()
        && let Ok(integer) = number.with_scale(0).to_string().parse::<i64>()
    {
        return integer.into();
    }
    let digits = number.to_plain_string();
    match digits.parse::<f64>() {
        Ok(double) if BigDecimal::try_from(double).is_ok_and(|exact| exact == *number) => double.into(),
        _ => digits.into(),
    }
}

/// A JSON number where one reads back as the same decimal, else a string of digits.
fn number_to_json(number: &BigDecimal) -> Value {
    let digits = number.normalized().to_plain_string();
    match serde_json::from_str::<Value>(&digits) {
        Ok(value) if decimal(&value, "").is_ok_and(|read| read == *number) => value,
        _ => digits.into(),
    }
}

fn infer(value: &Value) -> Type {
    match value {
        Value::Null => Type::Dynamic,
        Value::Bool(_) => Type::Bool,
        Value::Number(_) => Type::Number,
        Value::String(_) => Type::String,
        Value::Array(elements) => Type::Tuple(elements.iter().map(infer).collect()),
        Value::Object(attributes) => Type::Object(
            attributes
                .iter()
                .map(|(name, value)| (name.clone(), infer(value)))
                .collect(),
        ),
    }
}

fn constraint(r#type: &Type) -> Value {
    match r#type {
        Type::String => "string".into(),
        Type::Number => "number".into(),
        Type::Bool => "bool".into(),
        Type::Dynamic => "dynamic".into(),
        Type::List(element) => serde_json::json!(["list", constraint(element)]),
        Type::Set(element) => serde_json::json!(["set", constraint(element)]),
        Type::Map(element) => serde_json::json!(["map", constraint(element)]),
        Type::Object(attributes) => {
            let attributes: Map<_, _> = attributes
                .iter()
                .map(|(name, r#type)| (name.clone(), constraint(r#type)))
                .collect();
            serde_json::json!(["object", attributes])
        }
        Type::Tuple(elements) => serde_json::json!(["tuple", elements.iter().map(constraint).collect::<Vec<_>>()]),
    }
}

/// Whether two values are the same to Terraform: numbers by value, sets without order.
pub fn equal(r#type: &Type, left: &Value, right: &Value) -> bool {
    if left.is_null() || right.is_null() || is_unknown(left) || is_unknown(right) {
        return left == right;
    }
    match (r#type, left, right) {
        (Type::Number, left, right) => match (decimal(left, ""), decimal(right, "")) {
            (Ok(left), Ok(right)) => left == right,
            _ => left == right,
        },
        (Type::List(element), Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(element, left, right))
        }
        (Type::Tuple(types), Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && types
                    .iter()
                    .zip(left.iter().zip(right))
                    .all(|(r#type, (left, right))| equal(r#type, left, right))
        }
        (Type::Set(element), Value::Array(left), Value::Array(right)) => {
            let mut rest: Vec<_> = right.iter().collect();
            left.len() == right.len()
                && left
                    .iter()
                    .all(|left| match rest.iter().position(|right| equal(element, left, right)) {
                        Some(index) => {
                            rest.swap_remove(index);
                            true
                        }
                        None => false,
                    })
        }
        (Type::Map(element), Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, left)| right.get(key).is_some_and(|right| equal(element, left, right)))
        }
        (Type::Object(types), Value::Object(left), Value::Object(right)) => types.iter().all(|(name, r#type)| {
            let null = Value::Null;
            equal(
                r#type,
                left.get(name).unwrap_or(&null),
                right.get(name).unwrap_or(&null),
            )
        }),
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_encoded_as_go_cty_does() {
        let list = Type::List(Box::new(Type::String));
        let cases: [(&str, Type, Value, &[u8]); 12] = [
            ("null", Type::String, json!(null), &[0xc0]),
            ("unknown", list, json!(UNKNOWN), &[0xd4, 0, 0]),
            ("text", Type::String, json!("a"), &[0xa1, b'a']),
            ("small integer", Type::Number, json!(5), &[5]),
            ("negative integer", Type::Number, json!(-1), &[0xff]),
            ("integer written as double", Type::Number, json!(60.0), &[60]),
            (
                "exact double",
                Type::Number,
                json!(0.5),
                &[0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0],
            ),
            ("decimal fraction", Type::Number, json!(0.1), &[0xa3, b'0', b'.', b'1']),
            ("digits", Type::Number, json!("7"), &[7]),
            ("set", Type::Set(Box::new(Type::Bool)), json!([true]), &[0x91, 0xc3]),
            (
                "map",
                Type::Map(Box::new(Type::Number)),
                json!({"k": 1}),
                &[0x81, 0xa1, b'k', 1],
            ),
            (
                "dynamic",
                Type::Dynamic,
                json!(true),
                &[0x92, 0xc4, 6, b'"', b'b', b'o', b'o', b'l', b'"', 0xc3],
            ),
        ];
        for (name, r#type, value, bytes) in cases {
            assert_eq!(encode(&r#type, &value).unwrap(), bytes, "{name}");
            assert!(equal(&r#type, &decode(&r#type, bytes).unwrap(), &value), "{name}");
        }
    }

    #[test]
    fn numbers_keep_their_exact_decimal() {
        let digits = "123456789.123456789123";
        let bytes = encode(&Type::Number, &json!(digits)).unwrap();
        assert_eq!(decode(&Type::Number, &bytes).unwrap(), json!(digits));
        assert!(equal(&Type::Number, &json!(1.0), &json!("1")));
        assert!(!equal(&Type::Number, &json!(123_456_789.123_456_79), &json!(digits)));
    }

    #[test]
    fn refined_unknown_values_are_unknown() {
        assert_eq!(
            decode(&Type::String, &[0xc7, 3, 12, 0x81, 1, 0xc2]).unwrap(),
            json!(UNKNOWN)
        );
    }

    #[test]
    fn a_value_of_another_type_is_refused_with_its_path() {
        let object = Type::Object([("a".to_owned(), Type::List(Box::new(Type::Bool)))].into());
        let error = encode(&object, &json!({ "a": [true, "no"] })).unwrap_err().to_string();
        assert!(error.starts_with("a[1]: "), "{error}");
        let error = decode(&object, &[0x80]).unwrap_err().to_string();
        assert_eq!(error, "a: missing");
    }

    #[test]
    fn sets_have_no_order() {
        let set = Type::Set(Box::new(Type::Number));
        assert!(equal(&set, &json!([1, 2, 2]), &json!([2, 1, 2])));
        assert!(!equal(&set, &json!([1, 2, 2]), &json!([1, 1, 2])));
    }
}
