//! Which dumps there are, and what `latest.json` says of them.

use dump_format::key::{Key, Location, Object, RunId};
use dump_format::manifest::Latest;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::dump::{self, Dump, Status, Unusable};
use super::remote::{self, Bucket, ReadError};
use super::walk::Walk;
use crate::connection::chain::chain;

/// Calls at the same time. Our choice: a hundred dumps take about a second, and the account's other users notice nothing.
const PARALLEL: usize = 8;

/// What a look at a bucket found.
pub(super) struct Findings {
    /// Newest first, as many as were asked for.
    pub(super) dumps: Vec<Dump>,
    /// The dump that `latest.json` names, where it is not among them.
    pub(super) beyond: Option<Dump>,
    /// Manifests that say nothing: their keys, and why.
    pub(super) unusable: Vec<(String, Unusable)>,
    pub(super) pointer: Pointer,
}

/// What is to be said about `latest.json`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pointer {
    /// Nothing: it is not there, or it is right.
    Unremarkable,
    Unusable(String),
    /// It names a run without a manifest.
    ToNothing(RunId),
    /// The manifest it names has another hash.
    ToAnotherManifest(RunId),
}

/// A run that has a manifest.
enum Seen {
    Dump(Dump),
    Unusable(RunId, Unusable),
}

impl Findings {
    /// The newest complete dump.
    pub(super) fn latest(&self) -> Option<&Dump> {
        let all = self.dumps.iter().chain(&self.beyond);
        all.filter(|dump| dump.status == Status::Complete)
            .max_by_key(|dump| dump.run)
    }

    /// Dumps newer than the latest complete one that only wait for objects, and for how many.
    pub(super) fn awaited(&self) -> Vec<(RunId, usize)> {
        let latest = self.latest().map(|dump| dump.run);
        let newer = self.dumps.iter().filter(|dump| Some(dump.run) > latest);
        newer
            .filter_map(|dump| match dump.status {
                Status::Replicating { missing } => Some((dump.run, missing)),
                _ => None,
            })
            .collect()
    }
}

/// Looks at the newest `limit` dumps.
pub(super) async fn search(bucket: &Bucket, location: &Location, limit: usize) -> Result<Findings, ReadError> {
    // Before the dumps: a pointer that is read first names nothing that a look afterwards could miss.
    let pointer = pointer(bucket, location).await?;
    let mut seen = newest(bucket, location, limit).await?;

    let named = pointer.as_ref().and_then(|pointer| pointer.as_ref().ok());
    let mut beyond = None;
    if let Some(latest) = named
        && !seen.iter().any(|seen| seen.run() == latest.run)
    {
        match look(bucket, location, latest.run).await? {
            Some(Seen::Dump(dump)) => beyond = Some(dump),
            Some(unusable) => seen.push(unusable),
            None => {}
        }
    }

    let mut findings = Findings {
        dumps: Vec::new(),
        beyond,
        unusable: Vec::new(),
        pointer: Pointer::Unremarkable,
    };
    for seen in seen {
        match seen {
            Seen::Dump(dump) => findings.dumps.push(dump),
            Seen::Unusable(run, cause) => findings.unusable.push((manifest_key(location, run), cause)),
        }
    }
    findings.pointer = match pointer {
        None => Pointer::Unremarkable,
        Some(Err(reason)) => Pointer::Unusable(reason),
        Some(Ok(latest)) => check(&latest, &findings, location),
    };
    Ok(findings)
}

fn check(latest: &Latest, findings: &Findings, location: &Location) -> Pointer {
    let key = manifest_key(location, latest.run);
    let mut dumps = findings.dumps.iter().chain(&findings.beyond);
    match dumps.find(|dump| dump.run == latest.run) {
        Some(dump) if dump.manifest_sha256 == latest.manifest_sha256 => Pointer::Unremarkable,
        Some(_) => Pointer::ToAnotherManifest(latest.run),
        // It is a warning of its own.
        None if findings.unusable.iter().any(|(unusable, _)| *unusable == key) => Pointer::Unremarkable,
        None => Pointer::ToNothing(latest.run),
    }
}

/// `None` where there is no pointer; the inner error says why one cannot be used.
async fn pointer(bucket: &Bucket, location: &Location) -> Result<Option<Result<Latest, String>>, ReadError> {
    Ok(match bucket.object(&location.render(&Key::Latest)).await? {
        remote::Object::Absent => None,
        remote::Object::Withheld(reason) => Some(Err(reason)),
        remote::Object::Bytes(bytes) => Some(Latest::parse(&bytes).map_err(|error| chain(&error))),
    })
}

/// The newest runs that have a manifest. Days are entered one, two, four at a time, so that a small limit costs few calls and a
/// large one little time.
async fn newest(bucket: &Bucket, location: &Location, limit: usize) -> Result<Vec<Seen>, ReadError> {
    let mut walk = Walk::start(bucket, location).await?;
    let mut seen = Vec::new();
    let mut width = 1;
    loop {
        let days = walk.next_days(width).await?;
        if days.is_empty() {
            return Ok(seen);
        }
        let runs = stream::iter(days).map(|day| walk.runs(day)).buffered(PARALLEL);
        let mut runs = runs.try_concat().await?.into_iter();
        while runs.len() > 0 {
            let batch: Vec<_> = runs.by_ref().take(limit - seen.len()).collect();
            let looks = stream::iter(batch).map(|run| look(bucket, location, run));
            let found: Vec<_> = looks.buffered(PARALLEL).try_collect().await?;
            seen.extend(found.into_iter().flatten());
            if seen.len() == limit {
                return Ok(seen);
            }
        }
        width = (width * 2).min(PARALLEL);
    }
}

/// `None` for a run without a manifest, which is not there yet or never will be.
async fn look(bucket: &Bucket, location: &Location, run: RunId) -> Result<Option<Seen>, ReadError> {
    let bytes = match bucket.object(&manifest_key(location, run)).await? {
        remote::Object::Bytes(bytes) => bytes,
        remote::Object::Absent => return Ok(None),
        remote::Object::Withheld(reason) => return Ok(Some(Seen::Unusable(run, Unusable::Withheld(reason)))),
    };
    let manifest = match dump::manifest(&bytes, location, run) {
        Ok(manifest) => manifest,
        Err(cause) => return Ok(Some(Seen::Unusable(run, cause))),
    };
    // After the manifest: what arrives in between is there.
    let sizes = bucket.sizes(&location.run_folder(run)).await?;
    Ok(Some(Seen::Dump(Dump::judge(&manifest, &bytes, &sizes))))
}

fn manifest_key(location: &Location, run: RunId) -> String {
    location.render(&Key::Run(run, Object::Manifest))
}

impl Seen {
    fn run(&self) -> RunId {
        match self {
            Self::Dump(dump) => dump.run,
            Self::Unusable(run, _) => *run,
        }
    }
}
