//! What is done with a dump when it has been chosen.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use dump_format::manifest::Manifest;
use dump_format::names::Namespace;

use crate::answer::{Answer, Deferred, Difference, FailedIndex, NamespaceAnswer, Outcome, RefusedNamespace};
use crate::clock::{milliseconds, now};
use crate::compare::Comparison;
use crate::conflicts;
use crate::definition;
use crate::event::{Conflict, Event, Mode, Resume, Ttl};
use crate::failure::RestoreError;
use crate::marker::{Differs, ItemProgress, Marker};
use crate::plan::{self, Item, Naming};
use crate::progress::Phase;
use crate::rename::Rename;
use crate::sharding;
use crate::source::{Chosen, Dumps, consistent_at};
use crate::target::{Deployment, IndexKind, index_kind, index_name, without_ttl};
use crate::work::{Stop, Work};
use crate::{Place, Settings};

/// What is known when a dump has been chosen.
pub(crate) struct Scene<'a> {
    pub(crate) event: &'a Event,
    pub(crate) settings: &'a Settings,
    pub(crate) place: &'a Place,
    pub(crate) deployment: &'a Deployment,
    pub(crate) dumps: Arc<Dumps>,
    pub(crate) chosen: Chosen,
    pub(crate) marker: Option<Marker>,
    pub(crate) started_ms: u64,
}

/// What an invocation has come to.
pub(crate) struct Ended {
    pub(crate) answer: Answer,
    /// What the next one is to do.
    pub(crate) next: Option<Resume>,
}

impl From<Answer> for Ended {
    fn from(answer: Answer) -> Self {
        Self { answer, next: None }
    }
}

/// Whether a later invocation has taken over from this one, or has ended the restore.
pub(crate) fn is_superseded(resume: Option<Resume>, marker: Option<&Marker>) -> bool {
    resume.is_some_and(|resume| marker.is_none_or(|marker| resume.hop < marker.hop))
}

