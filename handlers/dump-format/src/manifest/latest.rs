use serde::{Deserialize, Serialize};

use super::read::versioned;
use super::{ManifestError, VERSION, render};
use crate::hash::Sha256Hex;
use crate::key::RunId;

/// `latest.json`: the newest complete dump. Written after its manifest has been read back, on condition that nobody else
/// wrote it meanwhile; it never goes back to an older run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latest {
    version: u32,
    /// The run.
    pub run: RunId,
    /// Of its `manifest.json` as it is stored.
    pub manifest_sha256: Sha256Hex,
}

impl Latest {
    /// A pointer to the run whose manifest is `manifest`, as it is stored.
    pub fn new(run: RunId, manifest: &[u8]) -> Self {
        Self {
            version: VERSION,
            run,
            manifest_sha256: Sha256Hex::of(manifest),
        }
    }

    /// The object's bytes: equal pointers give equal ones.
    pub fn render(&self) -> Vec<u8> {
        render(self)
    }

    /// # Errors
    /// [`ManifestError`] for an unknown version and for any other form.
    pub fn parse(json: &[u8]) -> Result<Self, ManifestError> {
        versioned(json, VERSION)
    }
}
