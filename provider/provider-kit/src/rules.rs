//! The plan rules: what Terraform expects of every provider and no author should write twice.

use std::collections::{BTreeMap, HashMap};

use tf_provider::schema::{Attribute, AttributeType};
use tf_provider::{AttributePath, Diagnostics};

use crate::Tree;
use crate::schema::{Attr, Kind};

type Attrs = BTreeMap<&'static str, Attr>;

/// Brings a value into the schema's exact shape: missing attributes become null, numbers that travel as text (0.1)
/// become numbers again.
pub(crate) fn conform(attributes: &HashMap<String, Attribute>, mut value: Tree) -> Tree {
    conform_object(attributes, &mut value);
    value
}

fn conform_object(attributes: &HashMap<String, Attribute>, value: &mut Tree) {
    let Tree::Map(entries) = value else { return };
    entries.retain(|name, _| attributes.contains_key(name));
    for (name, attribute) in attributes {
        match entries.get_mut(name) {
            Some(value) => conform_type(&attribute.attr_type, value),
            None => {
                entries.insert(name.clone(), Tree::Null);
            }
        }
    }
}

fn conform_type(attr_type: &AttributeType, value: &mut Tree) {
    match (attr_type, value) {
        (AttributeType::Number, value) => {
            if let Tree::String(text) = value
                && let Ok(number) = text.parse()
            {
                *value = Tree::Number(number);
            }
        }
        (AttributeType::List(element) | AttributeType::Set(element), Tree::List(items)) => {
            items.iter_mut().for_each(|item| conform_type(element, item));
        }
        (AttributeType::Map(element), Tree::Map(entries)) => {
            entries.values_mut().for_each(|value| conform_type(element, value));
        }
        (AttributeType::AttributeSingle(attributes), value) => conform_object(attributes, value),
        (AttributeType::AttributeMap(attributes), Tree::Map(entries)) => {
            entries.values_mut().for_each(|value| conform_object(attributes, value));
        }
        (AttributeType::AttributeList(attributes) | AttributeType::AttributeSet(attributes), Tree::List(items)) => {
            items.iter_mut().for_each(|item| conform_object(attributes, item));
        }
        _ => {}
    }
}

/// Of an object, what a configuration can set, and what is no attribute of its author's.
pub(crate) fn settable(attributes: &Attrs, object: Tree) -> Tree {
    let Tree::Map(mut entries) = object else { return object };
    entries.retain(|name, _| attributes.get(name.as_str()).is_none_or(Attr::is_settable));
    Tree::Map(entries)
}

/// The configuration as it takes effect: every null that has a default becomes it.
pub(crate) fn effective(attributes: &Attrs, config: &Tree) -> Tree {
    into_effective(attributes, config.clone())
}

/// The same of values that nobody needs as they were.
pub(crate) fn into_effective(attributes: &Attrs, config: Tree) -> Tree {
    let Tree::Map(mut entries) = config else {
        return config;
    };
    for (name, attr) in attributes {
        let value = entries.entry((*name).to_owned()).or_default();
        *value = match (&attr.kind, std::mem::take(value), &attr.default) {
            (_, Tree::Null, Some(default)) => default.clone(),
            (Kind::Single(inner), value @ Tree::Map(_), _) => into_effective(inner, value),
            (Kind::Map(inner), Tree::Map(elements), _) => {
                let elements = elements.into_iter();
                Tree::Map(
                    elements
                        .map(|(key, element)| (key, into_effective(inner, element)))
                        .collect(),
                )
            }
            (_, value, _) => value,
        };
    }
    Tree::Map(entries)
}

/// Runs every validator on every known value.
pub(crate) fn validate(attributes: &Attrs, value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    let Tree::Map(entries) = value else { return };
    for (name, attr) in attributes {
        let Some(value) = entries.get(*name) else { continue };
        if matches!(value, Tree::Null | Tree::Unknown) {
            continue;
        }
        let path = path.clone().attribute(*name);
        for check in &attr.validators {
            check(value, &path, diagnostics);
        }
        match (&attr.kind, value) {
            (Kind::Single(inner), value) => validate(inner, value, &path, diagnostics),
            (Kind::List(inner), Tree::List(items)) => {
                for (index, item) in (0_i64..).zip(items) {
                    validate(inner, item, &path.clone().index(index), diagnostics);
                }
            }
            (Kind::Map(inner), Tree::Map(elements)) => {
                for (key, element) in elements {
                    validate(inner, element, &path.clone().key(key.clone()), diagnostics);
                }
            }
            _ => {}
        }
    }
}

