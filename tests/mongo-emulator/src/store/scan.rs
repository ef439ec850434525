//! Walks over a collection that can stop anywhere and continue later, while others write.

use std::ops::{Bound, Range};
use std::sync::Arc;

use crate::bson::{Document, Key, Value, kind};
use crate::clock::Time;
use crate::corpus::Corpus;

use super::collection::{Collection, Generated, Place, Versions};

/// Which way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Insertion,
    Ascending,
    Descending,
}

/// Bounds on `_id`, across types. The flag: the bound itself is in.
#[derive(Debug, Clone, Default)]
pub(crate) struct IdBounds {
    pub(crate) lower: Option<(Key, bool)>,
    pub(crate) upper: Option<(Key, bool)>,
}

impl IdBounds {
    pub(crate) fn raise(&mut self, key: Key, inclusive: bool) {
        let higher = match &self.lower {
            Some((lower, lower_inclusive)) => key > *lower || (key == *lower && *lower_inclusive && !inclusive),
            None => true,
        };
        if higher {
            self.lower = Some((key, inclusive));
        }
    }

    pub(crate) fn cut(&mut self, key: Key, inclusive: bool) {
        let lower = match &self.upper {
            Some((upper, upper_inclusive)) => key < *upper || (key == *upper && *upper_inclusive && !inclusive),
            None => true,
        };
        if lower {
            self.upper = Some((key, inclusive));
        }
    }

    fn are_impossible(&self) -> bool {
        match (&self.lower, &self.upper) {
            (Some((lower, lower_in)), Some((upper, upper_in))) => {
                lower > upper || (lower == upper && !(*lower_in && *upper_in))
            }
            _ => false,
        }
    }
}

/// A document met on a walk.
#[derive(Debug, Clone)]
pub(crate) enum Row {
    Stored(Arc<[u8]>),
    Generated(u64),
}

impl Row {
    pub(crate) fn append(&self, corpus: Option<&Corpus>, out: &mut Vec<u8>) {
        match (self, corpus) {
            (Self::Stored(body), _) => out.extend_from_slice(body),
            (Self::Generated(position), Some(corpus)) => corpus.append(*position, out),
            (Self::Generated(_), None) => {}
        }
    }

    /// A document with nothing but the `_id`, if there is one.
    pub(crate) fn id_document(&self, corpus: Option<&Corpus>) -> Vec<u8> {
        let only = |id: Option<Value<'_>>| {
            let builder = crate::bson::Builder::new();
            match id {
                Some(id) => builder.value("_id", id).build(),
                None => builder.build(),
            }
        };
        match (self, corpus) {
            (Self::Stored(body), _) => only(Document(body).get("_id")),
            (Self::Generated(position), Some(corpus)) => only(Some(corpus.id(*position).value())),
            (Self::Generated(_), None) => only(None),
        }
    }
}

/// What a visitor wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    On,
    /// Stop; this one was taken.
    Stop,
    /// Stop; this one is to come again.
    StopBefore,
}

/// One shard of those that a collection is spread over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    pub(crate) index: u64,
    pub(crate) of: u64,
}

impl Shard {
    /// By turns, in the order of insertion: what the shards hold is as mixed as with a hashed shard key. Documents with one `_id` are on different shards.
    /// Source: MongoDB manual, Shard Key Indexes: where `_id` is not the shard key it is unique within each shard alone, and documents on different shards can
    /// have the same.
    fn has(self, collection: &Collection, (key, number): &Place) -> bool {
        let first = collection.by_id.range((key.clone(), 0)..).next();
        let begin = first.map_or(*number, |((_, number), _)| *number);
        let twins_before = collection.by_id.range((key.clone(), 0)..(key.clone(), *number)).count() as u64;
        (begin + twins_before) % self.of == self.index
    }
}

/// Where a walk is.
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    order: Order,
    generated: Range<u64>,
    lower: Bound<Place>,
    upper: Bound<Place>,
    /// Next number in insertion order.
    next: u64,
    /// Bounds are checked one by one in insertion order.
    bounds: IdBounds,
    is_done: bool,
    /// `None`: all documents are in one place.
    shard: Option<Shard>,
}

impl Scan {
    /// The same walk over one shard's documents.
    pub(crate) fn on(mut self, shard: Shard) -> Self {
        self.shard = Some(shard);
        self
    }

    fn is_here(&self, collection: &Collection, place: &Place) -> bool {
        self.shard.is_none_or(|shard| shard.has(collection, place))
    }

    fn is_position_here(&self, position: u64) -> bool {
        self.shard.is_none_or(|shard| position % shard.of == shard.index)
    }