impl Scene<'_> {
    pub(crate) fn manifest(&self) -> &Manifest {
        &self.chosen.manifest
    }

    fn select(&self, naming: Naming<'_>) -> Result<Vec<Item>, RestoreError> {
        let manifest = self.manifest();
        plan::expect_all_used(manifest, &self.event.namespaces, &self.event.rename)?;
        let items = plan::select(manifest, &self.event.namespaces, naming)?;
        if items.is_empty() {
            let run = manifest.run();
            return Err(RestoreError::NothingLeft { run });
        }
        let documents = items.iter().map(|item| item.documents).sum();
        let bytes = items.iter().map(|item| item.bytes).sum();
        self.settings.progress.plan(items.len() as u64, documents, bytes);
        Ok(items)
    }

    async fn plan(&self, naming: Naming<'_>) -> Result<Vec<Item>, RestoreError> {
        let items = self.select(naming)?;
        let (run, missing) = (self.manifest().run(), &self.chosen.missing);
        let items = plan::describe(&self.dumps, run, items, naming, missing).await?;
        let indexes = items.iter().map(|item| self.indexes(item).len() as u64).sum();
        self.settings.progress.plan_indexes(indexes);
        Ok(items)
    }

    /// Everything but how it ended.
    fn answer(&self, outcome: Outcome, items: &[Item]) -> Answer {
        let manifest = self.manifest();
        let consistent_at = consistent_at(manifest);
        let skipped = manifest.skipped().iter();
        let elapsed = milliseconds(now()).saturating_sub(self.started_ms);
        let started = i64::try_from(self.started_ms / 1_000).unwrap_or(i64::MAX);
        let namespaces = items.iter().map(|item| NamespaceAnswer {
            from: item.from.to_string(),
            to: item.to.to_string(),
            kind: item.kind,
            documents: item.documents,
            bytes: item.bytes,
            twins: item.twins,
            indexes: self.indexes(item),
        });
        Answer {
            version: crate::event::VERSION,
            mode: self.event.mode,
            outcome,
            used: manifest.run(),
            consistent_at,
            passed_over: self.chosen.passed_over.clone(),
            resumed: self.marker.is_some(),
            hop: self.event.resume.map_or(0, |resume| resume.hop),
            namespaces: namespaces.collect(),
            documents: items.iter().map(|item| item.documents).sum(),
            bytes: items.iter().map(|item| item.bytes).sum(),
            inserted: 0,
            present: 0,
            replaced: 0,
            conflicts: Vec::new(),
            refused: lost(items),
            differences: Vec::new(),
            definitions: Vec::new(),
            changed_indexes: definition::changed_indexes(items),
            failed_indexes: Vec::new(),
            not_sharded: Vec::new(),
            deferred: Vec::new(),
            not_in_dump: skipped.filter(|skipped| skipped.reason.is_missed()).cloned().collect(),
            #[allow(clippy::cast_precision_loss, reason = "milliseconds of a restore are far below 2^52")]
            seconds: elapsed as f64 / 1_000.0,
            rpo_seconds: (started - consistent_at).max(0),
        }
    }

    fn indexes(&self, item: &Item) -> Vec<String> {
        let is_built = |index: &&Vec<u8>| match index_kind(index) {
            IndexKind::OfId => false,
            IndexKind::Ttl => self.event.ttl == Ttl::Build,
            IndexKind::Other => true,
        };
        let indexes = item.indexes.iter().filter(is_built);
        indexes.map(|index| index_name(index).to_owned()).collect()
    }

    /// Asked only where something was sharded.
    async fn is_sharded(&self, items: &[Item]) -> Result<bool, RestoreError> {
        let is_wanted = items.iter().any(|item| item.layout.is_some());
        Ok(is_wanted && self.deployment.is_sharded().await?)
    }

    fn deferred(&self, items: &[Item]) -> Vec<Deferred> {
        if self.event.ttl == Ttl::Build {
            return Vec::new();
        }
        let mut deferred = Vec::new();
        for item in items {
            let ttl = item.indexes.iter().filter(|index| index_kind(index) == IndexKind::Ttl);
            let names = ttl.map(|index| Some(index_name(index).to_owned()));
            let option = without_ttl(&item.options).1.then_some(None);
            deferred.extend(names.chain(option).map(|index| Deferred {
                namespace: item.to.to_string(),
                index,
            }));
        }
        deferred
    }

    fn renamed(&self) -> impl Fn(&Namespace) -> Result<Namespace, crate::rename::RenameError> + Send + Sync {
        let renames = self.event.rename.clone();
        move |namespace: &Namespace| Rename::apply(&renames, namespace)
    }

    pub(crate) async fn dry_run(&self) -> Result<Answer, RestoreError> {
        let items = self.plan(&self.renamed()).await?;
        let whole = whole(&items);
        let reasons = conflicts::find(self.deployment, &whole, self.event.ttl).await?;
        let is_sharded = self.is_sharded(&whole).await?;
        Ok(Answer {
            conflicts: conflicts::answer(&whole, &reasons),
            definitions: definition::differences(self.deployment, &whole, self.event.ttl, is_sharded).await?,
            not_sharded: sharding::not_sharded(&whole, None, is_sharded),
            deferred: self.deferred(&items),
            ..self.answer(Outcome::Planned, &items)
        })
    }

    pub(crate) async fn verify(&self) -> Result<Answer, RestoreError> {
        let items = self.plan(&self.renamed()).await?;
        let comparison = Comparison {
            deployment: self.deployment,
            dumps: &self.dumps,
            run: self.manifest().run(),
            settings: self.settings,
        };
        self.settings.progress.begin(Phase::Comparing);
        let whole = whole(&items);
        let differs = comparison.all(&whole).await?;
        let differences = differences(&whole, differs.iter());
        let is_sharded = self.is_sharded(&whole).await?;
        let definitions = definition::differences(self.deployment, &whole, self.event.ttl, is_sharded).await?;
        let outcome = if differences.is_empty() && definitions.is_empty() {
            Outcome::Verified
        } else {
            Outcome::Different
        };
        Ok(Answer {
            differences,
            definitions,
            not_sharded: sharding::not_sharded(&whole, None, is_sharded),
            ..self.answer(outcome, &items)
        })
    }

    pub(crate) async fn restore(&self) -> Result<Ended, RestoreError> {
        self.restore_as(&self.renamed(), Outcome::Restored, Vec::new()).await
    }

    /// Restores under the names that `naming` gives.
    pub(crate) async fn restore_as(
        &self,
        naming: Naming<'_>,
        restored: Outcome,
        databases: Vec<String>,
    ) -> Result<Ended, RestoreError> {
        let items = self.plan(naming).await?;
        if is_superseded(self.event.resume, self.marker.as_ref()) {
            return Ok(self.answer(Outcome::Superseded, &items).into());
        }
        let names = items.iter().map(|item| &item.to);
        let noted = self.marker.clone().and_then(|marker| marker.aligned(names));
        let (marker, resumed) = match noted {
            Some(mut marker) => {
                if self.event.resume.is_none() {
                    for (item, progress) in items.iter().zip(&mut marker.items) {
                        progress.doubt(item.has_ids());
                    }
                }
                (marker, true)
            }
            None => self.begin(&items, databases).await?,
        };
        let is_sharded = self.is_sharded(&items).await?;
        sharding::warn_of(self.event.mode, &sharding::not_sharded(&items, None, is_sharded));
        let mut work = Work {
            event: self.event,
            settings: self.settings,
            place: self.place,
            dumps: Arc::clone(&self.dumps),
            deployment: self.deployment,
            run: self.manifest().run(),
            items,
            resumed,
            marker,
            is_sharded,
            slowest: Duration::ZERO,
        };
        let stopped = work.run().await;
        let mut answer = self.answer(restored, &work.items);
        answer.resumed = resumed;
        let progress = || work.marker.items.iter();
        answer.inserted = progress().map(|progress| progress.inserted).sum();
        answer.present = progress().map(|progress| progress.present).sum();
        answer.replaced = progress().map(|progress| progress.replaced).sum();
        match stopped {
            Err(Stop::Failed(error)) => return Err(error),
            Err(Stop::HandOver) => {
                let next = self.next(&mut work.marker).await?;
                answer.outcome = Outcome::HandedOver;
                return Ok(Ended {
                    answer,
                    next: Some(next),
                });
            }
            Ok(()) => {}
        }
        answer.differences = differences(&work.items, progress().map(|progress| &progress.differs));
        answer.failed_indexes = failed_indexes(&work.items, &work.marker.items);
        answer.refused = refused(&work.items, &work.marker.items);
        answer.deferred = self.deferred(&work.items);
        answer.not_sharded = sharding::not_sharded(&work.items, Some(&work.marker.items), is_sharded);
        let is_whole = progress().all(ItemProgress::is_whole);
        if !is_whole {
            answer.outcome = Outcome::RestoredInPart;
        } else if !answer.differences.is_empty() {
            answer.outcome = Outcome::Different;
        } else if !answer.failed_indexes.is_empty() {
            answer.outcome = Outcome::RestoredWithProblems;
        }
        // Refused namespaces can be tried again or left out: both continue from here.
        if self.event.mode == Mode::Restore && is_whole {
            work.marker.remove(self.deployment).await?;
        }
        Ok(answer.into())
    }

    /// The event's `resume` for the next invocation; its number is noted, so that only that invocation continues.
    async fn next(&self, marker: &mut Marker) -> Result<Resume, RestoreError> {
        if self.place.function_arn.is_none() {
            return Err(RestoreError::DeadlineTooShort);
        }
        let hop = self.event.resume.map_or(marker.hop, |resume| resume.hop) + 1;
        if hop >= self.settings.limits.hops {
            return Err(RestoreError::TooManyHops(hop));
        }
        marker.hop = hop;
        marker.save(self.deployment).await?;
        let run = marker.run;
        Ok(Resume { run, hop })
    }

    /// The first note of a restore: from here on, everything with its names belongs to it. If another command has begun to restore the same
    /// namespaces of the same dump, this command continues with that restore, and the second value is true.
    async fn begin(&self, items: &[Item], databases: Vec<String>) -> Result<(Marker, bool), RestoreError> {
        let names = items.iter().map(|item| (item.from.to_string(), item.to.to_string()));
        let mut marker = Marker::new(self.event, self.manifest().run(), self.started_ms, names.collect());
        // Others see what is wanted before this one looks at what they want: of two at once, one or both are refused.
        marker.claim(self.deployment).await?;
        let rivals = marker.rivals(self.deployment).await?;
        let kin = rivals.iter().find(|rival| rival.can_be_gone_on_with_as(&marker));
        let mut begun = kin.map(|kin| kin.clone().into_notes()).unwrap_or_default();
        let mut reasons = conflicts::find(self.deployment, items, self.event.ttl).await?;
        for ((item, progress), reason) in items.iter().zip(&mut marker.items).zip(&mut reasons) {
            if let Some(noted) = begun.remove(&item.to.to_string()) {
                *progress = noted;
                progress.doubt(item.has_ids());
                *reason = None;
            } else {
                progress.had_documents = reason.is_some() && self.event.conflict == Conflict::Merge;
            }
        }
        conflicts::admit(
            self.event.conflict,
            self.event.ttl,
            items,
            &reasons,
            self.settings.limits.names_listed,
        )?;
        marker.databases = databases;
        marker.begin(self.deployment).await?;
        let resumed = kin.is_some();
        for rival in rivals.into_iter().filter(|rival| rival.mode == Mode::Restore) {
            tracing::info!(run = %rival.run, "deleting the progress of another restore of the same namespaces");
            rival.remove(self.deployment).await?;
        }
        Ok((marker, resumed))
    }
}

