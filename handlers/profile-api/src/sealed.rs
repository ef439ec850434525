//! One field, encrypted.
//!
//! What is encrypted is the field's JSON with blanks after it, in [`envelope`]'s format. The user and the field are authenticated: what
//! is moved does not open.

use std::num::NonZeroUsize;

use envelope::{Binding, DataKey, Padding};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::keys::PURPOSE;

/// Step of the lengths that can be distinguished. Our choice: names, telephone numbers and dates of birth all have one length, addresses a few.
const STEP: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// What is personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Name,
    Phone,
    BirthDate,
    Address,
}

impl Field {
    pub(crate) const ALL: [Self; 4] = [Self::Name, Self::Phone, Self::BirthDate, Self::Address];

    /// Its name in the contract, in MongoDB and in what is authenticated.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Phone => "phone",
            Self::BirthDate => "birth_date",
            Self::Address => "address",
        }
    }
}

/// Why a field could not be encrypted. Says nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} could not be encrypted", .0.name())]
pub(crate) struct SealError(Field);

/// Why a field does not open. Says nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(
        "{} was altered, belongs to another user or field, or was encrypted with another key than the document's",
        .field.name()
    )]
    NotAuthentic { field: Field },
    /// Of another format, or too short to be one.
    #[error("{}", .source.to_string().replacen("it", .field.name(), 1))]
    Other { field: Field, source: envelope::OpenError },
    #[error("{} is authentic and not JSON", .field.name())]
    NotJson { field: Field },
}

/// Encrypts a field of a user.
pub(crate) fn seal(key: &DataKey, user: &str, field: Field, value: &Value) -> Result<Vec<u8>, SealError> {
    let json = Zeroizing::new(value.to_string());
    let sealed = key.seal(&place(user, field), json.as_bytes(), Padding::Blanks(STEP));
    sealed.map_err(|_| SealError(field))
}

/// Decrypts it.
pub(crate) fn open(key: &DataKey, user: &str, field: Field, sealed: &[u8]) -> Result<Value, OpenError> {
    let json = key.open(&place(user, field), sealed).map_err(|error| match error {
        envelope::OpenError::NotAuthentic => OpenError::NotAuthentic { field },
        source => OpenError::Other { field, source },
    })?;
    serde_json::from_slice(&json).map_err(|_| OpenError::NotJson { field })
}

/// No name of a field and no id of a user has a byte of zero.
fn place(user: &str, field: Field) -> Binding {
    Binding::new(PURPOSE.name, &[field.name(), user])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use envelope::KEY_BYTES;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const USER: &str = "6f1d4a52-50c1-70a3-9b1e-3f0c2f9f6b11";

    fn key(byte: u8) -> DataKey {
        DataKey::new(&[byte; KEY_BYTES]).unwrap()
    }

    #[test]
    fn a_ciphertext_opens_for_its_own_user_field_and_key_alone() {
        let sealed = seal(&key(1), USER, Field::Name, &json!("Ada")).unwrap();
        assert_eq!(open(&key(1), USER, Field::Name, &sealed), Ok(json!("Ada")));
        let refused = |field| Err(OpenError::NotAuthentic { field });
        for field in [Field::Phone, Field::BirthDate, Field::Address] {
            assert_eq!(open(&key(1), USER, field, &sealed), refused(field));
        }
        for user in ["6f1d4a52-50c1-70a3-9b1e-3f0c2f9f6b12", "", &format!("{USER}x")] {
            assert_eq!(
                open(&key(1), user, Field::Name, &sealed),
                refused(Field::Name),
                "{user}"
            );
        }
        assert_eq!(open(&key(2), USER, Field::Name, &sealed), refused(Field::Name));
    }

    #[test]
    fn lengths_are_told_apart_in_steps_alone() {
        let length = |text: &str| seal(&key(1), USER, Field::Name, &json!(text)).unwrap().len();
        assert_eq!(length("Al"), length("Alexandria Ocasio-Cortez of the Bronx"));
        assert_eq!(length("a"), 1 + 12 + 64 + 16);
        assert_eq!(length(&"a".repeat(62)), length("a"));
        assert_eq!(length(&"a".repeat(63)), length("a") + 64);
    }

    /// What versions before this one have written: made by Python's cryptography, see envelope's tests.
    #[test]
    fn a_field_of_a_stored_document_opens() {
        let sealed = hex::decode("01000102030405060708090a0b3ac08d113f29f9695792c5bcc2784cdac11c96ae3842571136ee439aaef74d25fe4f66c2b7ef11ddd4c5e3967cd79513d4107c59f4f5c4b6516f94ac80e03bef37ee5997732ea4fab4b11d86a94291d4").unwrap();
        assert_eq!(open(&key(7), USER, Field::Name, &sealed), Ok(json!("Ada")));
    }

    #[test]
    fn an_error_names_the_field() {
        let mut sealed = seal(&key(1), USER, Field::Name, &json!("Ada")).unwrap();
        let said = |sealed: &[u8]| open(&key(1), USER, Field::Name, sealed).unwrap_err().to_string();
        assert_eq!(said(&sealed[..20]), "name has 20 bytes, fewer than a nonce and a tag");
        sealed[0] = 2;
        assert_eq!(said(&sealed), "name is of format 2, and this function knows 1");
    }

    /// Values of any content, nested as an address is.
    fn value() -> impl Strategy<Value = Value> {
        let text = any::<String>().prop_map(Value::from);
        let lines = proptest::collection::vec(any::<String>(), 0..4);
        let address = (lines, any::<String>()).prop_map(|(lines, city)| json!({ "lines": lines, "city": city }));
        prop_oneof![text, address]
    }

    proptest! {
        #[test]
        fn what_is_encrypted_decrypts_to_itself(
            value in value(),
            field in proptest::sample::select(&Field::ALL[..]),
            user in "[!-~]{1,128}",
            bytes: [u8; 32],
        ) {
            let key = DataKey::new(&bytes).unwrap();
            let sealed = seal(&key, &user, field, &value).unwrap();
            prop_assert_eq!(open(&key, &user, field, &sealed), Ok(value));
        }
    }
}
