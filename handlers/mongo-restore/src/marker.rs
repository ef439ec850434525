//! How far a restore has come, in one document in the target itself: whoever repeats the command after a kill, and the next
//! invocation of a function, go on from there. It is gone when the restore has ended.

use std::time::{SystemTime, UNIX_EPOCH};

use dump_format::key::RunId;
use dump_format::names::Namespace;
use dump_format::{ContentHash, Sha256Hex};
use serde::{Deserialize, Serialize};

use crate::event::{Event, Mode};
use crate::failure::RestoreError;
use crate::target::{Deployment, Inserted, Raw, field};

/// The database of the markers. It is never restored from a dump.
pub(crate) const DATABASE: &str = "lectern_restore";
const COLLECTION: &str = "runs";
const STATE: &str = "state";

/// How far one collection or view has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// Nothing or something of it is there.
    #[default]
    Begun,
    /// All documents, or the view itself, are there.
    Loaded,
    /// So are the indexes.
    Indexed,
    /// It has been compared.
    Compared,
    /// So is what deletes documents.
    Finished,
}

/// Progress of one collection or view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ItemProgress {
    pub(crate) stage: Stage,
    /// Parts that are wholly there.
    pub(crate) parts: usize,
    /// The next one may be there in part. Only noted where that cannot be found out by `_id`.
    pub(crate) is_open: bool,
    /// It had documents before: they stay.
    pub(crate) had_documents: bool,
    /// A part was read damaged to the end, so that documents of it may be there as nobody dumped them.
    #[serde(default)]
    pub(crate) was_damaged: bool,
    /// Indexes that could not be built: name and the server's code.
    pub(crate) failed: Vec<(String, i32)>,
    /// What was found where it is not what was dumped.
    pub(crate) differs: Option<Differs>,
}

/// What is in the target in the place of what was dumped; nothing: it is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Differs {
    pub(crate) documents: Option<u64>,
    pub(crate) content_hash: Option<ContentHash>,
}

/// One restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Marker {
    version: u32,
    id: String,
    pub(crate) mode: Mode,
    /// `s3://<bucket>/<prefix>/<cluster>/`.
    pub(crate) source: String,
    pub(crate) run: RunId,
    pub(crate) hop: u32,
    /// Milliseconds since 1970.
    pub(crate) started_ms: u64,
    /// When it was written, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) noted_ms: u64,
    /// The target's names of what is restored.
    #[serde(default)]
    pub(crate) namespaces: Vec<String>,
    /// In the order of the plan, which is the same for the same command and dump.
    pub(crate) items: Vec<ItemProgress>,
    pub(crate) inserted: u64,
    pub(crate) present: u64,
    pub(crate) replaced: u64,
    /// Databases that a drill makes.
    pub(crate) databases: Vec<String>,
}

const VERSION: u32 = 1;
const STALE_MS: u64 = 24 * 3_600_000;

fn milliseconds() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}

/// Tells commands apart: the same one again has the same.
fn id(event: &Event) -> String {
    Sha256Hex::of(event.command().render().as_bytes()).to_string()
}

fn namespace() -> Result<Namespace, RestoreError> {
    Namespace::new(DATABASE, COLLECTION).map_err(|_| RestoreError::Bug("the marker's namespace"))
}

fn source(event: &Event) -> String {
    format!("s3://{}/{}", event.source.bucket, event.source.location().folder())
}

fn read(document: &[u8]) -> Option<Marker> {
    let state = field(document, STATE)?.as_str()?;
    serde_json::from_str(state)
        .ok()
        .filter(|marker: &Marker| marker.version == VERSION)
}

impl Marker {
    pub(crate) fn new(event: &Event, run: RunId, started_ms: u64) -> Self {
        Self {
            version: VERSION,
            id: id(event),
            mode: event.mode,
            source: source(event),
            run,
            hop: 0,
            started_ms,
            noted_ms: 0,
            namespaces: Vec::new(),
            items: Vec::new(),
            inserted: 0,
            present: 0,
            replaced: 0,
            databases: Vec::new(),
        }
    }

    /// The one that the same command left.
    pub(crate) async fn find(deployment: &Deployment, event: &Event) -> Result<Option<Self>, RestoreError> {
        let document = deployment.own_document(&namespace()?, &id(event)).await?;
        Ok(document.and_then(|document| read(&document)))
    }

    /// Removes what other commands noted of the same namespaces: what they had begun is no longer what is there, and to go on
    /// with it would write an older dump into it.
    pub(crate) async fn supersede_others(&self, deployment: &Deployment) -> Result<(), RestoreError> {
        let namespace = namespace()?;
        let all = deployment.own_documents(&namespace).await?;
        for other in all.iter().filter_map(|document| read(document)) {
            let overlaps = || other.namespaces.iter().any(|name| self.namespaces.contains(name));
            if other.id != self.id && other.mode == Mode::Restore && overlaps() {
                tracing::info!(run = %other.run, "forgetting another command's restore of the same namespaces");
                deployment.delete_own(&namespace, &other.id).await?;
            }
        }
        Ok(())
    }

    /// Whether it is so old that the target may have become something else since. Our choice: who repeats a command that was cut
    /// off does so within a day.
    pub(crate) fn is_stale(&self) -> bool {
        milliseconds().saturating_sub(self.noted_ms) > STALE_MS
    }

    /// Takes back what was found where a command is given anew: somebody may have changed the target since.
    pub(crate) fn doubt_comparisons(&mut self) {
        for progress in self
            .items
            .iter_mut()
            .filter(|progress| progress.stage >= Stage::Compared)
        {
            progress.stage = Stage::Indexed;
            progress.differs = None;
        }
    }

    /// Those that drills of the same cluster's dumps left.
    pub(crate) async fn of_drills(deployment: &Deployment, event: &Event) -> Result<Vec<Self>, RestoreError> {
        let source = source(event);
        let all = deployment.own_documents(&namespace()?).await?;
        let all = all.iter().filter_map(|document| read(document));
        Ok(all
            .filter(|marker| marker.mode == Mode::Drill && marker.source == source)
            .collect())
    }

    pub(crate) fn add(&mut self, inserted: Inserted) {
        self.inserted += inserted.inserted;
        self.present += inserted.present;
        self.replaced += inserted.replaced;
    }

    /// Writes it, acknowledged by a majority: so all that was written before is too.
    pub(crate) async fn save(&self, deployment: &Deployment) -> Result<(), RestoreError> {
        let note = Self {
            noted_ms: milliseconds(),
            ..self.clone()
        };
        // Nothing in it can fail to be JSON.
        let state = serde_json::to_string(&note).unwrap_or_default();
        let about = format!(
            "{} of dump {}: mongo-restore's own note, gone when it has ended",
            self.mode, self.run
        );
        let document = Raw::new().str("_id", &self.id).str("about", &about).str(STATE, &state);
        deployment.put_own(&namespace()?, &self.id, &document.build()).await?;
        Ok(())
    }

    /// Removes it, and the database with the last one.
    pub(crate) async fn remove(&self, deployment: &Deployment) -> Result<(), RestoreError> {
        let namespace = namespace()?;
        deployment.delete_own(&namespace, &self.id).await?;
        if deployment.own_documents(&namespace).await?.is_empty() {
            deployment.drop_database(DATABASE).await?;
        }
        Ok(())
    }
}
