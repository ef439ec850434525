//! What each command does. All of them run under one lock: a command is done whole, or it is not begun.

mod admin;
mod aggregate;
mod catalog;
mod context;
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
mod values;
mod write;

pub(crate) use context::Context;

use context::Answer;

use crate::bson::Builder;
use crate::refusal::{Refusal, code};
use crate::request::Request;

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
    if replica.is_primary(context.session.member) {
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
