//! Which dump to restore.

use std::fmt;

use dump_format::Sha256Hex;
use dump_format::key::{Key, Object, RunId};
use dump_format::manifest::{Latest, Manifest, ManifestError, Outcome};
use serde::Serialize;

use super::{Dumps, SourceError};
use crate::event::DumpId;

/// A dump and its manifest.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) manifest: Manifest,
    /// Newer ones that could not be used.
    pub(crate) passed_over: Vec<PassedOver>,
    /// Objects of a named dump that are not there, by their keys below its folder.
    pub(crate) missing: Vec<String>,
}

impl Chosen {
    fn whole(manifest: Manifest, passed_over: Vec<PassedOver>) -> Self {
        let missing = Vec::new();
        Self {
            manifest,
            passed_over,
            missing,
        }
    }
}

/// A dump that `latest` did not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassedOver {
    /// Its id.
    pub run: RunId,
    /// Why.
    pub state: DumpState,
    /// Objects that are not there.
    pub missing: usize,
}

/// What a dump is other than complete and all there.
///
/// Its words are in the answers of the function and of `list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DumpState {
    /// Its manifest is there and some of its objects are not (yet).
    Replicating,
    /// It was never finished, or its manifest is not there yet.
    NoManifest,
    /// Something that was asked for is not in it.
    Incomplete,
    /// Nothing is in it.
    Empty,
    /// Its manifest cannot be used, or is not the one that `latest.json` names.
    Damaged,
}

impl fmt::Display for DumpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Replicating => "replicating",
            Self::NoManifest => "no_manifest",
            Self::Incomplete => "incomplete",
            Self::Empty => "empty",
            Self::Damaged => "damaged",
        })
    }
}

/// Why no dump was chosen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChooseError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(
        "there is no dump {run} below {folder}: list the folder, or take the newest: dump_id latest, --from without the run"
    )]
    NotFound { run: RunId, folder: String },
    #[error("the manifest of {run} cannot be used")]
    Manifest {
        run: RunId,
        #[source]
        source: ManifestError,
    },
    #[error("the manifest in the folder of {run} is that of {found}")]
    OtherRun { run: RunId, found: RunId },
    #[error("no complete dump is below {folder}{}", list(passed_over))]
    None {
        folder: String,
        passed_over: Vec<PassedOver>,
    },
}

fn list(passed_over: &[PassedOver]) -> String {
    let Some(first) = passed_over.first() else {
        return String::new();
    };
    format!(
        "; of {} that were looked at the newest, {}, is {}",
        passed_over.len(),
        first.run,
        first.state
    )
}

/// One dump, looked at.
pub(super) struct Look {
    /// Where it can be read, whatever its state.
    pub(super) manifest: Option<Manifest>,
    /// None: complete and all there.
    pub(super) state: Option<DumpState>,
    /// Objects that are not there.
    pub(super) missing: usize,
}

impl Dumps {
    /// The dump that is asked for. `latest`: the one that `latest.json` names, else the newest before it that is complete and
    /// all there.
    pub(crate) async fn choose(&self, id: DumpId) -> Result<Chosen, ChooseError> {
        match id {
            DumpId::Run(run) => self.named(run).await,
            DumpId::Latest => self.newest().await,
        }
    }

    async fn named(&self, run: RunId) -> Result<Chosen, ChooseError> {
        let Some(bytes) = self.object(&self.key(run, Object::Manifest)).await? else {
            let folder = self.location.folder();
            return Err(ChooseError::NotFound { run, folder });
        };
        let manifest = Manifest::parse(&bytes).map_err(|source| ChooseError::Manifest { run, source })?;
        if manifest.run() != run {
            let found = manifest.run();
            return Err(ChooseError::OtherRun { run, found });
        }
        // Who names a dump gets what there is of it: what lacks something is left out by itself.
        let missing = self.missing(&manifest).await?;
        Ok(Chosen {
            manifest,
            passed_over: Vec::new(),
            missing,
        })
    }

