//! The proposed new state: Terraform's merge of the configuration with the prior state.
//!
//! The rules are those of terraform `internal/plans/objchange`, `ProposedNew`.

use serde_json::{Map, Value};

use crate::{
    schema::{Attribute, Attributes, Kind, Nesting, implied_type},
    value::{equal, is_unknown},
};

/// Merges a complete configuration with the prior state, either of which may be null.
///
/// What is configured wins. What is not configured keeps its prior value where the provider may set it.
pub fn proposed_new(attributes: &Attributes, prior: &Value, config: &Value) -> Value {
    if config.is_null() || is_unknown(config) {
        return prior.clone();
    }
    let null = Value::Null;
    let merged = attributes.iter().map(|(name, attribute)| {
        let prior = prior.get(name).unwrap_or(&null);
        let config = config.get(name).unwrap_or(&null);
        (name.clone(), propose(attribute, prior, config))
    });
    Value::Object(merged.collect())
}

fn propose(attribute: &Attribute, prior: &Value, config: &Value) -> Value {
    if attribute.computed && config.is_null() {
        // Parts that only a configuration can have set mean that the attribute was configured, and no longer is.
        return match &attribute.kind {
            Kind::Nested(nesting, inner) if attribute.optional && has_configured_part(*nesting, inner, prior) => {
                Value::Null
            }
            _ => prior.clone(),
        };
    }
    match &attribute.kind {
        Kind::Plain(_) => config.clone(),
        Kind::Nested(nesting, inner) | Kind::Block(nesting, inner) => propose_nested(*nesting, inner, prior, config),
    }
}

fn propose_nested(nesting: Nesting, inner: &Attributes, prior: &Value, config: &Value) -> Value {
    let element = |prior: Option<&Value>, config: &Value| match prior {
        Some(prior) if !config.is_null() => proposed_new(inner, prior, config),
        _ => config.clone(),
    };
    match (nesting, config) {
        (Nesting::Single | Nesting::Group, Value::Object(_)) => proposed_new(inner, prior, config),
        (Nesting::List, Value::Array(elements)) => elements
            .iter()
            .enumerate()
            .map(|(index, config)| element(prior.get(index), config))
            .collect(),
        (Nesting::Map, Value::Object(elements)) => Value::Object(
            elements
                .iter()
                .map(|(key, config)| (key.clone(), element(prior.get(key), config)))
                .collect::<Map<_, _>>(),
        ),
        (Nesting::Set, Value::Array(elements)) => {
            let mut candidates: Vec<&Value> = prior.as_array().into_iter().flatten().collect();
            elements
                .iter()
                .map(|config| {
                    let found = candidates.iter().position(|prior| may_come_from(inner, prior, config));
                    element(
                        Some(found.map_or(&Value::Null, |index| candidates.remove(index))),
                        config,
                    )
                })
                .collect()
        }
        // Null, or unknown as a whole.
        _ => config.clone(),
    }
}

/// Whether a prior value has a part that is not null and not computed.
fn has_configured_part(nesting: Nesting, inner: &Attributes, prior: &Value) -> bool {
    objects(nesting, prior).any(|object| {
        inner.iter().any(|(name, attribute)| match object.get(name) {
            None | Some(Value::Null) => false,
            Some(_) if !attribute.computed => true,
            Some(value) => match &attribute.kind {
                Kind::Plain(_) => false,
                Kind::Nested(nesting, inner) | Kind::Block(nesting, inner) => {
                    has_configured_part(*nesting, inner, value)
                }
            },
        })
    })
}

fn objects(nesting: Nesting, value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match (nesting, value) {
        (Nesting::Single | Nesting::Group, Value::Object(_)) => Box::new(std::iter::once(value)),
        (_, Value::Array(elements)) => Box::new(elements.iter()),
        (Nesting::Map, Value::Object(elements)) => Box::new(elements.values()),
        _ => Box::new(std::iter::empty()),
    }
}

