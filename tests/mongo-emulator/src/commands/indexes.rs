//! Indexes: kept as they were given, built only where they are unique.

use std::collections::VecDeque;

use crate::bson::{Builder, Document, compare};
use crate::cursors::Source;
use crate::refusal::{Refusal, code};
use crate::store::{Kind, UniqueIndex};

use super::context::{Answer, Context};
use super::index_rules;
use super::read::first_batch;
use super::values::unsigned;

fn not_found(context: &Context<'_>) -> Refusal {
    Refusal::new(
        code::NAMESPACE_NOT_FOUND,
        format!("ns does not exist: {}", context.request.namespace()),
    )
}

/// As the server keeps it: with a version in front.
fn normalized(specification: Document<'_>) -> Vec<u8> {
    let version = match specification.get("v") {
        Some(version) => Builder::new().value("v", version),
        None => Builder::new().i32("v", 2),
    };
    let rest = specification
        .elements()
        .filter(|element| element.name != b"v" && element.name != b"ns");
    rest.fold(version, |builder, element| {
        builder.raw_element(element.name, element.value)
    })
    .build()
}

pub(super) fn create(context: &mut Context<'_>, answer: Builder) -> Answer {
    let name = context.request.collection()?;
    let database = context.request.database;
    let namespace = context.request.namespace();
    let existed = context.state.store.now(database, name).is_some();
    let specifications = context.request.documents("indexes");
    if specifications.is_empty() {
        return Err(Refusal::new(
            code::BAD_VALUE,
            "Must specify at least one index to create",
        ));
    }
    // "If true, unknown options are ignored": since 4.2.
    let ignore_unknown = context.request.body.is_true("ignoreUnknownIndexOptions");
    let mut wanted = Vec::new();
    for specification in specifications.into_iter().map(Document) {
        let is_named = specification.str("name").is_some_and(|name| !name.is_empty());
        if specification.document("key").is_none_or(Document::is_empty) || !is_named {
            let message = "Error in specification: the 'key' field or the 'name' field is a required property of an index specification";
            return Err(Refusal::new(code::FAILED_TO_PARSE, message));
        }
        let admitted = index_rules::admit(specification, ignore_unknown)?;
        wanted.push(normalized(Document(&admitted)));
    }
    let id = context.state.store.create_if_missing(database, name);
    let collection = context
        .state
        .store
        .get_mut(id)
        .ok_or_else(|| Refusal::missing("createIndexes"))?;
    if collection.kind == Kind::View {
        return Err(Refusal::new(
            code::COMMAND_NOT_SUPPORTED_ON_VIEW,
            format!("Namespace {namespace} is a view, not a collection"),
        ));
    }
    let before = collection.indexes.len();
    let mut added = Vec::new();
    for index in wanted {
        let known = collection.indexes.iter().chain(&added);
        match known
            .map(|known| relation(Document(known), Document(&index)))
            .find_map(|relation| relation)
        {
            Some(Relation::Same) => {}
            Some(Relation::SameName) => {
                let message = format!("An existing index has the same name as the requested index in {namespace}");
                return Err(Refusal::new(code::INDEX_KEY_SPECS_CONFLICT, message));
            }
            Some(Relation::SameKey) => {
                let message = format!("Index already exists with a different name in {namespace}");
                return Err(Refusal::new(code::INDEX_OPTIONS_CONFLICT, message));
            }
            None => {
                if let Some(unique) = UniqueIndex::parse(&index) {
                    unique
                        .build(collection)
                        .map_err(|duplicate| duplicate.refusal(&namespace))?;
                }
                added.push(index);
            }
        }
    }
    let after = before + added.len();
    collection.indexes.append(&mut added);
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let answer = answer
        .i32("numIndexesBefore", count(before))
        .i32("numIndexesAfter", count(after));
    let answer = answer.bool("createdCollectionAutomatically", !existed);
    Ok(if before == after {
        answer.str("note", "all indexes already exist")
    } else {
        answer
    })
}

enum Relation {
    Same,
    SameName,
    SameKey,
}

fn relation(known: Document<'_>, wanted: Document<'_>) -> Option<Relation> {
    let same = |field| match (known.get(field), wanted.get(field)) {
        (Some(known), Some(wanted)) => compare(known, wanted).is_eq(),
        (known, wanted) => known.is_none() && wanted.is_none(),
    };
    // Indexes on the same key may differ in these.
    let same_key = same("key") && same("collation") && same("partialFilterExpression") && same("sparse");
    let is_id = known
        .document("key")
        .is_some_and(|key| key.get("_id").is_some() && key.elements().count() == 1);
    match (same("name"), same_key) {
        (_, true) if is_id => Some(Relation::Same),
        (true, true) if same("unique") && same("expireAfterSeconds") => Some(Relation::Same),
        (true, _) => Some(Relation::SameName),
        (false, true) => Some(Relation::SameKey),
        (false, false) => None,
    }
}

pub(super) fn list(context: &mut Context<'_>, answer: Builder) -> Answer {
    let name = context.request.collection()?;
    let collection = context
        .state
        .store
        .now(context.request.database, name)
        .ok_or_else(|| not_found(context))?;
    if collection.kind == Kind::View {
        let message = format!("Namespace {} is a view, not a collection", context.request.namespace());
        return Err(Refusal::new(code::COMMAND_NOT_SUPPORTED_ON_VIEW, message));
    }
    let documents: VecDeque<_> = collection.indexes.iter().cloned().collect();
    let cursor = context.request.body.document("cursor").unwrap_or(Document(&[]));
    let most = unsigned(cursor, "batchSize")?.unwrap_or(u64::MAX);
    first_batch(
        context,
        answer,
        Source::Documents(documents),
        &context.request.namespace(),
        most,
        false,
    )
}

pub(super) fn drop(context: &mut Context<'_>, answer: Builder) -> Answer {
    let name = context.request.collection()?;
    let missing = not_found(context);
    let id = context
        .state
        .store
        .id_at(context.request.database, name, crate::clock::Time::LATEST);
    let collection = id.and_then(|id| context.state.store.get_mut(id)).ok_or(missing)?;
    let wanted = context
        .request
        .body
        .get("index")
        .ok_or_else(|| Refusal::missing("dropIndexes.index"))?;
    let before = collection.indexes.len();
    let is_id = |index: &Vec<u8>| {
        Document(index)
            .document("key")
            .is_some_and(|key| key.get("_id").is_some())
    };
    let matches = |index: &Vec<u8>| match wanted.as_str() {
        Some("*") => !is_id(index),
        Some(name) => Document(index).str("name") == Some(name),
        None => Document(index)
            .get("key")
            .is_some_and(|key| compare(key, wanted).is_eq()),
    };
    collection.indexes.retain(|index| !matches(index));
    if collection.indexes.len() == before && wanted.as_str() != Some("*") {
        return Err(Refusal::new(27, "index not found"));
    }
    Ok(answer.i32("nIndexesWas", i32::try_from(before).unwrap_or(i32::MAX)))
}
