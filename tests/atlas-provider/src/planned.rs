//! What the plan of a new resource contains: the configuration, documented defaults, and unknown for what only Atlas could tell.

use std::collections::BTreeMap;

use rmpv::Value;

use crate::fixture::{Attribute, Block, Kind};

/// go-cty's unknown value, as MessagePack.
fn unknown() -> Value {
    Value::Ext(0, vec![0])
}

/// Completes a proposed new state in place.
pub(crate) fn complete(block: &Block, proposed: &mut Value) {
    attributes(&block.attributes, proposed);
    for (name, nested) in &block.blocks {
        if let Some(value) = member(proposed, name) {
            each(value, |element| attributes(&nested.attributes, element));
        }
    }
}

fn attributes(schema: &BTreeMap<String, Attribute>, object: &mut Value) {
    for (name, attribute) in schema {
        let Some(value) = member(object, name) else { continue };
        if value.is_nil() {
            if let Some(default) = &attribute.default {
                *value = to_msgpack(default);
            } else if attribute.is_computed() {
                *value = unknown();
            }
        } else if let Kind::Nested(_, inner) = &attribute.kind {
            each(value, |element| attributes(inner, element));
        }
    }
}

fn member<'a>(object: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    let Value::Map(members) = object else { return None };
    let found = members.iter_mut().find(|(key, _)| key.as_str() == Some(name));
    found.map(|(_, value)| value)
}

/// The object itself, or all objects of a list or set. Unknown values have none.
fn each(value: &mut Value, mut visit: impl FnMut(&mut Value)) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(visit),
        value => visit(value),
    }
}

/// Defaults are texts and booleans.
fn to_msgpack(default: &serde_json::Value) -> Value {
    match default {
        serde_json::Value::Bool(value) => Value::from(*value),
        serde_json::Value::String(value) => Value::from(value.as_str()),
        other => panic!("the default {other} has a type that no argument with a default has"),
    }
}
