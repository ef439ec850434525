//! What is still to be read of an answer.

use std::collections::{HashMap, VecDeque};

use crate::bson::{Builder, Document, Key};
use crate::clock::Time;
use crate::filter::Filter;
use crate::refusal::{Refusal, code};
use crate::store::{Namespace, Order, Scan, Step, Store, key_of};

/// Bytes of documents in one answer; a single document may be larger.
const MAX_BATCH: usize = 16 * 1024 * 1024;

/// A walk, and what is wanted of the documents on it.
pub(crate) struct Query {
    pub(crate) collection: u64,
    /// The collection was there, under some name, when the query began: it ends when that is no longer so.
    pub(crate) was_live: bool,
    pub(crate) scan: Scan,
    /// `None`: as they are when they are read.
    pub(crate) at: Option<Time>,
    pub(crate) filter: Filter,
    pub(crate) id_only: bool,
    pub(crate) skip: u64,
    pub(crate) remaining: Option<u64>,
}

impl Query {
    /// Appends documents as elements of the array that is open.
    fn batch(&mut self, store: &Store, builder: &mut Builder, most: Option<u64>) -> Batch {
        let begin = builder.len();
        let mut count = 0;
        let is_done = self.each(store, |query, append| {
            if most == Some(count) {
                return Step::StopBefore;
            }
            let before = builder.len();
            builder.append_in_place(count, |out| {
                append(out);
                true
            });
            if count > 0 && builder.len() - begin > MAX_BATCH {
                builder.truncate(before);
                return Step::StopBefore;
            }
            count += 1;
            let is_full = most == Some(count) || query.remaining == Some(1);
            if is_full { Step::Stop } else { Step::On }
        });
        Batch { count, is_done }
    }

    /// Visits what the query gives. True when there is no more.
    pub(crate) fn each(
        &mut self,
        store: &Store,
        mut visit: impl FnMut(&Self, &mut dyn FnMut(&mut Vec<u8>)) -> Step,
    ) -> bool {
        let Some(collection) = store.get(self.collection) else {
            return true;
        };
        if self.remaining == Some(0) {
            return true;
        }
        let corpus = collection.corpus.as_ref();
        let mut scan = self.scan.clone();
        let by_id = !self.filter.is_empty() && self.filter.is_about_id();
        let mut scratch = Vec::new();
        let has_more = scan.walk(collection, self.at.unwrap_or(Time::LATEST), |row| {
            if by_id && !self.filter.matches(Document(&row.id_document(corpus))) {
                return Step::On;
            }
            let is_made = !by_id && !self.filter.is_empty();
            if is_made {
                scratch.clear();
                row.append(corpus, &mut scratch);
                if !self.filter.matches(Document(&scratch)) {
                    return Step::On;
                }
            }
            if self.skip > 0 {
                self.skip -= 1;
                return Step::On;
            }
            let step = visit(self, &mut |out| match (self.id_only, is_made) {
                (true, _) => out.extend(row.id_document(corpus)),
                (false, true) => out.extend_from_slice(&scratch),
                (false, false) => row.append(corpus, out),
            });
            if step != Step::StopBefore {
                self.remaining = self.remaining.map(|remaining| remaining - 1);
            }
            if self.remaining == Some(0) && step == Step::On {
                Step::Stop
            } else {
                step
            }
        });
        self.scan = scan;
        !has_more || self.remaining == Some(0)
    }
}

/// A query on every shard, as a router answers it: sorted, it gives the least of what the shards have next; not sorted, it gives what each shard has sent, the shards
/// by turns, whatever hint each of them follows. Source: MongoDB manual, mongos, How mongos Handles Query Modifiers.
pub(crate) struct Router {
    shards: Vec<Query>,
    order: Option<Order>,
    /// What each shard gave last and nobody was given yet, where the query is sorted.
    heads: Vec<Option<(Key, Vec<u8>)>>,
    /// Whose turn it is; sorted, who is first among equals, which no client can know.
    turn: usize,
    skip: u64,
    remaining: Option<u64>,
}

impl Router {
    pub(crate) fn new(shards: Vec<Query>, order: Option<Order>, skip: u64, remaining: Option<u64>) -> Self {
        let turn = fastrand::usize(..shards.len().max(1));
        Self {
            heads: shards.iter().map(|_| None).collect(),
            shards,
            order,
            turn,
            skip,
            remaining,
        }
    }

    pub(crate) fn collection(&self) -> Option<&Query> {
        self.shards.first()
    }

    /// The next document of the shard.
    fn pull(&mut self, store: &Store, shard: usize) -> Option<Vec<u8>> {
        let mut pulled = None;
        self.shards.get_mut(shard)?.each(store, |_, append| {
            let mut document = Vec::new();
            append(&mut document);
            pulled = Some(document);
            Step::Stop
        });
        pulled
    }

