//! If-Match, RFC 9110, 13.1.1.
//!
//! Of a list one is enough. A weak tag counts as the strong one of the same value: a tag names a version of the profile and not the
//! bytes of an answer, and what compresses an answer on the way, as CloudFront does, makes its tag weak. `*` matches any version
//! there is, which is a change without a look at what it changes: the contract does not take it.

use api_kit::{Kind, Problem};

use crate::record::ProfileRecord;

/// The entity tag of a user's profile. Of one that does not exist it is `"0"`, which no revision is.
pub(crate) fn entity_tag(record: Option<&ProfileRecord>) -> String {
    format!("\"{}\"", record.map_or("0", |record| record.revision.as_str()))
}

/// Whether a change that was made from one of these versions may be made to `current`, an entity tag with its quotation marks.
///
/// # Errors
/// It may not (412), none is given (428), or what is given is no list of entity tags (400).
pub fn require(if_match: Option<&str>, current: &str) -> Result<(), Problem> {
    let given = if_match.ok_or_else(|| {
        Problem::new(Kind::PreconditionRequired).detail("Send If-Match with the ETag of the profile that you read.")
    })?;
    if tags(given)?.contains(&current) {
        return Ok(());
    }
    Err(stale())
}

/// The entity tags of a header, with their quotation marks.
///
/// # Errors
/// It is no list of entity tags (400).
pub(crate) fn tags(if_match: &str) -> Result<Vec<&str>, Problem> {
    list(if_match).ok_or_else(|| {
        Problem::new(Kind::InvalidParameter).error(
            "If-Match",
            "must be an entity tag in quotation marks, as in the header ETag",
        )
    })
}

/// Somebody was faster.
pub(crate) fn stale() -> Problem {
    Problem::new(Kind::PreconditionFailed)
        .detail("Read the profile again, apply the change to it, and send the new ETag.")
}

/// With commas between, and elements may be empty; none where it is no such list.
fn list(list: &str) -> Option<Vec<&str>> {
    let mut tags = Vec::new();
    let mut rest = list.trim_matches(OWS);
    while !rest.is_empty() {
        if !rest.starts_with(',') {
            let tag = rest.strip_prefix("W/").unwrap_or(rest);
            let end = tag.strip_prefix('"')?.find('"')? + 2;
            let (tag, after) = tag.split_at_checked(end)?;
            if !tag.bytes().all(|byte| byte.is_ascii_graphic()) {
                return None;
            }
            tags.push(tag);
            rest = after.trim_start_matches(OWS);
        }
        if rest.is_empty() {
            break;
        }
        rest = rest.strip_prefix(',')?.trim_start_matches(OWS);
    }
    (!list.trim_matches(OWS_AND_COMMA).is_empty()).then_some(tags)
}

const OWS: [char; 2] = [' ', '\t'];
const OWS_AND_COMMA: [char; 3] = [' ', '\t', ','];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_current_tag_counts_weak_or_strong_and_anywhere_in_a_list() {
        for (header, kind) in [
            (Some("\"a1\""), None),
            (Some(" \"a1\"\t"), None),
            (Some("\"b\", \"a1\""), None),
            (Some("\"a1\",\"b\""), None),
            (Some(",, \"b\" ,,\"a1\","), None),
            (Some("W/\"a1\", \"a1\""), None),
            (None, Some(Kind::PreconditionRequired)),
            (Some("\"a\""), Some(Kind::PreconditionFailed)),
            (Some("\"A1\""), Some(Kind::PreconditionFailed)),
            (Some("\"\""), Some(Kind::PreconditionFailed)),
            (Some("W/\"a1\""), None),
            (Some("\"b\", W/\"a1\""), None),
            (Some("W/\"a\""), Some(Kind::PreconditionFailed)),
            // A comma in a tag divides nothing.
            (Some("\"b,\",\"c,a1\""), Some(Kind::PreconditionFailed)),
            (Some("*"), Some(Kind::InvalidParameter)),
            (Some("a1"), Some(Kind::InvalidParameter)),
            (Some("'a1'"), Some(Kind::InvalidParameter)),
            (Some("\"a1"), Some(Kind::InvalidParameter)),
            (Some("a1\""), Some(Kind::InvalidParameter)),
            (Some("w/\"a1\""), Some(Kind::InvalidParameter)),
            (Some("W/ \"a1\""), Some(Kind::InvalidParameter)),
            (Some("\"a1\" \"b\""), Some(Kind::InvalidParameter)),
            (Some("\"a 1\""), Some(Kind::InvalidParameter)),
            (Some("\"a1\", *"), Some(Kind::InvalidParameter)),
            (Some(""), Some(Kind::InvalidParameter)),
            (Some(" , ,"), Some(Kind::InvalidParameter)),
        ] {
            let refused = require(header, "\"a1\"").err().map(|problem| problem.kind);
            assert_eq!(refused, kind, "{header:?}");
        }
    }

    proptest! {
        #[test]
        fn any_header_matches_nothing_that_it_does_not_hold(header in "[\"W/, a1*\u{e9}]{0,24}") {
            prop_assert!(require(Some(&header), "\"a1\"").is_err() || header.contains("\"a1\""));
        }
    }
}
