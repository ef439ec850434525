//! The manifest, last, and the pointer to it.

use std::collections::{BTreeMap, BTreeSet};

use dump_format::key::{Key, Object};
use dump_format::manifest::{
    Collection, Consistency, Header, Latest, Manifest, NoSnapshot, Outcome, Range, SkipReason, Skipped, Twins,
};
use dump_format::names::Ordinal;
use dump_format::payload::ReadConcern;
use job_kit::JobError;

use crate::answer::Report;
use crate::catalog;
use crate::error::DumpError;
use crate::plan::Plan;
use crate::run::Run;
use crate::source::Source;
use crate::state::{Downgrade, RangeState};

/// What a dump's manifest calls the tool that wrote it.
const TOOL: &str = concat!("mongo-dump ", env!("CARGO_PKG_VERSION"));

/// The run's manifest, if it has one.
pub(crate) async fn existing(run: &Run<'_>) -> Result<Option<(Manifest, Vec<u8>)>, DumpError> {
    let key = run.key(Object::Manifest);
    let Some(stored) = run.store.get(&key).await? else {
        return Ok(None);
    };
    let manifest = Manifest::parse(&stored.bytes).map_err(|error| JobError::Foreign {
        key: key.clone(),
        reason: error.to_string(),
    })?;
    if manifest.run() != run.id {
        let reason = "its manifest is another run's";
        return Err(DumpError::Contradiction { run: run.id, reason });
    }
    Ok(Some((manifest, stored.bytes.to_vec())))
}

/// Writes the manifest of ranges that are all done, and reads it back.
pub(crate) async fn write(
    run: &Run<'_>,
    source: &Source,
    plan: &Plan,
    ranges: &BTreeMap<Ordinal, RangeState>,
) -> Result<(Manifest, Vec<u8>), DumpError> {
    let is_done = |range: &Ordinal| ranges.get(range).is_some_and(|state| state.finished.is_some());
    let missing: Vec<_> = plan
        .ranges()
        .map(|(_, range)| range.range)
        .filter(|it| !is_done(it))
        .collect();
    if let Some(&first) = missing.first() {
        let count = missing.len();
        return Err(DumpError::RangesMissing { count, first });
    }
    let created = created(run, source, plan).await?;
    let manifest = build(run, plan, ranges, created)?;
    let bytes = manifest.render();
    let key = run.key(Object::Manifest);
    job_kit::commit::once(&run.store, &key, &bytes).await?;
    Ok((manifest, bytes))
}

/// Collections that exist now and did not when the run was planned.
async fn created(run: &Run<'_>, source: &Source, plan: &Plan) -> Result<Vec<Skipped>, DumpError> {
    let planned = plan.collections.iter().map(|planned| &planned.namespace);
    let known: BTreeSet<_> = planned.chain(plan.skipped.iter().map(|it| &it.namespace)).collect();
    let now = catalog::list(source, &run.event.settings).await?;
    let new = now
        .entries
        .into_iter()
        .filter(|entry| !known.contains(&entry.namespace));
    let skipped = new.map(|entry| Skipped {
        namespace: entry.namespace,
        reason: SkipReason::Created,
        code: None,
    });
    Ok(skipped.collect())
}

