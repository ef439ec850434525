//! One dump, judged from its manifest and the existing objects.

use std::collections::HashMap;

use dump_format::key::{Key, Location, Object, RunId};
use dump_format::manifest::{Consistency, Manifest, ManifestError, Outcome};
use dump_format::names::BucketName;
use dump_format::{Sha256Hex, UtcSeconds};
use provider_kit::Num;
use tf_provider::value::Value;

use super::schema::Entry;
use crate::connection::chain::chain;

/// What a dump is worth at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Complete,
    Incomplete,
    Empty,
    /// Number of the manifest's objects that do not exist, or have another size.
    Replicating {
        missing: usize,
    },
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Empty => "empty",
            Self::Replicating { .. } => "replicating",
        }
    }
}

/// Why a manifest says nothing about its dump.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    #[error("{0}")]
    Withheld(String),
    #[error("{}", chain(.0))]
    Manifest(ManifestError),
    #[error("it belongs to run {run} of cluster {cluster:?}")]
    Foreign { run: RunId, cluster: String },
}

/// A manifest that was read, without the lists that make it long.
pub(super) struct Dump {
    pub(super) run: RunId,
    pub(super) status: Status,
    started: UtcSeconds,
    finished: UtcSeconds,
    consistency: Consistency,
    documents: u64,
    bytes: u64,
    tool: String,
    pub(super) manifest_sha256: Sha256Hex,
}

/// The manifest of this run at this place, from the bytes of the object.
pub(super) fn manifest(bytes: &[u8], location: &Location, run: RunId) -> Result<Manifest, Unusable> {
    let manifest = Manifest::parse(bytes).map_err(Unusable::Manifest)?;
    let cluster = manifest.header().cluster;
    if manifest.run() == run && cluster == location.cluster {
        return Ok(manifest);
    }
    Err(Unusable::Foreign {
        run: manifest.run(),
        cluster: cluster.to_string(),
    })
}

impl Dump {
    /// `sizes` are those of the objects in the run's folder, by their keys below it.
    pub(super) fn judge(manifest: &Manifest, bytes: &[u8], sizes: &HashMap<String, u64>) -> Self {
        let missing = manifest.missing(|key| sizes.get(key).copied()).len();
        let status = match manifest.outcome() {
            _ if missing > 0 => Status::Replicating { missing },
            Outcome::Complete => Status::Complete,
            Outcome::Incomplete => Status::Incomplete,
            Outcome::Empty => Status::Empty,
        };
        let header = manifest.header();
        let totals = manifest.totals();
        Self {
            run: header.run,
            status,
            started: header.started,
            finished: header.finished,
            consistency: header.consistency,
            documents: totals.documents,
            bytes: totals.bytes,
            tool: header.tool,
            manifest_sha256: Sha256Hex::of(bytes),
        }
    }

    /// As of when the documents are, by the cluster's clock.
    fn cluster_time(&self) -> Option<UtcSeconds> {
        match self.consistency {
            Consistency::Snapshot { cluster_time } => UtcSeconds::from_unix(cluster_time.t.into()).ok(),
            Consistency::PerRange { .. } => None,
        }
    }

    /// Seconds since the time that the documents show. A clock that is behind the cluster's makes no negative age.
    pub(super) fn age(&self, now: i64) -> i64 {
        let shows = self.cluster_time().unwrap_or(self.started);
        (now - shows.unix()).max(0)
    }

    pub(super) fn entry(&self, bucket: &BucketName, location: &Location) -> Entry {
        let folder = location.run_folder(self.run);
        Entry {
            run_id: self.run.to_string(),
            status: self.status.name().to_owned(),
            started: self.started.to_string(),
            finished: self.finished.to_string(),
            scheduled_time: self.run.scheduled_time().to_string(),
            documents: number(self.documents),
            bytes: number(self.bytes),
            consistency: match self.consistency {
                Consistency::Snapshot { .. } => "snapshot",
                Consistency::PerRange { .. } => "per_range",
            }
            .to_owned(),
            cluster_time: self.cluster_time().map(|time| time.to_string()).into(),
            manifest_key: location.render(&Key::Run(self.run, Object::Manifest)),
            uri: format!("s3://{bucket}/{}", folder.trim_end_matches('/')),
            missing_objects: match self.status {
                Status::Replicating { missing } => Value::Value(number(missing as u64)),
                _ => Value::Null,
            },
            tool: self.tool.clone(),
        }
    }
}

/// No dump has 2^63 bytes; a manifest that claims it must not bring its reader down.
fn number(count: u64) -> Num {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}
