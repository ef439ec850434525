//! Stages of an aggregation, and views, which are made of them.

use std::collections::VecDeque;

use crate::bson::{Builder, Document, Value};
use crate::clock::Time;
use crate::filter::Filter;
use crate::refusal::{Refusal, code};
use crate::store::{Kind, Order, Store};

use super::values::{sort, unsigned};

/// Views on views, at most: the server's limit.
const MAX_VIEWS: usize = 20;

#[derive(Debug, Clone)]
pub(super) enum Stage {
    Match(Filter),
    Sort(Order),
    Skip(u64),
    Limit(u64),
    /// Nothing but the `_id`.
    ProjectId,
    Sample(u64),
    /// By `_id`, with the usual count.
    BucketAuto(u64),
    /// One document with that `_id` and the number of documents in that field.
    CountInto {
        id: Option<Vec<u8>>,
        field: String,
    },
    CollStats {
        storage: bool,
        count: bool,
    },
}

pub(super) fn is_id_only(projection: Document<'_>) -> bool {
    let mut elements = projection.elements();
    elements
        .next()
        .is_some_and(|first| first.name == b"_id" && first.value.is_true())
        && elements.next().is_none()
}

/// # Errors
/// Stages that are not emulated.
pub(super) fn parse<'a>(stages: impl Iterator<Item = Value<'a>>) -> Result<Vec<Stage>, Refusal> {
    stages.map(parse_stage).collect()
}

fn parse_stage(stage: Value<'_>) -> Result<Stage, Refusal> {
    let element = stage.as_document().and_then(|stage| stage.elements().next());
    let element = element.ok_or_else(|| {
        Refusal::new(
            40_323,
            "A pipeline stage specification object must contain exactly one field.",
        )
    })?;
    let name = String::from_utf8_lossy(element.name);
    let not_emulated = || Refusal::not_emulated(format_args!("stage {name} as it is asked for"));
    let number = || {
        element
            .value
            .as_i64()
            .and_then(|number| u64::try_from(number).ok())
            .ok_or_else(not_emulated)
    };
    let document = element.value.as_document();
    Ok(match (name.as_ref(), document) {
        ("$match", Some(filter)) => Stage::Match(Filter::parse(filter)?),
        ("$sort", Some(order)) => Stage::Sort(sort(Some(order))?.ok_or_else(not_emulated)?),
        ("$skip", _) => Stage::Skip(number()?),
        ("$limit", _) => Stage::Limit(number()?),
        ("$project", Some(projection)) if is_id_only(projection) => Stage::ProjectId,
        ("$sample", Some(sample)) => Stage::Sample(unsigned(sample, "size")?.ok_or_else(not_emulated)?),
        ("$bucketAuto", Some(buckets)) => {
            let names_id = buckets.str("groupBy") == Some("$_id");
            if !names_id || buckets.get("output").is_some() || buckets.get("granularity").is_some() {
                return Err(not_emulated());
            }
            let buckets = unsigned(buckets, "buckets")?.filter(|buckets| *buckets > 0);
            Stage::BucketAuto(
                buckets.ok_or_else(|| Refusal::new(40_241, "$bucketAuto needs a positive number of buckets"))?,
            )
        }
        ("$count", _) => Stage::CountInto {
            id: None,
            field: element.value.as_str().ok_or_else(not_emulated)?.to_owned(),
        },
        ("$group", Some(group)) => {
            let mut fields = group.elements();
            let (id, sum, more) = (fields.next(), fields.next(), fields.next());
            let id = id.filter(|id| id.name == b"_id" && id.value.as_str().is_none_or(|text| !text.starts_with('$')));
            let sum = sum.filter(|sum| sum.value.as_document().is_some_and(|sum| sum.i64("$sum") == Some(1)));
            let (Some(id), Some(sum), None) = (id, sum, more) else {
                return Err(not_emulated());
            };
            Stage::CountInto {
                id: Some(Builder::new().value("_id", id.value).build()),
                field: String::from_utf8_lossy(sum.name).into_owned(),
            }
        }
        ("$collStats", Some(wanted)) => {
            let has = |field| wanted.get(field).is_some();
            Stage::CollStats {
                storage: has("storageStats"),
                count: has("count"),
            }
        }
        _ => return Err(not_emulated()),
    })
}

/// Follows views to the collection they look at, and puts what they do before the stages.
pub(super) fn resolve(
    store: &Store,
    database: &str,
    name: &str,
    time: Time,
    mut stages: Vec<Stage>,
) -> Result<(Option<u64>, Vec<Stage>), Refusal> {
    let mut name = name.to_owned();
    for _ in 0..=MAX_VIEWS {
        let id = store.id_at(database, &name, time);
        let Some(view) = id
            .and_then(|id| store.get(id))
            .filter(|collection| collection.kind == Kind::View)
        else {
            return Ok((id, stages));
        };
        let pipeline = view.option("pipeline").and_then(Value::as_array);
        let mut before = parse(pipeline.into_iter().flatten())?;
        before.append(&mut stages);
        stages = before;
        name = view
            .option("viewOn")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
    }
    Err(Refusal::new(
        code::VIEW_DEPTH_LIMIT_EXCEEDED,
        format!("View depth too deep or view cycle detected; maximum depth is {MAX_VIEWS}"),
    ))
}

/// The stages that a walk over the collection does by itself.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) filter: Filter,
    pub(super) order: Option<Order>,
    pub(super) skip: u64,
    pub(super) limit: Option<u64>,
    pub(super) id_only: bool,
}

pub(super) fn absorb(stages: Vec<Stage>) -> (Plan, Vec<Stage>) {
    let mut plan = Plan::default();
    let mut rest = stages.into_iter().peekable();
    while let Some(stage) = rest.peek() {
        let is_whole = plan.skip == 0 && plan.limit.is_none();
        match stage {
            Stage::Match(filter) if filter.is_empty() => {}
            Stage::Match(filter) if is_whole && (!plan.id_only || filter.is_about_id()) => {
                plan.filter = std::mem::take(&mut plan.filter).and(filter.clone());
            }
            Stage::Sort(order) if is_whole => plan.order = Some(*order),
            Stage::Skip(skip) if plan.limit.is_none() => plan.skip += skip,
            Stage::Limit(limit) => plan.limit = Some(plan.limit.map_or(*limit, |before| before.min(*limit))),
            Stage::ProjectId => plan.id_only = true,
            _ => break,
        }
        rest.next();
    }
    (plan, rest.collect())
}

/// What stages give of a collection that is not there.
pub(super) fn of_nothing(stages: &[Stage]) -> VecDeque<Vec<u8>> {
    // A view whose collection is gone, and a collection nobody made, are empty.
    let is_stats = matches!(stages.first(), Some(Stage::CollStats { count: true, .. }));
    if is_stats {
        [Builder::new().i32("count", 0).build()].into()
    } else {
        VecDeque::new()
    }
}