    async fn newest(&self) -> Result<Chosen, ChooseError> {
        let latest = self.pointer().await?;
        let mut passed_over = Vec::new();
        if let Some(latest) = &latest {
            let look = self.look(latest.run, Some(latest.manifest_sha256)).await?;
            if let Some(manifest) = taken(latest.run, look, &mut passed_over) {
                return Ok(Chosen::whole(manifest, passed_over));
            }
        }
        let mut walk = Walk::new(self.location.folder(), LEVELS);
        while let Some(run) = walk.next(self).await? {
            // A newer one than the pointer's is one that was not confirmed.
            if latest.as_ref().is_some_and(|latest| run >= latest.run) {
                continue;
            }
            if let Some(manifest) = taken(run, self.look(run, None).await?, &mut passed_over) {
                return Ok(Chosen::whole(manifest, passed_over));
            }
            if passed_over.len() >= self.limits.dumps_tried {
                break;
            }
        }
        Err(ChooseError::None {
            folder: self.location.folder(),
            passed_over,
        })
    }

    /// What a dump is. `sha256`: of the manifest that it must have.
    pub(super) async fn look(&self, run: RunId, sha256: Option<Sha256Hex>) -> Result<Look, SourceError> {
        let not = |state, missing| Look {
            manifest: None,
            state: Some(state),
            missing,
        };
        let Some(bytes) = self.object(&self.key(run, Object::Manifest)).await? else {
            return Ok(not(DumpState::NoManifest, 1));
        };
        if sha256.is_some_and(|sha256| sha256 != Sha256Hex::of(&bytes)) {
            return Ok(not(DumpState::Damaged, 0));
        }
        let manifest = match Manifest::parse(&bytes) {
            Ok(manifest) if manifest.run() == run => manifest,
            _ => return Ok(not(DumpState::Damaged, 0)),
        };
        let (state, missing) = match manifest.outcome() {
            Outcome::Incomplete => (Some(DumpState::Incomplete), 0),
            Outcome::Empty => (Some(DumpState::Empty), 0),
            Outcome::Complete => {
                let missing = self.missing(&manifest).await?.len();
                ((missing > 0).then_some(DumpState::Replicating), missing)
            }
        };
        Ok(Look {
            manifest: Some(manifest),
            state,
            missing,
        })
    }

    /// The run that `latest.json` names; none where it is not there or cannot be used.
    pub(super) async fn pointer(&self) -> Result<Option<Latest>, SourceError> {
        let latest = self.object(&self.location.render(&Key::Latest)).await?;
        Ok(latest.and_then(|bytes| {
            let latest = Latest::parse(&bytes);
            if let Err(error) = &latest {
                tracing::warn!(%error, "latest.json cannot be used: looking for the newest manifest");
            }
            latest.ok()
        }))
    }
}

/// The manifest of a dump that is complete and all there; any other is passed over.
fn taken(run: RunId, look: Look, passed_over: &mut Vec<PassedOver>) -> Option<Manifest> {
    let Some(state) = look.state else {
        return look.manifest;
    };
    let missing = look.missing;
    tracing::warn!(%run, ?state, missing, "dump passed over");
    passed_over.push(PassedOver { run, state, missing });
    None
}

/// All runs, the newest first: year, month, day and run are folders whose names sort by time.
pub(super) struct Walk {
    /// Folders that are open, the innermost last; of each the names that are left, in ascending order.
    open: Vec<(String, Vec<String>)>,
    root: Option<String>,
    levels: usize,
}

/// Year, month, day, run.
pub(super) const LEVELS: usize = 4;

impl Walk {
    /// From a folder with `levels` levels of folders below it.
    pub(super) fn new(root: String, levels: usize) -> Self {
        Self {
            open: Vec::new(),
            root: Some(root),
            levels,
        }
    }

    pub(super) async fn next(&mut self, dumps: &Dumps) -> Result<Option<RunId>, SourceError> {
        if let Some(root) = self.root.take() {
            self.enter(dumps, root).await?;
        }
        loop {
            let depth = self.open.len();
            let Some((folder, names)) = self.open.last_mut() else {
                return Ok(None);
            };
            let Some(name) = names.pop() else {
                self.open.pop();
                continue;
            };
            if depth < self.levels {
                let inner = format!("{folder}{name}/");
                self.enter(dumps, inner).await?;
            } else if let Ok(run) = RunId::parse(&name) {
                return Ok(Some(run));
            }
        }
    }

    async fn enter(&mut self, dumps: &Dumps, folder: String) -> Result<(), SourceError> {
        let mut names = dumps.folders(&folder).await?;
        names.retain(|name| name.starts_with(|c: char| c.is_ascii_digit()));
        names.sort_unstable();
        self.open.push((folder, names));
        Ok(())
    }
}
