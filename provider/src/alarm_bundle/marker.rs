//! The marker: the last line of an alarm's description in CloudWatch, which says whose the alarm is.
//!
//! It is added when an alarm is put and taken off when it is read, so that it is no part of the attribute `description`.

use provider_kit::OwnerToken;

/// Characters of an owner token.
const TOKEN: usize = 10;

/// The marker of one resource: `lectern:<bundle name>:<owner token>`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marker<'a> {
    pub(crate) bundle: &'a str,
    pub(crate) owner: &'a OwnerToken,
}

impl Marker<'_> {
    /// A description as CloudWatch stores it.
    pub(crate) fn add_to(&self, description: Option<&str>) -> String {
        let line = format!("lectern:{}:{}", self.bundle, self.owner);
        match description {
            Some(text) => format!("{text}\n{line}"),
            None => line,
        }
    }
}

/// Characters that the marker takes of CloudWatch's description, its line break included.
pub(crate) fn length(bundle: &str) -> usize {
    "\nlectern:".len() + bundle.chars().count() + ":".len() + TOKEN
}

/// Whether a line is the marker of this bundle. Version 0.1.0 wrote one without a token.
fn is_marker(line: &str, bundle: &str) -> bool {
    token(line, bundle).is_some() || line.strip_prefix("lectern:") == Some(bundle)
}

fn token(line: &str, bundle: &str) -> Option<OwnerToken> {
    let token = line.strip_prefix("lectern:")?.strip_prefix(bundle)?.strip_prefix(':')?;
    OwnerToken::parse(token)
}

/// A stored description without the marker; `None` when nothing else is in it.
pub(crate) fn strip<'a>(stored: &'a str, bundle: &str) -> Option<&'a str> {
    let (text, last) = match stored.rsplit_once('\n') {
        Some((text, last)) => (Some(text), last),
        None => (None, stored),
    };
    if is_marker(last, bundle) { text } else { Some(stored) }
}

/// The token in a stored description. It counts on every line: somebody may have added text by hand.
pub(crate) fn owner(stored: &str, bundle: &str) -> Option<OwnerToken> {
    stored.lines().rev().find_map(|line| token(line, bundle))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const TOKEN_TEXT: &str = "abcdefghij";

    #[test]
    fn a_description_comes_back_without_its_marker_and_with_its_owner() {
        let owner_token = OwnerToken::parse(TOKEN_TEXT).unwrap();
        let marker = Marker {
            bundle: "edu-prod",
            owner: &owner_token,
        };
        for description in [Some("Errors."), Some("Errors.\nRunbook: https://example.com"), None] {
            let stored = marker.add_to(description);
            assert_eq!(strip(&stored, "edu-prod"), description);
            assert_eq!(owner(&stored, "edu-prod"), Some(owner_token.clone()));
            let added = stored.chars().count() - description.map_or(0, |text| text.chars().count());
            assert!(added <= length("edu-prod"), "{added} characters");
        }
    }

    #[test]
    fn only_the_marker_of_this_bundle_is_taken_off() {
        for (stored, left, marked) in [
            ("Errors.\nlectern:edu-prod:abcdefghij", Some("Errors."), true),
            ("lectern:edu-prod:abcdefghij", None, true),
            ("Errors.\nlectern:edu-prod", Some("Errors."), false),
            ("Errors.\nlectern:edu-prod2", Some("Errors.\nlectern:edu-prod2"), false),
            (
                "Errors.\nlectern:edu-prod:ABC",
                Some("Errors.\nlectern:edu-prod:ABC"),
                false,
            ),
            (
                "Errors.\nlectern:edu-prod2:abcdefghij",
                Some("Errors.\nlectern:edu-prod2:abcdefghij"),
                false,
            ),
            (
                "lectern:edu-prod:abcdefghij\nedited by hand",
                Some("lectern:edu-prod:abcdefghij\nedited by hand"),
                true,
            ),
            ("", Some(""), false),
        ] {
            assert_eq!(strip(stored, "edu-prod"), left, "{stored:?}");
            assert_eq!(owner(stored, "edu-prod").is_some(), marked, "{stored:?}");
        }
    }
}
