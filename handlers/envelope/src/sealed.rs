//! Content, encrypted.
//!
//! Format 1 is the byte 1, 12 random bytes of nonce, and AES-256-GCM's ciphertext with its tag of 16 bytes. The format and the place
//! that the content belongs to are authenticated: what is moved does not open.

use std::fmt;
use std::num::NonZeroUsize;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use zeroize::Zeroizing;

/// The first byte. Another algorithm is another number, and both open.
const FORMAT: u8 = 1;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// Times that one key may encrypt. Our choice: 2^16, where 96 random bits of nonce are allowed 2^32 by NIST SP 800-38D, 8.3.
pub const MAX_USES: u32 = 1 << 16;

/// A key for content. It is overwritten when it is dropped; [`fmt::Debug`] does not show it.
pub struct DataKey(Zeroizing<[u8; KEY_BYTES]>);

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(***)")
    }
}

/// The place that content belongs to. It is authenticated and not stored: the caller that decrypts has to name the same place.
#[derive(Clone)]
pub struct Binding(Vec<u8>);

impl Binding {
    /// `parts` go from the general to the single one. Neither the purpose nor a part, but for the last, may have a byte of zero,
    /// and a purpose has always as many parts: then no two places give the same.
    #[must_use]
    pub fn new(purpose: &str, parts: &[&str]) -> Self {
        let mut bound = purpose.as_bytes().to_vec();
        bound.extend_from_slice(&[0, FORMAT]);
        bound.extend_from_slice(parts.join("\0").as_bytes());
        Self(bound)
    }

    fn aad(&self) -> Aad<&[u8]> {
        Aad::from(self.0.as_slice())
    }
}

impl fmt::Debug for Binding {
    /// A place can be somebody's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Binding(***)")
    }
}

/// What is done about lengths, which encryption does not hide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// Nothing: the ciphertext is as long as the content.
    None,
    /// Blanks after JSON text up to a multiple of this number of bytes. JSON parsers ignore them.
    Blanks(NonZeroUsize),
}

impl Padding {
    fn length(self, content: usize) -> usize {
        match self {
            Self::None => content,
            Self::Blanks(step) => content.div_ceil(step.get()) * step.get(),
        }
    }
}

/// Encryption failed: there are no random numbers, or the content is too long for AES-GCM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it could not be encrypted")]
pub struct SealError;

/// Why something does not open. Says nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another algorithm.
    #[error("it is of format {format}, and this function knows {FORMAT}")]
    Format {
        /// Its first byte.
        format: u8,
    },
    /// Cut off.
    #[error("it has {length} bytes, fewer than a nonce and a tag")]
    TooShort {
        /// Bytes that there are.
        length: usize,
    },
    /// The tag differs.
    #[error("it was altered, belongs to another place, or was encrypted with another key")]
    NotAuthentic,
}

