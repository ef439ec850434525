//! `collStats`, `dbStats` and the stage `$collStats`. Sizes are those of the documents; generated ones are estimated.

use crate::bson::{Builder, Value};
use crate::clock::wall_ms;
use crate::refusal::{Refusal, code};
use crate::store::{Collection, Kind};

use super::{Answer, Context};

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
    let answer = answer
        .str("db", name)
        .count("collections", collections.len() as u64)
        .count("views", views.len() as u64);
    let answer = answer
        .count("objects", objects)
        .count("avgObjSize", bytes.checked_div(objects).unwrap_or_default());
    let answer = answer
        .count("dataSize", bytes / scale)
        .count("storageSize", bytes / scale);
    Ok(answer
        .count("indexes", indexes)
        .count("indexSize", 4096 * indexes / scale)
        .count("totalSize", bytes / scale))
}
