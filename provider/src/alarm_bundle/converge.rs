//! From what is in CloudWatch to what the bundle defines, in an order that CloudWatch accepts and from any point on.
//!
//! Order: alarms, composite, tags, then removal of what is no longer wanted. A composite's children exist before its rule
//! names them, and no child goes while a rule of ours still names it.

use std::collections::{BTreeMap, BTreeSet};

use tf_provider::Diagnostics;

use super::failures;
use super::objects::{Described, Existing, Found, InState, Objects, from_described, key_of};
use super::run::{End, Run};
use super::state::{Alarm, CompositeAlarm, Text};
use super::writes::NewTags;

/// What one run changes.
struct Change<'a> {
    wanted: &'a Objects,
    prior: &'a InState,
    /// Of both, what exists.
    existing: &'a Described,
    /// What exists and is taken over.
    adopted: &'a BTreeSet<String>,
}

impl Change<'_> {
    /// The existing alarm of this name, unless it has to be written again to make it ours.
    fn there(&self, name: &Text) -> Option<&Existing> {
        let name = name.as_ref_option()?;
        self.existing.get(name).filter(|_| !self.adopted.contains(name))
    }

    /// The names that the state has and the plan has not.
    fn obsolete(&self) -> BTreeSet<String> {
        self.prior.names.difference(&self.wanted.names()).cloned().collect()
    }
}

