//! How collections are spread over shards: `enableSharding`, `shardCollection`, `updateZoneKeyRange`. What they did is in `config.collections` and
//! `config.tags`, as `find` gives it. Documents stay where they are: this router spreads all of them by turns.
//!
//! Every authenticated user may run these commands. A real server wants the action `enableSharding` on the namespace, which the role
//! `clusterManager` has (MongoDB manual, Built-In Roles): a test refuses the command with 13.

use crate::bson::{Builder, Document, Value, compare, kind};
use crate::clock::Time;
use crate::refusal::{Refusal, code};
use crate::store::{Kind, Store, key_of, tag_document};

use super::context::{Answer, Context};

const CONFIG: &str = "config";
const COLLECTIONS: &str = "collections";
const TAGS: &str = "tags";

/// These commands exist on routers alone, and "must be run against the admin database" (MongoDB manual, of each).
fn admit(context: &Context<'_>) -> Result<(), Refusal> {
    let name = context.request.name;
    if context.shared.replica.topology != crate::Topology::Sharded {
        let message = format!("no such command: '{name}'");
        return Err(Refusal::new(code::COMMAND_NOT_FOUND, message));
    }
    if context.request.body.str("$db") != Some("admin") {
        let message = format!("{name} may only be run against the admin database.");
        return Err(Refusal::new(code::UNAUTHORIZED, message));
    }
    Ok(())
}

/// "Starting in MongoDB 6.0, this command is no longer required to shard a collection" (MongoDB manual, enableSharding).
pub(super) fn enable(context: &mut Context<'_>, answer: Builder) -> Answer {
    admit(context)?;
    Ok(answer)
}

