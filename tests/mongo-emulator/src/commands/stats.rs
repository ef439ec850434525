//! `collStats`, `dbStats` and the stage `$collStats`. Sizes are those of the documents; generated ones are estimated.

use crate::bson::{Builder, Value};
use crate::clock::wall_ms;
use crate::refusal::{Refusal, code};
use crate::store::{Collection, Kind};

use super::context::{Answer, Context};
use super::status;

fn write(collection: &Collection, builder: Builder) -> Builder {
    let bytes = collection.bytes();
    let builder = builder.count("size", bytes).count("count", collection.live);
    let builder = builder.count("avgObjSize", bytes.checked_div(collection.live).unwrap_or_default());
    let builder = builder
        .count("numOrphanDocs", 0)
        .count("storageSize", bytes)
        .count("freeStorageSize", 0);
    let builder = builder.bool("capped", collection.is_capped());
    let indexes = collection
        .indexes
        .iter()
        .filter_map(|index| crate::bson::Document(index).str("name"));
    let builder = indexes
        .fold(builder.open("indexSizes"), |builder, name| builder.count(name, 4096))
        .close();
    let count = collection.indexes.len() as u64;
    builder
        .count("nindexes", count)
        .count("totalIndexSize", 4096 * count)
        .count("totalSize", bytes + 4096 * count)
}

pub(super) fn coll_stats(collection: &Collection, storage: bool, count: bool) -> Vec<u8> {
    let mut builder = Builder::new().date("localTime", wall_ms());
    if storage {
        builder = write(collection, builder.open("storageStats")).close();
    }
    if count {
        builder = builder.count("count", collection.live);
    }
    builder.build()
}

pub(super) fn collection(context: &mut Context<'_>, answer: Builder) -> Answer {
    let name = context.request.collection()?;
    let answer = answer.str("ns", &context.request.namespace());
    let Some(collection) = context.state.store.now(context.request.database, name) else {
        return Ok(answer
            .count("size", 0)
            .count("count", 0)
            .count("storageSize", 0)
            .count("nindexes", 0));
    };
    if collection.kind == Kind::View {
        let message = format!("Namespace {} is a view, not a collection", context.request.namespace());
        return Err(Refusal::new(code::COMMAND_NOT_SUPPORTED_ON_VIEW, message));
    }
    Ok(write(collection, answer))
}

pub(super) fn database(context: &mut Context<'_>, answer: Builder) -> Answer {
    let name = context.request.database;
    let listed = context.state.store.list(name);
    let (views, collections): (Vec<_>, Vec<_>) =
        listed.iter().partition(|(_, collection)| collection.kind == Kind::View);
    let bytes: u64 = collections.iter().map(|(_, collection)| collection.bytes()).sum();
    let objects: u64 = collections.iter().map(|(_, collection)| collection.live).sum();
    let indexes: u64 = collections
        .iter()
        .map(|(_, collection)| collection.indexes.len() as u64)
        .sum();
    let scale = context
        .request
        .body
        .get("scale")
        .and_then(Value::as_i64)
        .and_then(|scale| u64::try_from(scale).ok());
    let scale = scale.unwrap_or(1).max(1);
    let own = Sizes {
        collections: collections.len() as u64,
        views: views.len() as u64,
        objects,
        bytes,
        indexes,
    };
    // A server keeps its files on one file system; a router adds up what its shards say, and gives each one's answer (manual, dbStats).
    if context.shared.replica.topology != crate::Topology::Sharded {
        return Ok(own.write(answer.str("db", name), scale, bytes + OTHER_FILES));
    }
    let shards = &context.state.shards;
    let part = own.part(shards.len() as u64);
    let mut raw = answer.open("raw");
    for (number, shard) in shards.iter().enumerate() {
        let key = status::hosts(number, shard);
        let of = Builder::new().str("db", name);
        raw = raw.document(
            &key,
            &part.write(of, scale, shard.disk_used_bytes).f64("ok", 1.0).build(),
        );
    }
    let used = shards.iter().map(|shard| shard.disk_used_bytes).sum();
    let answer = own.write(raw.close().str("db", name), scale, used);
    Ok(answer)
}

/// Of the server itself and its journal.
const OTHER_FILES: u64 = 300 << 20;
/// A file system of 10 GiB.
const DISK_BYTES: u64 = 10 << 30;

/// What a database consists of.
struct Sizes {
    collections: u64,
    views: u64,
    objects: u64,
    bytes: u64,
    indexes: u64,
}

impl Sizes {
    /// One of this number of equal parts.
    fn part(&self, parts: u64) -> Self {
        let share = |number: u64| number / parts.max(1);
        Self {
            objects: share(self.objects),
            bytes: share(self.bytes),
            ..*self
        }
    }

    fn write(&self, answer: Builder, scale: u64, disk_used: u64) -> Builder {
        let Self {
            objects,
            bytes,
            indexes,
            ..
        } = *self;
        answer
            .count("collections", self.collections)
            .count("views", self.views)
            .count("objects", objects)
            .count("avgObjSize", bytes.checked_div(objects).unwrap_or_default())
            .count("dataSize", bytes / scale)
            .count("storageSize", bytes / scale)
            .count("indexes", indexes)
            .count("indexSize", 4096 * indexes / scale)
            .count("totalSize", bytes / scale)
            // "Total size of all disk space in use on the filesystem where MongoDB stores data."
            .f64("fsUsedSize", as_f64(disk_used / scale))
            // "Total size of all disk capacity on the filesystem where MongoDB stores data."
            .f64("fsTotalSize", as_f64(DISK_BYTES / scale))
    }
}

/// Sizes of a file system are doubles in the server's answer.
#[allow(clippy::cast_precision_loss, reason = "exact below 2^53")]
fn as_f64(bytes: u64) -> f64 {
    bytes as f64
}
