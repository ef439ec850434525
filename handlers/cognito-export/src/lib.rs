//! The function that exports the users and groups of a Cognito user pool to S3, encrypted with a data key of the export.
//!
//! - [`CognitoExport`]: what is built once from the environment; [`handle`]: the story of one event, an [`Event`], to an [`Answer`]
//! - `run`: an export and what it works with; `state`: how far it is; `users`, `groups`: what is read; `commit`: the manifest, last
//! - `error`: how it fails; [`Limits`]: sizes and times
//!
//! Parts, manifest and pool are [`user_export`]'s; lease, checkpoint and handover [`job_kit`]'s.

mod answer;
mod commit;
mod error;
mod event;
mod export;
mod function;
mod groups;
mod handler;
mod limits;
mod run;
mod state;
mod users;

pub use answer::{Answer, Report};
pub use error::FAILURES;
pub use event::Event;
pub use export::CognitoExport;
pub use handler::handle;
pub use limits::Limits;