    pub(crate) fn new(collection: &Collection, order: Order, bounds: IdBounds) -> Self {
        let generated = collection.corpus.as_ref().map_or(0..0, |corpus| {
            let from = bounds
                .lower
                .as_ref()
                .map_or(0, |(key, inclusive)| corpus.position_of(key, !inclusive));
            let to = bounds.upper.as_ref();
            let to = to.map_or(corpus.documents, |(key, inclusive)| corpus.position_of(key, *inclusive));
            from..to.max(from)
        });
        let lowest = || {
            (
                Key::of(Value {
                    kind: kind::MIN_KEY,
                    bytes: &[],
                }),
                0,
            )
        };
        let lower = match &bounds.lower {
            None => Bound::Included(lowest()),
            Some((key, true)) => Bound::Included((key.clone(), 0)),
            Some((key, false)) => Bound::Excluded((key.clone(), u64::MAX)),
        };
        let upper = match &bounds.upper {
            None => Bound::Unbounded,
            Some((key, true)) => Bound::Included((key.clone(), u64::MAX)),
            Some((key, false)) => Bound::Excluded((key.clone(), 0)),
        };
        let is_done = bounds.are_impossible();
        Self {
            order,
            generated,
            lower,
            upper,
            next: 0,
            bounds,
            is_done,
            shard: None,
        }
    }

    /// Visits documents as they were at that time, until the visitor stops it or there are no more. True if there may be more.
    pub(crate) fn walk(&mut self, collection: &Collection, time: Time, mut visit: impl FnMut(Row) -> Step) -> bool {
        if self.is_done {
            return false;
        }
        let stopped = match self.order {
            Order::Insertion => self.by_insertion(collection, time, &mut visit),
            Order::Ascending | Order::Descending => self.by_id(collection, time, &mut visit),
        };
        self.is_done = !stopped;
        stopped
    }

    fn by_insertion(&mut self, collection: &Collection, time: Time, visit: &mut impl FnMut(Row) -> Step) -> bool {
        while let Some(position) = self.generated.clone().next() {
            let row = generated_row(collection, position, time).filter(|_| self.is_position_here(position));
            match row.map_or(Step::On, &mut *visit) {
                Step::StopBefore => return true,
                step => {
                    self.generated.start += 1;
                    if step == Step::Stop {
                        return true;
                    }
                }
            }
        }
        for (number, key) in collection.by_insertion.range(self.next..) {
            let row = if self
                .bounds
                .lower
                .as_ref()
                .is_some_and(|(lower, inclusive)| key < lower || (key == lower && !inclusive))
                || self
                    .bounds
                    .upper
                    .as_ref()
                    .is_some_and(|(upper, inclusive)| key > upper || (key == upper && !inclusive))
            {
                None
            } else {
                let place = (key.clone(), *number);
                let versions = collection
                    .by_id
                    .get(&place)
                    .filter(|_| self.is_here(collection, &place));
                versions
                    .and_then(|versions| versions.at(time))
                    .map(|body| Row::Stored(Arc::clone(body)))
            };
            match row.map_or(Step::On, &mut *visit) {
                Step::StopBefore => return true,
                step => {
                    self.next = number + 1;
                    if step == Step::Stop {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn by_id(&mut self, collection: &Collection, time: Time, visit: &mut impl FnMut(Row) -> Step) -> bool {
        let is_descending = self.order == Order::Descending;
        let (mut ascending, mut descending);
        let stored: &mut dyn Iterator<Item = (&Place, &Versions)> = {
            let range = collection.by_id.range((self.lower.clone(), self.upper.clone()));
            if is_descending {
                descending = range.rev();
                &mut descending
            } else {
                ascending = range;
                &mut ascending
            }
        };
        let mut stored = stored.peekable();
        loop {
            let position = if is_descending {
                self.generated.clone().next_back()
            } else {
                self.generated.clone().next()
            };
            let position = position.filter(|position| {
                let Some((place, _)) = stored.peek() else {
                    return true;
                };
                let id = collection.corpus.as_ref().map(|corpus| corpus.id(*position));
                id.is_some_and(|id| if is_descending { id >= place.0 } else { id <= place.0 })
            });
            let (row, passed) = match (position, stored.peek()) {
                (Some(position), _) => {
                    let row = generated_row(collection, position, time);
                    (row.filter(|_| self.is_position_here(position)), None)
                }
                (None, Some((place, versions))) => {
                    let row = versions.at(time).filter(|_| self.is_here(collection, place));
                    let row = row.map(|body| Row::Stored(Arc::clone(body)));
                    (row, Some((*place).clone()))
                }
                (None, None) => return false,
            };
            let step = row.map_or(Step::On, &mut *visit);
            if step == Step::StopBefore {
                return true;
            }
            match passed {
                Some(place) => {
                    stored.next();
                    if is_descending {
                        self.upper = Bound::Excluded(place);
                    } else {
                        self.lower = Bound::Excluded(place);
                    }
                }
                None if is_descending => self.generated.end -= 1,
                None => self.generated.start += 1,
            }
            if step == Step::Stop {
                return true;
            }
        }
    }
}

fn generated_row(collection: &Collection, position: u64, time: Time) -> Option<Row> {
    match collection.generated(position, time) {
        Generated::AsMade => Some(Row::Generated(position)),
        Generated::Replaced(body) => Some(Row::Stored(Arc::clone(body))),
        Generated::Deleted => None,
    }
}
