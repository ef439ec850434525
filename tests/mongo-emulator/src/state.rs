//! All that a command and the library's front share.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use emulator_kit::{CallLog, Faults, Gates};

use crate::call_log::Call;
use crate::cursors::Cursors;
use crate::faults::Fault;
use crate::gates::Gate;
use crate::replica::Replica;
use crate::scram::Users;
use crate::shard_health::ShardHealth;
use crate::store::Store;

/// The emulator, as its connections and its front see it.
pub(crate) struct Shared {
    pub(crate) users: Mutex<Users>,
    pub(crate) state: Mutex<State>,
    pub(crate) replica: Replica,
    pub(crate) snapshots_of_capped: bool,
    pub(crate) knows_empty_timestamps: bool,
    pub(crate) calls: CallLog<Call>,
    pub(crate) faults: Faults<Fault>,
    pub(crate) gates: Gates<Gate>,
    /// Connections so far, over all members.
    pub(crate) connections: AtomicU64,
}

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
