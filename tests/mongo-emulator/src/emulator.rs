//! The emulator as a value: started, scripted, inspected, and gone when dropped.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use emulator_kit::{GateHandle, Listener, Server};

use crate::call_log::Call;
use crate::cursors::Cursors;
use crate::faults::Fault;
use crate::gates::Gate;
use crate::member::Member;
use crate::replica::{Replica, Topology};
use crate::scram::User;
use crate::shard_health::ShardHealth;
use crate::state::{Shared, State};
use crate::store::Store;
use crate::tls::{self, Tls};
use crate::{lock, server};

/// How to run an emulator.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port on 127.0.0.1, of the first member; 0: a free one, which the others always have.
    pub port: u16,
    /// What kind of deployment to look like.
    pub topology: Topology,
    /// Who may call; nobody: anybody, without authentication.
    pub users: Vec<User>,
    /// TLS, and with which certificate; `None`: without.
    pub tls: Option<Tls>,
    /// How far back snapshots go: the server's `minSnapshotHistoryWindowInSeconds`, 300 s by default. Whole seconds count.
    pub snapshot_history: Duration,
    /// Members of a replica set, which all have what is stored, or routers of a sharded cluster; at least one. Each has an address of its own.
    pub members: u32,
    /// A router's shards, at least one.
    pub shards: u32,
    /// Capped collections can be read in snapshots. By default they cannot, as in MongoDB 5.0 to 7.0.
    pub snapshots_of_capped: bool,
    /// `insert` and `update` know `bypassEmptyTsReplacement`, as MongoDB does from 8.0, 7.0.13, 6.0.17 and 5.0.29. By default so.
    pub knows_empty_timestamps: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            topology: Topology::default(),
            users: Vec::new(),
            tls: None,
            members: 1,
            snapshot_history: Duration::from_secs(300),
            shards: 2,
            snapshots_of_capped: false,
            knows_empty_timestamps: true,
        }
    }
}

/// A server that listens until it is dropped. It runs on a thread of its own, so a test may block as it likes.
pub struct MongoEmulator {
    address: SocketAddr,
    ca_pem: Option<String>,
    pub(crate) shared: Arc<Shared>,
    _servers: Vec<Server>,
}

