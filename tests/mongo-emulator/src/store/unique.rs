//! Unique indexes on fields at the top, checked by looking at every document: collections that have one are small here.

use std::collections::BTreeSet;

use crate::bson::{Builder, Document, Key, Value, kind};
use crate::clock::Time;
use crate::filter::Filter;
use crate::refusal::{Refusal, code};

use super::collection::{Collection, key_of};
use super::scan::{IdBounds, Order, Scan, Step};

/// An index other than that of `_id` that keeps its keys unique.
pub(crate) struct UniqueIndex<'a> {
    name: &'a str,
    key: Document<'a>,
    is_sparse: bool,
    partial: Option<Filter>,
}

/// Two documents have the same key.
pub(crate) struct Duplicate {
    index: String,
    key: Vec<u8>,
}

impl Duplicate {
    pub(crate) fn of_id(key: &Key) -> Self {
        Self {
            index: "_id_".to_owned(),
            key: Builder::new().value("_id", key.value()).build(),
        }
    }

    /// As the server words it, but for the value, which is a user's.
    pub(crate) fn refusal(&self, namespace: &str) -> Refusal {
        let message = format!(
            "E11000 duplicate key error collection: {namespace} index: {} dup key",
            self.index
        );
        let pattern = Document(&self.key).elements();
        let pattern = pattern.fold(Builder::new(), |builder, element| {
            let one = Value {
                kind: kind::INT32,
                bytes: &[1, 0, 0, 0],
            };
            builder.raw_element(element.name, one)
        });
        let details = vec![("keyPattern", pattern.build()), ("keyValue", self.key.clone())];
        Refusal {
            details,
            ..Refusal::new(code::DUPLICATE_KEY, message)
        }
    }
}

impl<'a> UniqueIndex<'a> {
    pub(crate) fn parse(specification: &'a [u8]) -> Option<Self> {
        let specification = Document(specification);
        let name = specification.str("name")?;
        if !specification.is_true("unique") || specification.is_true("clustered") {
            return None;
        }
        let partial = specification.document("partialFilterExpression");
        Some(Self {
            name,
            key: specification.document("key")?,
            is_sparse: specification.is_true("sparse"),
            partial: partial.and_then(|filter| Filter::parse(filter).ok()),
        })
    }

    /// The document's key; `None`: it is not in the index.
    fn key_of(&self, document: &[u8]) -> Option<Vec<u8>> {
        let document = Document(document);
        if self.partial.as_ref().is_some_and(|partial| !partial.matches(document)) {
            return None;
        }
        let mut has_any = false;
        let null = Value {
            kind: kind::NULL,
            bytes: &[],
        };
        let key = self.key.elements().fold(Builder::new(), |builder, field| {
            let value = document.elements().find(|element| element.name == field.name);
            has_any |= value.is_some();
            builder.raw_element(field.name, value.map_or(null, |element| element.value))
        });
        (has_any || !self.is_sparse).then(|| key.build())
    }

    /// Is there room for this document among those of the collection, but for the one with that `_id`?
    pub(crate) fn admit(&self, collection: &Collection, document: &[u8], but: Option<&Key>) -> Result<(), Duplicate> {
        let Some(key) = self.key_of(document) else {
            return Ok(());
        };
        let wanted = as_value(&key);
        let mut taken = false;
        self.each(collection, |id, other| {
            taken |= but != Some(id) && Key::of(as_value(other)) == Key::of(wanted);
            !taken
        });
        if taken {
            return Err(Duplicate {
                index: self.name.to_owned(),
                key,
            });
        }
        Ok(())
    }

    /// Are the keys of the collection's documents all different?
    pub(crate) fn build(&self, collection: &Collection) -> Result<(), Duplicate> {
        let mut keys = BTreeSet::new();
        let mut duplicate = None;
        self.each(collection, |_, key| {
            if !keys.insert(Key::of(as_value(key))) {
                duplicate = Some(key.to_vec());
            }
            duplicate.is_none()
        });
        match duplicate {
            Some(key) => Err(Duplicate {
                index: self.name.to_owned(),
                key,
            }),
            None => Ok(()),
        }
    }

    fn each(&self, collection: &Collection, mut visit: impl FnMut(&Key, &[u8]) -> bool) {
        let mut bytes = Vec::new();
        let mut scan = Scan::new(collection, Order::Insertion, IdBounds::default());
        scan.walk(collection, Time::LATEST, |row| {
            bytes.clear();
            row.append(collection.corpus.as_ref(), &mut bytes);
            let goes_on = match self.key_of(&bytes) {
                Some(key) => visit(&key_of(&bytes), &key),
                None => true,
            };
            if goes_on { Step::On } else { Step::Stop }
        });
    }
}

fn as_value(document: &[u8]) -> Value<'_> {
    Value {
        kind: kind::DOCUMENT,
        bytes: document,
    }
}