/// Terraform's proposal with the prior spelling wherever the new one means the same. Terraform lets a provider answer so.
pub(crate) fn keep_spelling(attributes: &Attrs, prior: &Tree, mut proposed: Tree) -> Tree {
    if let Tree::Map(entries) = &mut proposed {
        for (name, attr) in attributes {
            if let (Some(same), Some(value)) = (attr.same, entries.get_mut(*name)) {
                let before = prior.get(name);
                let known = |value: &Tree| !value.is_null() && !value.is_unknown();
                if known(before) && known(value) && same(before, value) {
                    *value = before.clone();
                }
            }
        }
    }
    proposed
}

/// Terraform's proposal with every computed value that may change marked unknown, made of the parts of the others: a state of
/// a thousand alarms is not copied.
///
/// Without a prior state all computed values are unknown. With one they stay, unless the user changed something;
/// then only those the author said to keep do.
pub(crate) fn mark_unknown<'a>(
    attributes: &Attrs,
    prior: &'a Tree,
    proposed: &'a Tree,
    config: &Tree,
) -> BTreeMap<&'a str, &'a Tree> {
    let changed = prior.is_null()
        || attributes.iter().any(|(name, attr)| {
            let by_user = !attr.is_computed() || !config.get(name).is_null();
            by_user && prior.get(name) != proposed.get(name)
        });
    let marked = attributes.iter().map(|(name, attr)| {
        let is_kept = !prior.is_null() && (!changed || attr.keep_known);
        let value = match attr.is_computed() && config.get(name).is_null() {
            false => proposed.get(name),
            true if is_kept => prior.get(name),
            true => &Tree::Unknown,
        };
        (*name, value)
    });
    marked.collect()
}

/// The attributes whose change destroys the object. An unknown planned value counts as a change.
pub(crate) fn requires_replace(
    attributes: &Attrs,
    prior: &Tree,
    planned: &Tree,
    path: &AttributePath,
) -> Vec<AttributePath> {
    let mut paths = Vec::new();
    for (name, attr) in attributes {
        let (before, after) = (prior.get(name), planned.get(name));
        let path = path.clone().attribute(*name);
        if attr.requires_replace && before != after {
            paths.push(path);
        } else if let Kind::Single(inner) = &attr.kind {
            paths.extend(requires_replace(inner, before, after, &path));
        }
    }
    paths
}

