//! The access list of one project at Atlas: read and written.

use atlas_client::{AccessListEntry, AtlasApi, ProjectId};
use provider_kit::{Operation, Unwritten};

use super::changes::{Changes, Found, There};
use super::marker;
use crate::connection::atlas::{Ended, Pace, Wait};

/// Why changes are not made, or not seen to be made.
#[derive(Debug)]
pub(super) struct Unfinished {
    pub(super) end: Ended,
    /// Whether a write was sent, so that Atlas may have changed something.
    pub(super) has_begun: bool,
}

/// The access list of one project.
pub(super) struct Remote<'a> {
    pub(super) api: &'a dyn AtlasApi,
    pub(super) project: ProjectId,
    pub(super) pace: Pace,
    pub(super) operation: &'a Operation,
}

impl Remote<'_> {
    pub(super) async fn read(&self) -> Result<There, Ended> {
        let entries = self.operation.read(self.api.list_access_list(&self.project)).await??;
        Ok(by_value(entries))
    }

    /// Adds first, then removes, so that nobody who stays admitted is locked out in between; then waits until Atlas shows it.
    pub(super) async fn apply(&self, changes: &Changes) -> Result<(), Unfinished> {
        let mut has_begun = false;
        let written = self.write(changes, &mut has_begun).await;
        written.map_err(|end| Unfinished { end, has_begun })?;
        let shown = self.until_shown(changes).await;
        shown.map_err(|end| Unfinished { end, has_begun })
    }

    async fn write(&self, changes: &Changes, has_begun: &mut bool) -> Result<(), Ended> {
        if !changes.put.is_empty() {
            let owner = self.operation.owner();
            let entries: Vec<_> = changes
                .put
                .iter()
                .map(|(value, comment)| AccessListEntry {
                    value: value.clone(),
                    comment: Some(marker::marked(comment.as_deref(), owner)),
                    delete_after_date: None,
                })
                .collect();
            let put = self.api.put_access_list_entries(&self.project, &entries);
            begun(self.operation.write(put).await, has_begun)??;
        }
        for value in &changes.remove {
            let remove = self.api.remove_access_list_entry(&self.project, value);
            begun(self.operation.write(remove).await, has_begun)??;
        }
        Ok(())
    }

    async fn until_shown(&self, changes: &Changes) -> Result<(), Ended> {
        if *changes == Changes::default() {
            return Ok(());
        }
        let owner = self.operation.owner();
        let mut wait = Wait::new(
            self.operation,
            self.pace,
            format!("the access list of {}", self.project),
        );
        loop {
            let there = by_value(wait.look(|| self.api.list_access_list(&self.project)).await?);
            let is_taken = |found: &Found| found.is_another_s(owner);
            // An entry that another resource took over meanwhile is shown by the next refresh.
            let put = changes.put.iter().filter(|(value, comment)| {
                there.get(value).is_some_and(|found| {
                    let is_ours = found.comment == **comment && found.owner.as_ref() == Some(owner);
                    (is_ours && !found.is_temporary) || (is_taken(found) && !wait.may_be_stale())
                })
            });
            let removed = changes
                .remove
                .iter()
                .filter(|value| there.get(value).is_none_or(is_taken));
            let (put, removed) = (put.count(), removed.count());
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

/// Remembers whether the write was sent.
fn begun<T>(answer: Result<T, Unwritten>, has_begun: &mut bool) -> Result<T, Unwritten> {
    *has_begun |= !matches!(answer, Err(Unwritten::NotBegun(_)));
    answer
}

fn by_value(entries: Vec<AccessListEntry>) -> There {
    entries
        .into_iter()
        .map(|entry| {
            let (comment, owner) = marker::unmarked(entry.comment.as_deref().unwrap_or_default());
            let found = Found {
                comment,
                owner,
                is_temporary: entry.delete_after_date.is_some(),
            };
            (entry.value, found)
        })
        .collect()
}
