//! What there is to dump: databases, collections and their indexes, as the server lists them.

use std::collections::BTreeMap;

use dump_format::manifest::{Kind, Meta, SkipReason, Skipped};
use dump_format::names::Namespace;
use dump_format::payload::DumpSettings;
use mongodb::bson::{RawDocument, rawdoc};

use crate::error::DumpError;
use crate::plan::Order;
use crate::source::{Databases, MongoError, Source, code};

/// The server's own databases.
const SYSTEM_DATABASES: [&str; 3] = ["admin", "config", "local"];
/// Databases of MongoDB's cloud services begin with this, and tools are to leave them alone. Source: MongoDB manual, System Collections.
const CLOUD_DATABASES: &str = "__mdb_internal_";
const SYSTEM_PREFIX: &str = "system.";
/// Where the server keeps the buckets of a time series. Source: MongoDB manual, Time Series Collections.
const BUCKETS_PREFIX: &str = "system.buckets.";

/// In the manifest's list of what was skipped: all of a database.
const ALL: &str = "*";

/// A collection or view that is to be dumped.
pub(crate) struct Entry {
    pub(crate) namespace: Namespace,
    pub(crate) kind: Kind,
    pub(crate) is_capped: bool,
    pub(crate) is_clustered: bool,
    /// Of a collection: a new one of the same name has another.
    pub(crate) uuid: Option<Vec<u8>>,
    /// Of a time series: where its buckets are, if they can be read.
    pub(crate) buckets: Option<Namespace>,
    /// The server's answer for it.
    pub(crate) definition: Vec<u8>,
}

impl Entry {
    /// What is read for it.
    pub(crate) fn read(&self) -> &Namespace {
        self.buckets.as_ref().unwrap_or(&self.namespace)
    }

    pub(crate) fn order(&self) -> Order {
        let is_by_id = self.buckets.is_some() || (self.kind == Kind::Collection && !self.is_capped);
        if is_by_id { Order::ById } else { Order::Natural }
    }

    /// The same under the same name.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.namespace == other.namespace && self.uuid == other.uuid
    }
}

#[derive(Default)]
pub(crate) struct Listing {
    pub(crate) entries: Vec<Entry>,
    pub(crate) skipped: Vec<Skipped>,
}

impl Listing {
    fn skip(&mut self, namespace: Namespace, reason: SkipReason, code: Option<i32>) {
        self.skipped.push(Skipped {
            namespace,
            reason,
            code,
        });
    }
}

pub(crate) fn namespace(database: &str, collection: &str) -> Result<Namespace, MongoError> {
    Namespace::new(database, collection).map_err(|_| MongoError::Unreadable {
        command: "listCollections",
    })
}