impl MongoEmulator {
    /// Starts and listens. It blocks for no longer than a bind and the making of a certificate take.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(options: Options) -> io::Result<Self> {
        let more = (1..options.members).map(|_| Listener::bind(0));
        let listeners: io::Result<Vec<_>> = [Listener::bind(options.port)].into_iter().chain(more).collect();
        let listeners = listeners?;
        let address = listeners[0].address();
        let (acceptor, ca_pem) = options.tls.map(tls::acceptor).transpose()?.unzip();
        let users = options
            .users
            .into_iter()
            .map(|user| ((user.database.clone(), user.name.clone()), user));
        let shards = match options.topology {
            Topology::Sharded => u64::from(options.shards),
            Topology::ReplicaSet(_) | Topology::Standalone => 1,
        };
        let state = State {
            store: Store::new(options.snapshot_history, shards),
            cursors: Cursors::default(),
            hidden: Default::default(),
            forbidden: Default::default(),
            shards: vec![ShardHealth::default(); usize::try_from(shards).unwrap_or_default()],
            zones: Default::default(),
            writes: HashMap::new(),
        };
        let shared = Arc::new(Shared {
            users: std::sync::Mutex::new(users.collect()),
            state: std::sync::Mutex::new(state),
            replica: Replica::new(
                options.topology,
                listeners
                    .iter()
                    .map(|listener| Member::new(listener.address().to_string()))
                    .collect(),
            ),
            snapshots_of_capped: options.snapshots_of_capped,
            knows_empty_timestamps: options.knows_empty_timestamps,
            calls: Default::default(),
            faults: Default::default(),
            gates: Default::default(),
            connections: Default::default(),
        });
        let servers = listeners.into_iter().enumerate().map(|(member, listener)| {
            let connections = server::connections(acceptor.clone(), Arc::clone(&shared), member);
            listener.serve("mongo-emulator", connections)
        });
        Ok(Self {
            address,
            ca_pem,
            _servers: servers.collect::<io::Result<_>>()?,
            shared,
        })
    }

    /// `127.0.0.1:<port>`, of the first member.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A connection string: with the first user there is, in the order of databases and names, and with TLS if it is on. The
    /// client needs the authority's certificate then: `tlsCAFile` is to be added.
    #[must_use]
    pub fn uri(&self) -> String {
        let user = lock(&self.shared.users).values().next().cloned();
        match user {
            Some(user) => self.uri_of(&user),
            None => self.uri_with("", &[]),
        }
    }

    /// The connection string of a user, who need not exist.
    #[must_use]
    pub fn uri_of(&self, user: &User) -> String {
        let credentials = format!("{}:{}@", percent_encoded(&user.name), percent_encoded(&user.password));
        self.uri_with(&credentials, &[format!("authSource={}", user.database)])
    }

    fn uri_with(&self, credentials: &str, options: &[String]) -> String {
        let mut options = options.to_vec();
        if let Topology::ReplicaSet(name) = &self.shared.replica.topology {
            options.push(format!("replicaSet={name}"));
        }
        if self.ca_pem.is_some() {
            options.push("tls=true".to_owned());
        }
        let members = self.shared.replica.members.iter();
        let addresses: Vec<_> = members.map(|member| member.address.as_str()).collect();
        format!("mongodb://{credentials}{}/?{}", addresses.join(","), options.join("&"))
    }

    /// The certificate, in PEM, of the authority that a client must trust; `None` without TLS.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Adds a user or changes the password. Connections there are stay as they are.
    pub fn set_user(&self, user: User) {
        lock(&self.shared.users).insert((user.database.clone(), user.name.clone()), user);
    }

    /// Every command since the start or the last [`Self::clear_calls`], in order of arrival; `hello` is none.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.calls()
    }

    /// Forgets the commands so far.
    pub fn clear_calls(&self) {
        self.shared.calls.clear();
    }

    /// Scripts a failure.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults.add(fault);
    }

    /// Removes all scripted failures.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// Holds one command until the handle opens it.
    #[must_use]
    pub fn gate(&self, gate: Gate) -> GateHandle {
        self.shared.gates.add(gate)
    }

    /// The primary becomes a secondary: monitors hear of it, writes are refused. Cursors stay.
    pub fn step_down(&self) {
        self.shared.replica.elect(None);
    }

    /// The member is elected again.
    pub fn step_up(&self) {
        self.shared.replica.elect_again();
    }

    /// Closes all connections, and new ones at once, until [`Self::come_back`]. What is stored stays; cursors do too.
    pub fn go_away(&self) {
        self.shared
            .replica
            .members
            .iter()
            .for_each(|member| member.set_away(true));
    }

    /// Connections are accepted again.
    pub fn come_back(&self) {
        self.shared
            .replica
            .members
            .iter()
            .for_each(|member| member.set_away(false));
    }

    /// Closes the connections there are; new ones are accepted.
    pub fn close_connections(&self) {
        self.shared.replica.members.iter().for_each(Member::close_connections);
    }

    /// Every snapshot there is gets too old: 239 `SnapshotTooOld`. New ones can be begun.
    pub fn expire_snapshots(&self) {
        lock(&self.shared.state).store.expire_snapshots();
    }

    /// Every cursor is gone, as after an idle time: 43 `CursorNotFound`.
    pub fn expire_cursors(&self) {
        lock(&self.shared.state).cursors.clear();
    }

    /// Cursors that are open.
    #[must_use]
    pub fn open_cursors(&self) -> usize {
        lock(&self.shared.state).cursors.len()
    }

    /// Seconds and increment of the cluster's time.
    #[must_use]
    pub fn cluster_time(&self) -> (u32, u32) {
        let time = lock(&self.shared.state).store.clock.now().0;
        let half = |half: u64| u32::try_from(half & 0xffff_ffff).unwrap_or_default();
        (half(time >> 32), half(time))
    }
}

/// All but letters, digits and a few that need none.
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
