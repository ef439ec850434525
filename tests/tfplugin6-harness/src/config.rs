//! Configurations: what Terraform fills in and refuses before a provider hears of it.

use anyhow::{Context, bail, ensure};
use serde_json::{Map, Value};

use crate::{
    diagnostic::{attribute_path, index_path, key_path},
    schema::{Attributes, Kind, Nesting},
    value::is_unknown,
};

/// Completes a configuration as Terraform does: what is not set becomes null, an absent block an empty collection.
///
/// # Errors
/// What Terraform says before any provider hears of it: unknown names, missing required attributes, attributes that
/// only the provider sets. The message names the path.
pub fn complete_config(attributes: &Attributes, config: &Value, path: &str) -> anyhow::Result<Value> {
    let config = config
        .as_object()
        .with_context(|| format!("{path}: expected an object, got {config}"))?;
    for name in config.keys() {
        ensure!(
            attributes.contains_key(name),
            "{}: no such attribute",
            attribute_path(path, name)
        );
    }
    let mut complete = Map::new();
    for (name, attribute) in attributes {
        let path = attribute_path(path, name);
        let value = config.get(name).unwrap_or(&Value::Null);
        if value.is_null() {
            ensure!(!attribute.required, "{path}: required, and not set");
        } else {
            ensure!(
                attribute.required || attribute.optional,
                "{path}: only the provider sets this"
            );
        }
        let value = match &attribute.kind {
            Kind::Plain(_) => value.clone(),
            Kind::Block(Nesting::List | Nesting::Set, _) if value.is_null() => Value::Array(Vec::new()),
            Kind::Block(Nesting::Map, _) if value.is_null() => Value::Object(Map::new()),
            Kind::Block(Nesting::Group, inner) if value.is_null() => {
                complete_config(inner, &Value::Object(Map::new()), &path)?
            }
            Kind::Nested(nesting, inner) | Kind::Block(nesting, inner) => {
                complete_nested(*nesting, inner, value, &path)?
            }
        };
        complete.insert(name.clone(), value);
    }
    Ok(Value::Object(complete))
}

fn complete_nested(nesting: Nesting, inner: &Attributes, value: &Value, path: &str) -> anyhow::Result<Value> {
    if value.is_null() || is_unknown(value) {
        return Ok(value.clone());
    }
    let element = |value: &Value, path: &str| {
        if value.is_null() || is_unknown(value) {
            Ok(value.clone())
        } else {
            complete_config(inner, value, path)
        }
    };
    match (nesting, value) {
        (Nesting::Single | Nesting::Group, value) => complete_config(inner, value, path),
        (Nesting::List | Nesting::Set, Value::Array(elements)) => elements
            .iter()
            .enumerate()
            .map(|(index, value)| element(value, &index_path(path, index)))
            .collect(),
        (Nesting::Map, Value::Object(elements)) => Ok(Value::Object(
            elements
                .iter()
                .map(|(key, value)| Ok((key.clone(), element(value, &key_path(path, key))?)))
                .collect::<anyhow::Result<_>>()?,
        )),
        _ => bail!("{path}: {value} has the wrong shape"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;
    use crate::{UNKNOWN, proposed::tests::nested};

    #[test]
    fn what_is_not_set_becomes_null_on_every_level() {
        let attributes = nested(Nesting::Map, "o");
        let element = json!({ "name": "a", "size": null, "id": null, "mode": null });
        let cases = [
            ("nothing set", json!({}), json!({ "n": null })),
            (
                "one element",
                json!({ "n": { "k": { "name": "a" } } }),
                json!({ "n": { "k": element } }),
            ),
            ("unknown as a whole", json!({ "n": UNKNOWN }), json!({ "n": UNKNOWN })),
            (
                "an unknown element",
                json!({ "n": { "k": UNKNOWN } }),
                json!({ "n": { "k": UNKNOWN } }),
            ),
        ];
        for (name, config, expected) in cases {
            assert_eq!(complete_config(&attributes, &config, "").unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn what_terraform_refuses_is_refused_with_its_path() {
        let attributes = nested(Nesting::Map, "o");
        let cases = [
            ("unknown name", json!({ "m": 1 }), "m: no such attribute"),
            (
                "required",
                json!({ "n": { "k": {} } }),
                "n[\"k\"].name: required, and not set",
            ),
            (
                "computed",
                json!({ "n": { "k": { "name": "a", "id": "i" } } }),
                "n[\"k\"].id: only the provider sets this",
            ),
            ("wrong shape", json!({ "n": [] }), "n: [] has the wrong shape"),
        ];
        for (name, config, expected) in cases {
            assert_eq!(
                complete_config(&attributes, &config, "").unwrap_err().to_string(),
                expected,
                "{name}"
            );
        }
    }
}
