//! A MongoDB client from a secret, and a [`Database`] whose operations are bounded and follow a rotated secret.

mod address;
mod command;
mod database;
mod fault;
mod secret;
mod source;

pub use address::AddressError;
pub use command::CommandError;
pub use database::{Database, StoreError};
pub use fault::passes;
pub use secret::{MongoSecret, SecretError, client};
pub use source::MongoSource;
