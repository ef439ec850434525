//! What to write and what to remove, as pure functions of what Atlas has, what the state has and what is wanted.

use std::collections::BTreeMap;

use atlas_client::AccessListValue;
use provider_kit::OwnerToken;

use super::state::Comments;

/// One entry at Atlas.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    /// The user's comment, without the marker.
    pub(super) comment: Option<String>,
    /// The resource that wrote it; `None` where no resource did, or a version that wrote no marker.
    pub(super) owner: Option<OwnerToken>,
    /// Whether it removes itself at a date.
    pub(super) is_temporary: bool,
}

impl Found {
    /// Whether it carries the token of another resource.
    pub(super) fn is_another_s(&self, owner: &OwnerToken) -> bool {
        self.owner.as_ref().is_some_and(|other| other != owner)
    }
}

/// What Atlas has, by what it admits.
pub(super) type There = BTreeMap<AccessListValue, Found>;

/// Entries that stay until somebody removes them, and temporary ones where those count too.
pub(super) fn lasting(there: There, ignore_temporary: bool) -> There {
    let counts = |found: &Found| !(ignore_temporary && found.is_temporary);
    there.into_iter().filter(|(_, found)| counts(found)).collect()
}

/// What the state shows of the lasting entries: all but those of another resource.
pub(super) fn shown(lasting: &There, owner: &OwnerToken) -> Comments {
    lasting
        .iter()
        .filter(|(_, found)| !found.is_another_s(owner))
        .map(|(value, found)| (value.clone(), found.comment.clone()))
        .collect()
}

/// The lasting entries that carry the token of another resource.
pub(super) fn of_others<'a>(
    lasting: &'a There,
    owner: &'a OwnerToken,
) -> impl Iterator<Item = &'a AccessListValue> + use<'a> {
    let others = lasting.iter().filter(move |(_, found)| found.is_another_s(owner));
    others.map(|(value, _)| value)
}

/// The lasting entries that are not ours: those of another resource, and those without a marker that the state does not have.
pub(super) fn not_ours(lasting: &There, owner: &OwnerToken, prior: &Comments) -> Vec<AccessListValue> {
    let is_ours = |value: &AccessListValue, found: &Found| match &found.owner {
        Some(other) => other == owner,
        None => prior.contains_key(value),
    };
    let others = lasting.iter().filter(|(value, found)| !is_ours(value, found));
    others.map(|(value, _)| value.clone()).collect()
}

/// One call's worth of changes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Changes {
    /// To add, to give another comment or our marker, or to make permanent.
    pub(super) put: Comments,
    /// To remove: entries of the prior state that are no longer wanted and that no other resource took over. An entry that no plan
    /// showed is not among them.
    pub(super) remove: Vec<AccessListValue>,
}

/// The changes from what Atlas has to what is wanted, where `prior` is what the state had.
pub(super) fn changes(lasting: &There, owner: &OwnerToken, prior: &Comments, wanted: &Comments) -> Changes {
    let is_done = |value: &AccessListValue, comment: &Option<String>| {
        let found = lasting.get(value);
        found.is_some_and(|found| found.comment == *comment && found.owner.as_ref() == Some(owner))
    };
    let is_ours = |value: &AccessListValue| lasting.get(value).is_some_and(|found| !found.is_another_s(owner));
    let put = wanted.iter().filter(|(value, comment)| !is_done(value, comment));
    let remove = prior
        .keys()
        .filter(|value| !wanted.contains_key(value) && is_ours(value));
    Changes {
        put: put.map(|(value, comment)| (value.clone(), comment.clone())).collect(),
        remove: remove.cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn value(number: u8) -> AccessListValue {
        AccessListValue::parse(&format!("10.0.0.{number}")).unwrap()
    }

    fn token(text: &str) -> OwnerToken {
        OwnerToken::parse(text).unwrap()
    }

    fn ours() -> OwnerToken {
        token("aaaaaaaaaa")
    }

    fn found(comment: Option<&str>, owner: Option<OwnerToken>) -> Found {
        Found {
            comment: comment.map(str::to_owned),
            owner,
            is_temporary: false,
        }
    }

    #[test]
    fn an_entry_that_no_plan_showed_or_that_another_resource_took_over_is_never_removed() {
        let there = There::from([
            (value(1), found(None, Some(ours()))),
            (value(2), found(None, None)),
            (value(3), found(None, Some(token("bbbbbbbbbb")))),
            (value(4), found(None, None)),
        ]);
        let prior: Comments = [1, 3, 4].map(|number| (value(number), None)).into();
        let changes = changes(&there, &ours(), &prior, &Comments::new());
        assert_eq!(changes.put, Comments::new());
        assert_eq!(
            changes.remove,
            [value(1), value(4)],
            "an entry of our state without a marker is ours"
        );
        assert_eq!(not_ours(&there, &ours(), &prior), [value(2), value(3)]);
    }

    #[test]
    fn an_entry_without_our_marker_gets_it_when_the_list_is_written() {
        let there = There::from([(value(1), found(Some("a"), None))]);
        let wanted = Comments::from([(value(1), Some("a".to_owned()))]);
        assert_eq!(changes(&there, &ours(), &wanted, &wanted).put, wanted);
        let there = There::from([(value(1), found(Some("a"), Some(ours())))]);
        assert_eq!(changes(&there, &ours(), &wanted, &wanted), Changes::default());
    }

    #[test]
    fn a_wanted_entry_that_became_temporary_is_made_permanent() {
        let temporary = Found {
            is_temporary: true,
            ..found(Some("a"), Some(ours()))
        };
        let there = lasting(There::from([(value(1), temporary)]), true);
        let wanted = Comments::from([(value(1), Some("a".to_owned()))]);
        assert_eq!(changes(&there, &ours(), &wanted, &wanted).put, wanted);
    }

    fn any_comment() -> impl Strategy<Value = Option<String>> {
        prop_oneof![Just(None), "[a-c]{1}".prop_map(Some)]
    }

    fn any_list() -> impl Strategy<Value = Comments> {
        prop::collection::btree_map((0u8..8).prop_map(value), any_comment(), 0..8)
    }

    fn any_there() -> impl Strategy<Value = There> {
        let owner = prop_oneof![Just(None), Just(Some(ours())), Just(Some(token("bbbbbbbbbb")))];
        let entry = (any_comment(), owner).prop_map(|(comment, owner)| Found {
            comment,
            owner,
            is_temporary: false,
        });
        prop::collection::btree_map((0u8..8).prop_map(value), entry, 0..8)
    }

    proptest! {
        /// Done once, the changes leave nothing to do; what was wanted is there, and entries of others are as they were.
        #[test]
        fn changes_settle_at_once_and_touch_nobody_else(there in any_there(), prior in any_list(), wanted in any_list()) {
            let mut at_atlas = there.clone();
            let first = changes(&there, &ours(), &prior, &wanted);
            for (value, comment) in &first.put {
                at_atlas.insert(value.clone(), found(comment.as_deref(), Some(ours())));
            }
            for value in &first.remove {
                at_atlas.remove(value);
            }
            for (value, comment) in &wanted {
                prop_assert_eq!(&at_atlas[value].comment, comment);
            }
            for (value, was) in &there {
                if !wanted.contains_key(value) && (was.is_another_s(&ours()) || !prior.contains_key(value)) {
                    prop_assert_eq!(at_atlas.get(value), Some(was));
                }
            }
            prop_assert_eq!(changes(&at_atlas, &ours(), &wanted, &wanted), Changes::default());
        }
    }
}
