//! One field, encrypted.
//!
//! Format 1 is the byte 1, 12 random bytes of nonce, and AES-256-GCM's ciphertext with its tag of 16 bytes. What is encrypted is the
//! field's JSON with blanks after it. The format, the user and the field are authenticated: what is moved does not open.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use serde_json::Value;
use zeroize::Zeroizing;

/// The first byte. Another algorithm is another number, and both open.
const FORMAT: u8 = 1;

/// Lengths that are told apart. Our choice: names, telephone numbers and dates of birth all have one length, addresses a few.
const STEP: usize = 64;

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;

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

/// A user's key. It is overwritten when it is dropped; [`fmt::Debug`] does not show it.
pub(crate) struct DataKey(Zeroizing<[u8; KEY_BYTES]>);

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(***)")
    }
}

/// Why a field could not be encrypted. Says nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} could not be encrypted", .0.name())]
pub(crate) struct SealError(Field);

/// Why a field does not open. Says nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("{} is of format {format}, and this function knows {FORMAT}", .field.name())]
    Format { field: Field, format: u8 },
    #[error("{} has {length} bytes, fewer than a nonce and a tag", .field.name())]
    TooShort { field: Field, length: usize },
    #[error(
        "{} was altered, belongs to another user or field, or was encrypted with another key than the document's",
        .field.name()
    )]
    NotAuthentic { field: Field },
    #[error("{} is authentic and not JSON", .field.name())]
    NotJson { field: Field },
}

impl DataKey {
    /// From KMS's bytes; none where they are not as many as asked for.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        if bytes.len() != KEY_BYTES {
            return None;
        }
        key.copy_from_slice(bytes);
        Some(Self(key))
    }

    /// Encrypts a field of a user.
    pub(crate) fn seal(&self, user: &str, field: Field, value: &Value) -> Result<Vec<u8>, SealError> {
        let failed = |_| SealError(field);
        let json = Zeroizing::new(value.to_string());
        let padded = json.len().div_ceil(STEP) * STEP;
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(failed)?;
        // As long as it gets, so that nothing is copied and left behind before it is encrypted.
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + padded + AES_256_GCM.tag_len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(json.as_bytes());
        sealed.resize(1 + NONCE_LEN + padded, b' ');
        let content = sealed.get_mut(1 + NONCE_LEN..).unwrap_or_default();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .cipher()
            .and_then(|cipher| cipher.seal_in_place_separate_tag(nonce, bound_to(user, field), content))
            .map_err(failed)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Decrypts it.
    pub(crate) fn open(&self, user: &str, field: Field, sealed: &[u8]) -> Result<Value, OpenError> {
        let length = sealed.len();
        let too_short = OpenError::TooShort { field, length };
        let (format, rest) = sealed.split_first().ok_or(too_short)?;
        if *format != FORMAT {
            return Err(OpenError::Format { field, format: *format });
        }
        let (nonce, content) = rest.split_first_chunk::<NONCE_LEN>().ok_or(too_short)?;
        if content.len() < AES_256_GCM.tag_len() {
            return Err(too_short);
        }
        let mut content = Zeroizing::new(content.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let json = self
            .cipher()
            .and_then(|cipher| {
                let opened = cipher.open_in_place(nonce, bound_to(user, field), &mut content)?;
                Ok(serde_json::from_slice(opened))
            })
            .map_err(|_| OpenError::NotAuthentic { field })?;
        json.map_err(|_| OpenError::NotJson { field })
    }

    fn cipher(&self) -> Result<LessSafeKey, aws_lc_rs::error::Unspecified> {
        Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, self.0.as_slice())?))
    }
}

