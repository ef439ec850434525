//! Definitions as servers of all versions store and accept them: what an old server allowed and a newer one rejects, and when two spellings
//! are the same.
//!
//! Source: the server's `index_key_validate` (what `createIndexes` checks, what it repairs when it starts, and which options belong to
//! which type of index), and MongoDB's manual of `createIndexes`.

use std::collections::BTreeMap;

use mongodb::bson::RawBsonRef;

use super::catalog::EXPIRE;
use super::raw::{RawValue, field, fields};
use super::{Raw, index_name};

/// An index whose documents never go: what the server itself makes of a number of seconds that is none.
const NEVER: i32 = i32::MAX;

/// Options that are true or false. Old servers kept whatever was given.
const BOOLEANS: [&str; 7] = [
    "unique",
    "sparse",
    "background",
    "dropDups",
    "hidden",
    "prepareUnique",
    "clustered",
];
/// Options of every type of index.
const OPTIONS: [&str; 13] = [
    "key",
    "name",
    "v",
    "ns",
    "collation",
    "default_language",
    "language_override",
    EXPIRE,
    "partialFilterExpression",
    "storageEngine",
    "originalSpec",
    "bucketSize",
    "_id",
];
/// Options of one type of index.
const OPTIONS_OF: [(&str, &str); 9] = [
    ("bits", "2d"),
    ("max", "2d"),
    ("min", "2d"),
    ("2dsphereIndexVersion", "2dsphere"),
    ("coarsestIndexedLevel", "2dsphere"),
    ("finestIndexedLevel", "2dsphere"),
    ("textIndexVersion", "text"),
    ("weights", "text"),
    ("wildcardProjection", WILDCARD),
];
const WILDCARD: &str = "wildcard";
const ONE: RawValue<'static> = RawValue {
    kind: 0x10,
    bytes: &[1, 0, 0, 0],
};

/// An index as it can be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spelled {
    pub(crate) definition: Vec<u8>,
    /// What is not as it was listed.
    pub(crate) changes: Vec<String>,
    /// Options that no server knows for such an index, and those that mean nothing there.
    pub(crate) useless: Vec<String>,
}

impl Spelled {
    /// The same without its useless options.
    pub(crate) fn bare(&self) -> Vec<u8> {
        let kept = fields(&self.definition).filter(|(name, _)| !self.useless.iter().any(|useless| useless == name));
        kept.fold(Raw::new(), |raw, (name, value)| raw.value(name, value))
            .build()
    }

    /// Whether a server refuses it unless the command allows it to ignore unknown options.
    pub(crate) fn has_unknown(&self) -> bool {
        let kind = plugin(&self.definition);
        fields(&self.definition).any(|(name, _)| !is_known(name, kind))
    }

    /// In words, for the answer.
    pub(crate) fn said(&self) -> Vec<String> {
        let left_out = self
            .useless
            .iter()
            .map(|option| format!("{option} left out where the server refuses it"));
        self.changes.iter().cloned().chain(left_out).collect()
    }
}

/// `2d`, `2dsphere`, `text`, `hashed`, `wildcard`, or nothing for an ordinary index.
fn plugin(index: &[u8]) -> &str {
    let Some(key) = field(index, "key").and_then(|key| key.as_document()) else {
        return "";
    };
    for (name, value) in fields(key) {
        match value.as_str() {
            Some(plugin) if !plugin.is_empty() => return plugin,
            _ if name == "$**" || name.ends_with(".$**") => return WILDCARD,
            _ => {}
        }
    }
    ""
}

fn is_known(option: &str, kind: &str) -> bool {
    let of_kind = OPTIONS_OF.iter().find(|(name, _)| *name == option);
    OPTIONS.contains(&option) || BOOLEANS.contains(&option) || of_kind.is_some_and(|(_, of)| *of == kind)
}

