//! What a plan must not contradict (the configuration), and what an applied state must not contradict (the plan).
//!
//! The rules are those of terraform `internal/plans/objchange`, `AssertPlanValid` and `AssertObjectCompatible`.

use anyhow::{bail, ensure};
use serde_json::Value;

use crate::{
    diagnostic::{attribute_path, index_path, key_path},
    schema::{Attribute, Attributes, Kind, Nesting, Type},
    value::{equal, is_unknown},
};

/// A planned value may differ from the configuration only where the provider may set it, or by keeping the prior value.
///
/// # Errors
/// Names the path and the three values.
pub fn assert_plan_valid(
    attributes: &Attributes,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &str,
) -> anyhow::Result<()> {
    match (config.is_null(), planned.is_null()) {
        (false, true) => bail!("{path}: planned for absence, but the configuration wants existence"),
        (true, false) => bail!("{path}: planned for existence, but the configuration wants absence"),
        (true, true) => return Ok(()),
        (false, false) => {}
    }
    let null = Value::Null;
    for (name, attribute) in attributes {
        let part = |object: &'_ Value| object.get(name).unwrap_or(&null).clone();
        assert_attribute(
            attribute,
            &part(prior),
            &part(config),
            &part(planned),
            &attribute_path(path, name),
        )?;
    }
    Ok(())
}

fn assert_attribute(
    attribute: &Attribute,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &str,
) -> anyhow::Result<()> {
    let r#type = attribute.implied_type();
    if equal(&r#type, planned, config) {
        return Ok(());
    }
    if !prior.is_null() && !config.is_null() && equal(&r#type, planned, prior) {
        return Ok(());
    }
    if attribute.computed && (!attribute.optional || config.is_null()) {
        return Ok(());
    }
    ensure!(
        !config.is_null(),
        "{path}: planned {planned}, which is neither configured nor computed"
    );
    match &attribute.kind {
        Kind::Plain(_) => bail!("{path}: planned {planned} for the configured {config} (prior: {prior})"),
        Kind::Nested(nesting, inner) | Kind::Block(nesting, inner) => {
            assert_nested(*nesting, inner, prior, config, planned, path)
        }
    }
}

fn assert_nested(
    nesting: Nesting,
    inner: &Attributes,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &str,
) -> anyhow::Result<()> {
    ensure!(
        !planned.is_null(),
        "{path}: planned for absence, but the configuration wants existence"
    );
    ensure!(
        !is_unknown(planned),
        "{path}: planned unknown for the configured {config}"
    );
    ensure!(
        !is_unknown(config),
        "{path}: planned {planned} for an unknown configuration"
    );
    let null = Value::Null;
    match (nesting, config, planned) {
        (Nesting::Single | Nesting::Group, config, planned) => assert_plan_valid(inner, prior, config, planned, path),
        (Nesting::List, Value::Array(config), Value::Array(planned)) => {
            ensure!(
                config.len() == planned.len(),
                "{path}: {} configured, {} planned",
                config.len(),
                planned.len()
            );
            for (index, (config, planned)) in config.iter().zip(planned).enumerate() {
                let prior = prior.get(index).unwrap_or(&null);
                assert_plan_valid(inner, prior, config, planned, &index_path(path, index))?;
            }
            Ok(())
        }
        (Nesting::Map, Value::Object(config), Value::Object(planned)) => {
            for key in planned.keys() {
                ensure!(
                    config.contains_key(key),
                    "{}: planned, but not configured",
                    key_path(path, key)
                );
            }
            for (key, config) in config {
                let path = key_path(path, key);
                let Some(planned) = planned.get(key) else {
                    bail!("{path}: configured, but not planned")
                };
                assert_plan_valid(inner, prior.get(key).unwrap_or(&null), config, planned, &path)?;
            }
            Ok(())
        }
        // Elements of a set have no identity to match them by: Terraform checks their number only.
        (Nesting::Set, Value::Array(config), Value::Array(planned)) => {
            ensure!(
                config.len() == planned.len(),
                "{path}: {} configured, {} planned",
                config.len(),
                planned.len()
            );
            Ok(())
        }
        (_, config, planned) => bail!("{path}: planned {planned} for the configured {config}"),
    }
}

