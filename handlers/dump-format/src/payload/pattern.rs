use std::fmt;

use crate::names::Invalid;

/// Our choice: a namespace has at most 255 bytes (MongoDB Limits), so a longer pattern says nothing a shorter one with
/// `*` does not.
const LONGEST: usize = 255;

/// What EventBridge Scheduler replaces in a payload: as part of a pattern it would turn into something else.
const KEYWORD: &str = "<aws.scheduler.";

/// A pattern over whole namespaces `<database>.<collection>`: `*` stands for any run of characters, dots and nothing
/// included; `\*` and `\\` for the character itself; everything else, case included, for itself. So `shop.*` is a whole
/// database, `*.sessions` a collection in all of them, `*` everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespacePattern {
    text: String,
    /// The literal pieces between the stars: n stars, n + 1 pieces.
    pieces: Vec<String>,
}

impl NamespacePattern {
    /// # Errors
    /// [`Invalid`] for an empty pattern, more than 255 bytes, a control character, a backslash before anything but `*` or
    /// `\`, a Scheduler keyword, and a pattern with neither dot nor star, which no namespace can match.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = |reason| Err(Invalid::new("a namespace pattern", reason));
        if text.is_empty() || text.len() > LONGEST {
            return invalid("write 1 to 255 bytes, like shop.* or *.sessions");
        }
        if text.chars().any(char::is_control) {
            return invalid("write * in place of a control character");
        }
        if text.contains(KEYWORD) {
            return invalid("EventBridge Scheduler replaces <aws.scheduler...>: write * in its place");
        }
        let mut pieces = vec![String::new()];
        let mut characters = text.chars();
        while let Some(c) = characters.next() {
            let literal = match c {
                '*' => {
                    pieces.push(String::new());
                    continue;
                }
                '\\' => match characters.next() {
                    Some(escaped @ ('*' | '\\')) => escaped,
                    _ => return invalid("a backslash stands before * or another backslash"),
                },
                c => c,
            };
            if let Some(piece) = pieces.last_mut() {
                piece.push(literal);
            }
        }
        if pieces.len() == 1 && !text.contains('.') {
            return invalid("write <database>.<collection>, <database>.* for a whole database, or * for everything");
        }
        Ok(Self {
            text: text.to_owned(),
            pieces,
        })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The database that it names in full, if it does: `shop` in `shop.*`, none in `sh*` and `*.sessions`.
    pub fn database(&self) -> Option<&str> {
        self.pieces.first()?.split_once('.').map(|(database, _)| database)
    }

    /// Whether it says `system.` itself where a collection's name begins, and does not just match such names.
    pub fn says_system(&self) -> bool {
        let mut pieces = self.pieces.iter();
        pieces.any(|piece| piece.contains(".system.") || piece.starts_with("system."))
    }

    /// Whether `<database>.<collection>` as a whole matches.
    pub fn matches(&self, database: &str, collection: &str) -> bool {
        let namespace = format!("{database}.{collection}");
        let (Some(first), Some(last)) = (self.pieces.first(), self.pieces.last()) else {
            return false;
        };
        if self.pieces.len() == 1 {
            return namespace == *first;
        }
        let Some(rest) = namespace.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some(mut rest) = rest.strip_suffix(last.as_str()) else {
            return false;
        };
        // The earliest place for each inner piece leaves most to the ones after it.
        for piece in &self.pieces[1..self.pieces.len() - 1] {
            let Some(at) = rest.find(piece.as_str()) else {
                return false;
            };
            rest = &rest[at + piece.len()..];
        }
        true
    }
}

impl fmt::Display for NamespacePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_and_everything_else_for_itself() {
        for (pattern, database, collection, expected) in [
            ("*", "shop", "orders", true),
            ("shop.*", "shop", "orders", true),
            ("shop.*", "shop", "a.b", true),
            ("shop.*", "shopping", "orders", false),
            ("shop*", "shopping", "orders", true),
            ("shop.orders", "shop", "orders", true),
            ("shop.orders", "shop", "Orders", false),
            ("shop.orders", "shop", "orders2", false),
            ("*.sessions", "shop", "sessions", true),
            ("*.sessions", "shop", "sessions.old", false),
            ("*a*a", "xa", "a", true),
            ("a.*b*b", "a", "b", false),
            ("a.*b*b", "a", "bb", true),
            ("*.x*y*z", "d", "xzyz", true),
            ("*.x*y*z", "d", "xzy", false),
            (r"shop.\*", "shop", "*", true),
            (r"shop.\*", "shop", "orders", false),
            (r"shop.a\\*", "shop", r"a\b", true),
            ("**", "a", "b", true),
            ("é.*", "é", "ü", true),
        ] {
            let parsed = NamespacePattern::parse(pattern).unwrap();
            assert_eq!(
                parsed.matches(database, collection),
                expected,
                "{pattern} {database}.{collection}"
            );
            assert_eq!(parsed.to_string(), pattern);
        }
    }

    #[test]
    fn what_a_pattern_says_itself_is_told_from_what_it_matches() {
        for (pattern, database, system) in [
            ("*", None, false),
            ("sh*", None, false),
            ("*.sessions", None, false),
            ("shop.*", Some("shop"), false),
            ("shop.a.b*", Some("shop"), false),
            ("admin.groups", Some("admin"), false),
            ("shop.system.js", Some("shop"), true),
            ("shop.system.*", Some("shop"), true),
            ("*.system.js", None, true),
            ("shop.mysystem.x", Some("shop"), false),
            ("shop.sys*", Some("shop"), false),
        ] {
            let parsed = NamespacePattern::parse(pattern).unwrap();
            assert_eq!(
                (parsed.database(), parsed.says_system()),
                (database, system),
                "{pattern}"
            );
        }
    }

    #[test]
    fn patterns_that_cannot_be_meant_are_refused() {
        let longest = format!("{}.*", "a".repeat(253));
        assert!(NamespacePattern::parse(&longest).is_ok());
        for pattern in [
            "",
            "shop",
            r"shop.\",
            r"shop.\a",
            r"shop\*",
            "shop.\n",
            "shop.\0",
            "shop.<aws.scheduler.scheduled-time>",
            &format!("a{longest}"),
        ] {
            assert!(NamespacePattern::parse(pattern).is_err(), "{pattern:?}");
        }
    }
}
