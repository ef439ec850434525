//! The rotation function of Secrets Manager for secrets of MongoDB users: two users get new passwords in turn.
//!
//! - [`SecretRotation`]: what is built once from the environment and kept; [`handle`]: the story of one event
//! - `steps`: what each of the four steps of a rotation does; `age`: how old the passwords are, for the daily event
//! - `value`: the text of a secret, and the next one's; `password`
//! - `versions`: Secrets Manager; `session`: MongoDB, where users sign in
//! - `administrator`: who changes users, by `commands` of MongoDB or by the Admin API of `atlas`; `rights`: what users may do
//! - `report`: answers and metrics; `error`: how it fails; [`Limits`]: times

mod administrator;
mod age;
mod atlas;
mod commands;
mod error;
mod function;
mod handler;
mod limits;
mod password;
mod report;
mod rights;
mod rotation;
mod session;
mod steps;
mod value;
mod versions;

pub use error::FAILURES;
pub use handler::handle;
pub use limits::Limits;
pub use report::{Age, Report};
pub use rotation::SecretRotation;
