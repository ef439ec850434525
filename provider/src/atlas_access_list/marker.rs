//! The comment of an entry at Atlas: what the user wrote, and after it the token of the resource that owns the entry.

use provider_kit::OwnerToken;

/// Before the token. Our choice: it says to a reader in Atlas where the entry comes from.
const WORD: &str = "lectern:";

/// Characters that Atlas accepts. Source: Atlas Admin API, comment of an access list entry.
const ATLAS_CHARACTERS: usize = 80;

/// Characters that are left for the user: a space, the word and the 10 characters of the token come after them.
pub(super) const COMMENT_CHARACTERS: usize = ATLAS_CHARACTERS - 1 - WORD.len() - 10;

/// The comment as Atlas gets it.
pub(super) fn marked(comment: Option<&str>, owner: &OwnerToken) -> String {
    match comment {
        Some(comment) => format!("{comment} {WORD}{owner}"),
        None => format!("{WORD}{owner}"),
    }
}

/// The user's comment and the owner of a comment as Atlas has it. An empty comment is none.
pub(super) fn unmarked(text: &str) -> (Option<String>, Option<OwnerToken>) {
    let (comment, last) = text.rsplit_once(' ').unwrap_or(("", text));
    let owner = last.strip_prefix(WORD).and_then(OwnerToken::parse);
    let comment = if owner.is_some() { comment } else { text };
    ((!comment.is_empty()).then(|| comment.to_owned()), owner)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_comment_survives_the_marker_and_fits(comment in "\\PC{0,61}") {
            let owner = OwnerToken::random();
            let comment = (!comment.is_empty()).then_some(comment);
            let text = marked(comment.as_deref(), &owner);
            prop_assert!(text.chars().count() <= ATLAS_CHARACTERS, "{}", text);
            prop_assert_eq!(unmarked(&text), (comment, Some(owner)));
        }
    }

    #[test]
    fn what_is_no_marker_is_a_comment() {
        for text in [
            "office",
            "lectern:",
            "lectern:short",
            "office lectern:ABCDEFGHIJ",
            "lectern:abcdefghij office",
        ] {
            assert_eq!(unmarked(text), (Some(text.to_owned()), None));
        }
        assert_eq!(unmarked(""), (None, None));
        let twice = "office lectern:aaaaaaaaaa lectern:bbbbbbbbbb";
        assert_eq!(
            unmarked(twice),
            (
                Some("office lectern:aaaaaaaaaa".to_owned()),
                OwnerToken::parse("bbbbbbbbbb")
            )
        );
    }
}
