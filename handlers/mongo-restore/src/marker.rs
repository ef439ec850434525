//! How far a restore has come, kept in the target itself. A command that is repeated after a kill, and the next invocation of a
//! function, resume from there. Every command has a collection of its own with one document for the whole and one for each
//! namespace that it has begun. The collection is deleted when the restore has ended.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use dump_format::key::RunId;
use dump_format::names::Namespace;
use dump_format::{ContentHash, Sha256Hex};
use serde::{Deserialize, Serialize};

use crate::answer::{Reason, Unsharded};
use crate::event::{DumpId, Event, Mode};
use crate::failure::RestoreError;
use crate::lease::{self, Holder};
use crate::target::{Deployment, Inserted, LeftOut, Raw, field};

/// The database of the markers. It is never restored from a dump.
pub(crate) const DATABASE: &str = "lectern_restore";
const STATE: &str = "state";
/// `_id` of the document for the whole. Others are names of namespaces, with a dot in them.
const WHOLE: &str = "restore";

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
#[serde(default)]
pub(crate) struct ItemProgress {
    pub(crate) stage: Stage,
    /// Parts that are wholly there.
    pub(crate) parts: usize,
    /// The next one may be there in part. Only noted where that cannot be found out by `_id`.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) is_open: bool,
    /// It had documents before: they stay.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) had_documents: bool,
    /// A part was read damaged to the end, so that documents of it may be there as nobody dumped them.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) was_damaged: bool,
    pub(crate) inserted: u64,
    pub(crate) present: u64,
    pub(crate) replaced: u64,
    /// Indexes that could not be built: name and the server's code.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) failed: Vec<(String, i32)>,
    /// What was found where it is not what was dumped.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) differs: Option<Differs>,
    /// Why nothing more is done with it.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) refused: Option<Reason>,
    /// Why it is not sharded as it was.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) unsharded: Option<Unsharded>,
    /// Documents that the server refused.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) left_out: LeftOut,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What is in the target in the place of what was dumped; nothing: it is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Differs {
    pub(crate) documents: Option<u64>,
    pub(crate) content_hash: Option<ContentHash>,
}

impl ItemProgress {
    /// What became of a part of it.
    pub(crate) fn add(&mut self, inserted: Inserted, most: usize) {
        self.inserted += inserted.inserted;
        self.present += inserted.present;
        self.replaced += inserted.replaced;
        self.left_out.add(inserted.refused, most);
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.has_all_documents() && !self.unsharded.as_ref().is_some_and(Unsharded::is_refused)
    }

    pub(crate) fn has_all_documents(&self) -> bool {
        self.refused.is_none() && self.left_out.number == 0
    }

    /// Takes back what a command that is given anew may find otherwise. `has_ids`: documents can be told apart.
    pub(crate) fn doubt(&mut self, has_ids: bool) {
        if self.stage >= Stage::Compared {
            // Somebody may have changed the target since.
            self.stage = Stage::Indexed;
            self.differs = None;
        }
        if !self.is_whole() {
            *self = Self {
                had_documents: self.had_documents,
                was_damaged: self.was_damaged,
                is_open: !has_ids && (self.parts > 0 || self.is_open),
                ..Self::default()
            };
        }
    }
}

/// One restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Marker {
    version: u32,
    #[serde(skip)]
    id: String,
    /// Commands that are the same but for the dump and what of it.
    kin: String,
    /// It is decided that what has these names is this restore's own.
    is_begun: bool,
    pub(crate) mode: Mode,
    /// `s3://<bucket>/<prefix>/<cluster>/`.
    pub(crate) source: String,
    pub(crate) run: RunId,
    pub(crate) hop: u32,
    /// Milliseconds since 1970.
    pub(crate) started_ms: u64,
    /// What is restored: names in the dump and in the target.
    namespaces: Vec<(String, String)>,
    /// Databases that a drill makes.
    pub(crate) databases: Vec<String>,
    /// In the order of the plan.
    #[serde(skip)]
    pub(crate) items: Vec<ItemProgress>,
    /// Their names in the target.
    #[serde(skip)]
    names: Vec<String>,
    /// By their names in the target, as they were read.
    #[serde(skip)]
    noted: BTreeMap<String, ItemProgress>,
    #[serde(skip)]
    holder: Option<Holder>,
}

const VERSION: u32 = 2;
/// Who repeats a command that was cut off does so within a day: our choice.
const STALE: Duration = Duration::from_secs(24 * 3_600);

/// Tells commands apart: the same one again has the same.
fn id(event: &Event) -> String {
    Sha256Hex::of(event.command().render().as_bytes()).to_string()
}

