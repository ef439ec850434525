//! What is stored, put there and looked at without a client.

use std::collections::BTreeMap;

use crate::bson::Builder;
use crate::clock::Time;
use crate::corpus::Corpus;
use crate::emulator::MongoEmulator;
use crate::lock;
use crate::store::{IdBounds, Order, Scan, Step, key_of, tag_document};

/// Collections are made as they are needed. Every change has a time of its own, as if a client had made it.
impl MongoEmulator {
    /// Adds a document as it is: any bytes, names twice, broken text, the `_id` of an existing document. Without an `_id` it is
    /// found as null. Its length must be true, or the answers that carry it are broken.
    pub fn insert_raw(&self, database: &str, collection: &str, document: Vec<u8>) {
        let mut state = lock(&self.shared.state);
        let store = &mut state.store;
        let id = store.create_if_missing(database, collection);
        let time = store.clock.tick();
        if let Some(collection) = store.get_mut(id) {
            collection.insert(&document, time);
        }
    }

    /// Puts the document in the place of the one with its `_id`; `false`: there is none.
    pub fn replace_raw(&self, database: &str, collection: &str, document: &[u8]) -> bool {
        self.change(database, collection, document, Some(document))
    }

    /// Deletes the document that has the `_id` of this one; `false`: there is none.
    pub fn delete_raw(&self, database: &str, collection: &str, document: &[u8]) -> bool {
        self.change(database, collection, document, None)
    }

    fn change(&self, database: &str, name: &str, of: &[u8], body: Option<&[u8]>) -> bool {
        let mut state = lock(&self.shared.state);
        let store = &mut state.store;
        let Some(id) = store.id_at(database, name, Time::LATEST) else {
            return false;
        };
        let time = store.clock.tick();
        store
            .get_mut(id)
            .is_some_and(|collection| collection.change(&key_of(of), body, time))
    }

    /// Adds generated documents, as old as the collection is. A collection has one corpus: a second takes the place of the first.
    pub fn generate(&self, database: &str, collection: &str, corpus: Corpus) {
        let mut state = lock(&self.shared.state);
        let id = state.store.create_if_missing(database, collection);
        if let Some(collection) = state.store.get_mut(id) {
            let before = collection.corpus.as_ref().map_or(0, |corpus| corpus.documents);
            collection.live = collection.live - before + corpus.documents;
            collection.corpus = Some(corpus);
        }
    }

    /// Makes a collection, view (`viewOn`, `pipeline`) or time-series collection (`timeseries`) from a document of the options
    /// that `create` takes; `false`: the name is taken.
    pub fn create(&self, database: &str, name: &str, options: Vec<u8>) -> bool {
        let mut state = lock(&self.shared.state);
        let is_free = state.store.now(database, name).is_none();
        if is_free {
            state.store.create_with_options(database, name, options);
        }
        is_free
    }

    /// Adds an index as it is to be listed: any specification.
    pub fn add_index(&self, database: &str, collection: &str, specification: Vec<u8>) {
        let mut state = lock(&self.shared.state);
        let id = state.store.create_if_missing(database, collection);
        if let Some(collection) = state.store.get_mut(id) {
            collection.indexes.push(specification);
        }
    }

    /// From now on, connected users have no rights on this database, nor the privilege to list all databases.
    pub fn hide(&self, database: &str) {
        lock(&self.shared.state).hidden.insert(database.to_owned());
    }

    /// Gives a collection another name, in the same database or in another; `false`: there is no such collection, or the new name is taken.
    pub fn rename_collection(&self, from: (&str, &str), to: (&str, &str)) -> bool {
        let mut state = lock(&self.shared.state);
        if state.store.now(to.0, to.1).is_some() {
            return false;
        }
        let owned = |(database, name): (&str, &str)| (database.to_owned(), name.to_owned());
        state.store.rename(&owned(from), &owned(to)).is_some()
    }

    /// Says of a collection how it is spread over shards, as `config.collections` and `config.tags` have it: its shard key, and of each zone the first
    /// shard key, the first behind it, and its name. Source: MongoDB manual, Config Database.
    pub fn shard_collection(&self, database: &str, name: &str, key: &[u8], zones: &[(&[u8], &[u8], &str)]) {
        let namespace = format!("{database}.{name}");
        let mut definition = Builder::new().str("_id", &namespace);
        if let Some(uuid) = lock(&self.shared.state).store.now(database, name).map(|it| it.uuid) {
            definition = definition.binary("uuid", 4, &uuid);
        }
        let definition = definition
            .document("key", key)
            .bool("unique", false)
            .bool("noBalance", false);
        self.insert_raw("config", "collections", definition.build());
        for (min, max, tag) in zones {
            self.insert_raw("config", "tags", tag_document(&namespace, min, max, tag));
        }
    }

    /// Puts a shard into a zone: ranges can be given to it from now on, see `updateZoneKeyRange`.
    pub fn add_zone(&self, zone: &str) {
        lock(&self.shared.state).zones.insert(zone.to_owned());
    }

    /// Drops what has that name; `false`: nothing has.
    pub fn drop_collection(&self, database: &str, name: &str) -> bool {
        lock(&self.shared.state).store.drop(database, name).is_some()
    }

    /// Documents now, by `database.name`, of all that can have any of its own.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let state = lock(&self.shared.state);
        let databases = state.store.databases();
        let named = databases.keys().flat_map(|database| {
            let listed = state.store.list(database).into_iter();
            let own = listed.filter(|(_, collection)| collection.kind != crate::store::Kind::View);
            own.map(move |(name, collection)| (format!("{database}.{name}"), collection.live))
        });
        named.collect()
    }

    /// The documents now, in the order of their insertion; empty if there is no such collection.
    #[must_use]
    pub fn documents(&self, database: &str, collection: &str) -> Vec<Vec<u8>> {
        let state = lock(&self.shared.state);
        let mut documents = Vec::new();
        if let Some(collection) = state.store.now(database, collection) {
            let mut scan = Scan::new(collection, Order::Insertion, IdBounds::default());
            scan.walk(collection, Time::LATEST, |row| {
                let mut document = Vec::new();
                row.append(collection.corpus.as_ref(), &mut document);
                documents.push(document);
                Step::On
            });
        }
        documents
    }

    /// Specifications of the indexes now, in the order of their creation.
    #[must_use]
    pub fn indexes(&self, database: &str, collection: &str) -> Vec<Vec<u8>> {
        let state = lock(&self.shared.state);
        state
            .store
            .now(database, collection)
            .map(|collection| collection.indexes.clone())
            .unwrap_or_default()
    }

    /// Options of the collection or view, as they were given; `None`: there is none.
    #[must_use]
    pub fn options(&self, database: &str, name: &str) -> Option<Vec<u8>> {
        let state = lock(&self.shared.state);
        state
            .store
            .now(database, name)
            .map(|collection| collection.options.clone())
    }
}