/// A definition as `listIndexes` gave it, as today's servers take it. Nothing changes in one that they take anyway.
pub(crate) fn spelled(index: &[u8]) -> Spelled {
    let kind = plugin(index);
    let mut changes = Vec::new();
    let mut useless = Vec::new();
    let mut raw = Raw::new();
    for (name, value) in fields(index) {
        if !is_known(name, kind) || (name == "sparse" && kind == "text") {
            useless.push(name.to_owned());
            raw = raw.value(name, value);
        } else if name == "key" {
            raw = match value.as_document().map(key) {
                Some((key, changed)) => {
                    changes.extend(changed.into_iter().map(|field| format!("key.{field} became 1")));
                    raw.document(name, &key)
                }
                None => raw.value(name, value),
            };
        } else if name == EXPIRE && !is_seconds(value) {
            changes.push(format!("{EXPIRE} became {NEVER}, so that it deletes nothing"));
            raw = raw.i32(name, NEVER);
        } else if name == "v" && !value.number().is_some_and(|version| version >= 1.0) {
            changes.push("v left out".to_owned());
        } else if BOOLEANS.contains(&name) && !is_boolean(name, value) {
            match value.kind {
                // Nothing, in its two spellings.
                0x06 | 0x0A => changes.push(format!("{name} left out")),
                _ => {
                    let truth = value.number().is_none_or(|number| number != 0.0);
                    changes.push(format!("{name} became {truth}"));
                    raw = raw.bool(name, truth);
                }
            }
        } else {
            raw = raw.value(name, value);
        }
    }
    Spelled {
        definition: raw.build(),
        changes,
        useless,
    }
}

/// The key with 1 for what is neither a number other than 0 nor a name; which fields that was. Servers before 3.4 took anything, and all
/// but negative numbers and names meant ascending.
fn key(key: &[u8]) -> (Vec<u8>, Vec<String>) {
    let mut changed = Vec::new();
    let raw = fields(key).fold(Raw::new(), |raw, (name, value)| {
        let is_taken = match value.number() {
            Some(number) => number != 0.0 && !number.is_nan(),
            // A decimal; or a name.
            None => value.kind == 0x13 || value.as_str().is_some_and(|name| !name.is_empty()),
        };
        if is_taken {
            raw.value(name, value)
        } else {
            changed.push(name.to_owned());
            raw.value(name, ONE)
        }
    });
    (raw.build(), changed)
}

/// Servers take 0 to 2^31-1. What is not a number old servers passed over; of NaN 5.0 makes 0, which deletes everything.
fn is_seconds(value: RawValue<'_>) -> bool {
    value
        .number()
        .is_some_and(|seconds| (0.0..=f64::from(NEVER)).contains(&seconds))
}

fn is_boolean(name: &str, value: RawValue<'_>) -> bool {
    // `hidden` came late and takes no number.
    value.kind == 0x08 || (name != "hidden" && value.number().is_some())
}

/// Options that a server may list or not, with the same meaning.
fn is_default(name: &str, value: RawValue<'_>) -> bool {
    match name {
        "validationLevel" => value.as_str() == Some("strict"),
        "validationAction" => value.as_str() == Some("error"),
        // They no longer have a meaning.
        "autoIndexId" | "temp" | "background" | "dropDups" => true,
        "capped" => !value.is_true(),
        _ => BOOLEANS.contains(&name) && !value.is_true(),
    }
}

/// Fields by name, but those in `without` and those that say what goes without saying.
fn by_name<'a>(definition: &'a [u8], without: &[&str]) -> BTreeMap<&'a str, RawValue<'a>> {
    let said = fields(definition).filter(|(name, value)| !without.contains(name) && !is_default(name, *value));
    said.collect()
}

fn differing(one: &[u8], other: &[u8], without: &[&str]) -> Vec<String> {
    let (one, other) = (by_name(one, without), by_name(other, without));
    let names = one.keys().chain(other.keys().filter(|name| !one.contains_key(*name)));
    let differ = names.filter(|name| match (one.get(*name), other.get(*name)) {
        // Old servers took a number for what is true or false.
        (Some(one), Some(other)) if BOOLEANS.contains(name) => one.is_true() != other.is_true(),
        (Some(one), Some(other)) => !same(*one, *other),
        _ => true,
    });
    differ.map(|name| (*name).to_owned()).collect()
}

/// Names of the options in which two collections or views differ.
pub(crate) fn other_options(one: &[u8], other: &[u8], with_ttl: bool) -> Vec<String> {
    differing(one, other, if with_ttl { &[] } else { &[EXPIRE] })
}

/// Whether two listed indexes are the same, however they are spelled. Their names are not looked at.
pub(crate) fn is_same_index(one: &[u8], other: &[u8]) -> bool {
    let (one, other) = (spelled(one).bare(), spelled(other).bare());
    differing(&one, &other, &["name", "ns", "v"]).is_empty()
}

