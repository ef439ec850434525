//! Databases and collections: listed, made, dropped, renamed.

use std::collections::VecDeque;

use crate::bson::{Builder, Document};
use crate::clock::Time;
use crate::cursors::Source;
use crate::filter::Filter;
use crate::refusal::{Refusal, code};
use crate::store::{Collection, Kind};

use super::context::{Answer, Context};
use super::read::first_batch;
use super::sharding;
use super::values::unsigned;

/// Fields of `create` that are not options of the collection.
const NOT_OPTIONS: [&[u8]; 12] = [
    b"create",
    b"lsid",
    b"txnNumber",
    b"writeConcern",
    b"readConcern",
    b"comment",
    b"maxTimeMS",
    b"apiVersion",
    b"apiStrict",
    b"apiDeprecationErrors",
    b"autoIndexId",
    b"idIndex",
];

/// Longest `database.collection`, in bytes, in the server.
const MAX_NAMESPACE: usize = 255;

pub(super) fn create(context: &mut Context<'_>, answer: Builder) -> Answer {
    let name = context.request.collection()?;
    let database = context.request.database;
    let namespace = context.request.namespace();
    if namespace.len() > MAX_NAMESPACE {
        let message = format!("Fully qualified namespace is too long. Max: {MAX_NAMESPACE}");
        return Err(Refusal::new(code::INVALID_NAMESPACE, message));
    }
    let store = &mut context.state.store;
    if store.now(database, name).is_some() {
        return Err(Refusal::new(
            code::NAMESPACE_EXISTS,
            format!("namespace {namespace} already exists, but with different options"),
        ));
    }
    let body = context.request.body;
    let options = body.elements();
    let options = options.filter(|option| !option.name.starts_with(b"$") && !NOT_OPTIONS.contains(&option.name));
    let options = options
        .fold(Builder::new(), |builder, option| {
            builder.raw_element(option.name, option.value)
        })
        .build();
    if body.is_true("capped") && body.i64("size").is_none_or(|size| size <= 0) {
        return Err(Refusal::new(
            code::INVALID_OPTIONS,
            "the 'size' field is required when 'capped' is true",
        ));
    }
    // What a view's pipeline does is looked at when somebody looks through it.
    if body.get("pipeline").is_some() && body.str("viewOn").is_none() {
        return Err(Refusal::new(
            code::INVALID_OPTIONS,
            "'pipeline' requires 'viewOn' to also be specified",
        ));
    }
    store.create_with_options(database, name, options);
    Ok(answer)
}

pub(super) fn drop(context: &mut Context<'_>, answer: Builder) -> Answer {
    let name = context.request.collection()?;
    let database = context.request.database;
    let store = &mut context.state.store;
    let Some(id) = store.drop(database, name) else {
        return Err(Refusal::new(code::NAMESPACE_NOT_FOUND, "ns not found"));
    };
    sharding::forget(store, &context.request.namespace());
    let indexes = store.get(id).map_or(0, |collection| collection.indexes.len());
    let answer = answer.i32("nIndexesWas", i32::try_from(indexes).unwrap_or(i32::MAX));
    Ok(answer.str("ns", &context.request.namespace()))
}

pub(super) fn drop_database(context: &mut Context<'_>, answer: Builder) -> Answer {
    let database = context.request.database;
    let store = &mut context.state.store;
    let names: Vec<_> = store
        .list(database)
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    for name in &names {
        store.drop(database, name);
        sharding::forget(store, &format!("{database}.{name}"));
    }
    Ok(if names.is_empty() {
        answer
    } else {
        answer.str("dropped", database)
    })
}

pub(super) fn rename(context: &mut Context<'_>, answer: Builder) -> Answer {
    let body = context.request.body;
    let full = |field| {
        let parts = body.str(field).and_then(|full| full.split_once('.'));
        let parts = parts.filter(|(database, name)| !database.is_empty() && !name.is_empty());
        parts
            .map(|(database, name)| (database.to_owned(), name.to_owned()))
            .ok_or_else(|| Refusal::new(code::INVALID_NAMESPACE, format!("Invalid namespace in {field}")))
    };
    let (from, to) = (full("renameCollection")?, full("to")?);
    let store = &mut context.state.store;
    if store.now(&from.0, &from.1).is_none() {
        return Err(Refusal::new(
            code::NAMESPACE_NOT_FOUND,
            format!("Source collection {}.{} does not exist", from.0, from.1),
        ));
    }
    if from == to {
        return Err(Refusal::new(
            code::ILLEGAL_OPERATION,
            "Can't rename a collection to itself",
        ));
    }
    if store.now(&to.0, &to.1).is_some() {
        if !body.is_true("dropTarget") {
            return Err(Refusal::new(code::NAMESPACE_EXISTS, "target namespace exists"));
        }
        store.drop(&to.0, &to.1);
    }
    store.rename(&from, &to);
    Ok(answer)
}

