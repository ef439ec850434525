//! A MongoDB server on 127.0.0.1 that keeps documents as bytes, has true snapshots, and fails on demand.
//!
//! ```no_run
//! # fn example() -> std::io::Result<()> {
//! use mongo_emulator::{Corpus, Fault, FaultKind, MongoEmulator, Options, code};
//!
//! let emulator = MongoEmulator::start(Options::default())?;
//! emulator.generate("school", "students", Corpus { documents: 200_000, ..Corpus::default() });
//! emulator.fault(Fault {
//!     command: "getMore".into(),
//!     namespace: "school.*".into(),
//!     skip: 3,
//!     times: Some(1),
//!     kind: FaultKind::KillCursor,
//!     ..Fault::default()
//! });
//! // ... point a driver at emulator.uri() ...
//! assert_eq!(emulator.calls()[0].command, "find");
//! # Ok(()) }
//! ```
//!
//! It says that it is MongoDB 7.0, a replica set of one member or more. Emulated is what copying a database away and back takes; the
//! README has the table. What is not emulated is refused, never guessed: an unknown command as by the server, an operator,
//! stage, sort or projection with a message that begins with `not emulated`.
//!
//! Map of the crate, from the wire inwards:
//! - `emulator_kit`: the port, and the machinery of scripts; `server`, `tls`: connections; `wire`: messages; `connection`: one client; `call`: the life of one command;
//! - `scram`, `session`: who is connected; `member`: a server's process and what it counts; `replica`: which member is the primary;
//! - `request`, `state`: what a command asks for and works on; `commands`: what each command does; `cursors`, `filter`: what a read gives;
//! - `store`: collections with every version of their documents; `clock`: the time that each version has;
//! - `corpus`: documents that are made when they are read; `bson`: documents as bytes;
//! - `faults`, `pattern`, `gates`, `call_log`, `refusal`: what a test scripts and looks at;
//! - `emulator`, `seeding`, `monitoring`: the library's front.

mod altering;
mod bson;
mod call;
mod call_log;
mod clock;
mod commands;
mod connection;
mod corpus;
mod cursors;
mod emulator;
mod faults;
mod filter;
mod gates;
mod member;
mod monitoring;
mod pattern;
mod refusal;
mod replica;
mod request;
mod scram;
mod seeding;
mod server;
mod session;
mod shard_health;
mod state;
mod store;
mod tls;
mod wire;

pub(crate) use emulator_kit::lock;

pub use call_log::Call;
pub use corpus::{Corpus, Ids};
pub use emulator::{MongoEmulator, Options};
pub use emulator_kit::GateHandle;
pub use faults::{Fault, FaultKind};
pub use gates::Gate;
pub use refusal::code;
pub use replica::Topology;
pub use scram::User;
pub use shard_health::ShardHealth;
pub use tls::Tls;
