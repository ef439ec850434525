//! As much of `update` and `delete` as replaces and removes documents by their `_id`.

use crate::bson::{Builder, Document, Key};
use crate::clock::Time;
use crate::cursors::Query;
use crate::filter::Filter;
use crate::refusal::{Refusal, code};
use crate::store::{IdBounds, Order, Scan, Step, UniqueIndex, key_of};

use super::context::{Answer, Context};
use super::insertion::{refuse_id, refuse_unknown, with_times};
use super::write::{Done, admit, number, with_id, writable, write_errors};

/// The `_id`s that a filter finds, in the order of insertion.
fn matching(context: &Context<'_>, id: u64, filter: Document<'_>, only_one: bool) -> Result<Vec<Key>, Refusal> {
    let filter = Filter::parse(filter)?;
    let store = &context.state.store;
    let Some(collection) = store.get(id) else {
        return Ok(Vec::new());
    };
    let bounds = filter.id_bounds();
    let order = if bounds.lower.is_some() {
        Order::Ascending
    } else {
        Order::Insertion
    };
    let mut query = Query {
        collection: id,
        was_live: true,
        scan: Scan::new(
            collection,
            order,
            if order == Order::Ascending {
                bounds
            } else {
                IdBounds::default()
            },
        ),
        at: None,
        filter,
        id_only: true,
        skip: 0,
        remaining: only_one.then_some(1),
    };
    let mut keys = Vec::new();
    let mut document = Vec::new();
    query.each(store, |_, append| {
        document.clear();
        append(&mut document);
        keys.push(key_of(&document));
        Step::On
    });
    Ok(keys)
}

pub(super) fn delete(context: &mut Context<'_>, answer: Builder) -> Answer {
    let name = context.request.collection()?;
    let done = Done::of(context);
    let id = context.state.store.id_at(context.request.database, name, Time::LATEST);
    let mut deleted = 0;
    for (index, statement) in context
        .request
        .documents("deletes")
        .into_iter()
        .map(Document)
        .enumerate()
    {
        let Some(id) = id else { break };
        if done.contains(context, index) {
            deleted += 1;
            continue;
        }
        let filter = statement
            .document("q")
            .ok_or_else(|| Refusal::missing("delete.deletes.q"))?;
        for key in matching(context, id, filter, statement.i64("limit") == Some(1))? {
            let time = context.state.store.clock.tick();
            let collection = context.state.store.get_mut(id);
            deleted += usize::from(collection.is_some_and(|collection| collection.change(&key, None, time)));
        }
        done.add(context, index);
    }
    Ok(answer.i32("n", number(deleted)))
}

/// The replacement, under the `_id` of what it replaces.
fn replacement(statement: Document<'_>, id: Option<&Key>) -> Result<Vec<u8>, Refusal> {
    let replacement = statement
        .document("u")
        .ok_or_else(|| Refusal::not_emulated("an update by pipeline"))?;
    if replacement
        .elements()
        .next()
        .is_some_and(|first| first.name.starts_with(b"$"))
    {
        return Err(Refusal::not_emulated("an update by operators"));
    }
    match (replacement.get("_id"), id) {
        (Some(own), Some(id)) if Key::of(own) != *id => Err(Refusal::new(
            66,
            "Performing an update on the path '_id' would modify the immutable field '_id'",
        )),
        (None, Some(id)) => {
            let builder = Builder::new().value("_id", id.value());
            let elements = replacement.elements();
            Ok(elements
                .fold(builder, |builder, element| {
                    builder.raw_element(element.name, element.value)
                })
                .build())
        }
        (None, None) => Ok(with_id(replacement.0)),
        (Some(_), _) => Ok(replacement.0.to_vec()),
    }
}

pub(super) fn update(context: &mut Context<'_>, answer: Builder) -> Answer {
    refuse_unknown(context)?;
    let name = context.request.collection()?;
    let namespace = context.request.namespace();
    let done = Done::of(context);
    let id = writable(context, name)?;
    let is_ordered = context
        .request
        .body
        .get("ordered")
        .is_none_or(|ordered| ordered.is_true());
    let (mut matched, mut modified) = (0, 0);
    let (mut upserted, mut errors) = (Vec::new(), Vec::new());
    for (index, statement) in context
        .request
        .documents("updates")
        .into_iter()
        .map(Document)
        .enumerate()
    {
        if done.contains(context, index) {
            matched += 1;
            continue;
        }
        match update_one(context, id, &namespace, statement) {
            Ok(Updated::Nothing) => {}
            Ok(Updated::Replaced) => {
                matched += 1;
                modified += 1;
            }
            Ok(Updated::Inserted(key)) => {
                matched += 1;
                let entry = Builder::new().i32("index", number(index)).value("_id", key.value());
                upserted.push(entry.build());
            }
            Err(refusal) => {
                errors.push((index, refusal));
                if is_ordered {
                    break;
                }
                continue;
            }
        }
        done.add(context, index);
    }
    let answer = answer.i32("n", matched).i32("nModified", modified);
    let answer = if upserted.is_empty() {
        answer
    } else {
        answer.documents("upserted", upserted)
    };
    Ok(write_errors(answer, &errors))
}

enum Updated {
    Nothing,
    Replaced,
    Inserted(Key),
}

fn update_one(
    context: &mut Context<'_>,
    id: u64,
    namespace: &str,
    statement: Document<'_>,
) -> Result<Updated, Refusal> {
    if statement.is_true("multi") {
        return Err(Refusal::new(
            code::FAILED_TO_PARSE,
            "multi update is not supported for replacement-style update",
        ));
    }
    let filter = statement
        .document("q")
        .ok_or_else(|| Refusal::missing("update.updates.q"))?;
    let Some(key) = matching(context, id, filter, true)?.pop() else {
        if !statement.is_true("upsert") {
            return Ok(Updated::Nothing);
        }
        let named = filter.get("_id").filter(|id| id.as_document().is_none()).map(Key::of);
        let document = replacement(statement, named.as_ref())?;
        let document = with_times(context, &document).unwrap_or(document);
        refuse_id(&document)?;
        admit(context, id, &document)?;
        context.state.store.insert(id, namespace, &document)?;
        return Ok(Updated::Inserted(key_of(&document)));
    };
    let document = replacement(statement, Some(&key))?;
    let document = with_times(context, &document).unwrap_or(document);
    admit(context, id, &document)?;
    let store = &mut context.state.store;
    if let Some(collection) = store.get(id) {
        for index in collection.indexes.iter().filter_map(|index| UniqueIndex::parse(index)) {
            index
                .admit(collection, &document, Some(&key))
                .map_err(|duplicate| duplicate.refusal(namespace))?;
        }
    }
    let time = store.clock.tick();
    if let Some(collection) = store.get_mut(id) {
        collection.change(&key, Some(&document), time);
    }
    Ok(Updated::Replaced)
}