/// The definitions by name, without those that come with the collection.
pub(crate) fn indexes_by_name(indexes: &[Vec<u8>]) -> BTreeMap<&str, &[u8]> {
    let own = indexes
        .iter()
        .filter(|index| super::index_kind(index) != super::IndexKind::OfId);
    own.map(|index| (index_name(index), index.as_slice())).collect()
}

/// The same value: numbers whatever their type, documents and lists value by value, anything else byte by byte.
pub(super) fn same(one: RawValue<'_>, other: RawValue<'_>) -> bool {
    if let (Some(one), Some(other)) = (one.number(), other.number()) {
        return one == other || (one.is_nan() && other.is_nan());
    }
    if one.kind != other.kind {
        return false;
    }
    if !matches!(one.kind, 0x03 | 0x04) {
        return one.bytes == other.bytes;
    }
    let (mut ones, mut others) = (fields(one.bytes), fields(other.bytes));
    loop {
        match (ones.next(), others.next()) {
            (None, None) => return true,
            (Some((name, one)), Some((other_name, other))) if name == other_name && same(one, other) => {}
            _ => return false,
        }
    }
}

/// Which of these indexes an error is about: the one that its message names, or whose key is the doubled one. None where that is not
/// clear.
pub(super) fn culprit<'a>(
    indexes: impl Iterator<Item = &'a [u8]> + Clone,
    message: &str,
    response: Option<&mongodb::bson::RawDocument>,
) -> Option<usize> {
    let key = response.and_then(|response| response.get("keyPattern").ok().flatten());
    let is_it = |index: &[u8]| {
        if let Some(RawBsonRef::Document(key)) = key {
            let key = RawValue {
                kind: 0x03,
                bytes: key.as_bytes(),
            };
            return field(index, "key").is_some_and(|own| same(own, key));
        }
        message.contains(&format!("name: \"{}\"", index_name(index)))
    };
    let mut found = indexes.enumerate().filter(|(_, index)| is_it(index)).map(|(at, _)| at);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use mongodb::bson::{Bson, Document, doc};

    use super::*;

    fn bytes(document: &Document) -> Vec<u8> {
        document.to_vec().unwrap()
    }

    #[test]
    fn what_old_servers_took_becomes_what_new_ones_take_and_nothing_else_changes() {
        for (index, expected, said) in [
            (
                doc! {"key": {"a": true, "b": 0, "c": -1, "d": "", "e": f64::NAN, "f": {"x": 1}, "g": 1.5}, "name": "n"},
                doc! {"key": {"a": 1, "b": 1, "c": -1, "d": 1, "e": 1, "f": 1, "g": 1.5}, "name": "n"},
                vec![
                    "key.a became 1",
                    "key.b became 1",
                    "key.d became 1",
                    "key.e became 1",
                    "key.f became 1",
                ],
            ),
            (
                doc! {"key": {"a": 1}, "name": "n", "unique": "yes", "sparse": Bson::Null, "hidden": 0, "background": 1},
                doc! {"key": {"a": 1}, "name": "n", "unique": true, "hidden": false, "background": 1},
                vec!["unique became true", "sparse left out", "hidden became false"],
            ),
            (
                doc! {"key": {"a": 1}, "name": "n", "expireAfterSeconds": f64::NAN},
                doc! {"key": {"a": 1}, "name": "n", "expireAfterSeconds": i32::MAX},
                vec!["expireAfterSeconds became 2147483647, so that it deletes nothing"],
            ),
            (
                doc! {"key": {"a": 1}, "name": "n", "expireAfterSeconds": "1 h"},
                doc! {"key": {"a": 1}, "name": "n", "expireAfterSeconds": i32::MAX},
                vec!["expireAfterSeconds became 2147483647, so that it deletes nothing"],
            ),
            (
                doc! {"v": 0, "key": {"a": 1}, "name": "n"},
                doc! {"key": {"a": 1}, "name": "n"},
                vec!["v left out"],
            ),
            (
                doc! {"v": 2, "key": {"a": "hashed", "b": 1_i64}, "name": "n", "expireAfterSeconds": 3600.0, "unique": 1},
                doc! {"v": 2, "key": {"a": "hashed", "b": 1_i64}, "name": "n", "expireAfterSeconds": 3600.0, "unique": 1},
                vec![],
            ),
        ] {
            let spelled = spelled(&bytes(&index));
            assert_eq!(spelled.definition, bytes(&expected), "{index}");
            assert_eq!(spelled.said(), said, "{index}");
            assert!(!spelled.has_unknown(), "{index}");
        }
    }

    #[test]
    fn options_of_no_index_and_of_another_type_of_index_are_told_from_others() {
        for (index, useless, has_unknown) in [
            (
                doc! {"key": {"a": 1}, "name": "n", "safe": Bson::Null},
                vec!["safe"],
                true,
            ),
            (
                doc! {"key": {"a": 1}, "name": "n", "weights": {"a": 1}},
                vec!["weights"],
                true,
            ),
            (
                doc! {"key": {"_fts": "text"}, "name": "n", "weights": {"a": 1}, "sparse": true},
                vec!["sparse"],
                false,
            ),
            (
                doc! {"key": {"a.$**": 1}, "name": "n", "wildcardProjection": {"a": 1}},
                vec![],
                false,
            ),
            (
                doc! {"key": {"p": "2d"}, "name": "n", "bits": 26, "min": -180, "max": 180},
                vec![],
                false,
            ),
            (
                doc! {"key": {"p": "2dsphere"}, "name": "n", "2dsphereIndexVersion": 3, "bits": 2},
                vec!["bits"],
                true,
            ),
        ] {
            let spelled = spelled(&bytes(&index));
            assert_eq!(spelled.definition, bytes(&index), "kept until a server refuses it");
            assert_eq!(
                (spelled.useless.clone(), spelled.has_unknown()),
                (useless.iter().map(|name| (*name).to_owned()).collect(), has_unknown),
                "{index}"
            );
            assert!(useless.iter().all(|name| field(&spelled.bare(), name).is_none()));
        }
    }

    #[test]
    fn spellings_of_one_thing_are_the_same_and_others_are_not() {
        let index = |document: &Document| bytes(document);
        let plain = index(&doc! {"v": 2, "key": {"a": 1, "b": -1}, "name": "n"});
        for same in [
            doc! {"v": 1, "key": {"a": 1.0, "b": -1_i64}, "name": "other", "ns": "x.y", "background": true},
            doc! {"name": "n", "unique": false, "key": {"a": true, "b": -1}, "safe": Bson::Null},
        ] {
            assert!(is_same_index(&plain, &index(&same)), "{same}");
        }
        for other in [
            doc! {"key": {"b": -1, "a": 1}, "name": "n"},
            doc! {"key": {"a": 1, "b": -1}, "name": "n", "unique": true},
            doc! {"key": {"a": 1, "b": -1}, "name": "n", "partialFilterExpression": {"a": 1}},
            doc! {"key": {"a": 1, "b": -1}, "name": "n", "expireAfterSeconds": 5},
        ] {
            assert!(!is_same_index(&plain, &index(&other)), "{other}");
        }
        let one = bytes(&doc! {"validator": {"a": {"$gt": 5}}, "validationLevel": "strict", "expireAfterSeconds": 5});
        let other = bytes(&doc! {"validator": {"a": {"$gt": 5_i64}}, "capped": false, "expireAfterSeconds": 6_i64});
        assert_eq!(other_options(&one, &other, false), Vec::<String>::new());
        assert_eq!(other_options(&one, &other, true), ["expireAfterSeconds"]);
        let changed = bytes(&doc! {"validator": {"a": {"$gt": 6}}, "max": 3});
        assert_eq!(other_options(&one, &changed, false), ["validator", "max"]);
    }

    #[test]
    fn the_index_that_an_error_is_about_is_found_or_none_is() {
        let indexes = [
            doc! {"key": {"a": 1}, "name": "a_1"},
            doc! {"key": {"a": 1, "b": 1}, "name": "a_1_b_1"},
        ]
        .map(|index| bytes(&index));
        let find = |message: &str, response: Option<Document>| {
            let response = response.map(|response| mongodb::bson::RawDocumentBuf::try_from(&response).unwrap());
            culprit(indexes.iter().map(Vec::as_slice), message, response.as_deref())
        };
        assert_eq!(
            find("Error in specification { key: { a: 1 }, name: \"a_1\" }", None),
            Some(0)
        );
        assert_eq!(find("E11000", Some(doc! {"keyPattern": {"a": 1, "b": 1.0}})), Some(1));
        assert_eq!(find("no", None), None);
    }
}
