//! Users' data keys: what they are for, and what a request is answered where there is none.

use api_kit::{Kind, Problem};
use envelope::{KeyError, MAX_USES as USES, Purpose};

/// In the encryption context, which the key's policy can demand by `kms:EncryptionContext:<name>`.
pub(crate) const PURPOSE: Purpose = Purpose {
    name: "lectern-profile",
    subject: "user",
    title: "the data key of the profile",
};

/// Fields encrypted with one key, after which the next change makes another. What a change that lost a race has encrypted is not
/// counted; as many of them for each one that won would have to be.
pub(crate) const MAX_USES: i64 = USES as i64;

/// A disabled KMS key, one that is to be deleted and a refused permission pass when somebody acts, and not by waiting: no 503.
pub(crate) fn problem(error: KeyError) -> Problem {
    let cause = error.to_string();
    match error {
        KeyError::Kms { source, .. } => Problem::from(source).cause(cause),
        KeyError::Length => Problem::new(Kind::Internal).cause(cause),
    }
}
