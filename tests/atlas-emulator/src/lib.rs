//! MongoDB Atlas' Admin API on 127.0.0.1, with failures on demand.
//!
//! ```no_run
//! # fn example() -> std::io::Result<()> {
//! use atlas_emulator::{AtlasEmulator, DEFAULT_PROJECT, Fault, FaultKind, Options};
//!
//! let emulator = AtlasEmulator::start(Options::default())?;
//! emulator.project(DEFAULT_PROJECT).add_cluster("main", &["EU_WEST_1"]);
//! emulator.fault(Fault { method: "POST".into(), times: Some(2), kind: FaultKind::InternalError, ..Fault::default() });
//! // ... point a client at emulator.base_url() ...
//! assert_eq!(emulator.calls()[0].status, Some(401));
//! # Ok(()) }
//! ```
//!
//! Emulated: private endpoints of dedicated clusters on AWS, regional mode, the connection strings of clusters, the project's
//! access list, database users with a password (made, read, changed; clusters have a change later), HTTP digest and service accounts.
//! Not emulated: Azure and Google Cloud, serverless instances (answered as gone), Flex clusters, measurements, other database users, cloud
//! provider access, and the `envelope` and `pretty` parameters.
//!
//! Where the public material does not give an error code, an answer has the code of the API's version 1.0 or a plausible one:
//! clients should look at the HTTP status.
//!
//! Map of the crate, from the wire inwards:
//! - `emulator_kit`: connections, and the machinery of scripts; `server`: HTTP; `admin`: the library's controls over HTTP;
//! - `call`: the life of one call: authentication, gates, faults, work; `answer`: how it goes out;
//! - `auth`: HTTP digest, and the service accounts' tokens;
//! - `media_type`: the API's versions; `routes`: paths to operations; `reply`: answers and refusals as JSON;
//! - `resources`: one file a kind of object: its operations, its refusals; `context`: what an operation may look at;
//! - `store`: projects; `objects`: what is in them; `course`: how states follow each other; `staleness`: what late reads show;
//! - `profile`: which of several observed behaviours is shown;
//! - `faults`, `alterations`, `pattern`, `gates`, `call_log`: what a test scripts and looks at;
//! - `emulator`, `project`, `snapshot`: the library's front.

mod admin;
mod alterations;
mod answer;
mod auth;
mod call;
mod call_log;
mod context;
mod course;
mod emulator;
mod faults;
mod gates;
mod media_type;
mod objects;
mod pattern;
mod profile;
mod project;
mod reply;
mod request;
mod resources;
mod routes;
mod server;
mod snapshot;
mod staleness;
mod store;

use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

pub(crate) use emulator_kit::lock;
use emulator_kit::{CallLog, Faults, Gates};

pub use auth::Credentials;
pub use call_log::Call;
pub use course::Pace;
pub use emulator::{AtlasEmulator, DEFAULT_PROJECT, Options};
pub use emulator_kit::GateHandle;
pub use faults::{Fault, FaultKind};
pub use gates::Gate;
pub use objects::database_user::AppliedUser;
pub use profile::{FailedEndpointMessage, Profile};
pub use project::Project;
pub use snapshot::{
    AccessListSnapshot, ClusterSnapshot, DatabaseUserSnapshot, EndpointSnapshot, ProjectSnapshot, ServiceSnapshot,
};

/// All that a call and the library's front share.
pub(crate) struct Shared {
    pub(crate) credentials: Credentials,
    pub(crate) pace: Pace,
    pub(crate) profile: Mutex<Profile>,
    pub(crate) store: Mutex<store::Store>,
    pub(crate) nonces: auth::digest::Nonces,
    pub(crate) tokens: auth::oauth::Tokens,
    pub(crate) calls: CallLog<Call>,
    pub(crate) faults: Faults<Fault>,
    pub(crate) gates: Gates<Gate>,
    pub(crate) posting: resources::access_list::Posting,
    pub(crate) answers: AtomicU64,
}
