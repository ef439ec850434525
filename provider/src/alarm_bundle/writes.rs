//! Putting alarms: several at once, each in its turn, with the tags of the bundle.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures::{StreamExt, stream};
use provider_kit::{Interrupt, Unwritten};
use tf_provider::Diagnostics;

use super::failures;
use super::run::Run;
use super::state::{Alarm, CompositeAlarm};
use crate::connection::aws::AwsError;

/// Writes in flight at once when the provider's rate does not limit them.
const WRITES_AT_ONCE: usize = 8;

/// How often a long run says how far it is, in alarms.
const PROGRESS_EVERY: usize = 50;

/// For alarms that are put without tags.
static NO_TAGS: BTreeMap<String, String> = BTreeMap::new();

/// The tags of new alarms, and why they are left out once they were denied.
pub(crate) struct NewTags<'a> {
    tags: &'a BTreeMap<String, String>,
    denied: OnceLock<AwsError>,
}

impl<'a> NewTags<'a> {
    pub(crate) fn new(tags: &'a BTreeMap<String, String>) -> Self {
        let denied = OnceLock::new();
        Self { tags, denied }
    }

    pub(crate) fn denied(&self) -> Option<&AwsError> {
        self.denied.get()
    }

    /// Puts with tags; where only the tags are denied, without, and remembers that they were.
    async fn put<F>(&self, put: impl Fn(&'a BTreeMap<String, String>) -> F) -> Result<(), AwsError>
    where
        F: Future<Output = Result<(), AwsError>>,
    {
        let tags = if self.denied.get().is_some() {
            &NO_TAGS
        } else {
            self.tags
        };
        match put(tags).await {
            Err(AwsError::AccessDenied { message, .. }) if !tags.is_empty() => {
                put(&NO_TAGS).await?;
                // tags of a new alarm need the permission to tag besides; source: API_PutMetricAlarm, `Tags`
                let operation = "TagResource";
                // several puts are under way: the first one's reason is as good as the others'
                let _ = self.denied.set(AwsError::AccessDenied { operation, message });
                Ok(())
            }
            outcome => outcome,
        }
    }
}

/// What became of one put.
enum Put {
    Done,
    Failed(AwsError),
    /// Not tried, because others failed in a way that it would meet too.
    Skipped,
    Interrupted(Interrupt),
}

/// How far the puts of one bundle are.
#[derive(Default)]
struct Progress {
    halted: AtomicBool,
    done: AtomicUsize,
}

impl Run<'_> {
    /// Puts the alarms, and returns the names of those that CloudWatch confirmed. None is begun after an interruption or a
    /// failure that the others would meet too.
    pub(crate) async fn put_alarms(
        &self,
        alarms: &[&Alarm],
        tags: &NewTags<'_>,
        diagnostics: &mut Diagnostics,
    ) -> BTreeSet<String> {
        let progress = &Progress::default();
        let puts = stream::iter(0..alarms.len()).map(|index| self.put_one(alarms[index], alarms.len(), tags, progress));
        let outcomes: Vec<_> = puts.buffer_unordered(WRITES_AT_ONCE).collect().await;

        let (mut written, mut failed, mut skipped, mut interrupted) = (BTreeSet::new(), Vec::new(), 0, None);
        for (name, outcome) in outcomes {
            match outcome {
                Put::Done => {
                    written.insert(name);
                }
                Put::Failed(cause) => failed.push((name, cause)),
                Put::Skipped => skipped += 1,
                Put::Interrupted(interrupt) => {
                    skipped += 1;
                    interrupted = Some(interrupt);
                }
            }
        }
        if let Some(interrupt) = interrupted {
            let doing = format!("writing alarms, {} of {} done", written.len(), alarms.len());
            failures::interrupted(diagnostics, interrupt, self.operation.timeout(), &doing, self.is_new);
        }
        if !failed.is_empty() {
            failures::writes_failed(diagnostics, &failed, skipped, self.is_new);
        }
        written
    }

    async fn put_one(&self, alarm: &Alarm, of: usize, tags: &NewTags<'_>, progress: &Progress) -> (String, Put) {
        let name = alarm.name.as_ref_option().cloned().unwrap_or_default();
        if let Err(interrupt) = self.operation.read(self.remote.turn_to_write()).await {
            return (name, Put::Interrupted(interrupt));
        }
        if progress.halted.load(Ordering::Relaxed) {
            return (name, Put::Skipped);
        }
        let put = tags.put(|tags| self.remote.put_alarm(alarm, tags));
        let outcome = match self.operation.write(put).await {
            Ok(Ok(())) => {
                self.own(&name);
                let done = progress.done.fetch_add(1, Ordering::Relaxed) + 1;
                if done.is_multiple_of(PROGRESS_EVERY) {
                    tracing::info!(bundle = self.bundle(), written = done, of, "writing alarms");
                }
                Put::Done
            }
            Ok(Err(cause)) => {
                if !cause.is_of_one_object() {
                    progress.halted.store(true, Ordering::Relaxed);
                }
                Put::Failed(cause)
            }
            Err(Unwritten::NotBegun(interrupt) | Unwritten::Unanswered(interrupt)) => Put::Interrupted(interrupt),
        };
        (name, outcome)
    }

    /// Puts the composite alarm; `false` with an error.
    pub(crate) async fn put_composite(
        &self,
        composite: &CompositeAlarm,
        name: &str,
        tags: &NewTags<'_>,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let put = tags.put(|tags| self.remote.put_composite(composite, tags));
        match self.write(put).await {
            Ok(()) => {
                self.own(name);
                true
            }
            Err(end) => {
                self.report(end, &format!("writing composite alarm {name:?}"), diagnostics);
                false
            }
        }
    }
}
