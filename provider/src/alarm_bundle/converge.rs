//! From what is in CloudWatch to what the bundle defines, in an order that CloudWatch accepts and from any point on.
//!
//! Order: alarms, composite, then removal of what is no longer wanted. A composite's children exist before its rule names
//! them, and no child goes while a rule of ours still names it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::pin::pin;
use std::sync::OnceLock;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use provider_kit::{Interrupt, Operation};
use tf_provider::Diagnostics;
use tf_provider::value::Value;

use super::cloudwatch::{CloudWatch, Described, Existing, NAMES_PER_CALL};
use super::failures;
use super::model::has_marker;
use super::state::{Alarm, CompositeAlarm, Map};
use crate::connection::aws::AwsError;
use crate::connection::aws::aws_call_failed;

/// Writes in flight at once when the provider's rate does not limit them.
const WRITES_AT_ONCE: usize = 8;

/// Reading the truth after an interruption or a failure: short, because somebody is waiting.
const TRUTH_TIMEOUT: Duration = Duration::from_secs(20);

/// How long writes that have begun are waited for after an interruption or a failure: CloudWatch may carry them out even
/// when nobody listens any more, and then they belong into the state.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// For alarms that are put without tags.
static NO_TAGS: BTreeMap<String, String> = BTreeMap::new();

/// What stands in a tag's place while the bundle's alarms do not agree on it: different from every plan, so that the next
/// apply settles it.
const MIXED_TAG: &str = "(differs between alarms)";

/// How often a long run says how far it is, in alarms.
const PROGRESS_EVERY: usize = 50;

/// What a bundle consists of.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Objects {
    /// By key.
    pub(crate) alarms: BTreeMap<String, Alarm>,
    pub(crate) composite: Option<CompositeAlarm>,
    pub(crate) tags: BTreeMap<String, String>,
}

impl Objects {
    /// Of a state or a fully known plan; what is null or unknown does not exist.
    pub(crate) fn of(alarms: &Map<Alarm>, composite: &Value<CompositeAlarm>, tags: &Map<String>) -> Self {
        let known = |(key, alarm): (&String, &Value<Alarm>)| Some((key.clone(), alarm.as_ref_option()?.clone()));
        let tag = |(key, value): (&String, &Value<String>)| Some((key.clone(), value.as_ref_option()?.clone()));
        Self {
            alarms: alarms.as_ref_option().into_iter().flatten().filter_map(known).collect(),
            composite: composite.as_ref_option().cloned(),
            tags: tags.as_ref_option().into_iter().flatten().filter_map(tag).collect(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.alarms.is_empty() && self.composite.is_none()
    }

    /// The names of all alarms, the composite's included.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let alarms = self
            .alarms
            .values()
            .filter_map(|alarm| alarm.name.as_ref_option().cloned());
        alarms.chain(self.composite_name()).collect()
    }

    pub(crate) fn composite_name(&self) -> Option<String> {
        self.composite
            .as_ref()
            .and_then(|composite| composite.name.as_ref_option().cloned())
    }

    /// The ARN of any alarm: it holds the account.
    fn any_arn(&self) -> Option<&String> {
        let composite = self.composite.iter().filter_map(|alarm| alarm.arn.as_ref_option());
        self.alarms
            .values()
            .filter_map(|alarm| alarm.arn.as_ref_option())
            .chain(composite)
            .next()
    }
}

/// The same definition; the ARN is CloudWatch's to give.
fn same_alarm(left: &Alarm, right: &Alarm) -> bool {
    Alarm {
        arn: Value::Null,
        ..left.clone()
    } == Alarm {
        arn: Value::Null,
        ..right.clone()
    }
}

fn same_composite(left: &CompositeAlarm, right: &CompositeAlarm) -> bool {
    CompositeAlarm {
        arn: Value::Null,
        ..left.clone()
    } == CompositeAlarm {
        arn: Value::Null,
        ..right.clone()
    }
}

fn is_marked(existing: &Existing, bundle: &str) -> bool {
    existing
        .description()
        .as_ref_option()
        .is_some_and(|description| has_marker(description, bundle))
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}

/// A bundle being read or applied: where, what for, and until when.
pub(crate) struct Run<'a> {
    pub(crate) cloudwatch: CloudWatch<'a>,
    pub(crate) region: &'a str,
    pub(crate) bundle: &'a str,
    pub(crate) operation: &'a Operation,
    /// Whether Terraform has no state of the bundle yet: it replaces what a failed create returns.
    pub(crate) is_new: bool,
    /// Why alarms were put without their tags, once that happened.
    tags_denied: OnceLock<AwsError>,
}