/// Source of every refusal: MongoDB manual, shardCollection; the server's `create_collection_coordinator` and `validateShardKeyIndex`.
pub(super) fn shard(context: &mut Context<'_>, answer: Builder) -> Answer {
    admit(context)?;
    let request = context.request;
    let name = request.collection()?;
    let (database, namespace) = (request.database, request.namespace());
    let body = request.body;
    let key = body.document("key").filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| Refusal::missing("shardCollection.key"))?;
    let is_unique = body.is_true("unique");
    if !key.elements().all(|field| is_one_or_hashed(field.value)) {
        let message = format!("Shard key for {namespace} must have the values 1 or 'hashed'");
        return Err(Refusal::new(code::INVALID_OPTIONS, message));
    }
    // "Hashed shard keys do not support unique constraints."
    if is_unique && key.elements().any(|field| field.value.as_str().is_some()) {
        let message = "Hashed shard keys cannot be declared unique.";
        return Err(Refusal::new(code::INVALID_OPTIONS, message));
    }
    let store = &mut context.state.store;
    // The same once more is no error; anything else is.
    if let Some(known) = definition(store, &namespace) {
        let known = Document(&known);
        let is_same = known.document("key").is_some_and(|known| is_same_key(known, key));
        if is_same && known.is_true("unique") == is_unique {
            return Ok(answer.str("collectionsharded", &namespace));
        }
        let message = format!("sharding already enabled for collection {namespace}");
        return Err(Refusal::new(code::ALREADY_INITIALIZED, message));
    }
    // A collection that does not exist is created.
    let id = store.create_if_missing(database, name);
    let collection = store.get(id).ok_or_else(|| Refusal::missing("shardCollection"))?;
    match collection.kind {
        Kind::View => {
            let message = format!("Namespace {namespace} is a view, not a collection");
            return Err(Refusal::new(code::COMMAND_NOT_SUPPORTED_ON_VIEW, message));
        }
        Kind::TimeSeries => return Err(Refusal::not_emulated("shardCollection of a time series")),
        Kind::Collection => {}
    }
    // "If the collection specified to shardCollection has a default collation, you must include a collation document with { locale : "simple" },
    // or the shardCollection command fails."
    let collation = body.document("collation").and_then(|collation| collation.str("locale"));
    if collation.is_some_and(|locale| locale != "simple")
        || collection.option("collation").is_some() && collation.is_none()
    {
        let message = "The collation for shardCollection must be {locale: 'simple'}";
        return Err(Refusal::new(code::BAD_VALUE, message));
    }
    // "You cannot shard a collection that has unique indexes on other fields" than the shard key or what begins with it.
    let indexes = || collection.indexes.iter().map(|index| Document(index));
    let is_id = |index: Document<'_>| index.str("name") == Some("_id_");
    let begins = |index: Document<'_>| index.document("key").is_some_and(|of| begins_with(of, key));
    if indexes().any(|index| index.is_true("unique") && !is_id(index) && !begins(index)) {
        let message = format!("can't shard collection '{namespace}' with unique index and proposed shard key");
        return Err(Refusal::new(code::INVALID_OPTIONS, message));
    }
    // An index supports a shard key that it begins with, unless it leaves documents out or has a collation; of a unique one it has the same fields.
    let supports = |index: Document<'_>| {
        let is_whole = index.get("partialFilterExpression").is_none() && !index.is_true("sparse");
        let is_simple = index.get("collation").is_none();
        let is_alike = index.document("key").is_some_and(|of| is_same_key(of, key));
        begins(index) && is_whole && is_simple && (!is_unique || is_alike && (index.is_true("unique") || is_id(index)))
    };
    if !indexes().any(supports) {
        // "Unless the collection is empty, the index must exist prior to the shardCollection command."
        if collection.live > 0 {
            let message =
                "Please create an index that starts with the proposed shard key before sharding the collection";
            return Err(Refusal::new(code::INVALID_OPTIONS, message));
        }
        let index = index_on(key, is_unique);
        let index_name = Document(&index).str("name").map(str::to_owned);
        if indexes().any(|known| known.str("name") == index_name.as_deref()) {
            let message = "An existing index has the same name as the requested index";
            return Err(Refusal::new(code::INDEX_KEY_SPECS_CONFLICT, message));
        }
        if let Some(collection) = store.get_mut(id) {
            collection.indexes.push(index);
        }
    }
    let uuid = store.get(id).map(|collection| collection.uuid).unwrap_or_default();
    let definition = Builder::new().str("_id", &namespace).binary("uuid", 4, &uuid);
    let definition = definition.document("key", key.0).bool("unique", is_unique);
    put(store, COLLECTIONS, &definition.bool("noBalance", false).build());
    Ok(answer.str("collectionsharded", &namespace))
}

/// Source of every refusal: MongoDB manual, updateZoneKeyRange; the server's `ShardingCatalogManager::assignKeyRangeToZone`.
pub(super) fn update_zone(context: &mut Context<'_>, answer: Builder) -> Answer {
    admit(context)?;
    let request = context.request;
    request.collection()?;
    let (namespace, body) = (request.namespace(), request.body);
    let bound = |name: &str| body.document(name).ok_or_else(|| Refusal::missing(name));
    let (min, max) = (bound("min")?, bound("max")?);
    let Some(zone) = body.str("zone") else {
        return Err(Refusal::not_emulated("updateZoneKeyRange that removes a range"));
    };
    // "You can only associate a range with a zone that is associated with a shard."
    if !context.state.zones.contains(zone) {
        let message = format!("zone {zone} does not exist");
        return Err(Refusal::new(code::ZONE_NOT_FOUND, message));
    }
    let store = &mut context.state.store;
    if let Some(definition) = definition(store, &namespace)
        && let Some(key) = Document(&definition).document("key")
        && ![min, max].iter().all(|bound| has_fields_of(*bound, key))
    {
        let message = format!("min or max does not match the shard key of {namespace}");
        return Err(Refusal::new(code::SHARD_KEY_NOT_FOUND, message));
    }
    let order = |one: Document<'_>, other: Document<'_>| compare(as_value(one), as_value(other));
    if order(min, max).is_ge() {
        return Err(Refusal::new(code::FAILED_TO_PARSE, "min must be less than max"));
    }
    for known in tags(store, &namespace) {
        let known = Document(&known);
        let (Some(from), Some(to)) = (known.document("min"), known.document("max")) else {
            continue;
        };
        if order(from, min).is_eq() && order(to, max).is_eq() && known.str("tag") == Some(zone) {
            return Ok(answer);
        }
        if order(from, max).is_lt() && order(min, to).is_lt() {
            let message = format!("Zone range of {namespace} is overlapping with existing");
            return Err(Refusal::new(code::RANGE_OVERLAP_CONFLICT, message));
        }
    }
    put(store, TAGS, &tag_document(&namespace, min.0, max.0, zone));
    Ok(answer)
}

