//! Keys of a dump's objects. Below `<prefix>/<cluster>/`:
//!
//! | key | object |
//! |---|---|
//! | `latest.json` | which complete dump is the newest |
//! | `lease.json` | which run works now |
//! | `<YYYY>/<MM>/<DD>/<run_id>/manifest.json` | written last: the dump exists |
//! | `.../plan.json`, `.../state.json`, `.../state/<range>.json` | ranges, and what of them is done |
//! | `.../state/<range>.lease.json` | which function works on that range now |
//! | `.../meta/<database>/<collection>.json` | options and indexes |
//! | `.../data/<database>/<collection>/<range>-<part>.jsonl.zst` | documents |

mod run_id;
mod segment;

use serde::{Deserialize, Serialize};

pub use run_id::RunId;

use crate::names::{ClusterName, Invalid, Namespace, Ordinal, Prefix};
use crate::payload::{Compression, DumpSettings};

/// The most bytes S3 allows in a key. Source: S3 User Guide, object key names.
pub const MAX_KEY_BYTES: usize = 1_024;

/// Where all dumps of one cluster are: everything below `<prefix>/<cluster>/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// What every key begins with.
    pub prefix: Prefix,
    /// The cluster dumped.
    pub cluster: ClusterName,
}

/// One object below a [`Location`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The pointer to the newest complete dump.
    Latest,
    /// Who dumps now.
    Lease,
    /// An object of one run.
    Run(RunId, Object),
}

/// One object of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// Written last.
    Manifest,
    /// The ranges the run consists of.
    Plan,
    /// How far a single function has come.
    State,
    /// How far the function of one range has come: each has its own, so that many at once never wait for each other.
    RangeState(Ordinal),
    /// Which function works on one range.
    RangeLease(Ordinal),
    /// Options and indexes of one collection or view.
    Meta(Namespace),
    /// Documents.
    Data(DataKey),
}

/// An object that holds documents. Its text in a manifest is its key below the run's folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DataKey {
    /// The collection.
    pub namespace: Namespace,
    /// The range's place in the plan.
    pub range: Ordinal,
    /// The object's place in its range.
    pub part: Ordinal,
    /// What it is compressed with, which decides how the key ends.
    pub compression: Compression,
}

impl Compression {
    /// How keys of data objects end: `.jsonl.zst` or `.jsonl.gz`.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Zstd => ".jsonl.zst",
            Self::Gzip => ".jsonl.gz",
        }
    }
}

impl DumpSettings {
    /// Where the dumps of these settings are.
    pub fn location(&self) -> Location {
        Location {
            prefix: self.prefix.clone(),
            cluster: self.cluster.clone(),
        }
    }
}

impl Location {
    /// `<prefix>/<cluster>/`.
    pub fn folder(&self) -> String {
        format!("{}/{}/", self.prefix, self.cluster)
    }

    /// `<prefix>/<cluster>/<YYYY>/<MM>/<DD>/<run_id>/`, the day being the scheduled one in UTC.
    pub fn run_folder(&self, run: RunId) -> String {
        let date = run.scheduled_time().date();
        let (year, month, day) = (date.year(), date.month(), date.day());
        format!("{}{year:04}/{month:02}/{day:02}/{run}/", self.folder())
    }

    /// The whole key: at most 1,024 bytes, which prefix, cluster, namespace and numbers cannot exceed together.
    pub fn render(&self, key: &Key) -> String {
        let (run, object) = match key {
            Key::Latest => return self.folder() + "latest.json",
            Key::Lease => return self.folder() + "lease.json",
            Key::Run(run, object) => (run, object),
        };
        self.run_folder(*run) + &object.render()
    }

    /// The reverse of [`Location::render`].
    ///
    /// # Errors
    /// [`Invalid`] for a key `render` would not have written: another folder, a day that is not the run's, another spelling
    /// of a name.
    pub fn parse(&self, key: &str) -> Result<Key, Invalid> {
        let invalid = || Invalid::new("a key of a dump", "its form is in docs/dump-format.md");
        let rest = key.strip_prefix(self.folder().as_str()).ok_or_else(invalid)?;
        match rest {
            "latest.json" => return Ok(Key::Latest),
            "lease.json" => return Ok(Key::Lease),
            _ => {}
        }
        let run = rest.split('/').nth(3).ok_or_else(invalid)?;
        let run = RunId::parse(run).map_err(|_| invalid())?;
        let rest = key.strip_prefix(self.run_folder(run).as_str()).ok_or_else(invalid)?;
        let object = read_object(rest).ok_or_else(invalid)?;
        Ok(Key::Run(run, object))
    }

