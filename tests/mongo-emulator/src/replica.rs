//! Which member is the primary, and those who wait for that to change.

use std::time::Duration;

use tokio::sync::watch;

use crate::bson::{Builder, Document};
use crate::clock::wall_ms;
use crate::lock;
use crate::member::Member;
use crate::session::Session;

/// What kind of deployment to look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topology {
    /// A replica set of that name, of as many members as [`crate::Options::members`] says.
    ReplicaSet(String),
    /// A server alone: no snapshots, no sessions' writes.
    Standalone,
    /// Routers of a sharded cluster, see [`crate::Options::shards`]. Documents of every collection are spread over the shards.
    Sharded,
}

impl Default for Topology {
    fn default() -> Self {
        Self::ReplicaSet("rs0".to_owned())
    }
}

/// What the members say of themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    /// By its place among the members.
    primary: Option<usize>,
    /// Who is or was the primary last.
    last: usize,
    /// Counts changes.
    version: i64,
    /// Counts elections that were won.
    term: i64,
}

#[derive(Debug)]
pub(crate) struct Replica {
    pub(crate) topology: Topology,
    pub(crate) members: Vec<Member>,
    state: watch::Sender<State>,
}

/// Oldest and newest wire protocol: MongoDB 7.0.
const WIRE_VERSIONS: (i32, i32) = (0, 21);

impl Replica {
    pub(crate) fn new(topology: Topology, members: Vec<Member>) -> Self {
        let state = State {
            primary: Some(0),
            last: 0,
            version: 0,
            term: 1,
        };
        Self {
            topology,
            members,
            state: watch::Sender::new(state),
        }
    }

    /// Whether it takes writes; a server that is no member of a replica set does.
    pub(crate) fn is_primary(&self, member: usize) -> bool {
        !self.is_replica_set() || self.state.borrow().primary == Some(member)
    }

    pub(crate) fn is_replica_set(&self) -> bool {
        matches!(self.topology, Topology::ReplicaSet(_))
    }

    /// Sessions, cluster times and snapshots are there.
    pub(crate) fn is_replicated(&self) -> bool {
        self.topology != Topology::Standalone
    }

    /// Makes a member the primary, or none.
    pub(crate) fn elect(&self, primary: Option<usize>) {
        self.state.send_if_modified(|state| {
            let changes = state.primary != primary;
            if changes {
                state.primary = primary;
                state.last = primary.unwrap_or(state.last);
                state.version += 1;
                state.term += i64::from(primary.is_some());
            }
            changes
        });
    }

    /// Who was the primary is it again.
    pub(crate) fn elect_again(&self) {
        let last = self.state.borrow().last;
        self.elect(Some(last));
    }

    /// The next member is the primary.
    pub(crate) fn elect_another(&self) {
        let last = self.state.borrow().last;
        self.elect(Some((last + 1) % self.members.len()));
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
    pub(crate) fn hello(&self, builder: Builder, is_legacy: bool, session: &Session, last_write: u64) -> Builder {
        let state = *self.state.borrow();
        let is_writable = self.is_primary(session.member);
        let member = &self.members[session.member];
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
                let addresses = self.members.iter().map(|member| &member.address);
                hello = hello.strings("hosts", addresses).str("me", &member.address);
                if let Some(primary) = state.primary {
                    hello = hello.str("primary", &self.members[primary].address);
                }
                if is_writable {
                    let mut election = [0; 12];
                    election[4..].copy_from_slice(&state.term.to_be_bytes());
                    hello = hello.object_id("electionId", election);
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
        let process_id = lock(&member.process).id;
        hello = hello.open("topologyVersion").object_id("processId", process_id);
        hello = hello.i64("counter", state.version).close();
        hello = hello
            .i32("maxBsonObjectSize", 16 * 1024 * 1024)
            .i32("maxMessageSizeBytes", 48_000_000);
        hello = hello.i32("maxWriteBatchSize", 100_000).date("localTime", wall_ms());
        if self.is_replicated() {
            hello = hello.i32("logicalSessionTimeoutMinutes", 30);
        }
        hello = hello
            .count("connectionId", session.number)
            .i32("minWireVersion", WIRE_VERSIONS.0);
        hello.i32("maxWireVersion", WIRE_VERSIONS.1).bool("readOnly", false)
    }

    /// The answer of a member to `replSetGetStatus`: "the status of the replica set from the point of view of the server that processed the command".
    /// Quoted is the MongoDB manual.
    pub(crate) fn status(&self, builder: Builder, own: usize, last_write: u64) -> Option<Builder> {
        let Topology::ReplicaSet(name) = &self.topology else {
            return None;
        };
        let state = *self.state.borrow();
        let number_of = |member: usize| match &self.members[member] {
            it if !it.is_up() => (8, "(not reachable/healthy)"),
            _ if state.primary == Some(member) => (1, "PRIMARY"),
            _ => (2, "SECONDARY"),
        };
        let status = builder
            .str("set", name)
            .date("date", wall_ms())
            .i32("myState", number_of(own).0)
            .i64("term", state.term);
        let status = status
            .open("optimes")
            .open("lastCommittedOpTime")
            .timestamp("ts", last_write);
        let status = status.i64("t", state.term).close().close();
        let members = self.members.iter().enumerate().map(|(id, member)| {
            let (number, word) = number_of(id);
            // "optime: information regarding the last operation from the operation log that this member has applied", nothing of one that is down.
            let applied = if member.is_up() {
                (last_write >> 32).saturating_sub(lock(&member.lag).as_secs())
            } else {
                0
            };
            let answer = Builder::new()
                .i32("_id", i32::try_from(id).unwrap_or(i32::MAX))
                .str("name", &member.address)
                // "1: the member is up, 0: the member is down."
                .f64("health", f64::from(u8::from(member.is_up())))
                .i32("state", number)
                .str("stateStr", word)
                .open("optime")
                .timestamp("ts", applied << 32 | 1)
                .i64("t", state.term)
                .close()
                // "The last entry from the oplog that this member applied", as a date.
                .date("optimeDate", i64::try_from(applied * 1000).unwrap_or(i64::MAX));
            if id == own {
                answer.bool("self", true).build()
            } else {
                answer.build()
            }
        });
        let members: Vec<_> = members.collect();
        Some(status.documents("members", members))
    }
}