fn build(
    run: &Run<'_>,
    plan: &Plan,
    ranges: &BTreeMap<Ordinal, RangeState>,
    created: Vec<Skipped>,
) -> Result<Manifest, DumpError> {
    let mut skipped = plan.skipped.clone();
    skipped.extend(created);
    let mut collections = Vec::new();
    let mut downgrades = Vec::new();
    let is_snapshot = matches!(plan.consistency, Consistency::Snapshot { .. });
    let mut finished = run.settings.now().max(plan.started);
    for planned in &plan.collections {
        let of_range = |range: &crate::plan::PlannedRange| Some((range.range, ranges.get(&range.range)?));
        let states: Vec<_> = planned.ranges.iter().filter_map(of_range).collect();
        if let Some(left) = states.iter().find_map(|(_, state)| state.left) {
            skipped.push(Skipped {
                namespace: planned.namespace.clone(),
                reason: left.reason,
                code: left.code,
            });
            continue;
        }
        let mut escaped = BTreeMap::new();
        let mut listed = Vec::new();
        let mut twins: Option<Twins> = None;
        for (range, state) in states {
            if let Some(more) = state.twins.clone() {
                match &mut twins {
                    Some(twins) => twins.merge(more),
                    None => twins = Some(more),
                }
            }
            downgrades.extend(state.downgrade);
            for (reason, count) in &state.escaped {
                *escaped.entry(*reason).or_default() += count;
            }
            let ended = state.finished.unwrap_or(state.started).max(state.started);
            finished = finished.max(ended);
            listed.push(Range {
                range,
                read_concern: if is_snapshot && state.downgrade.is_none() {
                    ReadConcern::Snapshot
                } else {
                    ReadConcern::Majority
                },
                started: state.started,
                finished: ended,
                parts: state.parts.clone(),
            });
        }
        let mut collection = Collection::new(planned.namespace.clone(), planned.kind, escaped, listed);
        collection.meta.clone_from(&planned.meta);
        collection.buckets = planned.buckets.is_some();
        collection.twins = twins;
        collections.push(collection);
    }
    let header = Header {
        tool: TOOL.to_owned(),
        run: run.id,
        schedule_arn: run.event.trigger.schedule_arn.clone(),
        cluster: run.event.settings.cluster.clone(),
        started: plan.started,
        finished,
        asked: plan.asked.clone(),
        server: plan.server.clone(),
        consistency: consistency(plan.consistency, &downgrades),
        kms_key_arn: plan.kms_key_arn.clone(),
    };
    Manifest::new(header, collections, skipped).map_err(|_| DumpError::Contradiction {
        run: run.id,
        reason: "its parts do not belong together",
    })
}

/// The plan's, unless a range could not keep to it; a kind of collection that has no snapshots says least about the rest.
fn consistency(aimed: Consistency, downgrades: &[Downgrade]) -> Consistency {
    let rank = |downgrade: &&Downgrade| downgrade.reason == NoSnapshot::CollectionKind;
    match downgrades.iter().min_by_key(rank) {
        Some(downgrade) if matches!(aimed, Consistency::Snapshot { .. }) => Consistency::PerRange {
            reason: downgrade.reason,
            code: downgrade.code,
        },
        _ => aimed,
    }
}

/// What a manifest means for its run: the report of a complete dump, whose pointer is moved, or the failure it stands for.
/// Beside the report: whether the pointer was moved here.
pub(crate) async fn conclude(run: &Run<'_>, manifest: &Manifest, bytes: &[u8]) -> Result<(Report, bool), DumpError> {
    match manifest.outcome() {
        Outcome::Complete => {
            let is_moved = point(run, bytes).await?;
            Ok((Report::of(manifest, run.key(Object::Manifest)), is_moved))
        }
        Outcome::Empty => Err(DumpError::Empty { run: run.id }),
        Outcome::Incomplete => {
            let gaps: Vec<_> = manifest
                .skipped()
                .iter()
                .filter(|skipped| skipped.reason.is_a_gap())
                .collect();
            let first = gaps.first().map(|skipped| skipped.namespace.to_string());
            Err(DumpError::Incomplete {
                run: run.id,
                gaps: gaps.len(),
                first: first.unwrap_or_default(),
            })
        }
    }
}

/// Moves `latest.json` forwards to this run; false: it was there, or at a newer one.
async fn point(run: &Run<'_>, manifest: &[u8]) -> Result<bool, JobError> {
    let key = run.location.render(&Key::Latest);
    let wanted = Latest::new(run.id, manifest).render();
    let is_newer = |there: &[u8]| match Latest::parse(there) {
        Ok(latest) => Ok(latest.run > run.id),
        Err(error) => Err(error.to_string()),
    };
    job_kit::commit::advance(&run.store, &key, &wanted, is_newer).await
}
