//! What changes in what monitoring sees: restarts, failovers, lag, counters, rights.

use std::time::Duration;

use crate::emulator::MongoEmulator;
use crate::lock;
use crate::shard_health::ShardHealth;

/// Members are numbered from 0, in the order of [`MongoEmulator::uri`].
impl MongoEmulator {
    /// The member's process is another one: a new process id, an uptime and counters of 0, no connections. What is stored stays.
    pub fn restart(&self, member: usize) {
        self.shared.replica.members[member].restart();
    }

    /// The next member is elected.
    pub fn fail_over(&self) {
        self.shared.replica.elect_another();
    }

    /// The member accepts no connections, and the others find it down; or it is back. Nobody is elected for that.
    pub fn set_down(&self, member: usize, is_down: bool) {
        self.shared.replica.members[member].set_away(is_down);
    }

    /// How far the member is behind, in whole seconds.
    pub fn set_lag(&self, member: usize, lag: Duration) {
        *lock(&self.shared.replica.members[member].lag) = lag;
    }

    /// Adds to the operations that the counter `query` counts.
    pub fn add_operations(&self, member: usize, number: u64) {
        lock(&self.shared.replica.members[member].process).add_operations(number);
    }

    /// The next command makes the counters begin at 0 again, as the server does when one has passed 2^60.
    pub fn let_counters_wrap(&self, member: usize) {
        lock(&self.shared.replica.members[member].process).let_counters_wrap();
    }

    /// The member's process has been up for so much longer, as if that time had passed.
    pub fn age(&self, member: usize, time: Duration) {
        lock(&self.shared.replica.members[member].process).aged += time;
    }

    /// Connections that are open to the member, and those that ever were to its process.
    #[must_use]
    pub fn connections(&self, member: usize) -> (u64, u64) {
        let process = lock(&self.shared.replica.members[member].process);
        (process.connections, process.connections_created)
    }

    /// The user may no longer send this command: 13 `Unauthorized`, as without the role that has its action.
    pub fn forbid(&self, command: &str) {
        lock(&self.shared.state).forbidden.insert(command.to_owned());
    }

    /// Changes what routers say of a shard.
    pub fn set_shard(&self, shard: usize, health: ShardHealth) {
        lock(&self.shared.state).shards[shard] = health;
    }
}
