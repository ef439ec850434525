//! Whose an alarm is. An alarm is ours if it carries our token, or if it is in our state and carries no other resource's.

use std::collections::BTreeSet;

use provider_kit::Claim;

use super::objects::{Described, Existing};
use super::run::Run;

impl Run<'_> {
    /// The name of an alarm in the memory of the run.
    fn object(&self, name: &str) -> String {
        format!("{}/{name}", self.region())
    }

    fn claim(&self, name: &str) -> Option<Claim> {
        self.claims.against(&self.object(name), self.remote.marker.owner)
    }

    /// Whether an alarm is ours; `in_state`: whether our state has it.
    pub(crate) fn is_ours(&self, name: &str, existing: &Existing, in_state: bool) -> bool {
        if matches!(self.claim(name), Some(Claim::Owned(_))) {
            return false;
        }
        match &existing.owner {
            Some(owner) => owner == self.remote.marker.owner,
            None => in_state,
        }
    }

    /// The names among `described` that are not ours.
    pub(crate) fn not_ours(&self, described: &Described, in_state: &BTreeSet<String>) -> BTreeSet<String> {
        let others = described
            .iter()
            .filter(|(name, existing)| !self.is_ours(name, existing, in_state.contains(*name)));
        others.map(|(name, _)| name.clone()).collect()
    }

    /// Whether another resource of this run wanted the alarm and was refused because it is ours.
    pub(crate) fn is_wanted_elsewhere(&self, name: &str) -> bool {
        self.claim(name) == Some(Claim::Refused)
    }

    /// Remembers that we wrote the alarm.
    pub(crate) fn own(&self, name: &str) {
        self.claims.own(&self.object(name), self.remote.marker.owner);
    }

    /// Remembers that we wanted the alarm and were refused.
    pub(crate) fn refuse(&self, name: &str) {
        self.claims.refuse(&self.object(name));
    }
}
