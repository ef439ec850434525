//! Envelope encryption: content is encrypted with a data key, and the data key is wrapped by KMS.
//!
//! - [`DataKey`]: encrypts and decrypts content that is bound to a place, see [`Binding`]; format 1 is AES-256-GCM
//! - [`DataKeys`]: makes and unwraps data keys with KMS, for one [`Purpose`]
//! - [`Keyring`]: the same, with keys that are kept in memory for a while

mod keyring;
mod keys;
mod sealed;

pub use keyring::Keyring;
pub use keys::{DataKeys, KeyError, Purpose, SubjectKey};
pub use sealed::{Binding, DataKey, KEY_BYTES, MAX_USES, OpenError, Padding, SealError};
