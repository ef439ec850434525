//! What each command does. All of them run under one lock: a command is done whole, or it is not begun.

mod admin;
mod aggregate;
mod catalog;
mod index_rules;
mod indexes;
mod insertion;
mod pipeline;
mod read;
mod read_concern;
mod sharding;
mod stages;
mod stats;
mod status;
mod update;
mod users;
mod write;

use std::collections::{BTreeSet, HashMap};

use crate::Shared;
use crate::bson::{Builder, Document};
use crate::connection::Connection;
use crate::cursors::Cursors;
use crate::faults::FaultKind;
use crate::monitoring::ShardHealth;
use crate::refusal::{Refusal, code};
use crate::store::Store;
use crate::wire::Command;

/// What `buildInfo` and `serverStatus` say.
const VERSION: &str = "7.0.14";

/// Commands of the database admin that name a collection with its database.
const OF_FULL_NAMES: [&str; 3] = ["renameCollection", "shardCollection", "updateZoneKeyRange"];

/// All that commands read and change.
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) cursors: Cursors,
    /// Databases on which the user has no rights, see [`crate::MongoEmulator::hide`].
    pub(crate) hidden: BTreeSet<String>,
    /// Commands that the user may not send, see [`crate::MongoEmulator::forbid`].
    pub(crate) forbidden: BTreeSet<String>,
    /// A router's shards, as it sees them.
    pub(crate) shards: Vec<ShardHealth>,
    /// Zones that shards belong to, see [`crate::MongoEmulator::add_zone`].
    pub(crate) zones: BTreeSet<String>,
    /// Statements that were done: by session, the last transaction number and what of it.
    pub(crate) writes: HashMap<Vec<u8>, (i64, BTreeSet<i64>)>,
}

/// A command with its target.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) body: Document<'a>,
    pub(crate) sequences: Vec<(&'a str, Vec<&'a [u8]>)>,
    /// As it was sent.
    pub(crate) name: &'a str,
    pub(crate) database: &'a str,
    pub(crate) collection: Option<&'a str>,
}

impl<'a> Request<'a> {
    pub(crate) fn new(command: &Command<'a>) -> Option<Self> {
        let body = command.body;
        let first = body.elements().next()?;
        let name = std::str::from_utf8(first.name).ok()?;
        let collection = match name {
            "getMore" => body.str("collection"),
            name if OF_FULL_NAMES.contains(&name) => first
                .value
                .as_str()
                .and_then(|full| full.split_once('.'))
                .map(|(_, name)| name),
            _ => first.value.as_str(),
        };
        let database = match name {
            name if OF_FULL_NAMES.contains(&name) => first
                .value
                .as_str()
                .and_then(|full| full.split_once('.'))
                .map(|(name, _)| name),
            _ => body.str("$db"),
        };
        Some(Self {
            body,
            sequences: command.sequences.clone(),
            name,
            database: database.unwrap_or("admin"),
            collection,
        })
    }

    pub(crate) fn namespace(&self) -> String {
        match self.collection {
            Some(collection) => format!("{}.{collection}", self.database),
            None => self.database.to_owned(),
        }
    }

    /// Documents of that name, from beside the body or from within.
    pub(crate) fn documents(&self, name: &str) -> Vec<&'a [u8]> {
        if let Some((_, documents)) = self.sequences.iter().find(|(of, _)| *of == name) {
            return documents.clone();
        }
        let array = self.body.get(name).and_then(|value| value.as_array());
        array
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_document())
            .map(|document| document.0)
            .collect()
    }

    fn collection(&self) -> Result<&'a str, Refusal> {
        let is_valid = |name: &&str| !name.is_empty() && !name.starts_with('.') && !name.contains(['\0', '$']);
        self.collection.filter(is_valid).ok_or_else(|| {
            Refusal::new(
                code::INVALID_NAMESPACE,
                format!("Invalid namespace specified '{}'", self.namespace()),
            )
        })
    }

    /// Bytes of the command and of the documents beside it.
    pub(crate) fn bytes(&self) -> usize {
        let beside = self.sequences.iter().flat_map(|(_, documents)| documents);
        self.body.0.len() + beside.map(|document| document.len()).sum::<usize>()
    }

    /// It is sent again if it fails on the way.
    pub(crate) fn is_retryable_write(&self) -> bool {
        self.body.get("txnNumber").is_some()
    }
}

