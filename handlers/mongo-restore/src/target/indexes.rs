//! Indexes, as they were defined.

use dump_format::names::Namespace;

use mongodb::error::ErrorKind;

use super::catalog::EXPIRE;
use super::kinds::index_name;
use super::raw::{RawValue, field, fields};
use super::spelling::{culprit, spelled};
use super::{Deployment, Raw, TargetError, Trouble, majority};

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

/// Indexes for one command, in the two ways in which it can be sent.
#[derive(Clone)]
struct Wanted {
    name: String,
    /// With all options.
    whole: Vec<u8>,
    /// Without those that servers refuse.
    bare: Vec<u8>,
    has_unknown: bool,
}

impl Wanted {
    fn of(index: &[u8], options: &[u8]) -> Self {
        let spelled = spelled(index);
        Self {
            name: index_name(index).to_owned(),
            whole: specification(&spelled.definition, options),
            bare: specification(&spelled.bare(), options),
            has_unknown: spelled.has_unknown(),
        }
    }
}

/// Why indexes were not built.
struct Refused {
    code: i32,
    /// Which of them it was about.
    culprit: Option<usize>,
}

const DUPLICATE_KEY: i32 = 11_000;

impl Deployment {
    /// Indexes of a collection as they are listed; none where there is no such collection.
    pub(crate) async fn indexes(&self, namespace: &Namespace) -> Result<Vec<Vec<u8>>, TargetError> {
        const NAMESPACE_NOT_FOUND: i32 = 26;
        let mut found = Vec::new();
        let (database, collection) = (namespace.database(), namespace.collection());
        let command = || {
            let command = Raw::new().str("listIndexes", collection);
            command.document("cursor", &Raw::new().build())
        };
        let mut visit = |index: Option<&[u8]>| match index {
            Some(index) => found.push(index.to_vec()),
            None => found.clear(),
        };
        let listed = self
            .cursor("listIndexes", database, collection, command, 0, &mut visit)
            .await;
        match listed {
            Err(error) if error.trouble.code() == Some(NAMESPACE_NOT_FOUND) => Ok(Vec::new()),
            listed => listed.map(|()| found),
        }
    }

    /// Builds indexes, together as far as possible: each command reads the whole collection. An index that cannot be built does not prevent the
    /// others: it is found by the server's message, or by halving the group. Indexes that already exist as listed count as built.
    pub(crate) async fn create_indexes(
        &self,
        namespace: &Namespace,
        indexes: &[&[u8]],
        options: &[u8],
    ) -> Result<Indexed, TargetError> {
        let mut indexed = Indexed::default();
        let all: Vec<_> = indexes.iter().map(|index| Wanted::of(index, options)).collect();
        let mut groups = vec![all];
        while let Some(mut group) = groups.pop() {
            if group.is_empty() {
                continue;
            }
            let Err(refused) = self.create_group(namespace, &group).await? else {
                indexed.built += group.len() as u64;
                continue;
            };
            if let [alone] = group.as_slice() {
                indexed.failed.push((alone.name.clone(), refused.code));
                continue;
            }
            // By itself it has to fail once more: what a message says is no proof.
            let others = match refused.culprit {
                Some(at) => vec![group.remove(at)],
                None => group.split_off(group.len() / 2),
            };
            groups.push(others);
            groups.push(group);
        }
        Ok(indexed)
    }

    /// All options are sent first. From 4.2 on, the server is asked to ignore unknown options; if it refuses the indexes, they are sent
    /// again without those options.
    async fn create_group(&self, namespace: &Namespace, group: &[Wanted]) -> Result<Result<(), Refused>, TargetError> {
        let has_unknown = group.iter().any(|wanted| wanted.has_unknown);
        let whole: Vec<_> = group.iter().map(|wanted| wanted.whole.as_slice()).collect();
        let bare: Vec<_> = group.iter().map(|wanted| wanted.bare.as_slice()).collect();
        match self.create_some(namespace, &whole, has_unknown).await? {
            // Two documents with one key are no question of spelling, and to find them took the whole collection.
            Err(refused) if refused.code != DUPLICATE_KEY && whole != bare => {
                self.create_some(namespace, &bare, false).await
            }
            done => Ok(done),
        }
    }

    async fn create_some(
        &self,
        namespace: &Namespace,
        specifications: &[&[u8]],
        ignore_unknown: bool,
    ) -> Result<Result<(), Refused>, TargetError> {
        let (database, collection) = (namespace.database(), namespace.collection());
        let failed = |trouble| TargetError::new(CREATE, database, collection, trouble);
        let command = Raw::new()
            .str(CREATE, collection)
            .documents("indexes", specifications.iter().copied())
            .document("writeConcern", &majority());
        let command = if ignore_unknown {
            command.bool("ignoreUnknownIndexOptions", true)
        } else {
            command
        };
        let command = command.command().ok_or_else(|| failed(Trouble::TooLong))?;
        let mut attempt = 1;
        loop {
            let on = self.client.database(database);
            let answer = tokio::time::timeout(self.limits.index_timeout, on.run_raw_command(command.clone()));
            let trouble = match answer.await {
                Err(_) => Trouble::TimedOut,
                Ok(Ok(answer)) => match Trouble::of_write_concern(&answer) {
                    None => return Ok(Ok(())),
                    Some(trouble) => trouble,
                },
                Ok(Err(error)) => {
                    let trouble = Trouble::of(&error);
                    if let Some(code) = trouble.code().filter(|_| !trouble.is_passing()) {
                        let message = match error.kind.as_ref() {
                            ErrorKind::Command(command) => command.message.as_str(),
                            _ => "",
                        };
                        let response = error.server_response().map(AsRef::as_ref);
                        let culprit = culprit(specifications.iter().copied(), message, response);
                        return Ok(Err(Refused { code, culprit }));
                    }
                    trouble
                }
            };
            self.pause(attempt, CREATE, trouble).await.map_err(failed)?;
            attempt += 1;
        }
    }
}

const CREATE: &str = "createIndexes";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use mongodb::bson::doc;

    use super::*;
    use crate::target::{IndexKind, index_kind};

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