impl Run<'_> {
    /// Makes `wanted` true, starting from `prior` (empty for a new bundle), and returns what exists afterwards.
    ///
    /// # Errors
    /// What is left of `prior`, with errors in `diagnostics`: nothing was written.
    pub(crate) async fn converge(
        &self,
        wanted: Objects,
        prior: Objects,
        adopt_existing: bool,
        diagnostics: &mut Diagnostics,
    ) -> Result<Objects, Objects> {
        let (wanted_names, in_state) = (wanted.names(), prior.names());
        let names: BTreeSet<_> = wanted_names.union(&in_state).cloned().collect();
        let Some(_held) = self.hold(diagnostics).await else {
            return Err(prior);
        };
        let Some(existing) = self.existing(&names, &prior, false, diagnostics).await else {
            return Err(prior);
        };
        let mut adopted = self.not_ours(&existing, &in_state);
        adopted.retain(|name| wanted_names.contains(name));
        if !adopt_existing && !adopted.is_empty() {
            for name in &adopted {
                self.refuse(name);
            }
            let id = format!("{}/{}", self.region(), self.bundle());
            failures::names_are_taken(diagnostics, &adopted, &id, prior.is_empty());
            return Err(self.ours(existing, &in_state, prior.tags));
        }

        // from here on only names count of the state: the definitions of a thousand alarms are let go where they can be
        let prior = InState::from(prior);
        let change = Change {
            wanted: &wanted,
            prior: &prior,
            existing: &existing,
            adopted: &adopted,
        };
        let written = self.write_all(&change, diagnostics).await;
        let complete = diagnostics.errors.is_empty();
        let obsolete = change.obsolete();
        let arns = Arns::of(&existing);
        let existing = (!complete).then_some(existing);
        let are_written = |found: &Described| {
            let ours = |name: &String| found.get(name).is_some_and(|alarm| self.is_ours(name, alarm, false));
            written.iter().all(ours)
        };
        let still_there = |found: &Described| {
            let ours = |name: &&String| found.get(*name).is_some_and(|alarm| self.is_ours(name, alarm, true));
            obsolete.iter().filter(ours).cloned().collect::<BTreeSet<_>>()
        };
        let looked = if complete {
            let settled = |found: &Described| are_written(found) && still_there(found).is_empty();
            self.after_writes(&names, settled).await
        } else {
            self.truth(&names, are_written).await.map_err(End::Failed)
        };
        let known = prior.names.union(&written).cloned().collect();
        let truth = match looked {
            Ok(truth) if complete => {
                let left = still_there(&truth);
                if !left.is_empty() {
                    failures::deleted_and_still_there(diagnostics, &left);
                    return Ok(self.ours(truth, &known, wanted.tags));
                }
                truth
            }
            Ok(mut truth) => {
                // confirmed, and only not shown yet: the state must not lose it
                let mut unseen = written;
                unseen.retain(|name| !truth.contains_key(name));
                self.add_written(&mut truth, &unseen, &wanted, &arns);
                truth
            }
            Err(end) => {
                failures::truth_is_unknown(diagnostics, &end.to_string());
                let Some(mut truth) = existing else {
                    return Ok(arns.put_into(wanted));
                };
                self.add_written(&mut truth, &written, &wanted, &arns);
                truth
            }
        };
        if complete {
            return Ok(self.as_planned(wanted, &truth, &arns, &prior.names, diagnostics));
        }
        // new alarms got the wanted tags with their first write; old ones keep theirs until all alarms are as wanted
        let tags = if prior.names.is_empty() {
            wanted.tags
        } else {
            prior.tags
        };
        Ok(self.ours(truth, &known, tags))
    }

    /// All writes, in order. Returns the names of the puts that CloudWatch confirmed; failures go to `diagnostics`.
    async fn write_all(&self, change: &Change<'_>, diagnostics: &mut Diagnostics) -> BTreeSet<String> {
        let wanted = change.wanted;
        let is_changed = |alarm: &&Alarm| !change.there(&alarm.name).is_some_and(|there| there.is_as(alarm));
        let changed: Vec<&Alarm> = wanted.alarms.values().filter(is_changed).collect();
        let tags = NewTags::new(&wanted.tags);
        let mut written = self.put_alarms(&changed, &tags, diagnostics).await;
        if !diagnostics.errors.is_empty() && self.operation.interrupt().is_some() {
            return written;
        }
        written.extend(self.converge_composite(change, &tags, diagnostics).await);
        if let Some(cause) = tags.denied() {
            failures::tags_are_denied(diagnostics, "writing the tags of new alarms", cause);
        } else if diagnostics.errors.is_empty() {
            self.converge_tags(wanted, change.prior, change.existing, diagnostics)
                .await;
        }
        if diagnostics.errors.is_empty() {
            let mut obsolete = change.obsolete();
            obsolete.retain(|name| change.existing.contains_key(name));
            if !obsolete.is_empty() {
                self.remove_obsolete(&obsolete, diagnostics).await;
            }
        }
        written
    }

    /// Returns the composite's name if it was put.
    async fn converge_composite(
        &self,
        change: &Change<'_>,
        tags: &NewTags<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        let composite = change.wanted.composite.as_ref()?;
        let name = composite.name.as_ref_option()?;
        let there = change.there(&composite.name);
        if there.is_some_and(|there| there.is_as_composite(composite)) {
            return None;
        }
        if !diagnostics.errors.is_empty() {
            failures::composite_waits_for_children(diagnostics, name);
            return None;
        }
        // one of another name goes first, so that there is never more than the one the state can list
        let before = change.prior.composite.as_ref().filter(|before| *before != name);
        if let Some(before) = before.filter(|before| change.existing.contains_key(*before)) {
            let before = BTreeSet::from([before.clone()]);
            self.remove_obsolete(&before, diagnostics).await;
            if !diagnostics.errors.is_empty() {
                failures::composite_waits_for_the_one_before(diagnostics, name, &before);
                return None;
            }
        }
        let put = self.put_composite(composite, name, tags, diagnostics).await;
        put.then(|| name.clone())
    }

    /// Of what exists, all that is ours; `known`: the names that the state has or that we wrote.
    fn ours(&self, mut existing: Described, known: &BTreeSet<String>, tags: BTreeMap<String, String>) -> Objects {
        existing.retain(|name, alarm| self.is_ours(name, alarm, known.contains(name)));
        from_described(self.bundle(), existing, tags)
    }

    /// Adds what was put. An ARN stays the same over a put, and that of a new alarm is not known.
    fn add_written(&self, described: &mut Described, written: &BTreeSet<String>, wanted: &Objects, arns: &Arns) {
        for name in written {
            let arn = arns.get(name);
            let alarm = key_of(self.bundle(), name).and_then(|key| wanted.alarms.get(key));
            let put = match (alarm, &wanted.composite) {
                (Some(alarm), _) => Found::Metric(Box::new(Alarm { arn, ..alarm.clone() })),
                (None, Some(composite)) => Found::Composite(Box::new(CompositeAlarm {
                    arn,
                    ..composite.clone()
                })),
                (None, None) => continue,
            };
            let owner = Some(self.remote.marker.owner.clone());
            described.insert(name.clone(), Existing { alarm: put, owner });
        }
    }

    /// The plan, completed with what only CloudWatch knows. What is not shown after several looks stays, so that nothing is
    /// lost; the next refresh drops it if it is gone.
    fn as_planned(
        &self,
        wanted: Objects,
        truth: &Described,
        before: &Arns,
        in_state: &BTreeSet<String>,
        diagnostics: &mut Diagnostics,
    ) -> Objects {
        let (mut vanished, mut taken) = (BTreeSet::new(), BTreeSet::new());
        let mut settle = |name: &Text, arn: &mut Text| {
            let name = name.as_ref_option().cloned().unwrap_or_default();
            match truth.get(&name) {
                Some(there) if there.owner.is_none() || self.is_ours(&name, there, in_state.contains(&name)) => {
                    *arn = there.arn().clone();
                    true
                }
                Some(_) => {
                    taken.insert(name);
                    false
                }
                None => {
                    *arn = before.get(&name);
                    vanished.insert(name);
                    true
                }
            }
        };
        let mut result = wanted;
        result.alarms.retain(|_, alarm| settle(&alarm.name, &mut alarm.arn));
        if let Some(composite) = &mut result.composite
            && !settle(&composite.name, &mut composite.arn)
        {
            result.composite = None;
        }
        if !vanished.is_empty() {
            failures::alarms_vanished(diagnostics, &vanished);
        }
        if !taken.is_empty() {
            failures::alarms_were_taken(diagnostics, &taken);
        }
        result
    }
}

/// The ARNs of what existed before the writes, by name.
struct Arns(BTreeMap<String, Text>);

impl Arns {
    fn of(existing: &Described) -> Self {
        let arns = existing.iter().map(|(name, alarm)| (name.clone(), alarm.arn().clone()));
        Self(arns.collect())
    }

    /// Null for an alarm that did not exist.
    fn get(&self, name: &str) -> Text {
        self.0.get(name).cloned().unwrap_or_default()
    }

    fn put_into(&self, mut wanted: Objects) -> Objects {
        let of = |name: &Text| self.get(name.as_deref_option().unwrap_or_default());
        for alarm in wanted.alarms.values_mut() {
            alarm.arn = of(&alarm.name);
        }
        if let Some(composite) = &mut wanted.composite {
            composite.arn = of(&composite.name);
        }
        wanted
    }
}