/// What a command works with.
pub(crate) struct Context<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) state: &'a mut State,
    pub(crate) request: &'a Request<'a>,
    pub(crate) connection: &'a mut Connection,
    pub(crate) fault: Option<&'a FaultKind>,
    /// For the log.
    pub(crate) documents: Option<u64>,
    pub(crate) at_cluster_time: Option<u64>,
}

type Answer = Result<Builder, Refusal>;

/// Does the command; the answer is still to be closed.
pub(crate) fn run(context: &mut Context<'_>, answer: Builder) -> Answer {
    let request = context.request;
    if request.body.get("autocommit").is_some() {
        return match request.name {
            "commitTransaction" | "abortTransaction" => Err(Refusal::new(
                code::NO_SUCH_TRANSACTION,
                "there is no transaction in progress",
            )),
            name => Err(Refusal::new(
                code::OPERATION_NOT_SUPPORTED_IN_TRANSACTION,
                format!("not emulated: {name} in a transaction"),
            )),
        };
    }
    admit_role(context)?;
    admit_user(context)?;
    read_concern::refuse_elsewhere(context)?;
    match request.name {
        "find" => read::find(context, answer),
        "getMore" => read::get_more(context, answer),
        "killCursors" => read::kill_cursors(context, answer),
        "count" => read::count(context, answer),
        "aggregate" => aggregate::aggregate(context, answer),
        "insert" => write::insert(context, answer),
        "update" => update::update(context, answer),
        "delete" => update::delete(context, answer),
        "create" => catalog::create(context, answer),
        "drop" => catalog::drop(context, answer),
        "dropDatabase" => catalog::drop_database(context, answer),
        "renameCollection" => catalog::rename(context, answer),
        "collMod" => catalog::modify(context, answer),
        "listDatabases" => catalog::list_databases(context, answer),
        "listCollections" => catalog::list_collections(context, answer),
        "createIndexes" => indexes::create(context, answer),
        "listIndexes" => indexes::list(context, answer),
        "dropIndexes" | "deleteIndexes" => indexes::drop(context, answer),
        "enableSharding" => sharding::enable(context, answer),
        "shardCollection" => sharding::shard(context, answer),
        "updateZoneKeyRange" => sharding::update_zone(context, answer),
        "collStats" => stats::collection(context, answer),
        "dbStats" => stats::database(context, answer),
        "serverStatus" => status::server(context, answer),
        "createUser" => users::create(context, answer),
        "updateUser" => users::update(context, answer),
        "usersInfo" => users::info(context, answer),
        "listShards" => status::shards(context, answer),
        "connPoolStats" => status::connection_pools(context, answer),
        name => admin::run(context, name, answer),
    }
}

/// Is this a command that changes anything?
pub(crate) fn is_write(request: &Request<'_>) -> bool {
    matches!(
        request.name,
        "insert"
            | "update"
            | "delete"
            | "create"
            | "drop"
            | "dropDatabase"
            | "renameCollection"
            | "collMod"
            | "createIndexes"
            | "dropIndexes"
            | "deleteIndexes"
            | "createUser"
            | "updateUser"
    )
}

/// Without rights on a database every command on it is refused, whatever is there. Source: MongoDB manual, Role-Based Access Control.
fn admit_user(context: &Context<'_>) -> Result<(), Refusal> {
    let (name, database) = (context.request.name, context.request.database);
    if !context.state.hidden.contains(database) && !context.state.forbidden.contains(name) {
        return Ok(());
    }
    let message = format!("not authorized on {database} to execute command {{ {name}: ... }}");
    Err(Refusal::new(code::UNAUTHORIZED, message))
}

/// A secondary writes nothing, and reads for those who say that it may.
fn admit_role(context: &Context<'_>) -> Result<(), Refusal> {
    let (request, replica) = (context.request, &context.shared.replica);
    if replica.is_primary(context.connection.member) {
        return Ok(());
    }
    if is_write(request) {
        return Err(Refusal::new(code::NOT_WRITABLE_PRIMARY, "not primary"));
    }
    let is_read = matches!(
        request.name,
        "find" | "count" | "aggregate" | "listDatabases" | "listCollections" | "listIndexes" | "collStats" | "dbStats"
    );
    let mode = request
        .body
        .document("$readPreference")
        .and_then(|preference| preference.str("mode"));
    if is_read && mode.is_none_or(|mode| mode == "primary") {
        return Err(Refusal::new(
            code::NOT_PRIMARY_NO_SECONDARY_OK,
            "not primary and secondaryOk=false",
        ));
    }
    Ok(())
}
