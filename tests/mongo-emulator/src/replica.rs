//! The member's role, and those who wait for it to change.

use std::time::Duration;

use tokio::sync::watch;

use crate::bson::{Builder, Document};
use crate::clock::wall_ms;

/// What kind of deployment to look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topology {
    /// A replica set of that name, with this server as its only member.
    ReplicaSet(String),
    /// A server alone: no snapshots, no sessions' writes.
    Standalone,
    /// A router of a sharded cluster, see [`crate::Options::shards`]. Documents of every collection are spread over the shards.
    Sharded,
}

impl Default for Topology {
    fn default() -> Self {
        Self::ReplicaSet("rs0".to_owned())
    }
}

/// What the member says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    is_primary: bool,
    /// Counts changes.
    version: i64,
    /// Counts elections that were won.
    term: i64,
}

#[derive(Debug)]
pub(crate) struct Replica {
    pub(crate) topology: Topology,
    address: String,
    process_id: [u8; 12],
    state: watch::Sender<State>,
}

/// Oldest and newest wire protocol: MongoDB 7.0.
const WIRE_VERSIONS: (i32, i32) = (0, 21);

impl Replica {
    pub(crate) fn new(topology: Topology, address: String) -> Self {
        let mut process_id = [0; 12];
        process_id.fill_with(|| fastrand::u8(..));
        let state = State {
            is_primary: true,
            version: 0,
            term: 1,
        };
        Self {
            topology,
            address,
            process_id,
            state: watch::Sender::new(state),
        }
    }

    pub(crate) fn is_primary(&self) -> bool {
        self.state.borrow().is_primary
    }

    pub(crate) fn is_replica_set(&self) -> bool {
        matches!(self.topology, Topology::ReplicaSet(_))
    }

    /// Sessions, cluster times and snapshots are there.
    pub(crate) fn is_replicated(&self) -> bool {
        self.topology != Topology::Standalone
    }

    pub(crate) fn become_primary(&self, is_primary: bool) {
        self.state.send_if_modified(|state| {
            let changes = state.is_primary != is_primary;
            if changes {
                state.is_primary = is_primary;
                state.version += 1;
                state.term += i64::from(is_primary);
            }
            changes
        });
    }

    /// As after a change that was undone at once: monitors are answered, and find what they knew.
    pub(crate) fn stir(&self) {
        self.state.send_modify(|state| state.version += 1);
    }

    /// A monitor that knows the present state waits for another, for as long as it says.
    pub(crate) async fn await_change(&self, hello: Document<'_>) {
        let known = hello
            .document("topologyVersion")
            .and_then(|version| version.i64("counter"));
        let (Some(known), Some(most)) = (known, hello.i64("maxAwaitTimeMS")) else {
            return;
        };
        let mut receiver = self.state.subscribe();
        let changed = receiver.wait_for(|state| state.version != known);
        // Neither end is an error: what follows is the state as it is.
        let _timed_out = tokio::time::timeout(Duration::from_millis(u64::try_from(most).unwrap_or(0)), changed).await;
    }

    /// The answer to `hello` and to its older names, but for authentication.
    pub(crate) fn hello(&self, builder: Builder, is_legacy: bool, connection: u64, last_write: u64) -> Builder {
        let state = *self.state.borrow();
        let is_writable = state.is_primary;
        let mut hello = builder.bool(if is_legacy { "ismaster" } else { "isWritablePrimary" }, is_writable);
        hello = hello.bool("helloOk", true);
        match &self.topology {
            Topology::Standalone => {}
            Topology::Sharded => hello = hello.str("msg", "isdbgrid"),
            Topology::ReplicaSet(name) => {
                hello = hello
                    .str("setName", name)
                    .i32("setVersion", 1)
                    .bool("secondary", !is_writable);
                hello = hello.strings("hosts", [&self.address]).str("me", &self.address);
                if is_writable {
                    let mut election = [0; 12];
                    election[4..].copy_from_slice(&state.term.to_be_bytes());
                    hello = hello.str("primary", &self.address).object_id("electionId", election);
                }
                let op_time = |builder: Builder, name| {
                    builder
                        .open(name)
                        .timestamp("ts", last_write)
                        .i64("t", state.term)
                        .close()
                };
                let seconds = i64::try_from((last_write >> 32) * 1000).unwrap_or_else(|_| wall_ms());
                hello = op_time(hello.open("lastWrite"), "opTime").date("lastWriteDate", seconds);
                hello = op_time(hello, "majorityOpTime")
                    .date("majorityWriteDate", seconds)
                    .close();
            }
        }
        hello = hello.open("topologyVersion").object_id("processId", self.process_id);
        hello = hello.i64("counter", state.version).close();
        hello = hello
            .i32("maxBsonObjectSize", 16 * 1024 * 1024)
            .i32("maxMessageSizeBytes", 48_000_000);
        hello = hello.i32("maxWriteBatchSize", 100_000).date("localTime", wall_ms());
        if self.is_replicated() {
            hello = hello.i32("logicalSessionTimeoutMinutes", 30);
        }
        hello = hello
            .count("connectionId", connection)
            .i32("minWireVersion", WIRE_VERSIONS.0);
        hello.i32("maxWireVersion", WIRE_VERSIONS.1).bool("readOnly", false)
    }

    /// The answer to `replSetGetStatus`.
    pub(crate) fn status(&self, builder: Builder, last_write: u64) -> Option<Builder> {
        let Topology::ReplicaSet(name) = &self.topology else {
            return None;
        };
        let state = *self.state.borrow();
        let (number, word) = if state.is_primary {
            (1, "PRIMARY")
        } else {
            (2, "SECONDARY")
        };
        let status = builder
            .str("set", name)
            .date("date", wall_ms())
            .i32("myState", number)
            .i64("term", state.term);
        let status = status
            .open("optimes")
            .open("lastCommittedOpTime")
            .timestamp("ts", last_write);
        let status = status.i64("t", state.term).close().close();
        let status = status
            .open_array("members")
            .open("0")
            .i32("_id", 0)
            .str("name", &self.address);
        let status = status.f64("health", 1.0).i32("state", number).str("stateStr", word);
        Some(
            status
                .open("optime")
                .timestamp("ts", last_write)
                .i64("t", state.term)
                .close()
                .bool("self", true)
                .close()
                .close(),
        )
    }
}