/// Of a prior state, all that [`requires_replace`] looks at.
pub(crate) fn only_replacing(attributes: &Attrs, prior: &Tree) -> Tree {
    let Tree::Map(entries) = prior else {
        return prior.clone();
    };
    let looked_at = entries.iter().filter(|(name, _)| {
        let attr = attributes.get(name.as_str());
        attr.is_some_and(|attr| attr.requires_replace || matches!(attr.kind, Kind::Single(_)))
    });
    Tree::Map(looked_at.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// What is left of a planned state after a failure: Terraform refuses a state with unknown values.
pub(crate) fn unknown_to_null(value: Tree) -> Tree {
    match value {
        Tree::Unknown => Tree::Null,
        Tree::List(items) => Tree::List(items.into_iter().map(unknown_to_null).collect()),
        Tree::Map(entries) => Tree::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, unknown_to_null(value)))
                .collect(),
        ),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attr, Schema};

    fn schema() -> Schema {
        Schema::new(
            "A test.",
            [
                ("name", Attr::string("Name.").required().requires_replace()),
                (
                    "preset",
                    Attr::string("Preset.")
                        .default("platform")
                        .one_of(&["platform", "none"]),
                ),
                ("limit", Attr::number("Limit.")),
                ("id", Attr::string("Id.").computed().keep_known()),
                ("digest", Attr::string("Digest.").computed()),
                (
                    "targets",
                    Attr::map("Targets.", [("weight", Attr::number("Weight.").default(1))]),
                ),
                (
                    "net",
                    Attr::single("Net.", [("vpc", Attr::string("VPC.").requires_replace())]),
                ),
                ("timeouts", Attr::timeouts(&[("create", "30m")])),
            ],
        )
    }

    fn tree(entries: &[(&str, Tree)]) -> Tree {
        let given = entries
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        conform(&schema().to_tf().block.attributes, Tree::Map(given))
    }

    #[test]
    fn another_spelling_of_the_same_value_is_no_change() {
        let same = |a: &Tree, b: &Tree| a.to_string().eq_ignore_ascii_case(&b.to_string());
        let attributes = Schema::new("A test.", [("region", Attr::string("Region.").same_when(same))]).attributes;
        let region = |value: Tree| Tree::Map([("region".to_owned(), value)].into());
        for (case, before, proposed, kept) in [
            ("another spelling", "eu".into(), "EU".into(), "eu".into()),
            ("another value", "eu".into(), "us".into(), "us".into()),
            ("unknown", "eu".into(), Tree::Unknown, Tree::Unknown),
            ("left out", "eu".into(), Tree::Null, Tree::Null),
            ("new", Tree::Null, "EU".into(), "EU".into()),
        ] {
            assert_eq!(
                keep_spelling(&attributes, &region(before), region(proposed)),
                region(kept),
                "{case}"
            );
        }
    }

    #[test]
    fn a_new_object_has_unknown_computed_values() {
        let config = tree(&[("name", "a".into())]);
        let schema = schema();
        let planned = mark_unknown(&schema.attributes, &Tree::Null, &config, &config);
        assert_eq!((planned["id"], planned["digest"]), (&Tree::Unknown, &Tree::Unknown));
    }

    #[test]
    fn an_unchanged_object_keeps_all_computed_values() {
        let prior = tree(&[("name", "a".into()), ("id", "1".into()), ("digest", "x".into())]);
        let config = tree(&[("name", "a".into())]);
        // as Terraform proposes, and without what no configuration can set
        for proposed in [prior.clone(), settable(&schema().attributes, prior.clone())] {
            let planned = mark_unknown(&schema().attributes, &prior, &proposed, &config);
            for (name, value) in planned {
                assert_eq!(value, prior.get(name), "{name}");
            }
        }
    }

    #[test]
    fn a_changed_object_keeps_only_what_its_author_kept() {
        let prior = tree(&[("name", "a".into()), ("id", "1".into()), ("digest", "x".into())]);
        let config = tree(&[("name", "a".into()), ("limit", 5.into())]);
        let proposed = tree(&[
            ("name", "a".into()),
            ("limit", 5.into()),
            ("id", "1".into()),
            ("digest", "x".into()),
        ]);
        let planned = mark_unknown(&schema().attributes, &prior, &proposed, &config);
        assert_eq!((planned["id"], planned["digest"]), (&"1".into(), &Tree::Unknown));
    }

    #[test]
    fn defaults_take_effect_at_every_depth_and_typed_values_win() {
        let target = |weight: Tree| Tree::Map([("weight".to_owned(), weight)].into());
        let config = tree(&[(
            "targets",
            Tree::Map([("a".to_owned(), target(Tree::Null)), ("b".to_owned(), target(7.into()))].into()),
        )]);
        let effective = effective(&schema().attributes, &config);
        assert_eq!(effective.get("preset"), &"platform".into());
        assert_eq!(effective.get("targets").get("a").get("weight"), &1.into());
        assert_eq!(effective.get("targets").get("b").get("weight"), &7.into());
    }

    #[test]
    fn replacement_is_required_by_marked_attributes_at_any_depth_and_by_unknowns() {
        let net = |vpc: Tree| Tree::Map([("vpc".to_owned(), vpc)].into());
        let cases = [
            (
                "nothing changes",
                tree(&[("name", "a".into())]),
                tree(&[("name", "a".into())]),
                vec![],
            ),
            (
                "an ordinary change",
                tree(&[("name", "a".into())]),
                tree(&[("name", "a".into()), ("limit", 1.into())]),
                vec![],
            ),
            (
                "a new name",
                tree(&[("name", "a".into())]),
                tree(&[("name", "b".into())]),
                vec!["name"],
            ),
            (
                "an unknown name",
                tree(&[("name", "a".into())]),
                tree(&[("name", Tree::Unknown)]),
                vec!["name"],
            ),
            (
                "a nested one",
                tree(&[("net", net("v1".into()))]),
                tree(&[("net", net("v2".into()))]),
                vec!["net.vpc"],
            ),
        ];
        for (case, prior, planned, expected) in cases {
            let paths = requires_replace(&schema().attributes, &prior, &planned, &AttributePath::root());
            assert_eq!(
                paths.iter().map(ToString::to_string).collect::<Vec<_>>(),
                expected,
                "{case}"
            );
        }
    }

    #[test]
    fn validators_see_known_values_only_and_name_the_path() {
        let config = tree(&[
            ("preset", "fancy".into()),
            ("timeouts", Tree::Map([("create".to_owned(), "soon".into())].into())),
            ("limit", Tree::Unknown),
        ]);
        let mut diagnostics = Diagnostics::default();
        validate(&schema().attributes, &config, &AttributePath::root(), &mut diagnostics);
        let seen: Vec<_> = diagnostics
            .errors
            .iter()
            .map(|e| (e.attribute.to_string(), e.summary.to_string()))
            .collect();
        assert_eq!(
            seen,
            [
                ("preset".to_owned(), "Value is not one of the allowed ones.".to_owned()),
                ("timeouts.create".to_owned(), "Timeout is not a duration.".to_owned()),
            ]
        );
    }

    #[test]
    fn a_decimal_that_travels_as_text_is_a_number_again() {
        assert_eq!(tree(&[("limit", "0.1".into())]).get("limit").to_string(), "0.1");
        assert!(matches!(tree(&[("limit", "0.1".into())]).get("limit"), Tree::Number(_)));
        assert!(matches!(tree(&[("name", "0.1".into())]).get("name"), Tree::String(_)));
    }
}
