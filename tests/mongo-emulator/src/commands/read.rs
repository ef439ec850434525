//! `find` and the cursors it opens, `count`.

use crate::bson::{Builder, Document, Key, Value};
use crate::clock::Time;
use crate::cursors::{Cursor, Query, Router, Source};
use crate::faults::FaultKind;
use crate::filter::Filter;
use crate::refusal::{Refusal, code};
use crate::store::{IdBounds, Kind, Order, Scan, Step};

use super::context::{Answer, Context};
use super::pipeline::{self, Stage};
use super::read_concern::read_time;
use super::stages;
use super::values::{sort, unsigned};

/// Documents in the first batch unless the command says otherwise, as in the server.
const FIRST_BATCH: u64 = 101;

pub(super) fn find(context: &mut Context<'_>, answer: Builder) -> Answer {
    let body = context.request.body;
    let name = context.request.collection()?;
    for unsupported in ["tailable", "awaitData", "collation", "returnKey", "showRecordId", "let"] {
        if body.is_true(unsupported) || body.document(unsupported).is_some_and(|document| !document.is_empty()) {
            return Err(Refusal::not_emulated(format_args!("{unsupported} of find")));
        }
    }
    let filter = Filter::parse(body.document("filter").unwrap_or(Document(&[])))?;
    let mut stages = vec![Stage::Match(filter)];
    if let Some(order) = sort(body.document("sort"))? {
        stages.push(Stage::Sort(order));
    }
    if let Some(skip) = unsigned(body, "skip")? {
        stages.push(Stage::Skip(skip));
    }
    // A negative limit is that many documents in a single batch.
    let limit = body.i64("limit").filter(|limit| *limit != 0);
    if let Some(limit) = limit {
        stages.push(Stage::Limit(limit.unsigned_abs()));
    }
    let projection = body.document("projection").filter(|projection| !projection.is_empty());
    if projection.is_some_and(|projection| pipeline::is_id_only(projection)) {
        stages.push(Stage::ProjectId);
    } else if projection.is_some() {
        return Err(Refusal::not_emulated("a projection other than {_id: 1}"));
    }
    let at = read_time(context)?;
    let source = open(context, name, at, stages, &Hints::parse(body)?)?;
    let is_single = body.is_true("singleBatch") || limit.is_some_and(|limit| limit < 0);
    let most = unsigned(body, "batchSize")?.unwrap_or(FIRST_BATCH);
    first_batch(context, answer, source, &context.request.namespace(), most, is_single)
}

/// `hint`, `min` and `max`.
#[derive(Default)]
pub(super) struct Hints {
    is_by_id: bool,
    bounds: IdBounds,
}

impl Hints {
    pub(super) fn parse(body: Document<'_>) -> Result<Self, Refusal> {
        let mut hints = Self::default();
        if let Some(hint) = body.get("hint") {
            let key = hint.as_document().filter(|hint| !hint.is_empty());
            let is_natural = key.is_some_and(|key| key.get("$natural").is_some());
            let is_id = key.is_some_and(|key| key.i64("_id") == Some(1)) || hint.as_str() == Some("_id_");
            if (key.is_some() || hint.as_str().is_some()) && !is_natural && !is_id {
                return Err(Refusal::not_emulated("a hint other than that of _id"));
            }
            hints.is_by_id = is_id;
        }
        for bound in ["min", "max"] {
            let Some(document) = body.document(bound).filter(|document| !document.is_empty()) else {
                continue;
            };
            if !hints.is_by_id {
                // The server's number for it.
                return Err(Refusal::new(
                    51_173,
                    "When using min()/max() a hint of which index to use must be provided",
                ));
            }
            let value = document.get("_id").map(Key::of);
            let value = value.ok_or_else(|| Refusal::new(51_174, "The index chosen is not compatible with min/max"))?;
            if bound == "min" {
                hints.bounds.raise(value, true);
            } else {
                hints.bounds.cut(value, false);
            }
        }
        Ok(hints)
    }
}

