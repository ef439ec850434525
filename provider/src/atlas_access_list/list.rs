//! What to write and what to remove, as a pure function; and the list at Atlas.

use std::collections::BTreeMap;

use atlas_client::{AccessListEntry, AccessListValue, AtlasApi, ProjectId};
use provider_kit::Operation;

use super::state::Comments;
use crate::connection::atlas::{Ended, Pace, Wait, call, write};

/// What Atlas has, by what it admits.
pub(super) type There = BTreeMap<AccessListValue, AccessListEntry>;

/// Entries that stay until somebody removes them, and temporary ones where those count too.
pub(super) fn lasting(there: &There, ignore_temporary: bool) -> Comments {
    there
        .iter()
        .filter(|(_, entry)| !(ignore_temporary && entry.delete_after_date.is_some()))
        .map(|(value, entry)| (value.clone(), entry.comment.clone().filter(|text| !text.is_empty())))
        .collect()
}

/// One call's worth of changes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Changes {
    /// To add, or to give another comment, or to make permanent.
    pub(super) put: Vec<AccessListEntry>,
    /// To remove: entries of the prior state that are no longer wanted. An entry that no plan showed is not among them.
    pub(super) remove: Vec<AccessListValue>,
}

/// The changes from what Atlas has to what is wanted, where `prior` is what the state had.
pub(super) fn changes(there: &There, prior: &Comments, wanted: &Comments, ignore_temporary: bool) -> Changes {
    let lasting = lasting(there, ignore_temporary);
    let put = wanted
        .iter()
        .filter(|(value, comment)| lasting.get(value) != Some(comment))
        .map(|(value, comment)| AccessListEntry {
            value: value.clone(),
            comment: comment.clone(),
            delete_after_date: None,
        })
        .collect();
    let remove = prior
        .keys()
        .filter(|value| !wanted.contains_key(value) && lasting.contains_key(value))
        .cloned()
        .collect();
    Changes { put, remove }
}

/// The access list of one project.
pub(super) struct AtAtlas<'a> {
    pub(super) api: &'a dyn AtlasApi,
    pub(super) project: ProjectId,
    pub(super) pace: Pace,
    pub(super) operation: &'a Operation,
}

impl AtAtlas<'_> {
    pub(super) async fn read(&self) -> Result<There, Ended> {
        let entries = call(self.operation, self.api.list_access_list(&self.project)).await?;
        Ok(by_value(entries))
    }

    /// Adds first, then removes, so that nobody who stays admitted is locked out in between; then waits until Atlas shows it.
    pub(super) async fn apply(&self, changes: &Changes, ignore_temporary: bool) -> Result<(), Ended> {
        if !changes.put.is_empty() {
            write(
                self.operation,
                self.api.put_access_list_entries(&self.project, &changes.put),
            )
            .await?;
        }
        for value in &changes.remove {
            write(self.operation, self.api.remove_access_list_entry(&self.project, value)).await?;
        }
        if *changes == Changes::default() {
            return Ok(());
        }
        let mut wait = Wait::new(
            self.operation,
            self.pace,
            format!("the access list of {}", self.project),
        );
        loop {
            let there = by_value(wait.look(|| self.api.list_access_list(&self.project)).await?);
            let lasting = lasting(&there, ignore_temporary);
            let is_put = |entry: &AccessListEntry| lasting.get(&entry.value) == Some(&entry.comment);
            let put = changes.put.iter().filter(|entry| is_put(entry)).count();
            let removed = changes.remove.iter().filter(|value| !there.contains_key(value)).count();
            if put == changes.put.len() && removed == changes.remove.len() {
                return Ok(());
            }
            wait.pause(format!(
                "{put} of {} entries written and {removed} of {} removed",
                changes.put.len(),
                changes.remove.len()
            ))
            .await?;
        }
    }
}

fn by_value(entries: Vec<AccessListEntry>) -> There {
    entries.into_iter().map(|entry| (entry.value.clone(), entry)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> AccessListValue {
        AccessListValue::parse(text).unwrap()
    }

    fn entry(number: u8, comment: Option<&str>, temporary: bool) -> AccessListEntry {
        AccessListEntry {
            value: value(&format!("10.0.0.{number}")),
            comment: comment.map(str::to_owned),
            delete_after_date: temporary.then(|| "2026-12-01T00:00:00Z".to_owned()),
        }
    }

    #[test]
    fn an_entry_that_no_plan_showed_is_never_removed() {
        let there = by_value(vec![entry(1, None, false), entry(2, None, false), entry(3, None, true)]);
        let prior: Comments = [(value("10.0.0.1"), None)].into();
        let changes = changes(&there, &prior, &Comments::new(), true);
        assert_eq!((changes.put, changes.remove), (vec![], vec![value("10.0.0.1")]));
    }

    #[test]
    fn a_wanted_entry_that_became_temporary_is_made_permanent() {
        let there = by_value(vec![entry(1, Some("a"), true)]);
        let wanted: Comments = [(value("10.0.0.1"), Some("a".to_owned()))].into();
        assert_eq!(
            changes(&there, &wanted, &wanted, true).put,
            [entry(1, Some("a"), false)]
        );
    }

    fn any_list() -> impl Strategy<Value = Comments> {
        let comment = prop_oneof![Just(None), "[a-c]{1}".prop_map(Some)];
        prop::collection::btree_map(
            (0u8..8).prop_map(|number| value(&format!("10.0.0.{number}"))),
            comment,
            0..8,
        )
    }

    proptest! {
        /// Done once, the changes leave nothing to do; what was wanted is there, and foreign entries are as they were.
        #[test]
        fn changes_settle_at_once_and_touch_nobody_else(there in any_list(), prior in any_list(), wanted in any_list()) {
            let mut at_atlas: There = there
                .iter()
                .map(|(value, comment)| (value.clone(), AccessListEntry { value: value.clone(), comment: comment.clone(), delete_after_date: None }))
                .collect();
            let first = changes(&at_atlas, &prior, &wanted, true);
            for entry in &first.put {
                at_atlas.insert(entry.value.clone(), entry.clone());
            }
            for value in &first.remove {
                at_atlas.remove(value);
            }
            let after = lasting(&at_atlas, true);
            for (value, comment) in &wanted {
                prop_assert_eq!(after.get(value), Some(comment));
            }
            for (value, comment) in &there {
                if !wanted.contains_key(value) && !prior.contains_key(value) {
                    prop_assert_eq!(after.get(value), Some(comment));
                }
            }
            prop_assert_eq!(changes(&at_atlas, &wanted, &wanted, true), Changes::default());
        }
    }
}
