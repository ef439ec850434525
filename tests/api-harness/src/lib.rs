//! What the tests of the API handlers stand on.
//!
//! - [`Cloud`]: a local cloud that the tests of a binary share
//! - [`Scene`]: what one test has of it for a function: AWS behind a front that fails by script, a database, a clock, metrics
//! - [`Files`]: a bucket of files with roles for the functions
//! - [`Server`]: MongoDB's address as the function knows it, with a MongoDB behind it that goes away and comes back
//! - [`send`]: an event of API Gateway, and [`Sent`]: its answer, checked against the contract

mod cloud;
mod files;
mod scene;
mod sent;
mod server;

pub use cloud::Cloud;
pub use files::Files;
pub use scene::Scene;
pub use sent::{Sent, send};
pub use server::Server;