/// What the stages give of a collection or view, as it was at that time.
pub(super) fn open(
    context: &Context<'_>,
    name: &str,
    at: Option<Time>,
    stages: Vec<Stage>,
    hints: &Hints,
) -> Result<Source, Refusal> {
    let store = &context.state.store;
    let database = context.request.database;
    let (id, stages) = pipeline::resolve(store, database, name, at.unwrap_or(Time::LATEST), stages)?;
    let Some((id, collection)) = id.and_then(|id| Some((id, store.get(id)?))) else {
        return Ok(Source::Documents(pipeline::of_nothing(&stages)));
    };
    if at.is_some() && collection.is_capped() && !context.shared.snapshots_of_capped {
        let message = "Reading from capped collections with readConcern snapshot is not supported";
        return Err(Refusal::new(code::SNAPSHOT_UNAVAILABLE, message));
    }
    if hints.is_by_id && collection.kind == Kind::TimeSeries {
        let message =
            "error processing query: planner returned error: hint provided does not correspond to an existing index";
        return Err(Refusal::new(code::BAD_VALUE, message));
    }
    let (plan, rest) = pipeline::absorb(stages);
    let mut bounds = plan.filter.id_bounds();
    if let Some((key, inclusive)) = &hints.bounds.lower {
        bounds.raise(key.clone(), *inclusive);
    }
    if let Some((key, inclusive)) = &hints.bounds.upper {
        bounds.cut(key.clone(), *inclusive);
    }
    let by_id = hints.is_by_id || bounds.lower.is_some() || bounds.upper.is_some();
    let order = plan
        .order
        .unwrap_or(if by_id { Order::Ascending } else { Order::Insertion });
    let was_live = store.is_live(id);
    let query = |scan, skip, remaining| Query {
        collection: id,
        was_live,
        scan,
        at,
        filter: plan.filter.clone(),
        id_only: plan.id_only,
        skip,
        remaining,
    };
    let scan = Scan::new(collection, order, bounds);
    if !rest.is_empty() {
        let query = query(scan, plan.skip, plan.limit);
        return stages::run(store, collection, query, rest).map(Source::Documents);
    }
    // The server's own databases are not spread.
    let is_spread = !matches!(database, "admin" | "config" | "local");
    let shards: Vec<_> = store.shards().filter(|_| is_spread).collect();
    if shards.is_empty() {
        return Ok(Source::Query(Box::new(query(scan, plan.skip, plan.limit))));
    }
    let most = plan.limit.map(|limit| limit.saturating_add(plan.skip));
    let shards = shards.into_iter().map(|shard| query(scan.clone().on(shard), 0, most));
    let router = Router::new(shards.collect(), plan.order, plan.skip, plan.limit);
    Ok(Source::Router(Box::new(router)))
}

/// The answer that opens a cursor.
pub(super) fn first_batch(
    context: &mut Context<'_>,
    answer: Builder,
    mut source: Source,
    namespace: &str,
    most: u64,
    is_single: bool,
) -> Answer {
    let most = if context.fault == Some(&FaultKind::EmptyBatch) {
        0
    } else {
        most
    };
    let mut answer = answer.open("cursor").open_array("firstBatch");
    // No documents are asked for: whether there are any is not known yet.
    let (count, is_done) = if most == 0 {
        (0, false)
    } else {
        let batch = source.batch(&context.state.store, &mut answer, Some(most));
        (batch.count, batch.is_done)
    };
    context.documents = Some(count);
    let id = if is_done || is_single {
        0
    } else {
        let of = (
            context.request.database.to_owned(),
            context.request.collection.unwrap_or_default().to_owned(),
        );
        let (_, name) = namespace.split_once('.').unwrap_or(("", namespace));
        context.state.cursors.add(Cursor {
            namespace: (of.0, name.to_owned()),
            source,
        })
    };
    answer = answer.close().i64("id", id).str("ns", namespace);
    if let Some(time) = context.at_cluster_time {
        answer = answer.timestamp("atClusterTime", time);
    }
    Ok(answer.close())
}

