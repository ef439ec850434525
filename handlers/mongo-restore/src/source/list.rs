//! All dumps of a cluster, to choose one from.

use dump_format::key::RunId;
use futures::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use super::choose::{LEVELS, Look, Walk};
use super::{DumpState, Dumps, SourceError};

/// Dumps looked at side by side.
const LOOKS_AT_ONCE: usize = 4;

/// Dumps, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listing {
    /// Those that were looked at.
    pub dumps: Vec<Listed>,
    /// Older ones are there that were not.
    pub more: bool,
}

/// One dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its id.
    pub run: RunId,
    /// `s3://<bucket>/<its folder>`: what `--from` takes.
    pub from: String,
    /// What it is, if not complete and all there.
    #[serde(rename = "status", serialize_with = "status")]
    pub state: Option<DumpState>,
    /// Objects that are not there.
    pub missing: usize,
    /// The one that `latest.json` names.
    pub latest: bool,
    /// As of when its documents are, in seconds since 1970; without a manifest, when it was to begin.
    pub consistent_at: i64,
    /// Of its documents; none without a manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documents: Option<u64>,
    /// Of the documents as BSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Of its parts as they are stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored_bytes: Option<u64>,
}

#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn status<S: serde::Serializer>(state: &Option<DumpState>, serializer: S) -> Result<S::Ok, S::Error> {
    match state {
        None => serializer.serialize_str("complete"),
        Some(state) => state.serialize(serializer),
    }
}

impl Dumps {
    /// At most `most` dumps below a folder of the cluster's: `""`, or `2026/`, `2026/05/`, `2026/05/06/`.
    pub(crate) async fn list(&self, below: &str, most: usize) -> Result<Listing, SourceError> {
        let latest = self.pointer().await?;
        let levels = LEVELS.saturating_sub(below.matches('/').count());
        let mut walk = Walk::new(self.location.folder() + below, levels);
        let mut runs = Vec::new();
        let mut more = false;
        while let Some(run) = walk.next(self).await? {
            if runs.len() == most {
                more = true;
                break;
            }
            runs.push(run);
        }
        let looks = futures::stream::iter(runs).map(|run| {
            let pointer = latest.as_ref().filter(|latest| latest.run == run);
            let sha256 = pointer.map(|latest| latest.manifest_sha256);
            async move { Ok(self.listed(run, sha256.is_some(), self.look(run, sha256).await?)) }
        });
        let dumps = looks.buffered(LOOKS_AT_ONCE).try_collect().await?;
        Ok(Listing { dumps, more })
    }

    fn listed(&self, run: RunId, latest: bool, look: Look) -> Listed {
        let folder = self.location.run_folder(run);
        let manifest = look.manifest.as_ref();
        let totals = manifest.map(|manifest| manifest.totals());
        Listed {
            run,
            from: format!("s3://{}/{}", self.bucket, folder.trim_end_matches('/')),
            state: look.state,
            missing: look.missing,
            latest,
            consistent_at: manifest.map_or(run.scheduled_time().unix(), super::consistent_at),
            documents: totals.map(|totals| totals.documents),
            bytes: totals.map(|totals| totals.bytes_bson),
            stored_bytes: totals.map(|totals| totals.bytes),
        }
    }
}