fn differences<'a>(items: &[Item], differs: impl Iterator<Item = &'a Option<Differs>>) -> Vec<Difference> {
    let both = items.iter().zip(differs);
    both.filter_map(|(item, differs)| {
        let found = (*differs)?;
        Some(Difference {
            namespace: item.to.to_string(),
            twins: item.twins,
            expected_documents: item.documents,
            found_documents: found.documents,
            expected_hash: item.content_hash,
            found_hash: found.content_hash,
        })
    })
    .collect()
}

fn failed_indexes(items: &[Item], progress: &[ItemProgress]) -> Vec<FailedIndex> {
    let both = items.iter().zip(progress);
    both.flat_map(|(item, progress)| {
        progress.failed.iter().map(|(name, code)| FailedIndex {
            namespace: item.to.to_string(),
            name: name.clone(),
            code: *code,
        })
    })
    .collect()
}

fn refused(items: &[Item], progress: &[ItemProgress]) -> Vec<RefusedNamespace> {
    let both = items.iter().zip(progress);
    both.filter(|(_, progress)| !progress.has_all_documents())
        .map(|(item, progress)| RefusedNamespace {
            namespace: item.to.to_string(),
            from: item.from.to_string(),
            reason: progress.refused.clone(),
            number: progress.left_out.number,
            documents: progress.left_out.listed.clone(),
        })
        .collect()
}

/// Items of which nothing is lost.
fn whole(items: &[Item]) -> Vec<Item> {
    items.iter().filter(|item| item.lost.is_none()).cloned().collect()
}

/// The others.
fn lost(items: &[Item]) -> Vec<RefusedNamespace> {
    let lost = items.iter().filter_map(|item| Some((item, item.lost.clone()?)));
    lost.map(|(item, reason)| RefusedNamespace {
        namespace: item.to.to_string(),
        from: item.from.to_string(),
        reason: Some(reason),
        number: 0,
        documents: Vec::new(),
    })
    .collect()
}

/// Databases of the plan, each once.
pub(crate) fn databases(items: &[Item]) -> Vec<String> {
    let names: BTreeSet<_> = items.iter().map(|item| item.to.database().to_owned()).collect();
    names.into_iter().collect()
}

impl Scene<'_> {
    /// Databases that a restore under these names would write to.
    pub(crate) fn databases(&self, naming: Naming<'_>) -> Result<Vec<String>, RestoreError> {
        Ok(databases(&self.select(naming)?))
    }

    /// The note of a drill that was handed over.
    pub(crate) fn marker(&self) -> Option<&Marker> {
        self.marker.as_ref()
    }
}