/// "Dropping a collection deletes its associated zone/tag ranges" and what is said of its shards (MongoDB manual, drop).
pub(super) fn forget(store: &mut Store, namespace: &str) {
    let Some(definition) = definition(store, namespace) else {
        return;
    };
    let tags = tags(store, namespace).into_iter().map(|tag| (TAGS, tag));
    for (collection, document) in tags.chain([(COLLECTIONS, definition)]) {
        let time = store.clock.tick();
        let id = store.id_at(CONFIG, collection, Time::LATEST);
        if let Some(collection) = id.and_then(|id| store.get_mut(id)) {
            collection.change(&key_of(&document), None, time);
        }
    }
}

fn put(store: &mut Store, collection: &str, document: &[u8]) {
    let id = store.create_if_missing(CONFIG, collection);
    let time = store.clock.tick();
    if let Some(collection) = store.get_mut(id) {
        collection.insert(document, time);
    }
}

fn all(store: &Store, collection: &str) -> Vec<Vec<u8>> {
    let collection = store.now(CONFIG, collection);
    let versions = collection.into_iter().flat_map(|collection| collection.by_id.values());
    versions
        .filter_map(|versions| Some(versions.at(Time::LATEST)?.to_vec()))
        .collect()
}

fn definition(store: &Store, namespace: &str) -> Option<Vec<u8>> {
    let mut all = all(store, COLLECTIONS).into_iter();
    all.find(|document| Document(document).str("_id") == Some(namespace))
}

fn tags(store: &Store, namespace: &str) -> Vec<Vec<u8>> {
    let mut all = all(store, TAGS);
    all.retain(|document| Document(document).str("ns") == Some(namespace));
    all
}

fn as_value(document: Document<'_>) -> Value<'_> {
    Value {
        kind: kind::DOCUMENT,
        bytes: document.0,
    }
}

fn is_one_or_hashed(value: Value<'_>) -> bool {
    value.as_str() == Some("hashed") || value.as_str().is_none() && value.as_i64() == Some(1)
}

fn is_same_key(one: Document<'_>, other: Document<'_>) -> bool {
    begins_with(one, other) && begins_with(other, one)
}

/// An index's key begins with the fields of another, in their order.
fn begins_with(index: Document<'_>, key: Document<'_>) -> bool {
    let mut of = index.elements();
    key.elements().all(|field| {
        of.next()
            .is_some_and(|own| own.name == field.name && compare(own.value, field.value).is_eq())
    })
}

/// A bound has the shard key's fields, or the first of them.
fn has_fields_of(bound: Document<'_>, key: Document<'_>) -> bool {
    let mut of = key.elements();
    !bound.is_empty()
        && bound
            .elements()
            .all(|field| of.next().is_some_and(|own| own.name == field.name))
}

/// The index that the server makes, under the name that drivers would give it.
fn index_on(key: Document<'_>, is_unique: bool) -> Vec<u8> {
    let fields = key.elements().map(|field| {
        let kind = field.value.as_str().unwrap_or("1");
        format!("{}_{kind}", String::from_utf8_lossy(field.name))
    });
    let name = fields.collect::<Vec<_>>().join("_");
    let index = Builder::new().i32("v", 2).document("key", key.0).str("name", &name);
    if is_unique {
        index.bool("unique", true).build()
    } else {
        index.build()
    }
}