/// Why a step has no result.
enum End {
    Failed(AwsError),
    Interrupted(Interrupt),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(cause) => write!(f, "{cause}. {}", cause.advice()),
            Self::Interrupted(Interrupt::Stopped) => f.write_str("Terraform was asked to stop."),
            Self::Interrupted(Interrupt::TimedOut) => f.write_str("The time for the operation is over."),
        }
    }
}

impl<'a> Run<'a> {
    pub(crate) fn new(cloudwatch: CloudWatch<'a>, region: &'a str, bundle: &'a str, operation: &'a Operation) -> Self {
        Self {
            cloudwatch,
            region,
            bundle,
            operation,
            is_new: false,
            tags_denied: OnceLock::new(),
        }
    }

    /// Waits for a write that has begun, a little longer when it is interrupted.
    async fn finished<T>(&self, write: impl Future<Output = Result<T, AwsError>>) -> Result<T, End> {
        let mut write = pin!(write);
        let interrupt = tokio::select! {
            outcome = write.as_mut() => return outcome.map_err(End::Failed),
            interrupt = self.operation.interrupted() => interrupt,
        };
        match tokio::time::timeout(DRAIN_TIMEOUT, write).await {
            Ok(outcome) => outcome.map_err(End::Failed),
            Err(_) => Err(End::Interrupted(interrupt)),
        }
    }

    /// One write in its turn.
    async fn in_turn<T>(&self, write: impl Future<Output = Result<T, AwsError>>) -> Result<T, End> {
        self.until_interrupted(async {
            self.cloudwatch.turn_to_write().await;
            Ok(())
        })
        .await?;
        self.finished(write).await
    }

    async fn until_interrupted<T>(&self, step: impl Future<Output = Result<T, AwsError>>) -> Result<T, End> {
        tokio::select! {
            biased;
            interrupt = self.operation.interrupted() => Err(End::Interrupted(interrupt)),
            outcome = step => outcome.map_err(End::Failed),
        }
    }

    fn report(&self, end: End, doing: &str, diagnostics: &mut Diagnostics) {
        match end {
            End::Failed(cause) => aws_call_failed(diagnostics, doing, &cause),
            End::Interrupted(interrupt) => failures::interrupted(diagnostics, interrupt, self, doing),
        }
    }

    /// What exists of `wanted` and `known`, refusing to go on in another account than `known` is in.
    ///
    /// `None` with an error in `diagnostics` when it cannot be told.
    pub(crate) async fn existing(
        &self,
        names: &BTreeSet<String>,
        known: &Objects,
        diagnostics: &mut Diagnostics,
    ) -> Option<Described> {
        let doing = format!(
            "reading {} alarms of bundle {:?} in {}",
            names.len(),
            self.bundle,
            self.region
        );
        let existing = match self.until_interrupted(self.cloudwatch.describe(names)).await {
            Ok(existing) => existing,
            Err(end) => {
                self.report(end, &doing, diagnostics);
                return None;
            }
        };
        let Some(in_state) = known.any_arn().and_then(|arn| account_of(arn)) else {
            return Some(existing);
        };
        let all_there = known.names().iter().all(|name| existing.contains_key(name));
        let found = existing
            .values()
            .filter_map(|alarm| account_of(alarm.arn().as_ref_option()?))
            .next();
        // alarms that are gone may be gone, or we may be looking into another account: only that one can tell
        let seen = match (found, all_there) {
            (Some(found), _) => found.to_owned(),
            (None, true) => return Some(existing),
            (None, false) => match self
                .until_interrupted(self.cloudwatch.aws.account_id(self.region))
                .await
            {
                Ok(account) => account,
                Err(end) => {
                    self.report(end, "asking which account the credentials belong to", diagnostics);
                    return None;
                }
            },
        };
        if seen != in_state {
            failures::account_differs(diagnostics, in_state, &seen, self.region);
            return None;
        }
        Some(existing)
    }

