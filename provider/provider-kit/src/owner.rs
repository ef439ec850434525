//! Whose a remote object is: the token that a resource gets at its create, and the memory of one run.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// Characters of a token: lower case and digits that nobody confuses (RFC 4648, base32).
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Characters of a token: 50 random bits. Our choice because two resources that share a name must differ, and Atlas leaves
/// 80 characters for a comment and the token together.
const LENGTH: usize = 10;

/// What tells the objects of one resource from those of another resource with the same name.
///
/// Made at create, kept in the resource's state (attribute `owner_token`), and written into every object that has a field for text. It is no
/// secret: it grants nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnerToken(String);

impl OwnerToken {
    /// A token that no other resource has.
    ///
    /// # Panics
    /// Where the operating system has no random numbers, which Linux rules out.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
        let characters = bytes.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
        Self(characters.iter().collect())
    }

    /// A token as it was written; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = text.len() == LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte));
        is_token.then(|| Self(text.to_owned()))
    }

    /// The token as text: 10 characters of `a-z2-7`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OwnerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a resource of this run did with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The resource with this token made it or took it over.
    Owned(OwnerToken),
    /// A create was refused because the object exists.
    Refused,
}

/// The memory of one run: which objects its resources made, took over or were refused.
///
/// Terraform destroys and creates at the same time where nothing orders the two: a renamed block is a create and a destroy
/// of the same name. Objects are named by any text that is the same for all resources of a type, such as an ARN.
#[derive(Clone, Debug, Default)]
pub struct Claims(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    locks: BTreeMap<String, Arc<tokio::sync::Mutex<()>>>,
    claims: BTreeMap<String, Claim>,
}

/// While it lives, no other resource of the run works on the object.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "held for its drop")] OwnedMutexGuard<()>);

impl Claims {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the object's turn. A resource holds one object at a time, so that no two wait for each other.
    pub async fn hold(&self, object: &str) -> Held {
        let lock = Arc::clone(self.memory().locks.entry(object.to_owned()).or_default());
        Held(lock.lock_owned().await)
    }

    /// Remembers that the resource made the object or took it over.
    pub fn own(&self, object: &str, owner: &OwnerToken) {
        self.memory()
            .claims
            .insert(object.to_owned(), Claim::Owned(owner.clone()));
    }

    /// Remembers that a create was refused because the object exists.
    pub fn refuse(&self, object: &str) {
        self.memory().claims.insert(object.to_owned(), Claim::Refused);
    }

    /// What stands against the removal of an object by the resource with this token.
    #[must_use]
    pub fn against(&self, object: &str, owner: &OwnerToken) -> Option<Claim> {
        self.memory()
            .claims
            .get(object)
            .filter(|claim| **claim != Claim::Owned(owner.clone()))
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written_and_no_other_text_is_one() {
        let token = OwnerToken::random();
        assert_eq!(OwnerToken::parse(token.as_str()), Some(token.clone()));
        assert_ne!(token, OwnerToken::random());
        for text in ["", "abcdefghi", "abcdefghijk", "ABCDEFGHIJ", "abcdefghi1", "abcdefghi:"] {
            assert_eq!(OwnerToken::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn only_another_resource_stands_against_a_removal() {
        let (claims, [mine, other]) = (Claims::default(), [OwnerToken::random(), OwnerToken::random()]);
        assert_eq!(claims.against("a", &mine), None);
        claims.own("a", &mine);
        assert_eq!(claims.against("a", &mine), None);
        assert_eq!(claims.against("a", &other), Some(Claim::Owned(mine.clone())));
        claims.refuse("a");
        assert_eq!(claims.against("a", &mine), Some(Claim::Refused));
    }

    #[tokio::test(start_paused = true)]
    async fn an_object_is_worked_on_by_one_resource_at_a_time() {
        let claims = Claims::default();
        let held = claims.hold("a").await;
        let waits = claims.hold("a");
        tokio::pin!(waits);
        let early = tokio::time::timeout(std::time::Duration::from_secs(60), &mut waits).await;
        assert!(early.is_err());
        claims.hold("b").await;
        drop(held);
        waits.await;
    }
}
