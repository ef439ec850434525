//! The tags of a bundle: what all of its alarms have, and how they get there.

use std::collections::{BTreeMap, BTreeSet};

use tf_provider::Diagnostics;

use super::failures;
use super::objects::{Described, InState, Objects};
use super::run::{End, Run};
use crate::connection::aws::AwsError;

/// What stands in a tag's place while the bundle's alarms do not agree on it: different from every plan, so that the next
/// apply settles it.
const MIXED_TAG: &str = "(differs between alarms)";

/// Alarms of which CloudWatch itself is asked where the index of tags differs from the state. Where the index proves wrong
/// for one of them, CloudWatch is asked about the others too. Our choice: five seconds at CloudWatch's quota.
const DOUBTS: usize = 50;

type Tags = BTreeMap<String, String>;

/// AWS's own tags: nobody else may write or remove them.
fn is_reserved(key: &str) -> bool {
    key.to_ascii_lowercase().starts_with("aws:")
}

fn agrees(tags: Option<&Tags>, expected: &Tags) -> bool {
    expected
        .iter()
        .all(|(key, value)| tags.and_then(|tags| tags.get(key)) == Some(value))
}

impl Run<'_> {
    /// The tags of a bundle as read: those of `known` that all alarms agree on; [`MIXED_TAG`] where they do not.
    pub(crate) async fn read_tags(&self, mut known: Tags, existing: &Described, diagnostics: &mut Diagnostics) -> Tags {
        known.retain(|key, _| !is_reserved(key));
        if known.is_empty() || existing.is_empty() {
            return known;
        }
        let names = existing.keys().cloned().collect();
        let Some(all) = self.tags_of(&names, existing, &known, diagnostics).await else {
            return known;
        };
        let of_all = |key: &String| {
            let values: BTreeSet<Option<&String>> = all.values().map(|tags| tags.get(key)).collect();
            match values.into_iter().collect::<Vec<_>>().as_slice() {
                [] | [None] => None,
                [Some(value)] => Some((key.clone(), (*value).clone())),
                _ => Some((key.clone(), MIXED_TAG.to_owned())),
            }
        };
        known.keys().filter_map(of_all).collect()
    }

    /// Brings the tags of alarms that existed before to the plan; new ones got theirs when they were put.
    pub(crate) async fn converge_tags(
        &self,
        wanted: &Objects,
        prior: &InState,
        existing: &Described,
        diagnostics: &mut Diagnostics,
    ) {
        // as long as the plan changes no tag, only alarms that were not this bundle's may differ
        let changed = wanted.tags != prior.tags;
        if wanted.tags.is_empty() && !changed {
            return;
        }
        let mut targets = wanted.names();
        targets.retain(|name| existing.contains_key(name) && (changed || !prior.names.contains(name)));
        if targets.is_empty() {
            return;
        }
        let Some(all) = self.tags_of(&targets, existing, &prior.tags, diagnostics).await else {
            return;
        };
        for (arn, there) in all {
            let missing: Tags = wanted
                .tags
                .iter()
                .filter(|(key, value)| !is_reserved(key) && there.get(*key) != Some(value))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            let gone: Vec<_> = prior
                .tags
                .keys()
                .filter(|key| !is_reserved(key) && !wanted.tags.contains_key(*key) && there.contains_key(*key))
                .cloned()
                .collect();
            let step = async {
                if !missing.is_empty() {
                    self.remote.tag(&arn, &missing).await?;
                }
                if !gone.is_empty() {
                    self.remote.untag(&arn, gone).await?;
                }
                Ok(())
            };
            let doing = || format!("writing the tags of {arn}");
            match self.write_now(step).await {
                Ok(()) => {}
                Err(End::Failed(cause @ AwsError::AccessDenied { .. })) => {
                    failures::tags_are_denied(diagnostics, &doing(), &cause);
                    return;
                }
                Err(end) => {
                    self.report(end, &doing(), diagnostics);
                    return;
                }
            }
        }
    }

    /// The tags of each of the named alarms by ARN, from the index of tags where it is as `expected` or proves right;
    /// `None` with a warning where reading them is denied, and with an error where it fails.
    async fn tags_of(
        &self,
        names: &BTreeSet<String>,
        existing: &Described,
        expected: &Tags,
        diagnostics: &mut Diagnostics,
    ) -> Option<BTreeMap<String, Tags>> {
        let arns: Vec<String> = names
            .iter()
            .filter_map(|name| existing.get(name)?.arn().as_ref_option().cloned())
            .collect();
        let mut all = match self.read(self.remote.indexed_tags(&arns)).await {
            Ok(indexed) => indexed,
            Err(End::Failed(cause)) => {
                let listed = self.listed_tags(&arns, diagnostics).await?;
                failures::tags_are_read_one_by_one(diagnostics, arns.len(), &cause);
                return Some(listed);
            }
            Err(end) => {
                self.report(end, "reading the tags of the alarms", diagnostics);
                return None;
            }
        };
        for arn in &arns {
            all.entry(arn.clone()).or_default();
        }
        let doubtful: Vec<String> = arns.into_iter().filter(|arn| !agrees(all.get(arn), expected)).collect();
        for asked in [
            &doubtful[..doubtful.len().min(DOUBTS)],
            &doubtful[doubtful.len().min(DOUBTS)..],
        ] {
            if asked.is_empty() {
                break;
            }
            let listed = match self.read(self.remote.listed_tags(asked)).await {
                Ok(listed) => listed,
                // the index has been asked already, and says as much as is allowed
                Err(End::Failed(AwsError::AccessDenied { .. })) => break,
                Err(end) => {
                    self.report(end, "reading the tags of the alarms", diagnostics);
                    return None;
                }
            };
            let index_was_right = asked.iter().all(|arn| all.get(arn) == listed.get(arn));
            for arn in asked {
                all.remove(arn);
            }
            all.extend(listed);
            if index_was_right {
                break;
            }
        }
        Some(all)
    }

    async fn listed_tags(&self, arns: &[String], diagnostics: &mut Diagnostics) -> Option<BTreeMap<String, Tags>> {
        match self.read(self.remote.listed_tags(arns)).await {
            Ok(tags) => Some(tags),
            Err(End::Failed(cause @ AwsError::AccessDenied { .. })) => {
                failures::tags_are_denied(diagnostics, "reading the tags of the alarms", &cause);
                None
            }
            Err(end) => {
                self.report(end, "reading the tags of the alarms", diagnostics);
                None
            }
        }
    }
}
