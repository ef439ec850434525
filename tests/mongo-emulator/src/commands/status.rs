//! What a server says of itself and of the deployment to monitoring clients: `serverStatus`, `listShards`, `connPoolStats`.
//!
//! Beside each field is what the MongoDB manual says of it, of MongoDB 7.0. All of these need actions of the role `clusterMonitor` (manual, Built-In
//! Roles); a test takes them away with [`crate::MongoEmulator::forbid`].

use crate::bson::Builder;
use crate::clock::wall_ms;
use crate::lock;
use crate::refusal::{Refusal, code};
use crate::shard_health::ShardHealth;

use super::context::{Answer, Context};

/// Incoming connections that a server takes: `net.maxIncomingConnections`, which the manual says is 65536 by default, but on Windows.
const MAX_CONNECTIONS: u64 = 65_536;
/// "The larger of either 50% of (RAM - 1 GB), or 256 MB": manual, storage.wiredTiger.engineConfig.cacheSizeGB.
const CACHE_BYTES: u64 = 256 << 20;

/// "Returns a document that provides an overview of the database's state." Which sections come is the command's to say: "To exclude a field, specify its
/// name with a value of 0 or false" (manual, serverStatus).
pub(super) fn server(context: &mut Context<'_>, answer: Builder) -> Answer {
    let body = context.request.body;
    let is_wanted = |section: &str| body.get(section).is_none_or(|value| value.is_true());
    let member = &context.shared.replica.members[context.session.member];
    let is_router = context.shared.replica.topology == crate::Topology::Sharded;
    let process = lock(&member.process);
    let uptime = process.uptime();
    let millis = u64::try_from(uptime.as_millis()).unwrap_or(u64::MAX);
    let answer = answer
        // "The system's hostname." The server adds its port unless that is 27017.
        .str("host", &member.address)
        .str("version", super::context::VERSION)
        // "The current MongoDB process. Possible values are: mongos or mongod."
        .str("process", if is_router { "mongos" } else { "mongod" })
        // "The process ID number."
        .i64("pid", process.pid)
        // "The number of seconds that the current MongoDB process has been active."
        .f64("uptime", uptime.as_secs_f64().floor())
        // "The number of milliseconds that the current MongoDB process has been active."
        .count("uptimeMillis", millis)
        .count("uptimeEstimate", uptime.as_secs())
        .date("localTime", wall_ms());
    let mut answer = answer;
    if is_wanted("connections") {
        answer = answer
            .open("connections")
            // "The number of incoming connections from clients to the database server. This number includes the current shell session."
            .count("current", process.connections)
            // "The number of unused incoming connections available."
            .count("available", MAX_CONNECTIONS.saturating_sub(process.connections))
            // "Count of all incoming connections created to the server. This number includes connections that have since closed."
            .count("totalCreated", process.connections_created)
            .close();
    }
    if is_wanted("opcounters") {
        // "A document that reports on database operations by type since the mongod instance last started. These numbers will grow over time until next
        // restart."
        let counters = process.counters();
        let counted = counters.fold(answer.open("opcounters"), |counted, (name, count)| {
            counted.count(name, count)
        });
        answer = counted.close();
    }
    if is_wanted("wiredTiger") && !is_router {
        let bytes: u64 = context.state.store.databases().values().sum();
        answer = answer
            .open("wiredTiger")
            .open("cache")
            // "Size in byte of the data currently in cache. This value should not be greater than the maximum bytes configured value."
            .count("bytes currently in the cache", bytes.min(CACHE_BYTES))
            // "Maximum cache size."
            .count("maximum bytes configured", CACHE_BYTES)
            // "Size in bytes of the dirty data in the cache."
            .count("tracked dirty bytes in the cache", 0)
            .close()
            .close();
    }
    Ok(answer)
}

/// A command that only a router has.
fn of_routers(context: &Context<'_>) -> Result<(), Refusal> {
    if context.shared.replica.topology == crate::Topology::Sharded {
        return Ok(());
    }
    let message = format!("no such command: '{}'", context.request.name);
    Err(Refusal::new(code::COMMAND_NOT_FOUND, message))
}

/// "Returns a document with information on configured shards in the cluster" (manual, listShards).
pub(super) fn shards(context: &mut Context<'_>, answer: Builder) -> Answer {
    of_routers(context)?;
    let shards = context.state.shards.iter().enumerate().map(|(number, shard)| {
        // "host: ... the format is <replica set>/<hostname><:port>,..."
        let host = hosts(number, shard);
        let shard = Builder::new().str("_id", &format!("shard{number}")).str("host", &host);
        // "state: ... 1 if the shard is shard-aware".
        shard.i32("state", 1).build()
    });
    let shards: Vec<_> = shards.collect();
    Ok(answer.documents("shards", shards))
}

/// "Returns information regarding the open outgoing connections from the current database instance to other members of the sharded cluster or replica
/// set" (manual, connPoolStats).
pub(super) fn connection_pools(context: &mut Context<'_>, answer: Builder) -> Answer {
    of_routers(context)?;
    // "A document that contains information for all replica sets in which the mongod or mongos participates", the config servers' too.
    let mut sets = answer.open("replicaSets");
    let known = context.state.shards.iter().enumerate();
    for (number, shard) in known {
        let hosts = (0..shard.members).map(|member| {
            let is_up = member >= shard.unreachable;
            // The last member that is up is elected.
            let is_primary = shard.has_primary && is_up && member + 1 == shard.members;
            Builder::new()
                .str("addr", &address(number, member))
                // "The server's state. This field reports false when the server is unknown."
                .bool("ok", is_up)
                // "true if this host is the primary member of the replica set."
                .bool("ismaster", is_primary)
                // "true if this host is a hidden member of the replica set."
                .bool("hidden", false)
                // "true if this host is a secondary member of the replica set."
                .bool("secondary", is_up && !is_primary)
                // "The ping time in milliseconds from the mongos or mongod to this host."
                .i32("pingTimeMillis", 1)
                .build()
        });
        let hosts: Vec<_> = hosts.collect();
        sets = sets.open(&set_name(number)).documents("hosts", hosts).close();
    }
    let config = Builder::new()
        .str("addr", "config-0.cluster.example:27019")
        .bool("ok", true);
    let config = config
        .bool("ismaster", true)
        .bool("hidden", false)
        .bool("secondary", false);
    let config = config.i32("pingTimeMillis", 1).build();
    Ok(sets.open("configServers").documents("hosts", [config]).close().close())
}

/// The replica set and its members, as routers name a shard.
pub(super) fn hosts(number: usize, shard: &ShardHealth) -> String {
    let hosts: Vec<_> = (0..shard.members).map(|member| address(number, member)).collect();
    format!("{}/{}", set_name(number), hosts.join(","))
}

/// A replica set need not be called as its shard is.
fn set_name(number: usize) -> String {
    format!("rs-shard-{number}")
}

fn address(shard: usize, member: u32) -> String {
    format!("shard-{shard}-{member}.cluster.example:27018")
}
