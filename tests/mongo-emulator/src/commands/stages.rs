//! What stages do that a walk over the collection cannot do by itself.

use std::collections::VecDeque;

use crate::bson::{Builder, Document, Key};
use crate::cursors::Query;
use crate::refusal::Refusal;
use crate::store::{Collection, Order, Scan, Step, Store, key_of};

use super::pipeline::Stage;

/// Does stages that a walk cannot do; the first of them on the walk, so that its documents need not be kept.
pub(super) fn run(
    store: &Store,
    collection: &Collection,
    mut query: Query,
    stages: Vec<Stage>,
) -> Result<VecDeque<Vec<u8>>, Refusal> {
    let mut stages = stages.into_iter();
    let mut documents = match stages.next() {
        Some(Stage::Sample(size)) => sample(store, query, size),
        Some(Stage::CountInto { id, field }) => {
            let mut counted = 0;
            query.each(store, |_, _| {
                counted += 1;
                Step::On
            });
            counted_into(id.as_deref(), &field, counted)
        }
        Some(Stage::BucketAuto(buckets)) => {
            let count = each_id(store, query_again(&query, collection), &mut |_| {});
            let mut split = Split::new(count, buckets);
            each_id(store, query_again(&query, collection), &mut |id| split.add(id));
            split.finish()
        }
        Some(Stage::CollStats { storage, count }) => {
            vec![super::stats::coll_stats(collection, storage, count)]
        }
        Some(stage) => apply(collect(store, query), stage)?,
        None => collect(store, query),
    };
    for stage in stages {
        documents = apply(documents, stage)?;
    }
    Ok(documents.into())
}

fn collect(store: &Store, mut query: Query) -> Vec<Vec<u8>> {
    let mut documents = Vec::new();
    query.each(store, |_, append| {
        let mut document = Vec::new();
        append(&mut document);
        documents.push(document);
        Step::On
    });
    documents
}

/// From its beginning, in the order of `_id`.
fn query_again(query: &Query, collection: &Collection) -> Query {
    Query {
        scan: Scan::new(collection, Order::Ascending, query.filter.id_bounds()),
        filter: query.filter.clone(),
        id_only: true,
        ..*query
    }
}

fn each_id(store: &Store, mut query: Query, visit: &mut dyn FnMut(Key)) -> u64 {
    let mut count = 0;
    let mut document = Vec::new();
    query.each(store, |_, append| {
        document.clear();
        append(&mut document);
        visit(key_of(&document));
        count += 1;
        Step::On
    });
    count
}

/// Every document has the same chance, whatever their number.
fn sample(store: &Store, mut query: Query, size: u64) -> Vec<Vec<u8>> {
    let mut chosen: Vec<Vec<u8>> = Vec::new();
    let mut seen = 0;
    query.each(store, |_, append| {
        seen += 1;
        if (chosen.len() as u64) < size {
            let mut document = Vec::new();
            append(&mut document);
            chosen.push(document);
        } else if size > 0 {
            let place = fastrand::u64(..seen);
            if let Some(slot) = usize::try_from(place).ok().and_then(|place| chosen.get_mut(place)) {
                slot.clear();
                append(slot);
            }
        }
        Step::On
    });
    fastrand::shuffle(&mut chosen);
    chosen
}

fn counted_into(id: Option<&[u8]>, field: &str, counted: u64) -> Vec<Vec<u8>> {
    if counted == 0 {
        return Vec::new();
    }
    let id = id.and_then(|id| Document(id).get("_id"));
    let document = id.map_or_else(Builder::new, |id| Builder::new().value("_id", id));
    let number = match i32::try_from(counted) {
        Ok(number) => document.i32(field, number),
        Err(_) => document.count(field, counted),
    };
    vec![number.build()]
}

/// `$bucketAuto`: the same number in each but the last.
struct Split {
    size: u64,
    buckets: u64,
    ends: Vec<(Key, Key, u64)>,
}

impl Split {
    fn new(count: u64, buckets: u64) -> Self {
        // Rounded to the nearest, and never none.
        Self {
            size: ((2 * count + buckets) / (2 * buckets)).max(1),
            buckets,
            ends: Vec::new(),
        }
    }

    fn add(&mut self, id: Key) {
        let is_last = self.ends.len() as u64 == self.buckets;
        match self.ends.last_mut() {
            Some((_, max, count)) if *count < self.size || is_last || *max == id => {
                *max = id;
                *count += 1;
            }
            _ => self.ends.push((id.clone(), id, 1)),
        }
    }

    /// Each bucket's upper end is the lower one of the next; the last one's is its own greatest.
    fn finish(self) -> Vec<Vec<u8>> {
        let next = self.ends.iter().skip(1).map(|(min, ..)| Some(min)).chain([None]);
        let bucket = |((min, max, count), next): (&(Key, Key, u64), Option<&Key>)| {
            let ends = Builder::new()
                .open("_id")
                .value("min", min.value())
                .value("max", next.unwrap_or(max).value());
            ends.close()
                .i32("count", i32::try_from(*count).unwrap_or(i32::MAX))
                .build()
        };
        self.ends.iter().zip(next).map(bucket).collect()
    }
}

/// A stage on existing documents.
fn apply(mut documents: Vec<Vec<u8>>, stage: Stage) -> Result<Vec<Vec<u8>>, Refusal> {
    let as_length = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    match stage {
        Stage::Match(filter) => documents.retain(|document| filter.matches(Document(document))),
        Stage::Sort(Order::Insertion) => {}
        Stage::Sort(order) => {
            documents.sort_by_cached_key(|document| key_of(document));
            if order == Order::Descending {
                documents.reverse();
            }
        }
        Stage::Skip(skip) => drop(documents.drain(..as_length(skip).min(documents.len()))),
        Stage::Limit(limit) => documents.truncate(as_length(limit)),
        Stage::ProjectId => {
            for document in &mut documents {
                let id = Document(document).get("_id");
                let only = id.map_or_else(Builder::new, |id| Builder::new().value("_id", id));
                *document = only.build();
            }
        }
        Stage::Sample(size) => {
            fastrand::shuffle(&mut documents);
            documents.truncate(as_length(size));
        }
        Stage::CountInto { id, field } => return Ok(counted_into(id.as_deref(), &field, documents.len() as u64)),
        Stage::BucketAuto(buckets) => {
            let mut split = Split::new(documents.len() as u64, buckets);
            documents.sort_by_cached_key(|document| key_of(document));
            documents.iter().for_each(|document| split.add(key_of(document)));
            return Ok(split.finish());
        }
        Stage::CollStats { .. } => {
            return Err(Refusal::new(
                40_602,
                "$collStats is only valid as the first stage in a pipeline.",
            ));
        }
    }
    Ok(documents)
}