    /// Reads a run's folder without its location being known, as in `mongo/main/2026/05/06/20260506T180000Z-1a2b3c`; a
    /// slash at the end is accepted.
    ///
    /// # Errors
    /// [`Invalid`] for any other form.
    pub fn parse_run_folder(folder: &str) -> Result<(Self, RunId), Invalid> {
        let reason = "write <prefix>/<cluster>/<YYYY>/<MM>/<DD>/<run_id>";
        let invalid = || Invalid::new("the folder of a dump", reason);
        let folder = folder.strip_suffix('/').unwrap_or(folder);
        let mut segments = folder.rsplitn(6, '/');
        let run = RunId::parse(segments.next().unwrap_or_default()).map_err(|_| invalid())?;
        let mut segments = segments.skip(3);
        let cluster = segments.next().ok_or_else(invalid)?;
        let prefix = segments.next().ok_or_else(invalid)?;
        let location = Self {
            prefix: Prefix::parse(prefix).map_err(|_| invalid())?,
            cluster: ClusterName::parse(cluster).map_err(|_| invalid())?,
        };
        // The day between must be the run's own.
        if location.run_folder(run).strip_suffix('/') == Some(folder) {
            return Ok((location, run));
        }
        Err(invalid())
    }
}

impl Object {
    /// The key below the run's folder, as the manifest holds it: a dump copied elsewhere stays whole.
    pub fn render(&self) -> String {
        match self {
            Self::Manifest => "manifest.json".to_owned(),
            Self::Plan => "plan.json".to_owned(),
            Self::State => "state.json".to_owned(),
            Self::RangeState(range) => format!("state/{range}.json"),
            Self::RangeLease(range) => format!("state/{range}.lease.json"),
            Self::Meta(namespace) => format!("meta/{}.json", folder(namespace)),
            Self::Data(data) => {
                let folder = folder(&data.namespace);
                let suffix = data.compression.suffix();
                format!("data/{folder}/{}-{}{suffix}", data.range, data.part)
            }
        }
    }

    /// The reverse of [`Object::render`].
    ///
    /// # Errors
    /// [`Invalid`] for a key `render` would not have written.
    pub fn parse(key: &str) -> Result<Self, Invalid> {
        read_object(key).ok_or(Invalid::new("a key of a run", "its form is in docs/dump-format.md"))
    }
}

/// A namespace as two segments of a key.
fn folder(namespace: &Namespace) -> String {
    let mut text = String::new();
    segment::encode(namespace.database(), &mut text);
    text.push('/');
    segment::encode(namespace.collection(), &mut text);
    text
}

impl From<DataKey> for String {
    fn from(key: DataKey) -> Self {
        Object::Data(key).render()
    }
}

impl TryFrom<String> for DataKey {
    type Error = Invalid;

    fn try_from(key: String) -> Result<Self, Invalid> {
        match Object::parse(&key)? {
            Object::Data(key) => Ok(key),
            _ => Err(Invalid::new("the key of a data object", "it begins with data/")),
        }
    }
}

fn read_object(rest: &str) -> Option<Object> {
    match rest {
        "manifest.json" => return Some(Object::Manifest),
        "plan.json" => return Some(Object::Plan),
        "state.json" => return Some(Object::State),
        _ => {}
    }
    let (kind, rest) = rest.split_once('/')?;
    match kind {
        "state" => {
            let name = rest.strip_suffix(".json")?;
            Some(match name.strip_suffix(".lease") {
                Some(digits) => Object::RangeLease(Ordinal::from_digits(digits)?),
                None => Object::RangeState(Ordinal::from_digits(name)?),
            })
        }
        "meta" => {
            let (database, collection) = rest.strip_suffix(".json")?.split_once('/')?;
            read_namespace(database, collection).map(Object::Meta)
        }
        "data" => {
            let mut segments = rest.split('/');
            let namespace = read_namespace(segments.next()?, segments.next()?)?;
            let name = segments.next()?;
            if segments.next().is_some() {
                return None;
            }
            let (numbers, compression) = [Compression::Zstd, Compression::Gzip]
                .into_iter()
                .find_map(|compression| Some((name.strip_suffix(compression.suffix())?, compression)))?;
            let (range, part) = numbers.split_once('-')?;
            Some(Object::Data(DataKey {
                namespace,
                range: Ordinal::from_digits(range)?,
                part: Ordinal::from_digits(part)?,
                compression,
            }))
        }
        _ => None,
    }
}

fn read_namespace(database: &str, collection: &str) -> Option<Namespace> {
    Namespace::new(&segment::decode(database)?, &segment::decode(collection)?).ok()
}
