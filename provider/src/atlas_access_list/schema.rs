//! Attributes of `lectern_atlas_access_list`, and what is wrong with a list before any call.

use std::collections::BTreeMap;

use atlas_client::AccessListValue;
use provider_kit::{Attr, Schema, Tree};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::failures;
use super::marker::COMMENT_CHARACTERS;
use super::state::List;
use crate::connection::atlas::project_id;
use crate::functions::is_private_cidr;

/// Public networks wider than this are refused also with `allow_public`. Our choice: no organisation has more, and two halves of the
/// internet are the whole.
const SHORTEST_PUBLIC_PREFIX: u8 = 8;

pub(super) fn schema() -> Schema {
    Schema::new(
        "Manages the whole IP access list of an Atlas project. If the project has entries when the resource is created, \
         the apply returns an error, unless `adopt_existing` is true. Each later apply **deletes** all entries that are \
         not in `entries`. Connections through a private endpoint need no entry, so a platform that uses only private \
         endpoints sets `entries = {}`. The comment of each entry in Atlas ends with a marker, for example \
         `lectern:k3v5x7abcd`, that identifies the resource that owns the entry. Entries with the marker of another \
         `lectern_atlas_access_list` are not deleted; the plan shows a warning for them.",
        [
            ("id", Attr::string("ID of the Atlas project.").computed().keep_known()),
            ("project_id", project_id().required().requires_replace()),
            (
                "entries",
                Attr::map(
                    "Map of the entries. A key is a CIDR block, an IP address, or the ID of a security group \
                     (requires VPC peering), for example `10.1.0.0/16`, `10.1.2.3` or `sg-0a1b2c3d`.",
                    [(
                        "comment",
                        Attr::string(
                            "Comment of the entry. Maximum: 61 characters, because Atlas accepts 80 and the \
                            marker uses the rest.",
                        )
                        .validate(check_comment),
                    )],
                )
                .required()
                .same_when(same_entries),
            ),
            (
                "allow_public",
                Attr::bool(
                    "Whether to allow entries outside the private address ranges. Networks larger than `/8`, \
                    for example `0.0.0.0/0` and `::/0`, are always rejected.",
                )
                .default(false),
            ),
            (
                "ignore_temporary",
                Attr::bool("Whether to ignore temporary entries, which Atlas deletes at their `deleteAfterDate`.")
                    .default(true),
            ),
            (
                "adopt_existing",
                Attr::bool(
                    "Whether to create the resource when the project already has entries. Existing entries that are \
                     in `entries` are adopted, also if another resource owns them. The first apply keeps the other \
                     entries; the next plan lists them, and the next apply **deletes** them. If false, an existing \
                     entry that this resource does not own is an error, even if it is equal to an entry of the \
                     configuration.",
                )
                .default(false),
            ),
        ],
    )
    .identity([("project_id", "ID of the Atlas project.")])
}

fn check_comment(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    if let Tree::String(text) = value {
        let length = text.chars().count();
        if length > COMMENT_CHARACTERS {
            failures::comment_is_too_long(diagnostics, path.clone(), length, COMMENT_CHARACTERS);
        }
    }
}

/// Other spellings of the same list are no difference.
fn same_entries(before: &Tree, after: &Tree) -> bool {
    let comments = |tree: &Tree| {
        let Tree::Map(entries) = tree else { return None };
        let normal: Option<BTreeMap<_, _>> = entries
            .iter()
            .map(|(key, entry)| {
                let comment = match entry.get("comment") {
                    Tree::Unknown => return None,
                    Tree::String(text) if !text.is_empty() => Some(text.clone()),
                    _ => None,
                };
                Some((AccessListValue::parse(key).ok()?, comment))
            })
            .collect();
        normal.filter(|normal| normal.len() == entries.len())
    };
    comments(before).is_some_and(|entries| Some(entries) == comments(after))
}

