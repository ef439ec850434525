//! One server of the deployment: its address, its process with what that counts, and who is connected to it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::lock;

/// Whether connections are accepted. Every change closes those that there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Away {
    pub(crate) is_away: bool,
    pub(crate) changes: u64,
}

/// A member of a replica set, a router, or a server alone.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) address: String,
    pub(crate) away: watch::Sender<Away>,
    pub(crate) process: Mutex<Process>,
    /// How far it is behind what is stored.
    pub(crate) lag: Mutex<Duration>,
}

impl Member {
    pub(crate) fn new(address: String) -> Self {
        Self {
            address,
            away: watch::Sender::default(),
            process: Mutex::new(Process::start()),
            lag: Mutex::default(),
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        !self.away.borrow().is_away
    }

    pub(crate) fn close_connections(&self) {
        self.away.send_modify(|away| away.changes += 1);
    }

    pub(crate) fn set_away(&self, is_away: bool) {
        self.away.send_modify(|away| {
            away.is_away = is_away;
            away.changes += 1;
        });
    }

    /// What is stored stays; the process is another one.
    pub(crate) fn restart(&self) {
        *lock(&self.process) = Process::start();
        self.close_connections();
    }
}

/// Names of the counters. Source: MongoDB manual, serverStatus, opcounters.
const COUNTERS: [&str; 6] = ["insert", "query", "update", "delete", "getmore", "command"];

/// "static constexpr auto maxCount = 1LL << 60": the server's `OpCounters::_checkWrap`, which then sets all of them to 0.
const WRAPS_AFTER: u64 = 1 << 60;

/// A process of the server, which knows nothing of the one before it.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) pid: i64,
    pub(crate) id: [u8; 12],
    pub(crate) started: Instant,
    /// Seconds that it is older than it is, see [`crate::MongoEmulator::age`].
    pub(crate) aged: Duration,
    pub(crate) connections: u64,
    pub(crate) connections_created: u64,
    counters: BTreeMap<&'static str, u64>,
}

impl Process {
    fn start() -> Self {
        let mut id = [0; 12];
        id.fill_with(|| fastrand::u8(..));
        Self {
            pid: fastrand::i64(1_000..4_000_000),
            id,
            started: Instant::now(),
            aged: Duration::ZERO,
            connections: 0,
            connections_created: 0,
            counters: COUNTERS.iter().map(|name| (*name, 0)).collect(),
        }
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed() + self.aged
    }

    /// In the order in which the server gives them.
    pub(crate) fn counters(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        COUNTERS.iter().map(|name| (*name, self.counters[name]))
    }

    /// What a command counts as. "opcounters.command counts all commands except the write commands: insert, update, and delete" (MongoDB
    /// manual, serverStatus); `find` and `getMore` have counters of their own, and a write counts each of its statements (the server's
    /// `shouldAffectCommandCounter`, `gotInserts`).
    pub(crate) fn count(&mut self, command: &str, statements: usize) {
        let statements = u64::try_from(statements).unwrap_or(u64::MAX);
        let (name, number) = match command {
            "insert" => ("insert", statements),
            "update" => ("update", statements),
            "delete" => ("delete", statements),
            "find" => ("query", 1),
            "getMore" => ("getmore", 1),
            _ => ("command", 1),
        };
        let counter = self.counters.entry(name).or_default();
        let before = *counter;
        *counter = before.saturating_add(number);
        if before > WRAPS_AFTER {
            self.counters.values_mut().for_each(|counter| *counter = 0);
        }
    }

    pub(crate) fn add_operations(&mut self, number: u64) {
        *self.counters.entry("query").or_default() += number;
    }

    pub(crate) fn let_counters_wrap(&mut self) {
        self.counters.insert("command", WRAPS_AFTER + 1);
    }
}

/// A connection, counted as long as this lives.
pub(crate) struct Counted<'a> {
    member: &'a Member,
    process: [u8; 12],
}

impl<'a> Counted<'a> {
    pub(crate) fn new(member: &'a Member) -> Self {
        let mut process = lock(&member.process);
        process.connections += 1;
        process.connections_created += 1;
        Self {
            member,
            process: process.id,
        }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        let mut process = lock(&self.member.process);
        // A process that was started meanwhile never had it.
        if process.id == self.process {
            process.connections -= 1;
        }
    }
}
