//! Queries on fields at the top of a document, by the types and order of an index.

use std::cmp::Ordering;

use crate::bson::{Document, Key, Value, compare, kind, rank};
use crate::refusal::Refusal;
use crate::store::IdBounds;

#[derive(Debug, Clone)]
enum Test {
    Equal(Key),
    NotEqual(Key),
    In(Vec<Key>),
    NotIn(Vec<Key>),
    Less { than: Key, or_equal: bool },
    Greater { than: Key, or_equal: bool },
    Exists(bool),
}

/// A conjunction of tests; the empty one lets everything pass.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    tests: Vec<(Vec<u8>, Test)>,
}

impl Filter {
    /// # Errors
    /// Operators and paths that are not emulated.
    pub(crate) fn parse(filter: Document<'_>) -> Result<Self, Refusal> {
        let mut tests = Vec::new();
        parse_into(filter, &mut tests)?;
        Ok(Self { tests })
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        self.tests.extend(other.tests);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// It can be decided by the `_id` alone.
    pub(crate) fn is_about_id(&self) -> bool {
        self.tests.iter().all(|(field, _)| field == b"_id")
    }

    pub(crate) fn matches(&self, document: Document<'_>) -> bool {
        self.tests.iter().all(|(field, test)| {
            let element = document.elements().find(|element| element.name == field.as_slice());
            test.matches(element.map(|element| element.value))
        })
    }

    /// What of it an index on `_id` can use: never narrower than the filter.
    pub(crate) fn id_bounds(&self) -> IdBounds {
        let mut bounds = IdBounds::default();
        for (_, test) in self.tests.iter().filter(|(field, _)| field == b"_id") {
            match test {
                Test::Equal(key) if key.value().kind != kind::NULL => {
                    bounds.raise(key.clone(), true);
                    bounds.cut(key.clone(), true);
                }
                Test::Less { than, or_equal } => bounds.cut(than.clone(), *or_equal),
                Test::Greater { than, or_equal } => bounds.raise(than.clone(), *or_equal),
                _ => {}
            }
        }
        bounds
    }
}

fn parse_into(filter: Document<'_>, tests: &mut Vec<(Vec<u8>, Test)>) -> Result<(), Refusal> {
    for element in filter.elements() {
        let field = element.name.to_vec();
        let name = String::from_utf8_lossy(element.name);
        if name == "$and" {
            let parts = element
                .value
                .as_array()
                .ok_or_else(|| Refusal::not_emulated("$and of no array"))?;
            for part in parts {
                parse_into(part.as_document().unwrap_or(Document(&[])), tests)?;
            }
            continue;
        }
        if name == "$comment" {
            continue;
        }
        if name.starts_with('$') || name.contains('.') {
            return Err(Refusal::not_emulated(format_args!("{name} in a query")));
        }
        let operators = element.value.as_document().filter(|document| {
            let first = document.elements().next();
            first.is_some_and(|element| element.name.starts_with(b"$"))
        });
        let Some(operators) = operators else {
            if element.value.kind == kind::REGEX {
                return Err(Refusal::not_emulated("a regular expression in a query"));
            }
            tests.push((field, Test::Equal(Key::of(element.value))));
            continue;
        };
        for operator in operators.elements() {
            let key = || Key::of(operator.value);
            let keys = || -> Vec<Key> { operator.value.as_array().into_iter().flatten().map(Key::of).collect() };
            let test = match operator.name {
                b"$eq" => Test::Equal(key()),
                b"$ne" => Test::NotEqual(key()),
                b"$in" => Test::In(keys()),
                b"$nin" => Test::NotIn(keys()),
                b"$lt" => Test::Less {
                    than: key(),
                    or_equal: false,
                },
                b"$lte" => Test::Less {
                    than: key(),
                    or_equal: true,
                },
                b"$gt" => Test::Greater {
                    than: key(),
                    or_equal: false,
                },
                b"$gte" => Test::Greater {
                    than: key(),
                    or_equal: true,
                },
                b"$exists" => Test::Exists(operator.value.is_true()),
                other => {
                    let other = String::from_utf8_lossy(other);
                    return Err(Refusal::not_emulated(format_args!("{other} in a query")));
                }
            };
            tests.push((field.clone(), test));
        }
    }
    Ok(())
}

impl Test {
    fn matches(&self, value: Option<Value<'_>>) -> bool {
        match self {
            Self::Equal(key) => is(key, value),
            Self::NotEqual(key) => !is(key, value),
            Self::In(keys) => keys.iter().any(|key| is(key, value)),
            Self::NotIn(keys) => !keys.iter().any(|key| is(key, value)),
            Self::Less { than, or_equal } => {
                order(value, than).is_some_and(|order| order.is_lt() || (*or_equal && order.is_eq()))
            }
            Self::Greater { than, or_equal } => {
                order(value, than).is_some_and(|order| order.is_gt() || (*or_equal && order.is_eq()))
            }
            Self::Exists(wanted) => value.is_some() == *wanted,
        }
    }
}

/// A field that is missing equals null.
fn is(key: &Key, value: Option<Value<'_>>) -> bool {
    match value {
        Some(value) => compare(value, key.value()).is_eq(),
        None => key.value().kind == kind::NULL,
    }
}

/// Only values of the same rank are less or greater; with the lowest or the highest key, values of all ranks are.
fn order(value: Option<Value<'_>>, key: &Key) -> Option<Ordering> {
    let (value, key) = (value?, key.value());
    let across = matches!(key.kind, kind::MIN_KEY | kind::MAX_KEY);
    if !across && rank(value.kind) != rank(key.kind) {
        return None;
    }
    let is_nan = |value: Value<'_>| {
        value.kind == kind::DOUBLE && value.bytes.try_into().map(f64::from_le_bytes).is_ok_and(f64::is_nan)
    };
    let order = compare(value, key);
    // NaN equals itself and is neither less nor greater than a number.
    (is_nan(value) == is_nan(key) || across).then_some(order)
}
