//! The function that removes abandoned uploads: those that nobody completed, and removals that upload-api did not finish.
//!
//! - [`UploadJanitor`]: what is built once from the environment; [`handle`]: the story of one event
//! - `tally`: what became of it, as a [`Report`] and as metrics; `error`: how it fails
//! - `limits`: how much one invocation does
//!
//! Records and objects are [`file_store`]'s.

mod error;
mod function;
mod handler;
mod janitor;
mod limits;
mod tally;

pub use error::FAILURES;
pub use handler::handle;
pub use janitor::UploadJanitor;
pub use limits::Limits;
pub use tally::Report;
