use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::names::Invalid;

fn unhex(text: &str) -> Result<[u8; 32], Invalid> {
    let mut bytes = [0; 32];
    let read = hex::decode_to_slice(text, &mut bytes);
    if read.is_err() || text.bytes().any(|c| c.is_ascii_uppercase()) {
        return Err(Invalid::new("a SHA-256", "it has 64 digits 0-9 and a-f"));
    }
    Ok(bytes)
}

/// SHA-256 of one object as it is stored: 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Sha256Hex([u8; 32]);

impl Sha256Hex {
    /// Of the whole object at once; a stream hashes as it goes and uses [`Sha256Hex::from_bytes`].
    pub fn of(object: &[u8]) -> Self {
        Self(Sha256::digest(object).into())
    }

    /// A hash that is already there.
    pub fn from_bytes(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The 32 bytes, as S3's checksums take them (in base64).
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// One number for a bag of documents: the sum, modulo 2^256, of the SHA-256 of each raw BSON document read as a big-endian
/// number. Order and division into parts make no difference, a missing, doubled or altered document does. It is proof
/// against loss and mistakes, not against somebody who makes up documents to reach a certain sum. No documents: zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ContentHash {
    /// The least significant first.
    words: [u64; 4],
}

impl ContentHash {
    /// Adds one document.
    pub fn add(&mut self, raw: &[u8]) {
        self.merge(&Self::from_bytes(&Sha256::digest(raw).into()));
    }

    /// Adds all documents of another part.
    pub fn merge(&mut self, other: &Self) {
        let mut carry = false;
        for (word, more) in self.words.iter_mut().zip(other.words) {
            (*word, carry) = word.carrying_add(more, carry);
        }
    }

    fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut words = [0; 4];
        let (chunks, _) = bytes.as_chunks::<8>();
        for (word, chunk) in words.iter_mut().rev().zip(chunks) {
            *word = u64::from_be_bytes(*chunk);
        }
        Self { words }
    }

    fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let (chunks, _) = bytes.as_chunks_mut::<8>();
        for (chunk, word) in chunks.iter_mut().zip(self.words.iter().rev()) {
            *chunk = word.to_be_bytes();
        }
        bytes
    }
}

macro_rules! hex_text {
    ($name:ident, $to:expr, $from:expr) => {
        impl $name {
            /// # Errors
            /// [`Invalid`] unless it is 64 digits 0-9 and a-f.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                unhex(text).map($from)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode($to(*self)))
            }
        }

        impl From<$name> for String {
            fn from(hash: $name) -> Self {
                hash.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::parse(&text)
            }
        }
    };
}

hex_text!(Sha256Hex, |hash: Sha256Hex| hash.0, Self);
hex_text!(ContentHash, Self::to_bytes, |bytes| Self::from_bytes(&bytes));

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;

    use super::*;

    fn of<D: AsRef<[u8]>>(documents: &[D]) -> ContentHash {
        let mut hash = ContentHash::default();
        documents.iter().for_each(|document| hash.add(document.as_ref()));
        hash
    }

    #[test]
    fn known_hashes() {
        let nothing = "0".repeat(64);
        assert_eq!(of::<&[u8]>(&[]).to_string(), nothing);
        // SHA-256 of "abc", a vector of FIPS 180.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Sha256Hex::of(b"abc").to_string(), abc);
        assert_eq!(of(&["abc"]).to_string(), abc);
        // Twice that number, without what is carried out of 256 bits.
        let twice = "74f02d7f1e039fd4828281bcbb5c44476006c3472c2ef5396821fec3e4002b5a";
        assert_eq!(of(&["abc", "abc"]).to_string(), twice);
        let mut most = ContentHash::parse(&"f".repeat(64)).unwrap();
        most.merge(&ContentHash::parse(&format!("{}1", "0".repeat(63))).unwrap());
        assert_eq!(most.to_string(), nothing, "a carry through all words");
    }

    #[test]
    fn only_64_lower_case_digits_are_a_hash() {
        let good = "0123456789abcdef".repeat(4);
        assert_eq!(Sha256Hex::parse(&good).unwrap().to_string(), good);
        assert_eq!(ContentHash::parse(&good).unwrap().to_string(), good);
        for bad in [
            "",
            &good[1..],
            &good.to_uppercase(),
            &good.replace('a', "g"),
            &format!("{good}0"),
        ] {
            assert!(
                Sha256Hex::parse(bad).is_err() && ContentHash::parse(bad).is_err(),
                "{bad:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn order_and_division_make_no_difference(
            documents in prop::collection::vec(any::<Vec<u8>>(), 0..12),
            shuffled in Just(()).prop_perturb(|(), random| random),
            parts in 1..5usize,
        ) {
            let whole = of(&documents);
            let mut random = shuffled;
            let mut others = documents;
            let mut divided = vec![ContentHash::default(); parts];
            while !others.is_empty() {
                let document = others.swap_remove(random.random_range(0..others.len()));
                divided[random.random_range(0..parts)].add(&document);
            }
            let mut merged = ContentHash::default();
            divided.iter().for_each(|part| merged.merge(part));
            prop_assert_eq!(merged, whole);
            prop_assert_eq!(ContentHash::parse(&whole.to_string()).unwrap(), whole);
        }

        #[test]
        fn a_missing_doubled_or_altered_document_makes_one(
            documents in prop::collection::vec(any::<Vec<u8>>(), 1..12),
            at in any::<prop::sample::Index>(),
        ) {
            let whole = of(&documents);
            let at = at.index(documents.len());
            let mut missing = documents.clone();
            missing.remove(at);
            prop_assert_ne!(of(&missing), whole);
            let mut doubled = documents.clone();
            doubled.push(documents[at].clone());
            prop_assert_ne!(of(&doubled), whole);
            let mut altered = documents;
            altered[at].push(0);
            prop_assert_ne!(of(&altered), whole);
        }
    }
}
