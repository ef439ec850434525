//! How a plan is made.

use dump_format::Sha256Hex;
use dump_format::key::Object;
use dump_format::manifest::{Consistency, Described, Kind, Skipped};
use dump_format::names::{Ordinal, VersionId};
use futures::{StreamExt as _, TryStreamExt as _};
use job_kit::{Expect, JobError, Written};

use crate::catalog::{self, Entry};
use crate::error::DumpError;
use crate::plan::{Mode, Order, Plan, Planned, PlannedRange, Raw, VERSION, asked};
use crate::probing::{self, Settled};
use crate::run::Run;
use crate::sharding::Layout;
use crate::source::Source;
use crate::split;
use crate::window;

/// Collections that are described at a time.
const DESCRIBED_AT_ONCE: usize = 8;

/// Keys have five digits for a range.
const MOST_RANGES: usize = 100_000;

/// The run's plan, if it has one.
pub(crate) async fn load(run: &Run<'_>, mode: Mode) -> Result<Option<Plan>, DumpError> {
    let key = run.key(Object::Plan);
    let Some(stored) = run.store.get(&key).await? else {
        return Ok(None);
    };
    let plan = Plan::parse(&key, &stored.bytes)?;
    plan.check(&run.event.settings, mode)?;
    Ok(Some(plan))
}

/// The run's plan; it is made if it has none.
pub(crate) async fn load_or_make(run: &Run<'_>, source: &Source, mode: Mode) -> Result<Plan, DumpError> {
    if let Some(plan) = load(run, mode).await? {
        return Ok(plan);
    }
    let plan = make(run, source, mode).await?;
    let key = run.key(Object::Plan);
    match run.store.write_json(&key, &plan, Expect::Nothing).await? {
        Written::Done(_) => Ok(plan),
        // Another invocation of the same run was faster.
        Written::Conflict => load(run, mode)
            .await?
            .ok_or_else(|| JobError::Unreadable { key }.into()),
    }
}

async fn make(run: &Run<'_>, source: &Source, mode: Mode) -> Result<Plan, DumpError> {
    let settings = &run.event.settings;
    let started = run.settings.now();
    let server = source.server().await?;
    let Settled {
        consistency,
        entries,
        mut skipped,
    } = probing::settle(source, settings, &run.settings.limits).await?;
    if run.event.require_snapshot
        && let Consistency::PerRange { reason, code } = consistency
    {
        return Err(DumpError::NoSnapshot {
            namespace: None,
            reason,
            code,
        });
    }
    let (layout, unread) = &Layout::read(source, server.topology).await?;
    skipped.extend(unread.clone());

    let described = futures::stream::iter(&entries).map(|entry| describe(run, source, entry, layout));
    let described: Vec<_> = described.buffered(DESCRIBED_AT_ONCE).try_collect().await?;
    let mut sized = Vec::new();
    for (entry, described) in entries.iter().zip(described) {
        match described {
            Ok((meta, estimate)) => sized.push(Sized { entry, meta, estimate }),
            Err(left_out) => skipped.push(left_out),
        }
    }
    let mut plan = Plan {
        version: VERSION,
        run: run.id,
        mode,
        started,
        asked: asked(settings),
        kms_key_arn: settings.kms_key_arn.clone(),
        server,
        consistency,
        collections: Vec::new(),
        skipped,
    };
    let limit = match mode {
        Mode::Whole => MOST_RANGES,
        Mode::Ranges => MOST_RANGES.min(run.settings.limits.ranges),
    };
    let whole = sized.iter().filter_map(|it| it.estimate).map(|(_, bytes)| bytes).sum();
    let mut range_bytes = window::range_bytes(run, source, &plan, whole).await?;
    loop {
        plan.collections = ranges(source, &sized, mode, range_bytes).await?;
        let count = plan.ranges().count();
        if count <= limit {
            return Ok(plan);
        }
        // Every collection has one at least.
        if count <= sized.len() {
            return Err(DumpError::TooManyRanges { count, limit });
        }
        range_bytes = range_bytes.saturating_mul(2);
    }
}

/// Documents and their bytes.
type Estimate = Option<(u64, u64)>;

/// An entry with its description, which is written, and its size.
struct Sized<'a> {
    entry: &'a Entry,
    meta: Described,
    estimate: Estimate,
}

/// Writes the description and gives the size, or says why the collection is skipped.
async fn describe(
    run: &Run<'_>,
    source: &Source,
    entry: &Entry,
    layout: &Layout,
) -> Result<Result<(Described, Estimate), Skipped>, DumpError> {
    let mut meta = match catalog::describe(source, entry).await? {
        Ok(meta) => meta,
        Err(skipped) => return Ok(Err(skipped)),
    };
    meta.sharding = layout.of(entry.read());
    let key = run.key(Object::Meta(entry.namespace.clone()));
    let bytes = meta.render();
    let kept = run.store.put(&key, bytes.into()).await?;
    let described = Described {
        bytes: kept.bytes,
        sha256: Sha256Hex::from_bytes(*kept.sha256.as_bytes()),
        version_id: kept.version_id.and_then(|version| VersionId::parse(&version).ok()),
    };
    let estimate = match entry.order() {
        Order::ById => catalog::estimate(source, entry.read()).await?,
        Order::Natural => None,
    };
    Ok(Ok((described, estimate)))
}

async fn ranges(source: &Source, sized: &[Sized<'_>], mode: Mode, range_bytes: u64) -> Result<Vec<Planned>, DumpError> {
    let mut collections = Vec::new();
    let mut next = 0;
    for Sized { entry, meta, estimate } in sized {
        let order = entry.order();
        let bytes = estimate.map_or(0, |(_, bytes)| bytes);
        let can_split = mode == Mode::Ranges && order == Order::ById && !entry.is_clustered;
        let boundaries = if can_split && bytes > range_bytes {
            split::boundaries(source, entry.read(), bytes.div_ceil(range_bytes)).await?
        } else {
            Vec::new()
        };
        let mut ranges = Vec::new();
        if entry.kind != Kind::View {
            let bounds = boundaries.into_iter().map(|id| Some(Raw(id)));
            let mut from = None;
            for to in bounds.chain([None]) {
                let range = u32::try_from(next).ok().and_then(|number| Ordinal::new(number).ok());
                let range = range.ok_or(DumpError::TooManyRanges {
                    count: next + 1,
                    limit: MOST_RANGES,
                })?;
                let next_from = to.clone();
                ranges.push(PlannedRange { range, from, to });
                from = next_from;
                next += 1;
            }
        }
        collections.push(Planned {
            namespace: entry.namespace.clone(),
            kind: entry.kind,
            uuid: entry.uuid.clone().map(Raw),
            buckets: entry.buckets.clone(),
            meta: Some(meta.clone()),
            order,
            document_bytes: estimate.and_then(|(documents, bytes)| bytes.checked_div(documents)),
            ranges,
        });
    }
    Ok(collections)
}
