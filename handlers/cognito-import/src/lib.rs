//! The function that imports an export of users and groups into another Cognito user pool.
//!
//! - [`CognitoImport`]: what is built once from the environment; [`handle`]: the story of one event, an [`Event`], to an [`Answer`]
//! - `run`: an import and what it works with; `state`: how far it is; `open`: what comes before the first user
//! - `groups`, `users`: what is made; `account`: one user; `compare`: whether one who is there is equal; `memberships`: who is in which group
//! - `report`: what became of it; `error`: how it fails; [`Limits`]: sizes and times
//!
//! Parts, manifest and pool are [`user_export`]'s; lease, checkpoint and handover [`job_kit`]'s.

mod account;
mod answer;
mod compare;
mod error;
mod event;
mod function;
mod groups;
mod handler;
mod import;
mod limits;
mod memberships;
mod open;
mod report;
mod run;
mod state;
mod users;

pub use answer::Answer;
pub use error::FAILURES;
pub use event::Event;
pub use handler::handle;
pub use import::CognitoImport;
pub use limits::Limits;
pub use report::{Outcome, Report, Tally, UserResult};
