//! All databases, now and as they were.

mod collection;
mod scan;
mod unique;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

pub(crate) use collection::{Collection, Kind, key_of};
pub(crate) use scan::{IdBounds, Order, Scan, Shard, Step};
pub(crate) use unique::{Duplicate, UniqueIndex};

use crate::bson::{Builder, Document};
use crate::clock::{Clock, Time};
use crate::refusal::{Refusal, code};

/// Database and collection.
pub(crate) type Namespace = (String, String);

/// A stretch of time in which a name stood for a collection.
#[derive(Debug)]
struct Spell {
    collection: u64,
    from: Time,
    until: Time,
}

#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) clock: Clock,
    names: BTreeMap<Namespace, Vec<Spell>>,
    collections: HashMap<u64, Collection>,
    last_id: u64,
    /// How far back snapshots go.
    pub(crate) history: Duration,
    /// No snapshot is older than this, however long the history is.
    oldest: Time,
    /// How many shards documents are spread over; 1: this is no router.
    shards: u64,
}

impl Store {
    pub(crate) fn new(history: Duration, shards: u64) -> Self {
        Self {
            clock: Clock::default(),
            names: BTreeMap::new(),
            collections: HashMap::new(),
            last_id: 0,
            history,
            oldest: Time(0),
            shards: shards.max(1),
        }
    }

    /// The shards; none where documents are in one place.
    pub(crate) fn shards(&self) -> impl Iterator<Item = Shard> + use<> {
        let of = self.shards;
        (0..of).filter(move |_| of > 1).map(move |index| Shard { index, of })
    }

    /// Ends every snapshot that is open.
    pub(crate) fn expire_snapshots(&mut self) {
        self.oldest = self.clock.tick();
    }

    pub(crate) fn oldest_snapshot(&mut self) -> Time {
        self.oldest.max(self.clock.now().before(self.history))
    }