/// The same for all commands that differ in nothing but which dump and what of it.
fn kin(event: &Event) -> String {
    Sha256Hex::of(event.kin().render().as_bytes()).to_string()
}

fn collection(id: &str) -> Result<Namespace, RestoreError> {
    Namespace::new(DATABASE, id).map_err(|_| RestoreError::Bug("the marker's namespace"))
}

/// Where a command's notes and its lease are.
pub(crate) fn place(event: &Event) -> Result<Namespace, RestoreError> {
    collection(&id(event))
}

fn source(event: &Event) -> String {
    format!("s3://{}/{}", event.source.bucket, event.source.location().folder())
}

fn state<T: serde::de::DeserializeOwned>(document: &[u8]) -> Option<T> {
    serde_json::from_str(field(document, STATE)?.as_str()?).ok()
}

/// All that a command has in its collection.
fn read(id: &str, documents: &[Vec<u8>]) -> Option<Marker> {
    let (mut marker, mut noted, mut holder) = (None, BTreeMap::new(), None);
    for document in documents {
        match field(document, "_id").and_then(|id| id.as_str())? {
            WHOLE => marker = state::<Marker>(document),
            lease::ID => holder = Holder::read(document),
            name => {
                if let Some(progress) = state(document) {
                    noted.insert(name.to_owned(), progress);
                }
            }
        }
    }
    let mut marker = marker.filter(|marker| marker.version == VERSION)?;
    marker.id = id.to_owned();
    (marker.noted, marker.holder) = (noted, holder);
    Some(marker)
}

async fn load(deployment: &Deployment, id: &str) -> Result<Option<Marker>, RestoreError> {
    let documents = deployment.own_documents(&collection(id)?).await?;
    Ok(read(id, &documents))
}

async fn all(deployment: &Deployment) -> Result<Vec<Marker>, RestoreError> {
    let mut all = Vec::new();
    for id in deployment.collections(DATABASE).await?.into_keys() {
        all.extend(load(deployment, &id).await?);
    }
    Ok(all)
}

impl Marker {
    /// For a plan whose items have these names in the dump and in the target.
    pub(crate) fn new(event: &Event, run: RunId, started_ms: u64, namespaces: Vec<(String, String)>) -> Self {
        Self {
            version: VERSION,
            id: id(event),
            kin: kin(event),
            is_begun: false,
            mode: event.mode,
            source: source(event),
            run,
            hop: 0,
            started_ms,
            items: vec![ItemProgress::default(); namespaces.len()],
            names: namespaces.iter().map(|(_, to)| to.clone()).collect(),
            namespaces,
            databases: Vec::new(),
            noted: BTreeMap::new(),
            holder: None,
        }
    }

    /// The one that the same command left.
    pub(crate) async fn find(deployment: &Deployment, event: &Event) -> Result<Option<Self>, RestoreError> {
        let found = load(deployment, &id(event)).await?;
        Ok(found.filter(|marker| marker.is_begun))
    }

    /// One of a command that differs in nothing but what of the dump it restores, and has begun something that is wanted now: it is
    /// gone on with under the new command.
    pub(crate) async fn find_kin(deployment: &Deployment, event: &Event) -> Result<Option<Self>, RestoreError> {
        let (own, kin) = (id(event), kin(event));
        let selects = |(from, _): &(String, String)| {
            let split = from.split_once('.');
            split.is_some_and(|(database, collection)| event.namespaces.selects(database, collection))
        };
        let found = all(deployment).await?.into_iter().find(|other| {
            other.is_begun
                && other.id != own
                && other.kin == kin
                && !other.is_stale()
                && other.namespaces.iter().any(selects)
                && (event.dump_id == DumpId::Latest || event.dump_id == DumpId::Run(other.run))
        });
        Ok(found)
    }

    /// What others noted of the same namespaces.
    ///
    /// # Errors
    /// [`RestoreError::LeaseHeld`] where one of them is at work.
    pub(crate) async fn rivals(&self, deployment: &Deployment) -> Result<Vec<Self>, RestoreError> {
        let mine: BTreeSet<_> = self.namespaces.iter().map(|(_, to)| to).collect();
        let mut rivals = Vec::new();
        for other in all(deployment).await?.into_iter().filter(|other| other.id != self.id) {
            let Some((_, shared)) = other.namespaces.iter().find(|(_, to)| mine.contains(to)) else {
                continue;
            };
            if let Some(holder) = other.holder.as_ref().filter(|holder| holder.is_live()) {
                return Err(RestoreError::LeaseHeld(format!(
                    "another command is restoring {shared} from dump {}: wait until it ends. If it was killed, repeat in {} s",
                    other.run,
                    holder.left()
                )));
            }
            rivals.push(other);
        }
        Ok(rivals)
    }

