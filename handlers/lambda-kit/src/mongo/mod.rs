//! A MongoDB client from a secret.

mod address;
mod secret;
mod source;

pub use address::AddressError;
pub use secret::{MongoSecret, SecretError, client};
pub use source::MongoSource;