    /// The collection, view or time-series that the name stood for.
    pub(crate) fn id_at(&self, database: &str, name: &str, time: Time) -> Option<u64> {
        let spells = self.names.get(&(database.to_owned(), name.to_owned()))?;
        let covers = |spell: &&Spell| spell.from <= time && (time < spell.until || spell.until == Time::LATEST);
        spells.iter().rev().find(covers).map(|spell| spell.collection)
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Collection> {
        self.collections.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Collection> {
        self.collections.get_mut(&id)
    }

    /// It has a name.
    pub(crate) fn is_live(&self, id: u64) -> bool {
        let mut lasts = self.names.values().filter_map(|spells| spells.last());
        lasts.any(|spell| spell.collection == id && spell.until == Time::LATEST)
    }

    pub(crate) fn now(&self, database: &str, name: &str) -> Option<&Collection> {
        self.get(self.id_at(database, name, Time::LATEST)?)
    }

    /// Makes what the name stands for, which must be free.
    pub(crate) fn create(&mut self, database: &str, name: &str, kind: Kind, options: Vec<u8>) -> u64 {
        let from = self.clock.tick();
        self.last_id += 1;
        let id = self.last_id;
        let mut collection = Collection::new(kind, options);
        if kind == Kind::Collection {
            collection.indexes.push(id_index(&collection));
        }
        self.collections.insert(id, collection);
        let spells = self.names.entry((database.to_owned(), name.to_owned())).or_default();
        spells.push(Spell {
            collection: id,
            from,
            until: Time::LATEST,
        });
        id
    }

    /// Makes what options of `create` describe, and what the server keeps beside it.
    pub(crate) fn create_with_options(&mut self, database: &str, name: &str, options: Vec<u8>) -> u64 {
        let given = Document(&options);
        let kind = match (given.str("viewOn"), given.document("timeseries")) {
            (Some(_), _) => Kind::View,
            (None, Some(_)) => Kind::TimeSeries,
            (None, None) => Kind::Collection,
        };
        let described = given
            .elements()
            .filter(|option| kind == Kind::View || option.name == b"viewOn");
        let namespace = format!("{database}.{name}");
        let view = described.fold(Builder::new().str("_id", &namespace), |builder, option| {
            builder.raw_element(option.name, option.value)
        });
        if kind == Kind::TimeSeries {
            self.create(database, &buckets(name), Kind::Collection, options.clone());
        }
        if kind != Kind::Collection {
            let views = self.create_if_missing(database, VIEWS);
            let time = self.clock.tick();
            if let Some(views) = self.collections.get_mut(&views) {
                views.insert(&view.build(), time);
            }
        }
        self.create(database, name, kind, options)
    }

    /// The collection, made if there is none.
    pub(crate) fn create_if_missing(&mut self, database: &str, name: &str) -> u64 {
        match self.id_at(database, name, Time::LATEST) {
            Some(id) => id,
            None => self.create(database, name, Kind::Collection, Builder::new().build()),
        }
    }

    /// Ends the name's spell; gives what it stood for.
    pub(crate) fn drop(&mut self, database: &str, name: &str) -> Option<u64> {
        let at = self.clock.tick();
        let id = self.end_spell(&(database.to_owned(), name.to_owned()), at)?;
        if self
            .get(id)
            .is_some_and(|collection| collection.kind != Kind::Collection)
        {
            self.end_spell(&(database.to_owned(), buckets(name)), at);
            let described = Builder::new().str("_id", &format!("{database}.{name}")).build();
            let views = self.id_at(database, VIEWS, Time::LATEST);
            if let Some(views) = views.and_then(|views| self.collections.get_mut(&views)) {
                views.change(&key_of(&described), None, at);
            }
        }
        self.forget_old();
        Some(id)
    }

    fn end_spell(&mut self, namespace: &Namespace, at: Time) -> Option<u64> {
        let spells = self.names.get_mut(namespace)?;
        let spell = spells.last_mut().filter(|spell| spell.until == Time::LATEST)?;
        spell.until = at;
        Some(spell.collection)
    }

    /// Frees the versions that no snapshot can see.
    fn forget_old(&mut self) {
        let oldest = self.oldest_snapshot();
        self.names.retain(|_, spells| {
            spells.retain(|spell| spell.until >= oldest);
            !spells.is_empty()
        });
        let known: Vec<_> = self.names.values().flatten().map(|spell| spell.collection).collect();
        self.collections.retain(|id, _| known.contains(id));
    }

    /// The new name must be free.
    pub(crate) fn rename(&mut self, from: &Namespace, to: &Namespace) -> Option<u64> {
        let at = self.clock.tick();
        let id = self.end_spell(from, at)?;
        let spells = self.names.entry(to.clone()).or_default();
        spells.push(Spell {
            collection: id,
            from: at,
            until: Time::LATEST,
        });
        Some(id)
    }

    /// Names and collections of a database now, in the order of their names.
    pub(crate) fn list(&self, database: &str) -> Vec<(&str, &Collection)> {
        let here = self.names.range((database.to_owned(), String::new())..);
        here.take_while(|((of, _), _)| of == database)
            .filter_map(|((_, name), spells)| {
                let spell = spells.last().filter(|spell| spell.until == Time::LATEST)?;
                Some((name.as_str(), self.collections.get(&spell.collection)?))
            })
            .collect()
    }

    /// Databases that have anything in them, and the bytes of their documents.
    pub(crate) fn databases(&self) -> BTreeMap<&str, u64> {
        let mut databases = BTreeMap::new();
        for ((database, _), spells) in &self.names {
            if let Some(spell) = spells.last().filter(|spell| spell.until == Time::LATEST) {
                let bytes = self.collections.get(&spell.collection).map_or(0, Collection::bytes);
                *databases.entry(database.as_str()).or_default() += bytes;
            }
        }
        databases
    }

    /// Adds a document as the server does: the collection is made, and unique indexes are kept.
    ///
    /// # Errors
    /// `DuplicateKey`.
    pub(crate) fn insert(&mut self, id: u64, namespace: &str, document: &[u8]) -> Result<(), Refusal> {
        let Some(collection) = self.collections.get(&id) else {
            return Err(Refusal::new(
                code::NAMESPACE_NOT_FOUND,
                format!("ns not found: {namespace}"),
            ));
        };
        let key = key_of(document);
        if Document(document).get("_id").is_some() && collection.contains(&key) {
            return Err(Duplicate::of_id(&key).refusal(namespace));
        }
        for index in collection.indexes.iter().filter_map(|index| UniqueIndex::parse(index)) {
            index
                .admit(collection, document, None)
                .map_err(|duplicate| duplicate.refusal(namespace))?;
        }
        let time = self.clock.tick();
        if let Some(collection) = self.collections.get_mut(&id) {
            collection.insert(document, time);
            collection.enforce_cap(time);
        }
        Ok(())
    }
}

/// Where a database keeps its views.
const VIEWS: &str = "system.views";

/// Where a time-series collection keeps its measurements.
fn buckets(name: &str) -> String {
    format!("system.buckets.{name}")
}

fn id_index(collection: &Collection) -> Vec<u8> {
    let clustered = collection
        .option("clusteredIndex")
        .and_then(crate::bson::Value::as_document);
    let index = Builder::new().i32("v", 2).open("key").i32("_id", 1).close();
    match clustered {
        Some(clustered) => {
            let index = index.str("name", clustered.str("name").unwrap_or("_id_"));
            index.bool("unique", true).bool("clustered", true).build()
        }
        None => index.str("name", "_id_").build(),
    }
}

/// A zone's range as `config.tags` has it. Source: MongoDB manual, Config Database.
pub(crate) fn tag_document(namespace: &str, min: &[u8], max: &[u8], zone: &str) -> Vec<u8> {
    let id = Builder::new().str("ns", namespace).document("min", min).build();
    let tag = Builder::new().document("_id", &id).str("ns", namespace);
    tag.document("min", min).document("max", max).str("tag", zone).build()
}