/// Every value that the plan knew must be the same in the applied state.
///
/// # Errors
/// Names the path and both values.
pub fn assert_compatible(r#type: &Type, planned: &Value, actual: &Value, path: &str) -> anyhow::Result<()> {
    if is_unknown(planned) {
        return Ok(());
    }
    ensure!(!is_unknown(actual), "{path}: was {planned}, but now unknown");
    if planned.is_null() || actual.is_null() {
        ensure!(planned == actual, "{path}: was {planned}, but now {actual}");
        return Ok(());
    }
    match (r#type, planned, actual) {
        (Type::Object(types), planned, actual) => {
            let null = Value::Null;
            for (name, r#type) in types {
                let (planned, actual) = (planned.get(name).unwrap_or(&null), actual.get(name).unwrap_or(&null));
                assert_compatible(r#type, planned, actual, &attribute_path(path, name))?;
            }
        }
        (Type::List(element), Value::Array(planned), Value::Array(actual)) => {
            ensure!(
                planned.len() == actual.len(),
                "{path}: {} planned, but now {}",
                planned.len(),
                actual.len()
            );
            for (index, (planned, actual)) in planned.iter().zip(actual).enumerate() {
                assert_compatible(element, planned, actual, &index_path(path, index))?;
            }
        }
        (Type::Tuple(types), Value::Array(planned), Value::Array(actual)) => {
            ensure!(
                planned.len() == actual.len(),
                "{path}: {} planned, but now {}",
                planned.len(),
                actual.len()
            );
            for (index, (r#type, (planned, actual))) in types.iter().zip(planned.iter().zip(actual)).enumerate() {
                assert_compatible(r#type, planned, actual, &index_path(path, index))?;
            }
        }
        (Type::Map(element), Value::Object(planned), Value::Object(actual)) => {
            for key in actual.keys() {
                ensure!(planned.contains_key(key), "{}: has appeared", key_path(path, key));
            }
            for (key, planned) in planned {
                let path = key_path(path, key);
                let Some(actual) = actual.get(key) else {
                    bail!("{path}: has vanished")
                };
                assert_compatible(element, planned, actual, &path)?;
            }
        }
        // Each element of one set must be a completion of some element of the other; unknown ones may coincide.
        (Type::Set(element), Value::Array(planned), Value::Array(actual)) => {
            ensure!(
                actual.len() <= planned.len(),
                "{path}: {} planned, but now {}",
                planned.len(),
                actual.len()
            );
            let matches = |p: &Value, a: &Value| assert_compatible(element, p, a, path).is_ok();
            for planned in planned {
                ensure!(
                    actual.iter().any(|actual| matches(planned, actual)),
                    "{path}: {planned} has vanished"
                );
            }
            for actual in actual {
                ensure!(
                    planned.iter().any(|planned| matches(planned, actual)),
                    "{path}: {actual} has appeared"
                );
            }
        }
        (r#type, planned, actual) => {
            ensure!(
                equal(r#type, planned, actual),
                "{path}: was {planned}, but now {actual}"
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;
    use crate::{
        UNKNOWN,
        proposed::tests::{item, nested},
    };

    fn object(name: &str, size: Value, id: Value, mode: Value) -> Value {
        json!({ "name": name, "size": size, "id": id, "mode": mode })
    }

    #[test]
    fn a_plan_may_not_contradict_the_configuration() {
        let null = Value::Null;
        let config = object("a", json!(1.5), null.clone(), null.clone());
        let cases: [(&str, Value, Value, Option<&str>); 8] = [
            (
                "computed parts unknown",
                null.clone(),
                object("a", json!("1.50"), json!(UNKNOWN), json!("m")),
                None,
            ),
            (
                "the configured value changed",
                null.clone(),
                object("b", json!(1.5), null.clone(), null.clone()),
                Some("x.name: "),
            ),
            (
                "the configured value lost",
                null.clone(),
                object("a", null.clone(), null.clone(), null.clone()),
                Some("x.size: "),
            ),
            (
                "the configured value unknown",
                null.clone(),
                object(UNKNOWN, json!(1.5), null.clone(), null.clone()),
                Some("x.name: "),
            ),
            (
                "the prior value kept",
                object("A", json!(1.5), null.clone(), null.clone()),
                object("A", json!(1.5), null.clone(), null.clone()),
                None,
            ),
            (
                "an absent object",
                null.clone(),
                null.clone(),
                Some("x: planned for absence"),
            ),
            (
                "a number almost right",
                null.clone(),
                object("a", json!("1.50000000000000000001"), null.clone(), null.clone()),
                Some("x.size: "),
            ),
            ("the same", null.clone(), config.clone(), None),
        ];
        for (name, prior, planned, expected) in cases {
            let error = assert_plan_valid(&item(), &prior, &config, &planned, "x")
                .err()
                .map(|e| e.to_string());
            match expected {
                None => assert_eq!(error, None, "{name}"),
                Some(start) => assert!(
                    error.as_ref().is_some_and(|e| e.starts_with(start)),
                    "{name}: {error:?}"
                ),
            }
        }
        let unset = object("a", Value::Null, Value::Null, Value::Null);
        let filled = object("a", json!(3), Value::Null, Value::Null);
        let error = assert_plan_valid(&item(), &Value::Null, &unset, &filled, "")
            .unwrap_err()
            .to_string();
        assert_eq!(error, "size: planned 3, which is neither configured nor computed");
    }

    #[test]
    fn nested_objects_of_a_plan_are_checked_one_by_one() {
        let config = object("a", Value::Null, Value::Null, Value::Null);
        let wrong = object("b", Value::Null, Value::Null, Value::Null);
        let cases = [
            ("single", Nesting::Single, config.clone(), wrong.clone(), "n.name: "),
            (
                "list",
                Nesting::List,
                json!([config, config]),
                json!([config, wrong]),
                "n[1].name: ",
            ),
            (
                "list, longer",
                Nesting::List,
                json!([config]),
                json!([config, config]),
                "n: 1 configured, 2 planned",
            ),
            (
                "map",
                Nesting::Map,
                json!({ "k": config }),
                json!({ "k": wrong }),
                "n[\"k\"].name: ",
            ),
            (
                "map, new key",
                Nesting::Map,
                json!({}),
                json!({ "k": config }),
                "n[\"k\"]: planned, but not configured",
            ),
            (
                "map, lost key",
                Nesting::Map,
                json!({ "k": config }),
                json!({}),
                "n[\"k\"]: configured, but not planned",
            ),
            (
                "map, unknown",
                Nesting::Map,
                json!({ "k": config }),
                json!(UNKNOWN),
                "n: planned unknown",
            ),
            (
                "set",
                Nesting::Set,
                json!([config]),
                json!([]),
                "n: 1 configured, 0 planned",
            ),
        ];
        for (name, nesting, config, planned, expected) in cases {
            let (config, planned) = (json!({ "n": config }), json!({ "n": planned }));
            let error = assert_plan_valid(&nested(nesting, "o"), &Value::Null, &config, &planned, "").unwrap_err();
            assert!(error.to_string().starts_with(expected), "{name}: {error}");
            assert_plan_valid(&nested(nesting, "o"), &Value::Null, &config, &config, "").unwrap();
        }
    }

    #[test]
    fn an_applied_state_may_not_contradict_the_plan() {
        let text = Type::String;
        let cases: [(&str, Type, Value, Value, Option<&str>); 9] = [
            ("unknown becomes known", text.clone(), json!(UNKNOWN), json!("a"), None),
            ("unknown becomes null", text.clone(), json!(UNKNOWN), json!(null), None),
            (
                "known changes",
                text.clone(),
                json!("a"),
                json!("b"),
                Some("x: was \"a\", but now \"b\""),
            ),
            (
                "null becomes known",
                text.clone(),
                json!(null),
                json!("a"),
                Some("x: was null"),
            ),
            ("the same number", Type::Number, json!(1), json!("1.0"), None),
            (
                "list grows",
                Type::List(Box::new(text.clone())),
                json!(["a"]),
                json!(["a", "b"]),
                Some("x: 1 planned"),
            ),
            (
                "map key vanishes",
                Type::Map(Box::new(text.clone())),
                json!({ "k": "a" }),
                json!({}),
                Some("x[\"k\"]: "),
            ),
            (
                "set completes",
                Type::Set(Box::new(text.clone())),
                json!(["a", UNKNOWN]),
                json!(["b", "a"]),
                None,
            ),
            (
                "set changes",
                Type::Set(Box::new(text)),
                json!(["a"]),
                json!(["b"]),
                Some("x: \"a\" has vanished"),
            ),
        ];
        for (name, r#type, planned, actual, expected) in cases {
            let error = assert_compatible(&r#type, &planned, &actual, "x")
                .err()
                .map(|e| e.to_string());
            match expected {
                None => assert_eq!(error, None, "{name}"),
                Some(start) => assert!(
                    error.as_ref().is_some_and(|e| e.starts_with(start)),
                    "{name}: {error:?}"
                ),
            }
        }
    }
}