    /// Makes `wanted` true, starting from `prior` (empty for a new bundle), and returns what exists afterwards.
    ///
    /// `None` with errors: nothing is known to exist beyond `prior`.
    pub(crate) async fn converge(
        &self,
        wanted: &Objects,
        prior: &Objects,
        adopt_existing: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<Objects> {
        let names: BTreeSet<_> = wanted.names().union(&prior.names()).cloned().collect();
        let existing = self.existing(&names, prior, diagnostics).await?;
        let foreign = self.foreign(wanted, prior, &existing);
        if !adopt_existing && !foreign.is_empty() {
            failures::names_are_taken(diagnostics, &foreign);
            return (!prior.is_empty()).then(|| self.as_found(&prior.names(), &prior.tags, &existing));
        }

        let written = self.write(wanted, prior, &existing, diagnostics).await;
        let complete = diagnostics.errors.is_empty();
        let truth = if complete {
            self.until_interrupted(self.cloudwatch.describe(&names)).await
        } else {
            self.truth(&names).await.map_err(End::Failed)
        };
        let truth = match truth {
            Ok(truth) => {
                let still_there: Vec<_> = prior.names().difference(&wanted.names()).cloned().collect();
                let still_there: Vec<_> = still_there
                    .into_iter()
                    .filter(|name| truth.contains_key(name))
                    .collect();
                if complete && !still_there.is_empty() {
                    failures::deleted_and_still_there(diagnostics, &still_there);
                    return Some(self.as_found(&names, &wanted.tags, &truth));
                }
                truth
            }
            Err(end) => {
                failures::truth_is_unknown(diagnostics, &end.to_string());
                merged(existing, written, wanted)
            }
        };
        if complete {
            return Some(self.as_planned(wanted, &truth, diagnostics));
        }
        // new alarms got the wanted tags with their first write; old ones keep theirs until all alarms are as wanted
        let tags = if prior.is_empty() { &wanted.tags } else { &prior.tags };
        Some(self.as_found(&names, tags, &truth))
    }

    /// What exists, when an operation has to end.
    async fn truth(&self, names: &BTreeSet<String>) -> Result<Described, AwsError> {
        let read = tokio::time::timeout(TRUTH_TIMEOUT, self.cloudwatch.describe(names)).await;
        read.unwrap_or_else(|_| {
            Err(AwsError::Unreachable {
                operation: "DescribeAlarms",
                reason: format!("no answer within {} s", TRUTH_TIMEOUT.as_secs()),
            })
        })
    }

    /// Names that exist and are nobody's we know: not in state, not as planned, without our marker.
    fn foreign(&self, wanted: &Objects, prior: &Objects, existing: &Described) -> Vec<String> {
        let in_state = prior.names();
        let is_wanted = |name: &String, existing: &Existing| match existing {
            Existing::Metric(alarm) => wanted
                .alarms
                .values()
                .any(|wanted| wanted.name.as_ref_option() == Some(name) && same_alarm(wanted, alarm)),
            Existing::Composite(alarm) => wanted
                .composite
                .as_ref()
                .is_some_and(|wanted| same_composite(wanted, alarm)),
        };
        let foreign = existing.iter().filter(|(name, existing)| {
            !in_state.contains(*name) && !is_marked(existing, self.bundle) && !is_wanted(name, existing)
        });
        foreign.map(|(name, _)| name.clone()).collect()
    }

    /// All writes, in order. Returns the names that were put; failures go to `diagnostics`.
    async fn write(
        &self,
        wanted: &Objects,
        prior: &Objects,
        existing: &Described,
        diagnostics: &mut Diagnostics,
    ) -> BTreeSet<String> {
        let mut written = BTreeSet::new();
        let changed: Vec<&Alarm> = wanted
            .alarms
            .values()
            .filter(
                |alarm| match alarm.name.as_ref_option().and_then(|name| existing.get(name)) {
                    Some(Existing::Metric(there)) => !same_alarm(alarm, there),
                    Some(Existing::Composite(_)) | None => true,
                },
            )
            .collect();
        self.put_alarms(&changed, wanted, &mut written, diagnostics).await;
        if !diagnostics.errors.is_empty() && self.operation.interrupt().is_some() {
            return written;
        }

        // a composite of another name goes first, so that there is never more than the one the state can list
        let renamed = prior
            .composite_name()
            .filter(|name| wanted.composite.is_some() && wanted.composite_name().as_ref() != Some(name));
        if let Some(name) = renamed.filter(|name| existing.contains_key(name))
            && diagnostics.errors.is_empty()
        {
            self.delete_all(&BTreeSet::from([name]), existing, diagnostics).await;
        }
        if let (Some(composite), Some(name)) = (&wanted.composite, wanted.composite_name()) {
            let there =
                matches!(existing.get(&name), Some(Existing::Composite(there)) if same_composite(composite, there));
            if !there && !diagnostics.errors.is_empty() {
                failures::composite_was_not_tried(diagnostics, &name);
            } else if !there {
                let put = self.with_tags(&wanted.tags, |tags| self.cloudwatch.put_composite(composite, tags));
                match self.in_turn(put).await {
                    Ok(()) => {
                        written.insert(name);
                    }
                    Err(end) => self.report(end, &format!("writing composite alarm {name:?}"), diagnostics),
                }
            }
        }
        if let Some(cause) = self.tags_denied.get() {
            failures::tags_are_denied(diagnostics, "writing the tags of new alarms", cause);
        } else if diagnostics.errors.is_empty() {
            self.converge_tags(wanted, prior, existing, diagnostics).await;
        }
        if diagnostics.errors.is_empty() {
            let still_wanted = wanted.names();
            let obsolete: BTreeSet<_> = prior
                .names()
                .into_iter()
                .filter(|name| !still_wanted.contains(name) && existing.contains_key(name))
                .collect();
            self.delete_all(&obsolete, existing, diagnostics).await;
        }
        written
    }

    /// Puts with tags; where only the tags are denied, without, and remembers that they were.
    async fn with_tags<'t, F>(
        &self,
        tags: &'t BTreeMap<String, String>,
        put: impl Fn(&'t BTreeMap<String, String>) -> F,
    ) -> Result<(), AwsError>
    where
        F: Future<Output = Result<(), AwsError>>,
    {
        let tags = if self.tags_denied.get().is_some() {
            &NO_TAGS
        } else {
            tags
        };
        match put(tags).await {
            Err(AwsError::AccessDenied { message, .. }) if !tags.is_empty() => {
                put(&NO_TAGS).await?;
                // tags of a new alarm need the permission to tag besides; source: API_PutMetricAlarm, `Tags`
                let operation = "TagResource";
                // several puts are under way: the first one's reason is as good as the others'
                let _ = self.tags_denied.set(AwsError::AccessDenied { operation, message });
                Ok(())
            }
            outcome => outcome,
        }
    }

    /// Puts alarms, several at once. None is begun after an interruption or a failure that the others will meet too; those
    /// under way are waited for.
    async fn put_alarms(
        &self,
        changed: &[&Alarm],
        wanted: &Objects,
        written: &mut BTreeSet<String>,
        diagnostics: &mut Diagnostics,
    ) {
        let put = |alarm: Alarm| async move {
            let outcome = self
                .with_tags(&wanted.tags, |tags| self.cloudwatch.put_alarm(&alarm, tags))
                .await;
            (alarm.name.as_option().unwrap_or_default(), outcome)
        };
        let mut waiting = changed.iter();
        let mut puts = FuturesUnordered::new();
        let mut failed: Vec<(String, AwsError)> = Vec::new();
        let mut interrupt = None;
        let mut turn = pin!(self.cloudwatch.turn_to_write());
        while interrupt.is_none() && failed.iter().all(|(_, cause)| cause.is_of_one_object()) {
            let may_begin = puts.len() < WRITES_AT_ONCE && waiting.len() > 0;
            if puts.is_empty() && !may_begin {
                break;
            }
            tokio::select! {
                biased;
                reason = self.operation.interrupted() => interrupt = Some(reason),
                Some((name, outcome)) = puts.next() => self.note(name, outcome, changed.len(), written, &mut failed),
                () = turn.as_mut(), if may_begin => {
                    puts.extend(waiting.next().map(|alarm| put((*alarm).clone())));
                    turn.set(self.cloudwatch.turn_to_write());
                }
            }
        }
        let drained = tokio::time::timeout(DRAIN_TIMEOUT, async {
            while let Some((name, outcome)) = puts.next().await {
                self.note(name, outcome, changed.len(), written, &mut failed);
            }
        });
        let unanswered = if drained.await.is_err() { puts.len() } else { 0 };

        if let Some(interrupt) = interrupt {
            let doing = format!("writing alarms, {} of {} done", written.len(), changed.len());
            failures::interrupted(diagnostics, interrupt, self, &doing);
        }
        if !failed.is_empty() {
            let left = waiting.len() + unanswered;
            failures::writes_failed(diagnostics, &failed, left, self.is_new);
        }
    }

    fn note(
        &self,
        name: String,
        outcome: Result<(), AwsError>,
        of: usize,
        written: &mut BTreeSet<String>,
        failed: &mut Vec<(String, AwsError)>,
    ) {
        match outcome {
            Ok(()) => {
                written.insert(name);
                if written.len().is_multiple_of(PROGRESS_EVERY) {
                    tracing::info!(bundle = self.bundle, written = written.len(), of, "writing alarms");
                }
            }
            Err(cause) => failed.push((name, cause)),
        }
    }

    /// Brings the tags of alarms that existed before to the plan; new ones got theirs when they were put.
    async fn converge_tags(
        &self,
        wanted: &Objects,
        prior: &Objects,
        existing: &Described,
        diagnostics: &mut Diagnostics,
    ) {
        // as long as the plan changes no tag, only alarms that were not this bundle's may differ
        let (in_state, changed) = (prior.names(), wanted.tags != prior.tags);
        if wanted.tags.is_empty() && !changed {
            return;
        }
        let wanted_names = wanted.names();
        let targets = existing
            .iter()
            .filter(|(name, _)| wanted_names.contains(*name) && (changed || !in_state.contains(*name)));
        for (name, alarm) in targets {
            let Some(arn) = alarm.arn().as_ref_option() else {
                continue;
            };
            let step = async {
                let there = self.cloudwatch.tags(arn).await?;
                let missing: BTreeMap<_, _> = wanted
                    .tags
                    .iter()
                    .filter(|(key, value)| there.get(*key) != Some(value))
                    .map(owned)
                    .collect();
                let gone: Vec<_> = prior
                    .tags
                    .keys()
                    .filter(|key| !wanted.tags.contains_key(*key) && there.contains_key(*key))
                    .cloned()
                    .collect();
                if !missing.is_empty() {
                    self.cloudwatch.tag(arn, &missing).await?;
                }
                if !gone.is_empty() {
                    self.cloudwatch.untag(arn, gone).await?;
                }
                Ok(())
            };
            match self.until_interrupted(step).await {
                Ok(()) => {}
                Err(End::Failed(cause @ AwsError::AccessDenied { .. })) => {
                    failures::tags_are_denied(diagnostics, &format!("writing the tags of alarm {name:?}"), &cause);
                    return;
                }
                Err(end) => {
                    self.report(end, &format!("writing the tags of alarm {name:?}"), diagnostics);
                    return;
                }
            }
        }
    }

    /// The tags of a bundle as read: those of `known` that all alarms agree on; [`MIXED_TAG`] where they do not.
    pub(crate) async fn read_tags(
        &self,
        known: &BTreeMap<String, String>,
        existing: &Described,
        diagnostics: &mut Diagnostics,
    ) -> BTreeMap<String, String> {
        if known.is_empty() {
            return BTreeMap::new();
        }
        let Some(all) = self.tags_of_all(existing, diagnostics).await else {
            return known.clone();
        };
        let of_all = |key: &String| {
            let values: BTreeSet<Option<&String>> = all.iter().map(|tags| tags.get(key)).collect();
            match values.into_iter().collect::<Vec<_>>().as_slice() {
                [] | [None] => None,
                [Some(value)] => Some((key.clone(), (*value).clone())),
                _ => Some((key.clone(), MIXED_TAG.to_owned())),
            }
        };
        known.keys().filter_map(of_all).collect()
    }

    /// The tags that all alarms have with the same value: what is known of a bundle that is imported.
    pub(crate) async fn common_tags(
        &self,
        existing: &Described,
        diagnostics: &mut Diagnostics,
    ) -> BTreeMap<String, String> {
        let all = self.tags_of_all(existing, diagnostics).await.unwrap_or_default();
        let Some((first, others)) = all.split_first() else {
            return BTreeMap::new();
        };
        let everywhere = |(key, value): &(&String, &String)| others.iter().all(|tags| tags.get(*key) == Some(*value));
        first.iter().filter(everywhere).map(owned).collect()
    }

    /// The tags of each alarm; `None` with a warning where reading them is denied, and with an error where it fails.
    async fn tags_of_all(
        &self,
        existing: &Described,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<BTreeMap<String, String>>> {
        let mut all = Vec::new();
        for (name, alarm) in existing {
            let Some(arn) = alarm.arn().as_ref_option() else {
                continue;
            };
            let doing = || format!("reading the tags of alarm {name:?}");
            match self.until_interrupted(self.cloudwatch.tags(arn)).await {
                Ok(tags) => all.push(tags),
                // deleted since it was described
                Err(End::Failed(AwsError::Refused { code, .. })) if code.starts_with("ResourceNotFound") => {}
                Err(End::Failed(cause @ AwsError::AccessDenied { .. })) => {
                    failures::tags_are_denied(diagnostics, &doing(), &cause);
                    return None;
                }
                Err(end) => {
                    self.report(end, &doing(), diagnostics);
                    return None;
                }
            }
        }
        Some(all)
    }

    /// Deletes alarms that exist, composites first, and explains those that CloudWatch keeps.
    async fn delete_all(&self, names: &BTreeSet<String>, existing: &Described, diagnostics: &mut Diagnostics) {
        let (composites, alarms): (Vec<_>, Vec<_>) = names
            .iter()
            .cloned()
            .partition(|name| matches!(existing.get(name), Some(Existing::Composite(_))));
        let batches = composites.chunks(1).chain(alarms.chunks(NAMES_PER_CALL));
        for batch in batches {
            match self.in_turn(self.delete_batch(batch)).await {
                Ok(kept) => {
                    for (name, composites) in kept {
                        failures::child_of_foreign_composite(diagnostics, &name, &composites);
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
    }

    /// Deletes one batch. CloudWatch refuses a batch as a whole for one child of somebody's composite: those are found,
    /// returned with their composites, and the rest is deleted.
    async fn delete_batch(&self, batch: &[String]) -> Result<Vec<(String, Vec<String>)>, AwsError> {
        let refused = match self.cloudwatch.delete(batch).await {
            Ok(()) => return Ok(Vec::new()),
            Err(refused @ AwsError::Refused { .. }) => refused,
            Err(cause) => return Err(cause),
        };
        let (mut kept, mut free) = (Vec::new(), Vec::new());
        for name in batch {
            let parents = self.cloudwatch.parents(name).await?;
            if parents.is_empty() {
                free.push(name.clone())
            } else {
                kept.push((name.clone(), parents))
            }
        }
        if kept.is_empty() {
            return Err(refused);
        }
        if !free.is_empty() {
            self.cloudwatch.turn_to_write().await;
            self.cloudwatch.delete(&free).await?;
        }
        Ok(kept)
    }

    /// Deletes everything of the state, and returns what is left of it.
    pub(crate) async fn destroy(&self, state: &Objects, diagnostics: &mut Diagnostics) -> Option<Objects> {
        let names = state.names();
        let Some(existing) = self.existing(&names, state, diagnostics).await else {
            return Some(state.clone());
        };
        let there: BTreeSet<_> = existing.keys().cloned().collect();
        self.delete_all(&there, &existing, diagnostics).await;
        let left = match self.truth(&names).await {
            Ok(left) => left,
            Err(cause) => {
                if diagnostics.errors.is_empty() {
                    aws_call_failed(diagnostics, "checking that the alarms are gone", &cause);
                }
                return Some(state.clone());
            }
        };
        if left.is_empty() {
            return None;
        }
        if diagnostics.errors.is_empty() {
            failures::deleted_and_still_there(diagnostics, &left.keys().cloned().collect::<Vec<_>>());
        }
        Some(self.as_found(&names, &state.tags, &left))
    }

    /// Every alarm whose name begins with the bundle's; `None` with an error.
    pub(crate) async fn all_named(&self, diagnostics: &mut Diagnostics) -> Option<Described> {
        let prefix = format!("{}/", self.bundle);
        match self.until_interrupted(self.cloudwatch.describe_prefix(&prefix)).await {
            Ok(existing) => Some(existing),
            Err(end) => {
                self.report(
                    end,
                    &format!("looking for alarms named \"{prefix}...\" in {}", self.region),
                    diagnostics,
                );
                None
            }
        }
    }

    fn as_found(&self, names: &BTreeSet<String>, tags: &BTreeMap<String, String>, existing: &Described) -> Objects {
        Objects {
            tags: tags.clone(),
            ..from_existing(self.bundle, names, existing)
        }
    }

    /// The plan, completed with what only CloudWatch knows.
    fn as_planned(&self, wanted: &Objects, truth: &Described, diagnostics: &mut Diagnostics) -> Objects {
        let mut result = wanted.clone();
        result.alarms.retain(|_, alarm| {
            let name = alarm.name.as_ref_option().cloned().unwrap_or_default();
            let there = truth.get(&name);
            if let Some(there) = there {
                alarm.arn = there.arn().clone();
            } else {
                failures::alarm_vanished(diagnostics, &name);
            }
            there.is_some()
        });
        if let (Some(composite), Some(name)) = (&mut result.composite, wanted.composite_name()) {
            match truth.get(&name) {
                Some(there) => composite.arn = there.arn().clone(),
                None => {
                    failures::alarm_vanished(diagnostics, &name);
                    result.composite = None;
                }
            }
        }
        result
    }
}

fn owned((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

/// What is known to exist when nobody could be asked: what was there before, and what was put since. An ARN stays the same
/// over a put, and that of a new alarm is not known.
fn merged(mut existing: Described, written: BTreeSet<String>, wanted: &Objects) -> Described {
    for name in written {
        let arn = existing.get(&name).map_or(Value::Null, |before| before.arn().clone());
        let mut alarms = wanted.alarms.values();
        let put = match alarms.find(|alarm| alarm.name.as_ref_option() == Some(&name)) {
            Some(alarm) => Some(Existing::Metric(Box::new(Alarm { arn, ..alarm.clone() }))),
            None => wanted
                .composite
                .clone()
                .map(|composite| Existing::Composite(Box::new(CompositeAlarm { arn, ..composite }))),
        };
        existing.extend(put.map(|put| (name, put)));
    }
    existing
}

/// A bundle as it is: of the named alarms, those that exist, as they are. Tags are not part of a description.
pub(crate) fn from_existing(bundle: &str, names: &BTreeSet<String>, existing: &Described) -> Objects {
    let key_of = |name: &str| name.strip_prefix(bundle)?.strip_prefix('/').map(str::to_owned);
    let mut objects = Objects::default();
    for (name, alarm) in existing.iter().filter(|(name, _)| names.contains(*name)) {
        match alarm {
            Existing::Metric(alarm) => objects.alarms.extend(key_of(name).map(|key| (key, (**alarm).clone()))),
            Existing::Composite(alarm) => objects.composite = Some((**alarm).clone()),
        }
    }
    objects
}