pub(super) fn get_more(context: &mut Context<'_>, answer: Builder) -> Answer {
    let body = context.request.body;
    let id = body.i64("getMore").ok_or_else(|| Refusal::missing("getMore"))?;
    let most = match context.fault {
        Some(FaultKind::EmptyBatch) => Some(0),
        _ => unsigned(body, "batchSize")?.filter(|most| *most > 0),
    };
    if context.fault == Some(&FaultKind::KillCursor) {
        context.state.cursors.remove(id);
    }
    let state = &mut *context.state;
    let cursor = state.cursors.get_mut(id)?;
    let (database, name) = (&cursor.namespace.0, &cursor.namespace.1);
    if context.request.database != *database || context.request.collection != Some(name) {
        let message = format!(
            "Requested getMore on namespace '{}', but cursor belongs to a different namespace",
            context.request.namespace()
        );
        return Err(Refusal::new(code::UNAUTHORIZED, message));
    }
    let namespace = format!("{database}.{name}");
    if let Some(query) = cursor.source.query()
        && query.was_live
        && !state.store.is_live(query.collection)
    {
        state.cursors.remove(id);
        let why = format!("collection dropped or renamed: {namespace}");
        return Err(Refusal::new(code::QUERY_PLAN_KILLED, why));
    }
    let mut answer = answer.open("cursor").open_array("nextBatch");
    let batch = cursor.source.batch(&state.store, &mut answer, most);
    context.documents = Some(batch.count);
    if batch.is_done {
        state.cursors.remove(id);
    }
    let id = if batch.is_done { 0 } else { id };
    Ok(answer.close().i64("id", id).str("ns", &namespace).close())
}

pub(super) fn kill_cursors(context: &mut Context<'_>, answer: Builder) -> Answer {
    let ids = context.request.body.get("cursors").and_then(Value::as_array);
    let (mut killed, mut unknown) = (Vec::new(), Vec::new());
    for id in ids.into_iter().flatten().filter_map(Value::as_i64) {
        let list = if context.state.cursors.remove(id) {
            &mut killed
        } else {
            &mut unknown
        };
        list.push(id);
    }
    let list = |answer: Builder, name: &str, ids: &[i64]| {
        let numbered = ids.iter().enumerate();
        numbered
            .fold(answer.open_array(name), |answer, (index, id)| {
                answer.i64(&index.to_string(), *id)
            })
            .close()
    };
    let answer = list(list(answer, "cursorsKilled", &killed), "cursorsNotFound", &unknown);
    Ok(list(list(answer, "cursorsAlive", &[]), "cursorsUnknown", &[]))
}

pub(super) fn count(context: &mut Context<'_>, answer: Builder) -> Answer {
    let body = context.request.body;
    let filter = Filter::parse(body.document("query").unwrap_or(Document(&[])))?;
    let is_everything = filter.is_empty();
    let mut stages = vec![Stage::Match(filter)];
    stages.extend(unsigned(body, "skip")?.map(Stage::Skip));
    stages.extend(unsigned(body, "limit")?.filter(|limit| *limit > 0).map(Stage::Limit));
    let name = context.request.collection()?;
    // From the collection's statistics, as the server does.
    if is_everything
        && stages.len() == 1
        && let Some(collection) = context.state.store.now(context.request.database, name)
        && collection.kind != Kind::View
    {
        return Ok(answer.count("n", collection.live));
    }
    let source = open(context, name, None, stages, &Hints::default())?;
    let mut counted = 0;
    match source {
        Source::Documents(documents) => counted = documents.len() as u64,
        Source::Router(router) => counted = router.all(&context.state.store).len() as u64,
        Source::Query(mut query) => {
            query.each(&context.state.store, |_, _| {
                counted += 1;
                Step::On
            });
        }
    }
    Ok(answer.count("n", counted))
}