/// Checks every entry that is known.
pub(super) fn validate(list: &List, diagnostics: &mut Diagnostics) {
    let Value::Value(entries) = &list.entries else { return };
    let mut seen: BTreeMap<AccessListValue, &str> = BTreeMap::new();
    for key in entries.keys() {
        let path = AttributePath::new("entries").key(key.clone());
        let value = match AccessListValue::parse(key) {
            Ok(value) => value,
            Err(cause) => {
                failures::entry_is_malformed(diagnostics, path, &cause);
                continue;
            }
        };
        if let Some(network) = value.addresses() {
            let private = is_private_cidr(&network.to_string()) == Ok(true);
            if !private && network.prefix_len() < SHORTEST_PUBLIC_PREFIX {
                failures::the_internet(diagnostics, path, key);
                continue;
            }
            if !private && list.allow_public != Value::Value(true) && !list.allow_public.is_unknown() {
                failures::entry_is_public(diagnostics, path.clone(), key);
            }
        }
        if let Some(other) = seen.insert(value, key) {
            failures::entries_are_the_same(diagnostics, path, key, other);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::atlas_access_list::state::Entry;

    fn check(keys: &[&str], allow_public: Value<bool>) -> Vec<(String, String, String)> {
        let entries = keys
            .iter()
            .map(|key| ((*key).to_owned(), Value::Value(Entry::default())))
            .collect();
        let list = List {
            entries: Value::Value(entries),
            allow_public,
            ..List::default()
        };
        let mut diagnostics = Diagnostics::default();
        validate(&list, &mut diagnostics);
        let errors = diagnostics.errors.into_iter();
        errors
            .map(|e| (e.attribute.to_string(), e.summary.to_string(), e.detail.to_string()))
            .collect()
    }

    #[test]
    fn each_bad_entry_is_refused_by_name() {
        let public = "Access list entry is public.";
        let cases = [
            (
                &["0.0.0.0/0"][..],
                "entries[\"0.0.0.0/0\"]",
                "Access list entry allows the internet.",
                "\"0.0.0.0/0\"",
            ),
            (
                &["128.0.0.0/1"],
                "entries[\"128.0.0.0/1\"]",
                "Access list entry allows the internet.",
                "128.0.0.0/1",
            ),
            (
                &["::/0"],
                "entries[\"::/0\"]",
                "Access list entry allows the internet.",
                "::/0",
            ),
            (&["203.0.113.7"], "entries[\"203.0.113.7\"]", public, "203.0.113.7"),
            (&["8.0.0.0/8"], "entries[\"8.0.0.0/8\"]", public, "allow_public"),
            (
                &["2001:db8::/32"],
                "entries[\"2001:db8::/32\"]",
                public,
                "2001:db8::/32",
            ),
            (
                &["10.1.2.3/16"],
                "entries[\"10.1.2.3/16\"]",
                "Access list entry is malformed.",
                "10.1.0.0/16",
            ),
            (
                &["office"],
                "entries[\"office\"]",
                "Access list entry is malformed.",
                "\"office\"",
            ),
            (
                &["10.0.0.1", "10.0.0.1/32"],
                "entries[\"10.0.0.1/32\"]",
                "Access list entries are the same.",
                "\"10.0.0.1\"",
            ),
        ];
        for (keys, path, summary, told) in cases {
            let found = check(keys, Value::Value(false));
            assert_eq!(found.len(), 1, "{keys:?}: {found:?}");
            assert_eq!((found[0].0.as_str(), found[0].1.as_str()), (path, summary), "{keys:?}");
            assert!(found[0].2.contains(told), "{keys:?}: {}", found[0].2);
        }
    }

    #[test]
    fn private_ranges_and_security_groups_pass_and_public_ones_where_allowed() {
        assert_eq!(
            check(&["10.1.0.0/16", "fd00::/8", "sg-0a1b2c3d"], Value::Value(false)),
            []
        );
        assert_eq!(check(&["203.0.113.7"], Value::Value(true)), []);
        assert_eq!(check(&["203.0.113.7"], Value::Unknown), []);
        assert_eq!(check(&["0.0.0.0/0"], Value::Value(true)).len(), 1, "never");
    }

    #[test]
    fn another_spelling_of_the_list_is_the_same_list() {
        let list = |entries: &[(&str, Tree)]| {
            let entry = |comment: &Tree| Tree::Map([("comment".to_owned(), comment.clone())].into());
            Tree::Map(
                entries
                    .iter()
                    .map(|(key, comment)| ((*key).to_owned(), entry(comment)))
                    .collect(),
            )
        };
        let one = list(&[("10.0.0.1", Tree::Null)]);
        for (case, other, same) in [
            ("with its prefix", list(&[("10.0.0.1/32", "".into())]), true),
            ("another comment", list(&[("10.0.0.1", "x".into())]), false),
            ("another address", list(&[("10.0.0.2", Tree::Null)]), false),
            (
                "one more",
                list(&[("10.0.0.1", Tree::Null), ("10.0.0.2", Tree::Null)]),
                false,
            ),
            ("not known yet", list(&[("10.0.0.1", Tree::Unknown)]), false),
            ("malformed", list(&[("office", Tree::Null)]), false),
        ] {
            assert_eq!(same_entries(&one, &other), same, "{case}");
        }
    }
}