impl DataKey {
    /// From KMS's bytes; none where they are not as many as asked for.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        if bytes.len() != KEY_BYTES {
            return None;
        }
        key.copy_from_slice(bytes);
        Some(Self(key))
    }

    /// Encrypts content for its place.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(&self, place: &Binding, content: &[u8], padding: Padding) -> Result<Vec<u8>, SealError> {
        let padded = padding.length(content.len());
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| SealError)?;
        // As long as it gets, so that nothing is copied and left behind before it is encrypted.
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + padded + AES_256_GCM.tag_len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(content);
        sealed.resize(1 + NONCE_LEN + padded, b' ');
        let content = sealed.get_mut(1 + NONCE_LEN..).unwrap_or_default();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .cipher()
            .and_then(|cipher| cipher.seal_in_place_separate_tag(nonce, place.aad(), content))
            .map_err(|_| SealError)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Decrypts it; the content with its padding.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(&self, place: &Binding, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let length = sealed.len();
        let too_short = OpenError::TooShort { length };
        let (format, rest) = sealed.split_first().ok_or(too_short)?;
        if *format != FORMAT {
            return Err(OpenError::Format { format: *format });
        }
        let (nonce, content) = rest.split_first_chunk::<NONCE_LEN>().ok_or(too_short)?;
        if content.len() < AES_256_GCM.tag_len() {
            return Err(too_short);
        }
        let mut content = Zeroizing::new(content.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.cipher().and_then(|cipher| {
            let opened = cipher.open_in_place(nonce, place.aad(), &mut content)?;
            Ok(opened.len())
        });
        content.truncate(opened.map_err(|_| OpenError::NotAuthentic)?);
        Ok(content)
    }

    fn cipher(&self) -> Result<LessSafeKey, aws_lc_rs::error::Unspecified> {
        Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, self.0.as_slice())?))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;

    use super::*;

    const STEP: Padding = Padding::Blanks(NonZeroUsize::new(64).unwrap());

    fn key(byte: u8) -> DataKey {
        DataKey::new(&[byte; KEY_BYTES]).unwrap()
    }

    fn place(parts: &[&str]) -> Binding {
        Binding::new("lectern-test", parts)
    }

    #[test]
    fn a_ciphertext_opens_in_its_own_place_and_with_its_own_key_alone() {
        let sealed = key(1)
            .seal(&place(&["name", "ada"]), b"content", Padding::None)
            .unwrap();
        let opened = key(1).open(&place(&["name", "ada"]), &sealed).unwrap();
        assert_eq!(opened.as_slice(), b"content");
        let refused = |key: &DataKey, place: &Binding| key.open(place, &sealed).unwrap_err();
        for parts in [
            &["phone", "ada"][..],
            &["name", "adb"],
            &["name", ""],
            &["name", "adax"],
            &["name"],
        ] {
            assert_eq!(refused(&key(1), &place(parts)), OpenError::NotAuthentic, "{parts:?}");
        }
        let elsewhere = Binding::new("lectern-other", &["name", "ada"]);
        assert_eq!(refused(&key(1), &elsewhere), OpenError::NotAuthentic);
        assert_eq!(refused(&key(2), &place(&["name", "ada"])), OpenError::NotAuthentic);
    }

    #[test]
    fn no_two_places_of_a_purpose_are_bound_to_the_same() {
        let words = ["a", "b", "name", "a-name", "aa", ""];
        let mut all: Vec<_> = words
            .iter()
            .flat_map(|first| words.iter().map(move |second| place(&[first, second]).0))
            .collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), words.len() * words.len());
    }

    #[test]
    fn what_is_encrypted_twice_is_never_the_same() {
        let seal = || key(1).seal(&place(&["a"]), b"content", Padding::None).unwrap();
        assert_ne!(seal()[1..=NONCE_LEN], seal()[1..=NONCE_LEN]);
    }

    #[test]
    fn padded_lengths_are_told_apart_in_steps_alone() {
        let length = |bytes, padding| key(1).seal(&place(&["a"]), &vec![b'x'; bytes], padding).unwrap().len();
        let around = 1 + NONCE_LEN + 16;
        assert_eq!(length(1, STEP), around + 64);
        assert_eq!(length(64, STEP), around + 64);
        assert_eq!(length(65, STEP), around + 128);
        assert_eq!(length(65, Padding::None), around + 65);
        let opened = key(1).open(&place(&["a"]), &key(1).seal(&place(&["a"]), b"{}", STEP).unwrap());
        assert_eq!(opened.unwrap().as_slice(), format!("{:64}", "{}").as_bytes());
    }

    #[test]
    fn another_format_is_said_to_be_one() {
        let mut sealed = key(1).seal(&place(&["a"]), b"content", Padding::None).unwrap();
        sealed[0] = 2;
        let error = key(1).open(&place(&["a"]), &sealed).unwrap_err();
        assert_eq!(error.to_string(), "it is of format 2, and this function knows 1");
    }

    #[test]
    fn no_debug_output_shows_a_key_or_a_place() {
        assert_eq!(format!("{:?}", key(7)), "DataKey(***)");
        assert_eq!(format!("{:?}", place(&["ada"])), "Binding(***)");
    }

    #[test]
    fn a_key_has_32_bytes() {
        for length in [0, 16, 31, 33] {
            assert!(DataKey::new(&vec![0; length]).is_none(), "{length}");
        }
    }

    /// Format 1 as Python's cryptography 50 makes it: key 07 32 times, nonce 00 to 0b, `AESGCM(key).encrypt(nonce, content, aad)` with
    /// the authenticated bytes of the README.
    #[test]
    fn format_1_opens_what_another_implementation_encrypted() {
        let key = key(7);
        let place = Binding::new("lectern-profile", &["name", "6f1d4a52-50c1-70a3-9b1e-3f0c2f9f6b11"]);
        let sealed = hex::decode(GOLDEN_PADDED).unwrap();
        assert_eq!(
            key.open(&place, &sealed).unwrap().as_slice(),
            format!("{:64}", "\"Ada\"").as_bytes()
        );
        let place = Binding::new("lectern-cognito-export", &["run", "users/00001"]);
        let sealed = hex::decode(GOLDEN_WHOLE).unwrap();
        assert_eq!(key.open(&place, &sealed).unwrap().as_slice(), b"content");
    }

    const GOLDEN_PADDED: &str = "01000102030405060708090a0b3ac08d113f29f9695792c5bcc2784cdac11c96ae3842571136ee439aaef74d25fe4f66c2b7ef11ddd4c5e3967cd79513d4107c59f4f5c4b6516f94ac80e03bef37ee5997732ea4fab4b11d86a94291d4";
    const GOLDEN_WHOLE: &str = "01000102030405060708090a0b7bee87047867ad6a84efa16ba5a24514179a0e940d89ad";

    proptest! {
        #[test]
        fn what_is_encrypted_decrypts_to_itself(content: Vec<u8>, part: String, bytes: [u8; 32]) {
            let key = DataKey::new(&bytes).unwrap();
            let sealed = key.seal(&place(&["a", &part]), &content, Padding::None).unwrap();
            let opened = key.open(&place(&["a", &part]), &sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), content);
        }

        #[test]
        fn with_any_bit_flipped_it_does_not_open(content: Vec<u8>, bit: prop::sample::Index) {
            let mut sealed = key(1).seal(&place(&["a"]), &content, STEP).unwrap();
            let bit = bit.index(sealed.len() * 8);
            sealed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(key(1).open(&place(&["a"]), &sealed).is_err(), "bit {}", bit);
        }

        #[test]
        fn cut_short_or_made_longer_it_does_not_open(content: Vec<u8>, cut: prop::sample::Index, more: u8) {
            let mut sealed = key(1).seal(&place(&["a"]), &content, Padding::None).unwrap();
            let cut = cut.index(sealed.len());
            prop_assert!(key(1).open(&place(&["a"]), &sealed[..cut]).is_err(), "{} bytes", cut);
            sealed.push(more);
            prop_assert!(key(1).open(&place(&["a"]), &sealed).is_err());
        }

        #[test]
        fn any_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(key(1).open(&place(&["a"]), &bytes).is_err());
        }
    }
}