/// No name of a field and no id of a user has a byte of zero, so that no two pairs give the same.
fn bound_to(user: &str, field: Field) -> Aad<Vec<u8>> {
    let mut bound = b"lectern-profile\0".to_vec();
    bound.push(FORMAT);
    bound.extend_from_slice(field.name().as_bytes());
    bound.push(0);
    bound.extend_from_slice(user.as_bytes());
    Aad::from(bound)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const USER: &str = "6f1d4a52-50c1-70a3-9b1e-3f0c2f9f6b11";

    fn key(byte: u8) -> DataKey {
        DataKey::new(&[byte; KEY_BYTES]).unwrap()
    }

    #[test]
    fn a_ciphertext_opens_for_its_own_user_field_and_key_alone() {
        let sealed = key(1).seal(USER, Field::Name, &json!("Ada")).unwrap();
        assert_eq!(key(1).open(USER, Field::Name, &sealed), Ok(json!("Ada")));
        let refused = |field| Err(OpenError::NotAuthentic { field });
        for field in [Field::Phone, Field::BirthDate, Field::Address] {
            assert_eq!(key(1).open(USER, field, &sealed), refused(field));
        }
        for user in ["6f1d4a52-50c1-70a3-9b1e-3f0c2f9f6b12", "", &format!("{USER}x")] {
            assert_eq!(key(1).open(user, Field::Name, &sealed), refused(Field::Name), "{user}");
        }
        assert_eq!(key(2).open(USER, Field::Name, &sealed), refused(Field::Name));
    }

    #[test]
    fn no_field_and_user_are_bound_to_what_another_pair_is() {
        let users = ["a", "b", "name", "a-name", "aa"];
        let mut all = Vec::new();
        for field in Field::ALL {
            for user in users {
                all.push(bound_to(user, field).as_ref().to_vec());
            }
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), Field::ALL.len() * users.len());
    }

    #[test]
    fn what_is_encrypted_twice_is_never_the_same() {
        let seal = || key(1).seal(USER, Field::Name, &json!("Ada")).unwrap();
        assert_ne!(seal()[1..=NONCE_LEN], seal()[1..=NONCE_LEN]);
    }

    #[test]
    fn lengths_are_told_apart_in_steps_alone() {
        let length = |text: &str| key(1).seal(USER, Field::Name, &json!(text)).unwrap().len();
        assert_eq!(length("Al"), length("Alexandria Ocasio-Cortez of the Bronx"));
        assert_eq!(length("a"), 1 + NONCE_LEN + STEP + 16);
        assert_eq!(length(&"a".repeat(62)), length("a"));
        assert_eq!(length(&"a".repeat(63)), length("a") + STEP);
    }

    #[test]
    fn another_format_is_said_to_be_one() {
        let mut sealed = key(1).seal(USER, Field::Name, &json!("Ada")).unwrap();
        sealed[0] = 2;
        let error = key(1).open(USER, Field::Name, &sealed).unwrap_err();
        assert_eq!(error.to_string(), "name is of format 2, and this function knows 1");
    }

    #[test]
    fn no_debug_output_shows_a_key() {
        assert_eq!(format!("{:?}", key(7)), "DataKey(***)");
    }

    #[test]
    fn a_key_has_32_bytes() {
        for length in [0, 16, 31, 33] {
            assert!(DataKey::new(&vec![0; length]).is_none(), "{length}");
        }
    }

    /// Values of any content, nested as an address is.
    fn value() -> impl Strategy<Value = Value> {
        let text = any::<String>().prop_map(Value::from);
        let lines = proptest::collection::vec(any::<String>(), 0..4);
        let address = (lines, any::<String>()).prop_map(|(lines, city)| json!({ "lines": lines, "city": city }));
        prop_oneof![text, address]
    }

    fn field() -> impl Strategy<Value = Field> {
        proptest::sample::select(&Field::ALL[..])
    }

    proptest! {
        #[test]
        fn what_is_encrypted_decrypts_to_itself(value in value(), field in field(), user in "[!-~]{1,128}", bytes: [u8; 32]) {
            let key = DataKey::new(&bytes).unwrap();
            let sealed = key.seal(&user, field, &value).unwrap();
            prop_assert_eq!(key.open(&user, field, &sealed), Ok(value));
        }

        #[test]
        fn with_any_bit_flipped_it_does_not_open(value in value(), field in field(), bit: prop::sample::Index) {
            let mut sealed = key(1).seal(USER, field, &value).unwrap();
            let bit = bit.index(sealed.len() * 8);
            sealed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(key(1).open(USER, field, &sealed).is_err(), "bit {}", bit);
        }

        #[test]
        fn cut_short_or_made_longer_it_does_not_open(value in value(), cut: prop::sample::Index, more: u8) {
            let mut sealed = key(1).seal(USER, Field::Name, &value).unwrap();
            let cut = cut.index(sealed.len());
            prop_assert!(key(1).open(USER, Field::Name, &sealed[..cut]).is_err(), "{} bytes", cut);
            sealed.push(more);
            prop_assert!(key(1).open(USER, Field::Name, &sealed).is_err());
        }

        #[test]
        fn any_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(key(1).open(USER, Field::Name, &bytes).is_err());
        }
    }
}