/// Everything that the event selects, and what was left out.
pub(crate) async fn list(source: &Source, settings: &DumpSettings) -> Result<Listing, DumpError> {
    let mut listing = Listing::default();
    let Databases {
        names: databases,
        hidden,
    } = source.databases().await?;
    if let Some(code) = hidden
        && may_select_unlisted(settings)
    {
        listing.skip(namespace(ALL, ALL)?, SkipReason::NotAllowed, Some(code));
    }
    for database in &databases {
        if SYSTEM_DATABASES.contains(&database.as_str()) || database.starts_with(CLOUD_DATABASES) {
            let is_named = settings.include.iter().any(|it| it.database() == Some(database));
            let reason = if is_named && may_select(settings, database) {
                SkipReason::SystemNamed
            } else {
                SkipReason::System
            };
            listing.skip(namespace(database, ALL)?, reason, None);
            continue;
        }
        match of_database(source, database).await {
            Ok(listed) => sort_out(database, listed, settings, &mut listing)?,
            Err(error) if error.is_not_allowed() => {
                if may_select(settings, database) {
                    listing.skip(namespace(database, ALL)?, SkipReason::NotAllowed, error.code());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    absent(&databases, settings, &mut listing)?;
    Ok(listing)
}

/// What `include` names without a wildcard and nobody showed. A server does not list a database on which the user has no rights, so
/// without this a dump that lacks one would look complete.
fn absent(databases: &[String], settings: &DumpSettings, listing: &mut Listing) -> Result<(), MongoError> {
    for pattern in &settings.include {
        let pattern = pattern.as_str();
        // Before the first wildcard; an escaped one may mean it or not.
        let Some((database, collection)) = pattern.split(['*', '\\']).next().and_then(|name| name.split_once('.'))
        else {
            continue;
        };
        let is_whole_name = !pattern.contains(['*', '\\']);
        let named = if !databases.iter().any(|listed| listed == database) {
            namespace(database, ALL)?
        } else if is_whole_name {
            namespace(database, collection)?
        } else {
            continue;
        };
        let everything = namespace(database, ALL)?;
        let is_known = listing.entries.iter().any(|entry| entry.namespace == named)
            || listing
                .skipped
                .iter()
                .any(|left| left.namespace == named || left.namespace == everything);
        if !is_known {
            listing.skip(named, SkipReason::Absent, None);
        }
    }
    Ok(())
}

/// Whether a pattern may mean databases that are not listed: it does not say which one it means.
fn may_select_unlisted(settings: &DumpSettings) -> bool {
    let is_left_out = settings.exclude.iter().any(|it| it.as_str() == "*");
    !is_left_out && settings.include.iter().any(|it| it.database().is_none())
}

/// Whether anything in a database that cannot be listed may be asked for.
fn may_select(settings: &DumpSettings, database: &str) -> bool {
    let start = format!("{database}.");
    let reaches = |pattern: &str| {
        let literal = pattern.split(['*', '\\']).next().unwrap_or_default();
        literal.starts_with(&start) || (start.starts_with(literal) && literal.len() < pattern.len())
    };
    let is_left_out = settings
        .exclude
        .iter()
        .any(|it| it.as_str() == "*" || it.as_str() == format!("{start}*"));
    !is_left_out && settings.include.iter().any(|it| reaches(it.as_str()))
}

/// One answer of `listCollections`, as far as it matters here.
struct Listed {
    kind: Kind,
    view_on: Option<String>,
    is_capped: bool,
    is_clustered: bool,
    uuid: Option<Vec<u8>>,
    definition: Vec<u8>,
}

/// By name.
async fn of_database(source: &Source, database: &str) -> Result<BTreeMap<String, Listed>, MongoError> {
    let command = rawdoc! { "listCollections": 1, "cursor": {} };
    let answers = source.list("listCollections", database, command).await?;
    answers.into_iter().map(read).collect()
}

fn read(definition: Vec<u8>) -> Result<(String, Listed), MongoError> {
    let listed = |raw: &RawDocument| {
        let name = raw.get_str("name").ok()?.to_owned();
        // Servers before 3.4 say no type.
        let kind = match raw.get_str("type").unwrap_or("collection") {
            "view" => Kind::View,
            "timeseries" => Kind::TimeSeries,
            _ => Kind::Collection,
        };
        let options = raw.get_document("options").ok();
        let option = |name: &str| options.and_then(|options| options.get(name).ok().flatten());
        let uuid = raw
            .get_document("info")
            .ok()
            .and_then(|info| info.get_binary("uuid").ok());
        let listed = Listed {
            kind,
            view_on: option("viewOn").and_then(|value| value.as_str().map(str::to_owned)),
            is_capped: option("capped").is_some_and(|value| value.as_bool() == Some(true)),
            is_clustered: option("clusteredIndex").is_some(),
            uuid: uuid.map(|uuid| uuid.bytes.to_vec()),
            definition: raw.as_bytes().to_vec(),
        };
        Some((name, listed))
    };
    let raw = RawDocument::from_bytes(&definition).ok();
    raw.and_then(listed).ok_or(MongoError::Unreadable {
        command: "listCollections",
    })
}

fn sort_out(
    database: &str,
    listed: BTreeMap<String, Listed>,
    settings: &DumpSettings,
    listing: &mut Listing,
) -> Result<(), MongoError> {
    let broken: Vec<String> = listed
        .keys()
        .filter(|name| !has_source(&listed, name))
        .cloned()
        .collect();
    let buckets: BTreeMap<String, Option<Vec<u8>>> = listed
        .iter()
        .filter_map(|(name, listed)| Some((name.strip_prefix(BUCKETS_PREFIX)?.to_owned(), listed.uuid.clone())))
        .collect();
    for (name, listed) in listed {
        let namespace = namespace(database, &name)?;
        if name.starts_with(SYSTEM_PREFIX) {
            let is_named = settings.selects(database, &name)
                && settings
                    .include
                    .iter()
                    .any(|it| it.says_system() && it.matches(database, &name));
            let reason = if is_named {
                SkipReason::SystemNamed
            } else {
                SkipReason::System
            };
            listing.skip(namespace, reason, None);
        } else if !settings.selects(database, &name) {
            listing.skip(namespace, SkipReason::Excluded, None);
        } else if broken.contains(&name) {
            listing.skip(namespace, SkipReason::Broken, None);
        } else {
            let of_series = buckets.get(&name).filter(|_| listed.kind == Kind::TimeSeries);
            let kept = format!("{BUCKETS_PREFIX}{name}");
            listing.entries.push(Entry {
                namespace,
                kind: listed.kind,
                is_capped: listed.is_capped,
                is_clustered: listed.is_clustered,
                buckets: of_series.and_then(|_| Namespace::new(database, &kept).ok()),
                uuid: of_series.cloned().unwrap_or(listed.uuid),
                definition: listed.definition,
            });
        }
    }
    Ok(())
}

/// Whether what a view looks at is there, through all views between; true of what is no view.
fn has_source(listed: &BTreeMap<String, Listed>, name: &str) -> bool {
    let mut name = name;
    // No chain is longer than there are names.
    for _ in 0..=listed.len() {
        match listed.get(name) {
            None => return false,
            Some(Listed { view_on: None, .. }) => return true,
            Some(Listed { view_on: Some(on), .. }) => name = on,
        }
    }
    false
}

/// The description of a collection or view, or why it is left out.
pub(crate) async fn describe(source: &Source, entry: &Entry) -> Result<Result<Meta, Skipped>, DumpError> {
    let (database, collection) = (entry.namespace.database(), entry.namespace.collection());
    let indexes = if entry.kind == Kind::View {
        Ok(Vec::new())
    } else {
        let command = rawdoc! { "listIndexes": collection, "cursor": {} };
        source.all("listIndexes", database, command).await
    };
    let skipped = |reason, code| {
        Ok(Err(Skipped {
            namespace: entry.namespace.clone(),
            reason,
            code,
        }))
    };
    match indexes {
        Ok(indexes) => Ok(Ok(Meta::new(
            entry.namespace.clone(),
            entry.kind,
            entry.definition.clone(),
            indexes,
        ))),
        Err(error) if error.code() == Some(code::NAMESPACE_NOT_FOUND) => skipped(SkipReason::Vanished, error.code()),
        Err(error) if error.is_not_allowed() => skipped(SkipReason::NotAllowed, error.code()),
        Err(error) => Err(error.into()),
    }
}

/// Whether the collection that was planned is still there under its name.
pub(crate) async fn is_there(source: &Source, namespace: &Namespace, uuid: Option<&[u8]>) -> Result<bool, MongoError> {
    let command = rawdoc! {
        "listCollections": 1,
        "filter": { "name": namespace.collection() },
        "cursor": {},
    };
    let answers = source.list("listCollections", namespace.database(), command).await?;
    let found = answers.into_iter().next().map(read).transpose()?;
    Ok(found.is_some_and(|(_, listed)| uuid.is_none() || listed.uuid.as_deref() == uuid))
}

/// Documents and their bytes, as the server's statistics have them; `None` where it gives none.
pub(crate) async fn estimate(source: &Source, namespace: &Namespace) -> Result<Option<(u64, u64)>, DumpError> {
    let command = rawdoc! {
        "aggregate": namespace.collection(),
        "pipeline": [{ "$collStats": { "storageStats": {} } }],
        "cursor": {},
    };
    let answers = match source.briefly("aggregate", namespace.database(), command).await {
        Ok(answers) => answers,
        Err(MongoError::Refused { .. } | MongoError::Stalled { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let (mut documents, mut bytes) = (0, 0);
    // One answer for each shard.
    for answer in answers {
        let stats = RawDocument::from_bytes(&answer).ok();
        let Some(stats) = stats.and_then(|raw| raw.get_document("storageStats").ok()) else {
            return Ok(None);
        };
        documents += number(stats, "count");
        bytes += number(stats, "size");
    }
    Ok(Some((documents, bytes)))
}

/// A number in any of its types; servers are not strict about them.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "statistics are estimates, and the cast of a float saturates"
)]
fn number(document: &RawDocument, name: &str) -> u64 {
    use mongodb::bson::RawBsonRef;
    match document.get(name) {
        Ok(Some(RawBsonRef::Int32(value))) => u64::try_from(value).unwrap_or_default(),
        Ok(Some(RawBsonRef::Int64(value))) => u64::try_from(value).unwrap_or_default(),
        Ok(Some(RawBsonRef::Double(value))) => value as u64,
        _ => 0,
    }
}
