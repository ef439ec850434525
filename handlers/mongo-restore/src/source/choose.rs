//! Which dump to restore.

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
    #[error(
        "of dump {run}, {missing} objects are not there, {first} among them: wait for replication, or take the newest that is whole: dump_id latest, --from without the run"
    )]
    NotAllThere { run: RunId, missing: usize, first: String },
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
    let state = serde_json::to_value(first.state).unwrap_or_default();
    let state = state.as_str().unwrap_or_default();
    format!(
        "; of {} that were looked at the newest, {}, is {state}",
        passed_over.len(),
        first.run
    )
}

enum Look {
    Good(Box<Manifest>),
    Not(PassedOver),
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
        let sizes = self.sizes(run).await?;
        let missing = manifest.missing(|key| sizes.get(key).copied());
        if let Some(first) = missing.first() {
            return Err(ChooseError::NotAllThere {
                run,
                missing: missing.len(),
                first: first.clone(),
            });
        }
        Ok(Chosen {
            manifest,
            passed_over: Vec::new(),
        })
    }

    async fn newest(&self) -> Result<Chosen, ChooseError> {
        let latest = self.object(&self.location.render(&Key::Latest)).await?;
        let latest = latest.and_then(|bytes| {
            let latest = Latest::parse(&bytes);
            if let Err(error) = &latest {
                tracing::warn!(%error, "latest.json cannot be used: looking for the newest manifest");
            }
            latest.ok()
        });
        let mut passed_over = Vec::new();
        if let Some(latest) = &latest {
            match self.look(latest.run, Some(latest.manifest_sha256)).await? {
                Look::Good(manifest) => {
                    let manifest = *manifest;
                    return Ok(Chosen { manifest, passed_over });
                }
                Look::Not(dump) => pass_over(&mut passed_over, dump),
            }
        }
        let mut walk = Walk::new(self.location.folder());
        while let Some(run) = walk.next(self).await? {
            // A newer one than the pointer's is one that was not confirmed.
            if latest.as_ref().is_some_and(|latest| run >= latest.run) {
                continue;
            }
            match self.look(run, None).await? {
                Look::Good(manifest) => {
                    let manifest = *manifest;
                    return Ok(Chosen { manifest, passed_over });
                }
                Look::Not(dump) => pass_over(&mut passed_over, dump),
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

    async fn look(&self, run: RunId, sha256: Option<Sha256Hex>) -> Result<Look, ChooseError> {
        let not = |state, missing| Ok(Look::Not(PassedOver { run, state, missing }));
        let Some(bytes) = self.object(&self.key(run, Object::Manifest)).await? else {
            return not(DumpState::NoManifest, 1);
        };
        if sha256.is_some_and(|sha256| sha256 != Sha256Hex::of(&bytes)) {
            return not(DumpState::Damaged, 0);
        }
        let manifest = match Manifest::parse(&bytes) {
            Ok(manifest) if manifest.run() == run => manifest,
            _ => return not(DumpState::Damaged, 0),
        };
        match manifest.outcome() {
            Outcome::Complete => {}
            Outcome::Incomplete => return not(DumpState::Incomplete, 0),
            Outcome::Empty => return not(DumpState::Empty, 0),
        }
        let sizes = self.sizes(run).await?;
        let missing = manifest.missing(|key| sizes.get(key).copied()).len();
        if missing > 0 {
            return not(DumpState::Replicating, missing);
        }
        Ok(Look::Good(Box::new(manifest)))
    }
}

fn pass_over(passed_over: &mut Vec<PassedOver>, dump: PassedOver) {
    tracing::warn!(run = %dump.run, state = ?dump.state, missing = dump.missing, "dump passed over");
    passed_over.push(dump);
}

/// All runs, the newest first: year, month, day and run are folders whose names sort by time.
struct Walk {
    /// Folders that are open, the innermost last; of each the names that are left, in ascending order.
    open: Vec<(String, Vec<String>)>,
    root: Option<String>,
}

/// Year, month, day, run.
const LEVELS: usize = 4;

impl Walk {
    fn new(root: String) -> Self {
        Self {
            open: Vec::new(),
            root: Some(root),
        }
    }

    async fn next(&mut self, dumps: &Dumps) -> Result<Option<RunId>, SourceError> {
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
            if depth < LEVELS {
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
