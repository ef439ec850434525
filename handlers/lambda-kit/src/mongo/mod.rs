//! A MongoDB client from a secret.

mod address;
mod fault;
mod secret;
mod source;

pub use address::AddressError;
pub use fault::passes;
pub use secret::{MongoSecret, SecretError, client};
pub use source::MongoSource;
