//! What there is to dump: databases, collections and their indexes, as the server lists them.

use std::collections::BTreeMap;

use dump_format::manifest::{Kind, Meta, SkipReason, Skipped};
use dump_format::names::Namespace;
use dump_format::payload::DumpSettings;
use mongodb::bson::{RawDocument, rawdoc};

use crate::error::DumpError;
use crate::source::{MongoError, Source, code};

/// The server's own databases.
const SYSTEM_DATABASES: [&str; 3] = ["admin", "config", "local"];
const SYSTEM_PREFIX: &str = "system.";

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
    /// The server's answer for it.
    pub(crate) definition: Vec<u8>,
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

fn namespace(database: &str, collection: &str) -> Result<Namespace, MongoError> {
    Namespace::new(database, collection).map_err(|_| MongoError::Unreadable {
        command: "listCollections",
    })
}

/// Everything that the event selects, and what was left out.
pub(crate) async fn list(source: &Source, settings: &DumpSettings) -> Result<Listing, DumpError> {
    let mut listing = Listing::default();
    let databases = source.databases().await?;
    for database in &databases {
        if SYSTEM_DATABASES.contains(&database.as_str()) {
            listing.skip(namespace(database, ALL)?, SkipReason::System, None);
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
    let answers = source.all("listCollections", database, command).await?;
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
    for (name, listed) in listed {
        let namespace = namespace(database, &name)?;
        if name.starts_with(SYSTEM_PREFIX) {
            listing.skip(namespace, SkipReason::System, None);
        } else if !settings.selects(database, &name) {
            listing.skip(namespace, SkipReason::Excluded, None);
        } else if broken.contains(&name) {
            listing.skip(namespace, SkipReason::Broken, None);
        } else {
            listing.entries.push(Entry {
                namespace,
                kind: listed.kind,
                is_capped: listed.is_capped,
                is_clustered: listed.is_clustered,
                uuid: listed.uuid,
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
    let answers = source.all("listCollections", namespace.database(), command).await?;
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
    let answers = match source.all("aggregate", namespace.database(), command).await {
        Ok(answers) => answers,
        Err(MongoError::Refused { .. }) => return Ok(None),
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