    /// The next document in order.
    fn least(&mut self, store: &Store, order: Order) -> Option<Vec<u8>> {
        let count = self.shards.len();
        for shard in 0..count {
            if self.heads[shard].is_none() {
                self.heads[shard] = self.pull(store, shard).map(|document| (key_of(&document), document));
            }
        }
        let mut best: Option<usize> = None;
        for shard in (0..count).map(|shard| (shard + self.turn) % count) {
            let Some((key, _)) = &self.heads[shard] else {
                continue;
            };
            let is_better = match best.and_then(|best| self.heads[best].as_ref()) {
                None => true,
                Some((least, _)) if order == Order::Descending => key > least,
                Some((least, _)) => key < least,
            };
            if is_better {
                best = Some(shard);
            }
        }
        self.heads.get_mut(best?)?.take().map(|(_, document)| document)
    }

    /// Up to that many documents, and whether there are no more.
    fn take(&mut self, store: &Store, most: u64) -> (Vec<Vec<u8>>, bool) {
        let mut documents: Vec<Vec<u8>> = Vec::new();
        let mut bytes = 0;
        let mut failed_turns = 0;
        while (documents.len() as u64) < most && bytes < MAX_BATCH / 2 && self.remaining != Some(0) {
            let next = match self.order {
                Some(order) => self.least(store, order),
                None => self.pull(store, self.turn),
            };
            match next {
                Some(_) if self.skip > 0 => self.skip -= 1,
                Some(document) => {
                    bytes += document.len();
                    self.remaining = self.remaining.map(|remaining| remaining - 1);
                    documents.push(document);
                }
                None if self.order.is_some() => return (documents, true),
                // What one shard has sent is not mixed with what another has.
                None => {
                    failed_turns += 1;
                    self.turn = (self.turn + 1) % self.shards.len();
                    if failed_turns == self.shards.len() {
                        return (documents, true);
                    }
                    if !documents.is_empty() {
                        return (documents, false);
                    }
                }
            }
        }
        if self.order.is_none() {
            self.turn = (self.turn + 1) % self.shards.len();
        }
        (documents, self.remaining == Some(0))
    }

    fn batch(&mut self, store: &Store, builder: &mut Builder, most: Option<u64>) -> Batch {
        let (documents, is_done) = self.take(store, most.unwrap_or(SHARD_BATCH));
        for (index, document) in (0..).zip(&documents) {
            builder.append_in_place(index, |out| {
                out.extend_from_slice(document);
                true
            });
        }
        Batch {
            count: documents.len() as u64,
            is_done,
        }
    }

    /// Visits all that the query gives.
    pub(crate) fn all(mut self, store: &Store) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        loop {
            let (mut documents, is_done) = self.take(store, SHARD_BATCH);
            all.append(&mut documents);
            if is_done {
                return all;
            }
        }
    }
}

/// Documents of a shard's batch where the client asks for no number.
const SHARD_BATCH: u64 = 101;

pub(crate) enum Source {
    Query(Box<Query>),
    Router(Box<Router>),
    Documents(VecDeque<Vec<u8>>),
}

impl Source {
    /// The query that reads documents, if one does.
    pub(crate) fn query(&self) -> Option<&Query> {
        match self {
            Self::Query(query) => Some(query),
            Self::Router(router) => router.collection(),
            Self::Documents(_) => None,
        }
    }

    pub(crate) fn batch(&mut self, store: &Store, builder: &mut Builder, most: Option<u64>) -> Batch {
        match self {
            Self::Query(query) => query.batch(store, builder, most),
            Self::Router(router) => router.batch(store, builder, most),
            Self::Documents(documents) => {
                let mut count = 0;
                let begin = builder.len();
                while most.is_none_or(|most| count < most)
                    && let Some(document) = documents.front()
                    && (count == 0 || builder.len() - begin + document.len() <= MAX_BATCH)
                {
                    builder.append_in_place(count, |out| {
                        out.extend_from_slice(document);
                        true
                    });
                    documents.pop_front();
                    count += 1;
                }
                Batch {
                    count,
                    is_done: documents.is_empty(),
                }
            }
        }
    }
}

pub(crate) struct Batch {
    pub(crate) count: u64,
    pub(crate) is_done: bool,
}

pub(crate) struct Cursor {
    pub(crate) namespace: Namespace,
    pub(crate) source: Source,
}

#[derive(Default)]
pub(crate) struct Cursors {
    open: HashMap<i64, Cursor>,
}

impl Cursors {
    pub(crate) fn add(&mut self, cursor: Cursor) -> i64 {
        loop {
            // Never 0, which says that there is none.
            let id = fastrand::i64(1..);
            if let std::collections::hash_map::Entry::Vacant(entry) = self.open.entry(id) {
                entry.insert(cursor);
                return id;
            }
        }
    }

    pub(crate) fn get_mut(&mut self, id: i64) -> Result<&mut Cursor, Refusal> {
        let gone = || Refusal::new(code::CURSOR_NOT_FOUND, format!("cursor id {id} not found"));
        self.open.get_mut(&id).ok_or_else(gone)
    }

    pub(crate) fn remove(&mut self, id: i64) -> bool {
        self.open.remove(&id).is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    /// As when they were idle for too long.
    pub(crate) fn clear(&mut self) {
        self.open.clear();
    }
}
