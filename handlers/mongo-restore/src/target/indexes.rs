//! Indexes, as they were defined.

use dump_format::names::Namespace;

use super::catalog::EXPIRE;
use super::raw::{RawValue, field, fields};
use super::{Deployment, Raw, TargetError, majority};

/// What an index is for a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IndexKind {
    /// Comes with the collection.
    OfId,
    /// Deletes documents by their age.
    Ttl,
    Other,
}

pub(crate) fn index_name(index: &[u8]) -> &str {
    field(index, "name")
        .and_then(|name| name.as_str())
        .unwrap_or("(no name)")
}

pub(crate) fn index_kind(index: &[u8]) -> IndexKind {
    let is_clustered = field(index, "clustered").is_some_and(|clustered| clustered.is_true());
    if is_clustered || index_name(index) == "_id_" {
        IndexKind::OfId
    } else if field(index, EXPIRE).is_some() {
        IndexKind::Ttl
    } else {
        IndexKind::Other
    }
}

/// Options of a collection without what deletes its documents, and whether there was such.
pub(crate) fn without_ttl(options: &[u8]) -> (Vec<u8>, bool) {
    let kept = fields(options).filter(|(name, _)| *name != EXPIRE);
    let kept = kept.fold(Raw::new(), |raw, (name, value)| raw.value(name, value));
    (kept.build(), field(options, EXPIRE).is_some())
}

/// What `createIndexes` takes for what `listIndexes` gave.
fn specification(index: &[u8], options: &[u8]) -> Vec<u8> {
    // Servers before 4.4 list the namespace, which has another name now. Version 2 is what an index is made with unless told
    // otherwise, and not every server that speaks MongoDB's protocol can be told.
    let is_understood = |name: &str, value: &RawValue<'_>| match name {
        "ns" => true,
        "v" => value.kind == 0x10 && value.bytes == 2_i32.to_le_bytes(),
        _ => false,
    };
    let kept = fields(index).filter(|(name, value)| !is_understood(name, value));
    let specification = kept.fold(Raw::new(), |raw, (name, value)| raw.value(name, value));
    let collation = field(options, "collation");
    if collation.is_none() || field(index, "collation").is_some() {
        return specification.build();
    }
    // An index with the simple collation lists none; without one it would get the collection's.
    let simple = Raw::new().str("locale", "simple").build();
    specification.document("collation", &simple).build()
}

/// What became of a collection's indexes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Indexed {
    pub(crate) built: u64,
    /// Name and the server's code.
    pub(crate) failed: Vec<(String, i32)>,
}

impl Deployment {
    /// Builds indexes, together if that goes, else one after another, so that one that cannot be built keeps no other out.
    /// Those that are there as they should be count as built.
    pub(crate) async fn create_indexes(
        &self,
        namespace: &Namespace,
        indexes: &[&[u8]],
        options: &[u8],
    ) -> Result<Indexed, TargetError> {
        let mut indexed = Indexed::default();
        if indexes.is_empty() {
            return Ok(indexed);
        }
        let all: Vec<_> = indexes.iter().map(|index| specification(index, options)).collect();
        match self.create_some(namespace, &all).await {
            Ok(()) => {
                indexed.built = all.len() as u64;
                return Ok(indexed);
            }
            Err(error) if error.trouble.code().is_none() => return Err(error),
            Err(_) => {}
        }
        for one in &all {
            match self.create_some(namespace, std::slice::from_ref(one)).await {
                Ok(()) => indexed.built += 1,
                Err(error) => match error.trouble.code() {
                    Some(code) if !error.trouble.is_passing() => {
                        indexed.failed.push((index_name(one).to_owned(), code));
                    }
                    _ => return Err(error),
                },
            }
        }
        Ok(indexed)
    }

    async fn create_some(&self, namespace: &Namespace, specifications: &[Vec<u8>]) -> Result<(), TargetError> {
        let command = Raw::new()
            .str("createIndexes", namespace.collection())
            .documents("indexes", specifications.iter().map(Vec::as_slice))
            .document("writeConcern", &majority());
        let (database, collection) = (namespace.database(), namespace.collection());
        let timeout = self.limits.index_timeout;
        self.command("createIndexes", database, collection, command, timeout)
            .await
            .map(drop)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use mongodb::bson::doc;

    use super::*;

    #[test]
    fn indexes_of_id_and_those_that_delete_are_told_from_others() {
        for (index, expected) in [
            (doc! {"v": 2, "key": {"_id": 1}, "name": "_id_"}, IndexKind::OfId),
            (
                doc! {"key": {"_id": 1}, "name": "mine", "clustered": true},
                IndexKind::OfId,
            ),
            (
                doc! {"key": {"at": 1}, "name": "at_1", "expireAfterSeconds": 60.0},
                IndexKind::Ttl,
            ),
            (doc! {"key": {"_id": 1, "a": 1}, "name": "_id_1_a_1"}, IndexKind::Other),
        ] {
            assert_eq!(index_kind(&index.to_vec().unwrap()), expected, "{index}");
        }
    }

    #[test]
    fn an_index_without_a_collation_stays_without_it_where_the_collection_has_one() {
        let index = doc! {"v": 2, "key": {"b": 1, "a": -1}, "name": "n", "ns": "old.name", "hidden": true};
        let index = index.to_vec().unwrap();
        let plain = doc! {"key": {"b": 1, "a": -1}, "name": "n", "hidden": true};
        assert_eq!(
            specification(&index, &doc! {}.to_vec().unwrap()),
            plain.to_vec().unwrap()
        );
        let mut simple = plain.clone();
        simple.insert("collation", doc! {"locale": "simple"});
        let options = doc! {"collation": {"locale": "de"}}.to_vec().unwrap();
        assert_eq!(specification(&index, &options), simple.to_vec().unwrap());
        let french = doc! {"key": {"a": 1}, "name": "n", "collation": {"locale": "fr"}}
            .to_vec()
            .unwrap();
        assert_eq!(specification(&french, &options), french);
    }

    #[test]
    fn only_an_unusual_version_is_asked_for() {
        let index = |version: i32| doc! {"v": version, "key": {"a": 1}, "name": "n"}.to_vec().unwrap();
        let none = doc! {}.to_vec().unwrap();
        assert_eq!(
            specification(&index(2), &none),
            doc! {"key": {"a": 1}, "name": "n"}.to_vec().unwrap()
        );
        assert_eq!(specification(&index(1), &none), index(1));
    }

    #[test]
    fn options_lose_nothing_but_what_deletes() {
        let options = doc! {"timeseries": {"timeField": "t"}, "expireAfterSeconds": 60_i64, "capped": false};
        let kept = doc! {"timeseries": {"timeField": "t"}, "capped": false}
            .to_vec()
            .unwrap();
        assert_eq!(without_ttl(&options.to_vec().unwrap()), (kept.clone(), true));
        assert_eq!(without_ttl(&kept), (kept.clone(), false));
    }
}
