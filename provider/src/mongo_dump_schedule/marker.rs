//! Whose a schedule is: the last line of its description at Scheduler, which users do not see.

use provider_kit::OwnerToken;

/// What the line begins with.
const PREFIX: &str = "lectern:";
const LINE_CHARACTERS: usize = 1 + PREFIX.len() + OWNER_CHARACTERS;
const OWNER_CHARACTERS: usize = 10;

/// Source: EventBridge Scheduler API reference, CreateSchedule, Description.
const LIMIT: usize = 512;

/// Characters of a description that leave room for the line.
pub(super) const DESCRIPTION_CHARACTERS: usize = LIMIT - LINE_CHARACTERS;

/// The description that Scheduler gets.
pub(super) fn marked(description: &str, owner: &OwnerToken) -> String {
    if description.is_empty() {
        return format!("{PREFIX}{owner}");
    }
    format!("{description}\n{PREFIX}{owner}")
}

/// The description as it was typed, and the resource that wrote it.
pub(super) fn unmarked(description: &str) -> (&str, Option<OwnerToken>) {
    let (typed, line) = description.rsplit_once('\n').unwrap_or(("", description));
    match line.strip_prefix(PREFIX).and_then(OwnerToken::parse) {
        Some(owner) => (typed, Some(owner)),
        None => (description, None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_description_is_read_as_it_was_typed_and_fits(typed in "(?s).{0,493}") {
            let owner = OwnerToken::random();
            let written = marked(&typed, &owner);
            prop_assert!(written.chars().count() <= LIMIT);
            prop_assert_eq!(unmarked(&written), (typed.as_str(), Some(owner)));
        }
    }

    #[test]
    fn a_description_without_a_mark_is_left_as_it_is() {
        for typed in [
            "",
            "every night",
            "lectern:",
            "lectern:short",
            "every night\nlectern:edu",
            "lectern:abcdefghij ",
        ] {
            assert_eq!(unmarked(typed), (typed, None), "{typed:?}");
        }
        assert_eq!(DESCRIPTION_CHARACTERS, 493);
    }
}