    /// What is noted of each namespace of the target that is this restore's own.
    pub(crate) fn into_notes(mut self) -> BTreeMap<String, ItemProgress> {
        let names = self.namespaces.into_iter().map(|(_, to)| to);
        names
            .map(|name| {
                let progress = self.noted.remove(&name).unwrap_or_default();
                (name, progress)
            })
            .collect()
    }

    /// What is noted in the order of a plan, whose items have these names in the target; `None`: it is of another plan.
    pub(crate) fn aligned<'a>(mut self, names: impl Iterator<Item = &'a Namespace>) -> Option<Self> {
        let ours: BTreeSet<_> = self.namespaces.iter().map(|(_, to)| to.as_str()).collect();
        let names: Vec<_> = names.map(ToString::to_string).collect();
        if !names.iter().all(|name| ours.contains(name.as_str())) {
            return None;
        }
        self.items = names
            .iter()
            .map(|name| self.noted.get(name).cloned().unwrap_or_default())
            .collect();
        self.names = names;
        Some(self)
    }

    /// Whether it is so old that the target may have become something else since.
    pub(crate) fn is_stale(&self) -> bool {
        self.holder.as_ref().is_none_or(|holder| holder.idle() > STALE)
    }

    /// Those that drills of the same cluster's dumps left, of which nobody is at work but, perhaps, this command.
    pub(crate) async fn of_drills(deployment: &Deployment, event: &Event) -> Result<Vec<Self>, RestoreError> {
        let (source, own) = (source(event), id(event));
        let all = all(deployment).await?.into_iter();
        Ok(all
            .filter(|marker| marker.mode == Mode::Drill && marker.source == source)
            .filter(|marker| marker.id == own || !marker.holder.as_ref().is_some_and(Holder::is_live))
            .collect())
    }

    /// Says which namespaces are wanted, before it is known whether they may be taken, in the place of what was noted before.
    pub(crate) async fn claim(&self, deployment: &Deployment) -> Result<(), RestoreError> {
        self.forget(deployment).await?;
        self.save(deployment).await
    }

    /// Says that they are this restore's own: from here on what has their names is.
    pub(crate) async fn begin(&mut self, deployment: &Deployment) -> Result<(), RestoreError> {
        for at in 0..self.items.len() {
            if self.items[at] != ItemProgress::default() {
                self.note(deployment, at).await?;
            }
        }
        self.is_begun = true;
        self.save(deployment).await
    }

    /// Writes what is true of the whole, acknowledged by a majority.
    pub(crate) async fn save(&self, deployment: &Deployment) -> Result<(), RestoreError> {
        let about = format!(
            "{} of dump {}: progress of mongo-restore, deleted when the restore has ended",
            self.mode, self.run
        );
        // Nothing in it can fail to be JSON.
        let state = serde_json::to_string(self).unwrap_or_default();
        let document = Raw::new().str("_id", WHOLE).str("about", &about).str(STATE, &state);
        let place = collection(&self.id)?;
        deployment.put_own(&place, WHOLE, &document.build()).await?;
        Ok(())
    }

    /// Writes how far one item is, acknowledged by a majority: so all that was written before is too.
    pub(crate) async fn note(&self, deployment: &Deployment, at: usize) -> Result<(), RestoreError> {
        let (Some(progress), Some(name)) = (self.items.get(at), self.names.get(at)) else {
            return Err(RestoreError::Bug("a note of no item"));
        };
        let state = serde_json::to_string(progress).unwrap_or_default();
        let document = Raw::new().str("_id", name).str(STATE, &state).build();
        deployment.put_own(&collection(&self.id)?, name, &document).await?;
        Ok(())
    }

    /// Removes all that is noted, and keeps the lease.
    pub(crate) async fn forget(&self, deployment: &Deployment) -> Result<(), RestoreError> {
        deployment.clear_own(&collection(&self.id)?, lease::ID).await?;
        Ok(())
    }

    /// Whether it is of the same restore of the same dump, so that what it notes is true of the other's namespaces too.
    pub(crate) fn can_be_gone_on_with_as(&self, other: &Self) -> bool {
        self.is_begun && self.kin == other.kin && self.run == other.run && !self.is_stale()
    }

    /// Whether it is this command's.
    pub(crate) fn is_of(&self, event: &Event) -> bool {
        self.id == id(event)
    }

    /// Removes it with all that is noted, the lease included.
    pub(crate) async fn remove(&self, deployment: &Deployment) -> Result<(), RestoreError> {
        deployment.drop(&collection(&self.id)?).await?;
        Ok(())
    }
}
