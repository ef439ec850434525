//! Removing alarms: only ours, in batches that CloudWatch takes, and with reasons for those that it keeps.

use std::collections::{BTreeMap, BTreeSet};

use tf_provider::Diagnostics;

use super::failures;
use super::objects::{Described, Existing, Objects, from_described};
use super::remote::NAMES_PER_CALL;
use super::run::{End, Run};
use crate::connection::aws::{AwsError, aws_call_failed};

impl Run<'_> {
    /// Removes everything of the state that is ours, and returns what is left of it: `None` when nothing is.
    pub(crate) async fn destroy(&self, state: Objects, diagnostics: &mut Diagnostics) -> Option<Objects> {
        let names = state.names();
        let Some(_held) = self.hold(diagnostics).await else {
            return Some(state);
        };
        let wanted: Vec<_> = names.iter().filter(|name| self.is_wanted_elsewhere(name)).collect();
        if !wanted.is_empty() {
            failures::removal_is_refused(diagnostics, &wanted);
            return Some(state);
        }
        let Some(existing) = self.existing(&names, &state, true, diagnostics).await else {
            return Some(state);
        };
        let others = self.not_ours(&existing, &names);
        if !others.is_empty() {
            failures::others_stay(diagnostics, &others);
        }
        let removed: BTreeSet<_> = existing
            .keys()
            .filter(|name| !others.contains(*name))
            .cloned()
            .collect();
        if removed.is_empty() {
            return None;
        }
        self.delete_all(&removed, &existing, diagnostics).await;

        let still_there = |found: &Described| {
            let mut left: BTreeSet<_> = found.keys().filter(|name| removed.contains(*name)).cloned().collect();
            left.retain(|name| found.get(name).is_some_and(|alarm| self.is_ours(name, alarm, true)));
            left
        };
        let complete = diagnostics.errors.is_empty();
        let looked = self
            .truth(&removed, |found| !complete || still_there(found).is_empty())
            .await;
        let mut left = match looked {
            Ok(left) => left,
            Err(cause) => {
                if complete {
                    aws_call_failed(diagnostics, "checking that the alarms are deleted", &cause);
                }
                return Some(state);
            }
        };
        let names_left = still_there(&left);
        if names_left.is_empty() {
            return None;
        }
        if complete {
            failures::deleted_and_still_there(diagnostics, &names_left);
        }
        left.retain(|name, _| names_left.contains(name));
        Some(from_described(self.bundle(), left, state.tags))
    }

    /// Removes alarms that an update no longer wants. Reads them immediately before, because the puts may have taken minutes. An alarm
    /// that is no longer ours stays.
    pub(crate) async fn remove_obsolete(&self, names: &BTreeSet<String>, diagnostics: &mut Diagnostics) {
        let looked = self.read(self.remote.describe(names)).await;
        let existing = match looked {
            Ok(existing) => existing,
            Err(end) => {
                self.report(end, "reading the alarms to delete", diagnostics);
                return;
            }
        };
        let others = self.not_ours(&existing, names);
        if !others.is_empty() {
            failures::others_stay(diagnostics, &others);
        }
        let ours: Vec<_> = existing.keys().filter(|name| !others.contains(*name)).collect();
        let (wanted, removed): (Vec<_>, Vec<_>) = ours.into_iter().partition(|name| self.is_wanted_elsewhere(name));
        let removed = removed.into_iter().cloned().collect();
        self.delete_all(&removed, &existing, diagnostics).await;
        if !wanted.is_empty() {
            failures::removal_is_refused(diagnostics, &wanted);
        }
    }

    /// Deletes alarms that exist, composites first, and explains those that CloudWatch keeps.
    async fn delete_all(&self, names: &BTreeSet<String>, existing: &Described, diagnostics: &mut Diagnostics) {
        let (composites, alarms): (Vec<_>, Vec<_>) = names
            .iter()
            .cloned()
            .partition(|name| existing.get(name).is_some_and(Existing::is_composite));
        let mut kept_by_own = BTreeMap::<String, BTreeSet<String>>::new();
        for batch in composites.chunks(1).chain(alarms.chunks(NAMES_PER_CALL)) {
            match self.delete_batch(batch).await {
                Ok(kept) => {
                    for (name, parents) in kept {
                        let (own, others): (Vec<_>, Vec<_>) =
                            parents.into_iter().partition(|parent| composites.contains(parent));
                        match (own.as_slice(), others.as_slice()) {
                            ([composite, ..], []) => {
                                kept_by_own.entry(composite.clone()).or_default().insert(name);
                            }
                            _ => failures::child_of_foreign_composite(diagnostics, &name, &others),
                        }
                    }
                }
                Err(End::Failed(cause)) => {
                    failures::delete_failed(diagnostics, batch, &cause);
                    return;
                }
                Err(end) => {
                    self.report(end, "deleting alarms", diagnostics);
                    return;
                }
            }
        }
        for (composite, children) in kept_by_own {
            failures::children_of_kept_composite(diagnostics, &composite, &children);
        }
    }

    /// Deletes one batch. CloudWatch refuses a batch as a whole for one child of a composite: those are found, returned with
    /// their composites, and the rest is deleted.
    async fn delete_batch(&self, batch: &[String]) -> Result<Vec<(String, Vec<String>)>, End> {
        let refused = match self.write(self.remote.delete(batch)).await {
            Ok(()) => return Ok(Vec::new()),
            Err(End::Failed(refused @ AwsError::Refused { .. })) => refused,
            Err(end) => return Err(end),
        };
        let (mut kept, mut free) = (Vec::new(), Vec::new());
        for name in batch {
            let parents = self.read(self.remote.parents(name)).await?;
            if parents.is_empty() {
                free.push(name.clone());
            } else {
                kept.push((name.clone(), parents));
            }
        }
        if kept.is_empty() {
            return Err(End::Failed(refused));
        }
        if !free.is_empty() {
            self.write(self.remote.delete(&free)).await?;
        }
        Ok(kept)
    }
}
