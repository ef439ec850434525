//! The function that measures a MongoDB cluster each minute, over the private link and with no more rights than the role `clusterMonitor` has.
//!
//! - [`MongoProbe`]: what is built once from the environment and kept; [`handle`]: the story of one event
//! - `error`: how it fails; [`Limits`]: times
//! - `measure`: what is asked, of a replica set or of `routers`; `reading`: what came of it, as a [`Report`] and as metrics
//! - `status`, `replica_set`, `shards`: what the server's answers say; `rate`: operations a second, from counters of one process
//! - `link`: the connection for one event

mod error;
mod function;
mod handler;
mod limits;
mod link;
mod measure;
mod number;
mod probe;
mod rate;
mod reading;
mod replica_set;
mod routers;
mod shards;
mod status;

pub use error::FAILURES;
pub use handler::handle;
pub use limits::Limits;
pub use probe::MongoProbe;
pub use rate::NoRate;
pub use reading::{Report, Shard};