/// After how many seconds documents of a time-series or clustered collection go: all that is emulated of `collMod`.
pub(super) fn modify(context: &mut Context<'_>, answer: Builder) -> Answer {
    const EXPIRE: &str = "expireAfterSeconds";
    let name = context.request.collection()?;
    let body = context.request.body;
    let is_other = |option: &[u8]| {
        option != b"collMod"
            && option != EXPIRE.as_bytes()
            && !option.starts_with(b"$")
            && !NOT_OPTIONS.contains(&option)
    };
    if body.elements().any(|option| is_other(option.name)) {
        return Err(Refusal::not_emulated("collMod of anything but expireAfterSeconds"));
    }
    let id = context.state.store.id_at(context.request.database, name, Time::LATEST);
    let Some(collection) = id.and_then(|id| context.state.store.get_mut(id)) else {
        return Err(Refusal::new(code::NAMESPACE_NOT_FOUND, "ns does not exist"));
    };
    if let Some(seconds) = body.get(EXPIRE) {
        let options = Document(&collection.options).elements();
        let kept = options.filter(|option| option.name != EXPIRE.as_bytes());
        let kept = kept.fold(Builder::new(), |builder, option| {
            builder.raw_element(option.name, option.value)
        });
        collection.options = kept.value(EXPIRE, seconds).build();
    }
    Ok(answer)
}

pub(super) fn list_databases(context: &mut Context<'_>, answer: Builder) -> Answer {
    let body = context.request.body;
    let name_only = body.is_true("nameOnly");
    let filter = Filter::parse(body.document("filter").unwrap_or(Document(&[])))?;
    let hidden = &context.state.hidden;
    // Who lacks the privilege listDatabases gets what it has rights on, and is not told that this is not all, unless it asks for all: then it is refused.
    // Source: MongoDB manual, listDatabases, authorizedDatabases.
    let asks_for_all = body.get("authorizedDatabases").is_some_and(|wanted| !wanted.is_true());
    if !hidden.is_empty() && asks_for_all {
        let message = "Insufficient permissions to list all databases";
        return Err(Refusal::new(code::UNAUTHORIZED, message));
    }
    let databases = context.state.store.databases().into_iter();
    let databases = databases.filter(|(name, _)| !hidden.contains(*name));
    let mut total = 0;
    let mut documents = Vec::new();
    for (name, bytes) in databases {
        let document = Builder::new().str("name", name);
        let document = if name_only {
            document
        } else {
            document.count("sizeOnDisk", bytes).bool("empty", false)
        };
        let document = document.build();
        if filter.matches(Document(&document)) {
            total += bytes;
            documents.push(document);
        }
    }
    let answer = answer.documents("databases", documents);
    Ok(if name_only {
        answer
    } else {
        answer.count("totalSize", total).count("totalSizeMb", total >> 20)
    })
}

fn entry(name: &str, collection: &Collection, name_only: bool) -> Vec<u8> {
    let entry = Builder::new().str("name", name).str("type", collection.kind.name());
    if name_only {
        return entry.build();
    }
    let entry = entry
        .document("options", &collection.options)
        .open("info")
        .bool("readOnly", collection.kind == Kind::View);
    let entry = if collection.kind == Kind::Collection {
        entry.binary("uuid", 4, &collection.uuid)
    } else {
        entry
    };
    let entry = entry.close();
    let id_index = collection
        .indexes
        .iter()
        .find(|index| Document(index).str("name") == Some("_id_"));
    match id_index {
        Some(index) => entry.document("idIndex", index).build(),
        None => entry.build(),
    }
}

pub(super) fn list_collections(context: &mut Context<'_>, answer: Builder) -> Answer {
    let body = context.request.body;
    let name_only = body.is_true("nameOnly");
    let filter = Filter::parse(body.document("filter").unwrap_or(Document(&[])))?;
    let database = context.request.database;
    let listed = context.state.store.list(database);
    let entries = listed
        .into_iter()
        .map(|(name, collection)| entry(name, collection, name_only));
    let entries: VecDeque<_> = entries.filter(|entry| filter.matches(Document(entry))).collect();
    let cursor = body.document("cursor").unwrap_or(Document(&[]));
    let most = unsigned(cursor, "batchSize")?.unwrap_or(u64::MAX);
    let namespace = format!("{database}.$cmd.listCollections");
    first_batch(context, answer, Source::Documents(entries), &namespace, most, false)
}