/// Whether a prior set element is this configured one plus values that the provider computed.
fn may_come_from(inner: &Attributes, prior: &Value, config: &Value) -> bool {
    if equal(&implied_type(inner), prior, config) {
        return true;
    }
    inner.iter().all(|(name, attribute)| {
        let (Some(prior), Some(config)) = (prior.get(name), config.get(name)) else {
            return false;
        };
        if equal(&attribute.implied_type(), prior, config) {
            return true;
        }
        match (&attribute.kind, prior, config) {
            (Kind::Plain(_), _, config) => attribute.computed && config.is_null(),
            (Kind::Nested(Nesting::Single, inner), Value::Object(_), Value::Object(_)) => {
                may_come_from(inner, prior, config)
            }
            (Kind::Nested(Nesting::List, inner), Value::Array(prior), Value::Array(config)) => {
                prior.len() == config.len() && prior.iter().zip(config).all(|(p, c)| may_come_from(inner, p, c))
            }
            (Kind::Nested(Nesting::Map, inner), Value::Object(prior), Value::Object(config)) => {
                prior.len() == config.len()
                    && prior
                        .iter()
                        .all(|(key, p)| config.get(key).is_some_and(|c| may_come_from(inner, p, c)))
            }
            // Elements of sets within sets cannot be correlated.
            _ => false,
        }
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;
    use crate::{UNKNOWN, schema::Type};

    pub(crate) fn attribute(kind: Kind, flags: &str) -> Attribute {
        Attribute {
            kind,
            required: flags.contains('r'),
            optional: flags.contains('o'),
            computed: flags.contains('c'),
            sensitive: false,
        }
    }

    /// `name` required, `size` optional, `id` computed, `mode` optional and computed.
    pub(crate) fn item() -> Attributes {
        Attributes::from([
            ("name".to_owned(), attribute(Kind::Plain(Type::String), "r")),
            ("size".to_owned(), attribute(Kind::Plain(Type::Number), "o")),
            ("id".to_owned(), attribute(Kind::Plain(Type::String), "c")),
            ("mode".to_owned(), attribute(Kind::Plain(Type::String), "oc")),
        ])
    }

    pub(crate) fn nested(nesting: Nesting, flags: &str) -> Attributes {
        Attributes::from([("n".to_owned(), attribute(Kind::Nested(nesting, item()), flags))])
    }

    fn complete(name: &str, size: Value, id: Value, mode: Value) -> Value {
        json!({ "name": name, "size": size, "id": id, "mode": mode })
    }

    #[test]
    fn attributes_merge_as_terraform_merges_them() {
        let null = Value::Null;
        let prior = complete("a", json!(1), json!("i"), json!("m"));
        let cases = [
            (
                "create",
                null.clone(),
                complete("a", json!(2), null.clone(), null.clone()),
                complete("a", json!(2), null.clone(), null.clone()),
            ),
            (
                "computed keeps its prior value",
                prior.clone(),
                complete("b", json!(1), null.clone(), null.clone()),
                complete("b", json!(1), json!("i"), json!("m")),
            ),
            (
                "optional alone goes back to null",
                prior.clone(),
                complete("a", null.clone(), null.clone(), json!("x")),
                complete("a", null.clone(), json!("i"), json!("x")),
            ),
            (
                "unknown wins",
                prior.clone(),
                complete(UNKNOWN, json!(1), null.clone(), json!(UNKNOWN)),
                complete(UNKNOWN, json!(1), json!("i"), json!(UNKNOWN)),
            ),
        ];
        for (name, prior, config, expected) in cases {
            assert_eq!(proposed_new(&item(), &prior, &config), expected, "{name}");
        }
        assert_eq!(proposed_new(&item(), &prior, &Value::Null), prior, "no configuration");
    }

    #[test]
    fn nested_objects_are_matched_by_key_index_or_likeness() {
        let null = Value::Null;
        let prior = |name: &str, id: &str| complete(name, null.clone(), json!(id), json!("m"));
        let config = |name: &str| complete(name, null.clone(), null.clone(), null.clone());
        let cases = [
            ("single", Nesting::Single, prior("a", "1"), config("b"), prior("b", "1")),
            ("single, new", Nesting::Single, null.clone(), config("b"), config("b")),
            (
                "single, removed",
                Nesting::Single,
                prior("a", "1"),
                null.clone(),
                null.clone(),
            ),
            (
                "map by key",
                Nesting::Map,
                json!({ "x": prior("a", "1"), "y": prior("b", "2") }),
                json!({ "y": config("c"), "z": config("d") }),
                json!({ "y": prior("c", "2"), "z": config("d") }),
            ),
            (
                "list by index",
                Nesting::List,
                json!([prior("a", "1")]),
                json!([config("c"), config("d")]),
                json!([prior("c", "1"), config("d")]),
            ),
            (
                "set by likeness",
                Nesting::Set,
                json!([prior("a", "1"), prior("b", "2")]),
                json!([config("b"), config("c")]),
                json!([prior("b", "2"), config("c")]),
            ),
            (
                "unknown as a whole",
                Nesting::Map,
                json!({ "x": prior("a", "1") }),
                json!(UNKNOWN),
                json!(UNKNOWN),
            ),
        ];
        for (name, nesting, prior, config, expected) in cases {
            let proposed = proposed_new(&nested(nesting, "o"), &json!({ "n": prior }), &json!({ "n": config }));
            assert_eq!(proposed, json!({ "n": expected }), "{name}");
        }
    }

    #[test]
    fn a_removed_configuration_of_a_computed_object_is_proposed_as_null() {
        let configured = json!({ "n": complete("a", Value::Null, json!("1"), Value::Null) });
        let none = json!({ "n": null });
        assert_eq!(proposed_new(&nested(Nesting::Single, "oc"), &configured, &none), none);
        let only_computed = json!({ "n": { "name": null, "size": null, "id": "1", "mode": null } });
        assert_eq!(
            proposed_new(&nested(Nesting::Single, "oc"), &only_computed, &none),
            only_computed
        );
    }
}
