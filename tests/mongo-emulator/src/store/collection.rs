//! One collection: every version of its documents, in the order of `_id` and in that of their insertion.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::bson::{Document, Key, Value, kind};
use crate::clock::Time;
use crate::corpus::Corpus;

/// What a document is in the order of `_id`: its `_id`, and a number that also tells those without one apart.
pub(crate) type Place = (Key, u64);

/// What a name in a database stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Collection,
    View,
    TimeSeries,
}

impl Kind {
    /// As `listCollections` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Collection => "collection",
            Self::View => "view",
            Self::TimeSeries => "timeseries",
        }
    }
}

#[derive(Debug)]
struct Version {
    at: Time,
    /// `None`: deleted.
    body: Option<Arc<[u8]>>,
}

/// Oldest first.
#[derive(Debug, Default)]
pub(crate) struct Versions(Vec<Version>);

impl Versions {
    /// The document as it was; `None` if there was none, or no version is that old.
    pub(crate) fn at(&self, time: Time) -> Option<&Arc<[u8]>> {
        self.seen(time)?.body.as_ref()
    }

    fn seen(&self, time: Time) -> Option<&Version> {
        self.0.iter().rev().find(|version| version.at <= time)
    }

    fn is_live(&self) -> bool {
        self.at(Time::LATEST).is_some()
    }
}

/// What became of a generated document.
pub(crate) enum Generated<'a> {
    AsMade,
    Replaced(&'a Arc<[u8]>),
    Deleted,
}

#[derive(Debug)]
pub(crate) struct Collection {
    pub(crate) uuid: [u8; 16],
    pub(crate) kind: Kind,
    /// As given to `create`.
    pub(crate) options: Vec<u8>,
    /// Specifications, in the order of their creation.
    pub(crate) indexes: Vec<Vec<u8>>,
    pub(crate) corpus: Option<Corpus>,
    /// Versions of generated documents that were changed, by position.
    overlay: BTreeMap<u64, Versions>,
    pub(crate) by_id: BTreeMap<Place, Versions>,
    /// Insertion order to order of `_id`.
    pub(crate) by_insertion: BTreeMap<u64, Key>,
    next: u64,
    /// Documents now.
    pub(crate) live: u64,
    /// Their bytes, but for generated ones.
    pub(crate) live_bytes: u64,
}

impl Collection {
    pub(crate) fn new(kind: Kind, options: Vec<u8>) -> Self {
        let mut uuid = [0; 16];
        uuid.fill_with(|| fastrand::u8(..));
        Self {
            uuid,
            kind,
            options,
            indexes: Vec::new(),
            corpus: None,
            overlay: BTreeMap::new(),
            by_id: BTreeMap::new(),
            by_insertion: BTreeMap::new(),
            next: 0,
            live: 0,
            live_bytes: 0,
        }
    }

    pub(crate) fn option(&self, name: &str) -> Option<Value<'_>> {
        Document(&self.options).get(name)
    }

    pub(crate) fn is_capped(&self) -> bool {
        Document(&self.options).is_true("capped")
    }

    pub(crate) fn generated(&self, position: u64, time: Time) -> Generated<'_> {
        if self.overlay.is_empty() {
            return Generated::AsMade;
        }
        match self.overlay.get(&position).and_then(|versions| versions.seen(time)) {
            None => Generated::AsMade,
            Some(Version { body: Some(body), .. }) => Generated::Replaced(body),
            Some(Version { body: None, .. }) => Generated::Deleted,
        }
    }

    /// Where the document with that `_id` is now.
    fn find(&self, key: &Key) -> Option<Found> {
        if let Some(corpus) = &self.corpus {
            let position = corpus.position_of(key, false);
            if position < corpus.documents
                && corpus.id(position) == *key
                && !matches!(self.generated(position, Time::LATEST), Generated::Deleted)
            {
                return Some(Found::Generated(position));
            }
        }
        let stored = self.by_id.range((key.clone(), 0)..=(key.clone(), u64::MAX));
        let live = stored.into_iter().find(|(_, versions)| versions.is_live());
        live.map(|(place, _)| Found::Stored(place.clone()))
    }

    pub(crate) fn contains(&self, key: &Key) -> bool {
        self.find(key).is_some()
    }

    /// Adds a document, whether or not its `_id` is there already.
    pub(crate) fn insert(&mut self, document: &[u8], time: Time) {
        let key = key_of(document);
        self.next += 1;
        self.by_insertion.insert(self.next, key.clone());
        let versions = self.by_id.entry((key, self.next)).or_default();
        versions.0.push(Version {
            at: time,
            body: Some(document.into()),
        });
        self.live += 1;
        self.live_bytes += document.len() as u64;
    }

    /// Replaces or, with `None`, deletes the document with that `_id`; `false` if there is none.
    pub(crate) fn change(&mut self, key: &Key, body: Option<&[u8]>, time: Time) -> bool {
        let Some(found) = self.find(key) else {
            return false;
        };
        let versions = match found {
            Found::Generated(position) => self.overlay.entry(position).or_default(),
            Found::Stored(place) => self.by_id.entry(place).or_default(),
        };
        let bytes_before = versions.at(Time::LATEST).map_or(0, |body| body.len() as u64);
        versions.0.push(Version {
            at: time,
            body: body.map(Into::into),
        });
        self.live_bytes = self.live_bytes - bytes_before + body.map_or(0, |body| body.len() as u64);
        if body.is_none() {
            self.live -= 1;
        }
        true
    }

    /// Deletes the oldest documents of a capped collection that exceeds its limits.
    pub(crate) fn enforce_cap(&mut self, time: Time) {
        if !self.is_capped() {
            return;
        }
        let limit = |name| {
            self.option(name)
                .and_then(Value::as_i64)
                .and_then(|limit| u64::try_from(limit).ok())
        };
        let (most, bytes) = (limit("max").filter(|most| *most > 0), limit("size"));
        while most.is_some_and(|most| self.live > most)
            || (self.live > 1 && bytes.is_some_and(|bytes| self.live_bytes > bytes))
        {
            let oldest = self.by_insertion.iter().find_map(|(number, key)| {
                let place = (key.clone(), *number);
                self.by_id.get(&place).is_some_and(Versions::is_live).then_some(place)
            });
            let Some(versions) = oldest.and_then(|place| self.by_id.get_mut(&place)) else {
                return;
            };
            let bytes = versions.at(Time::LATEST).map_or(0, |body| body.len() as u64);
            versions.0.push(Version { at: time, body: None });
            self.live -= 1;
            self.live_bytes -= bytes;
        }
    }

    /// Bytes of all documents now; of generated ones an estimate.
    pub(crate) fn bytes(&self) -> u64 {
        let generated = self
            .corpus
            .as_ref()
            .map_or(0, |corpus| corpus.documents * corpus.document_bytes as u64);
        self.live_bytes + generated
    }
}

enum Found {
    Generated(u64),
    Stored(Place),
}

/// The first `_id`; a document without one is indexed as null.
pub(crate) fn key_of(document: &[u8]) -> Key {
    let null = Value {
        kind: kind::NULL,
        bytes: &[],
    };
    Key::of(Document(document).get("_id").unwrap_or(null))
}
