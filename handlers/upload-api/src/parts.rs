//! A file in parts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// Bytes of every part of `size` bytes, in order: all of `part_bytes` but the last, which has what is left.
pub(crate) fn sizes(size: i64, part_bytes: i64) -> impl Iterator<Item = i64> {
    let mut left = size;
    std::iter::from_fn(move || {
        let part = left.min(part_bytes);
        left -= part;
        (part > 0).then_some(part)
    })
}

/// Whether a text is a SHA-256 in base64, written as S3 writes it.
pub(crate) fn is_sha256(text: &str) -> bool {
    STANDARD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// What S3 says of an object that was put in parts with these checksums: the checksum of the checksums, and how many there are.
/// Source: Amazon S3 user guide, "Checking object integrity", composite checksums.
pub(crate) fn composite(sha256: &[String]) -> Option<String> {
    let mut hash = Sha256::new();
    for part in sha256 {
        hash.update(STANDARD.decode(part).ok()?);
    }
    Some(format!("{}-{}", STANDARD.encode(hash.finalize()), sha256.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_composite_is_that_of_an_independent_computation() {
        // python3: b64(sha256(sha256(b"a").digest() + sha256(b"b").digest()))
        let parts = [b"a", b"b"].map(|part| STANDARD.encode(Sha256::digest(part)));
        assert_eq!(
            composite(&parts).as_deref(),
            Some("5aAf7hTg7VxIcU8iGA8lrYNltT+XefedxKPX6Tlj+Uo=-2")
        );
        assert_eq!(composite(&["?".to_owned()]), None);
    }

    #[test]
    fn only_what_s3_would_write_is_a_checksum() {
        let good = STANDARD.encode(Sha256::digest(b"a"));
        assert!(is_sha256(&good));
        // The last two bits before the padding have to be zero: S3 compares text.
        let odd = good.replace("=", "").to_owned();
        let last = odd.len() - 1;
        for bad in [
            String::new(),
            odd.clone(),
            format!("{}b=", &odd[..last]),
            "A".repeat(44),
        ] {
            assert!(!is_sha256(&bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn parts_are_the_whole(size in 1_i64..5_000_000_000, part_bytes in 5_000_000_i64..100_000_000) {
            let parts: Vec<_> = sizes(size, part_bytes).collect();
            prop_assert_eq!(parts.iter().sum::<i64>(), size);
            prop_assert!(parts[..parts.len() - 1].iter().all(|part| *part == part_bytes));
            prop_assert!((1..=part_bytes).contains(&parts[parts.len() - 1]));
        }
    }
}
