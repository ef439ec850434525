//! What is still to be read of an answer.

use std::collections::{HashMap, VecDeque};

use crate::bson::{Builder, Document};
use crate::clock::Time;
use crate::filter::Filter;
use crate::refusal::{Refusal, code};
use crate::store::{Namespace, Scan, Step, Store};

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

pub(crate) enum Source {
    Query(Box<Query>),
    Documents(VecDeque<Vec<u8>>),
}

impl Source {
    pub(crate) fn batch(&mut self, store: &Store, builder: &mut Builder, most: Option<u64>) -> Batch {
        match self {
            Self::Query(query) => query.batch(store, builder, most),
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
