//! The rotation function of Secrets Manager for secrets of MongoDB users: two users get new passwords in turn.
//!
//! - [`SecretRotation`]: what is built once from the environment and kept; [`handle`]: the story of one event
//! - `steps`: what each of the four steps of a rotation does; `age`: how old the passwords are, for the daily event
//! - `value`: the text of a secret, and the next one's; `password`
//! - `versions`: Secrets Manager; `session`: MongoDB; `users`: what an administrator does there
//! - `report`: answers and metrics; `error`: how it fails; [`Limits`]: times

mod age;
mod error;
mod function;
mod handler;
mod limits;
mod password;
mod report;
mod rotation;
mod session;
mod steps;
mod users;
mod value;
mod versions;

pub use error::FAILURES;
pub use handler::handle;
pub use limits::Limits;
pub use report::{Age, Report};
pub use rotation::SecretRotation;
