//! A new password.

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};

/// Letters and digits: nothing that a connection string, a shell or a form has to encode.
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// 40 of 62 letters are 238 bits, as good as a random key. Our choice.
const LENGTH: usize = 40;

/// The system has no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random numbers for a password")]
pub(crate) struct NoRandom;

/// A password that nobody knows.
pub(crate) fn generate() -> Result<String, NoRandom> {
    let random = SystemRandom::new();
    let mut password = String::with_capacity(LENGTH);
    while password.len() < LENGTH {
        let mut bytes = [0; 64];
        random.fill(&mut bytes).map_err(|_| NoRandom)?;
        // 62 does not divide 256: a remainder of all bytes would prefer the first letters. 248 is the last multiple.
        let letters = bytes.iter().filter(|byte| **byte < 248);
        let letters = letters.map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
        password.extend(letters.take(LENGTH - password.len()));
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn passwords_differ_have_their_length_and_need_no_encoding() {
        let passwords: Vec<_> = (0..200).filter_map(|_| generate().ok()).collect();
        assert_eq!(passwords.iter().collect::<BTreeSet<_>>().len(), 200);
        assert!(passwords.iter().all(|password| password.len() == LENGTH));
        let letters: BTreeSet<_> = passwords.iter().flat_map(|password| password.bytes()).collect();
        assert_eq!(letters, LETTERS.iter().copied().collect());
    }
}
