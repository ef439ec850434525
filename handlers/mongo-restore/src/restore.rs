//! The story of one event.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use dump_format::manifest::Manifest;
use dump_format::names::Namespace;
use lambda_kit::aws::{self, AwsError};
use lambda_kit::mongo::MongoSecret;

use crate::answer::{Answer, Deferred, Difference, FailedIndex, NamespaceAnswer, Outcome, RefusedNamespace};
use crate::clock::{milliseconds, now};
use crate::compare::Comparison;
use crate::conflicts;
use crate::event::{Conflict, DumpId, Event, Mode, Resume, Source, Ttl};
use crate::failure::{Failed, RestoreError, verdict};
use crate::lease::Lease;
use crate::marker::{self, Differs, ItemProgress, Marker};
use crate::plan::{self, Item, Naming};
use crate::progress::Phase;
use crate::rename::Rename;
use crate::source::{Chosen, Dumps, Listing, consistent_at};
use crate::target::{Deployment, IndexKind, index_kind, index_name, without_ttl};
use crate::work::{Stop, Work};
use crate::{Place, Settings, drill};

/// Shows in CloudTrail as the session of the assumed role.
const SESSION: &str = "mongo-restore";

/// What is known when a dump has been chosen.
pub(crate) struct Scene<'a> {
    pub(crate) event: &'a Event,
    pub(crate) settings: &'a Settings,
    pub(crate) place: &'a Place,
    pub(crate) deployment: &'a Deployment,
    dumps: Arc<Dumps>,
    chosen: Chosen,
    marker: Option<Marker>,
    started_ms: u64,
}

async fn open(source: &Source, settings: &Settings) -> Dumps {
    let config = match &source.role_arn {
        Some(role) => aws::assumed(&settings.aws, role.as_str(), SESSION).await,
        None => settings.aws.clone(),
    };
    let (bucket, location) = (source.bucket.as_str(), source.location());
    Dumps::new(aws::s3(&config), bucket, location, settings.limits.clone())
}

/// See [`crate::list`].
pub(crate) async fn list(source: &Source, below: &str, most: usize, settings: &Settings) -> Result<Listing, Failed> {
    let listing = open(source, settings).await.list(below, most).await;
    Ok(listing.map_err(RestoreError::from)?)
}

pub(crate) async fn run(event: &Event, settings: &Settings, place: &Place) -> Result<Answer, Failed> {
    let began = milliseconds(now());
    let limits = settings.limits.clone();
    let arn = event.target.secret_arn.as_str();
    let secret = MongoSecret::fetch(&settings.aws, arn)
        .await
        .map_err(RestoreError::from)?;
    let deployment = Deployment::new(&secret, arn, limits)
        .await
        .map_err(RestoreError::from)?;
    deployment.ping().await.map_err(RestoreError::from)?;
    let dumps = Arc::new(open(&event.source, settings).await);

    let case = Case {
        event,
        settings,
        place,
        deployment: &deployment,
        dumps,
        began,
    };
    let ended = if matches!(event.mode, Mode::Restore | Mode::Drill) {
        case.write().await?
    } else {
        case.work(None).await?.answer
    };
    settings.progress.end();
    verdict(ended, settings.limits.names_listed)
}

/// What is known before a dump has been chosen.
struct Case<'a> {
    event: &'a Event,
    settings: &'a Settings,
    place: &'a Place,
    deployment: &'a Deployment,
    dumps: Arc<Dumps>,
    began: u64,
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
fn is_superseded(resume: Option<Resume>, marker: Option<&Marker>) -> bool {
    resume.is_some_and(|resume| marker.is_none_or(|marker| resume.hop < marker.hop))
}

impl Case<'_> {
    /// What writes, under a lease.
    async fn write(&self) -> Result<Answer, RestoreError> {
        let (event, deployment) = (self.event, self.deployment);
        let found = Marker::find(deployment, event).await?;
        if is_superseded(event.resume, found.as_ref()) {
            return Ok(self.work(found).await?.answer);
        }
        let is_stale = event.resume.is_none()
            && event.dump_id == DumpId::Latest
            && found.as_ref().is_some_and(Marker::is_stale);
        let notes = marker::place(event)?;
        let limits = &self.settings.limits;
        let mut lease = Lease::take(deployment, limits, notes.clone(), event.resume.is_some()).await?;
        let ended = lease.keep(self.under_lease(is_stale)).await;
        match ended {
            Ok(Ended { answer, next: None }) => {
                self.leave(lease, &notes).await;
                Ok(answer)
            }
            Ok(Ended {
                answer,
                next: Some(next),
            }) => {
                lease.pass_on().await?;
                match self.hand_over(next).await {
                    Ok(()) => Ok(answer),
                    Err(error) => {
                        lease.release().await;
                        Err(error)
                    }
                }
            }
            Err(RestoreError::LeaseLost) => Err(RestoreError::LeaseLost),
            Err(error) => {
                self.leave(lease, &notes).await;
                Err(error)
            }
        }
    }

    async fn under_lease(&self, is_stale: bool) -> Result<Ended, RestoreError> {
        let (event, deployment) = (self.event, self.deployment);
        let mut marker = Marker::find(deployment, event).await?;
        if event.mode == Mode::Drill && event.resume.is_none() {
            drill::clear_left_overs(deployment, event).await?;
            marker = None;
        }
        if let Some(stale) = marker.take_if(|_| is_stale) {
            tracing::warn!(run = %stale.run, "forgetting a restore that was begun and not gone on with for a day");
        }
        if let (Some(found), None) = (&marker, event.resume) {
            tracing::info!(run = %found.run, begun_ms = found.started_ms, "going on with the restore that was begun");
        }
        self.work(marker).await
    }

    /// The lease is somebody else's to take. Where nothing is noted, nothing was begun, and no trace stays.
    async fn leave(&self, lease: Lease<'_>, notes: &Namespace) {
        match Marker::find(self.deployment, self.event).await {
            Ok(None) => {
                if let Err(error) = self.deployment.drop(notes).await {
                    tracing::warn!(%error, "an empty note of this restore stays in the target");
                }
            }
            Ok(Some(_)) | Err(_) => lease.release().await,
        }
    }

    async fn work(&self, marker: Option<Marker>) -> Result<Ended, RestoreError> {
        let event = self.event;
        let kin = match (&marker, event.resume, event.mode) {
            (None, None, Mode::Restore) => Marker::find_kin(self.deployment, event).await?,
            _ => None,
        };
        let id = match (marker.as_ref().or(kin.as_ref()), event.resume) {
            (Some(marker), _) => DumpId::Run(marker.run),
            (None, Some(resume)) => DumpId::Run(resume.run),
            (None, None) => event.dump_id,
        };
        let chosen = self.dumps.choose(id).await?;
        let started_ms = marker.as_ref().map_or(self.began, |marker| marker.started_ms);
        let scene = Scene {
            event,
            settings: self.settings,
            place: self.place,
            deployment: self.deployment,
            dumps: Arc::clone(&self.dumps),
            chosen,
            marker,
            started_ms,
        };
        match event.mode {
            Mode::DryRun => scene.dry_run().await.map(Ended::from),
            Mode::Verify => scene.verify().await.map(Ended::from),
            Mode::Restore => scene.restore().await,
            Mode::Drill => drill::run(scene).await,
        }
    }

    /// Lets the function go on by itself.
    async fn hand_over(&self, next: Resume) -> Result<(), RestoreError> {
        let Some(function) = &self.place.function_arn else {
            return Err(RestoreError::DeadlineTooShort);
        };
        let event = self.event.resumed(next);
        let client = aws_sdk_lambda::Client::new(&self.settings.aws);
        let call = client
            .invoke()
            .function_name(function)
            .invocation_type(InvocationType::Event);
        let call = call.payload(Blob::new(event.render())).send().await;
        call.map_err(|error| RestoreError::Handover(AwsError::of("Invoke", error)))?;
        tracing::info!(hop = next.hop, run = %next.run, "handed over");
        Ok(())
    }
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
        let items = plan::describe(&self.dumps, self.manifest().run(), items, naming).await?;
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
            differences: Vec::new(),
            failed_indexes: Vec::new(),
            deferred: Vec::new(),
            not_in_dump: skipped.filter(|skipped| skipped.reason.is_a_gap()).cloned().collect(),
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

    async fn dry_run(&self) -> Result<Answer, RestoreError> {
        let items = self.plan(&self.renamed()).await?;
        let reasons = conflicts::find(self.deployment, &items).await?;
        Ok(Answer {
            conflicts: conflicts::answer(&items, &reasons),
            deferred: self.deferred(&items),
            ..self.answer(Outcome::Planned, &items)
        })
    }

    async fn verify(&self) -> Result<Answer, RestoreError> {
        let items = self.select(&self.renamed())?;
        let comparison = Comparison {
            deployment: self.deployment,
            dumps: &self.dumps,
            run: self.manifest().run(),
            settings: self.settings,
        };
        self.settings.progress.begin(Phase::Comparing);
        let differs = comparison.all(&items).await?;
        let differences = differences(&items, differs.iter());
        let outcome = if differences.is_empty() {
            Outcome::Verified
        } else {
            Outcome::Different
        };
        Ok(Answer {
            differences,
            ..self.answer(outcome, &items)
        })
    }

    async fn restore(&self) -> Result<Ended, RestoreError> {
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
        let (marker, resumed) = match self.marker.clone() {
            Some(mut marker) if marker.align(items.iter().map(|item| &item.to)) => {
                if self.event.resume.is_none() {
                    for (item, progress) in items.iter().zip(&mut marker.items) {
                        progress.doubt(item.has_ids());
                    }
                }
                (marker, true)
            }
            _ => self.begin(&items, databases).await?,
        };
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
        let progress = work.marker.items.iter();
        answer.differences = differences(&work.items, progress.map(|progress| &progress.differs));
        answer.failed_indexes = failed_indexes(&work.items, &work.marker.items);
        answer.deferred = self.deferred(&work.items);
        if !answer.differences.is_empty() {
            answer.outcome = Outcome::Different;
        } else if !answer.failed_indexes.is_empty() {
            answer.outcome = Outcome::RestoredWithProblems;
        }
        if self.event.mode == Mode::Restore {
            work.marker.remove(self.deployment).await?;
        }
        Ok(answer)
    }

    /// The first note of a restore: from here on what has its names is its own.
    async fn begin(&self, items: &[Item], databases: Vec<String>) -> Result<Marker, RestoreError> {
        let reasons = conflicts::find(self.deployment, items).await?;
        conflicts::admit(self.event.conflict, items, &reasons, self.settings.limits.names_listed)?;
        let mut marker = Marker::new(self.event, self.manifest().run(), self.started_ms);
        let stays = |reason: &Option<_>| reason.is_some() && self.event.conflict == Conflict::Merge;
        marker.items = reasons
            .iter()
            .map(|reason| ItemProgress {
                had_documents: stays(reason),
                ..ItemProgress::default()
            })
            .collect();
        marker.namespaces = items.iter().map(|item| item.to.to_string()).collect();
        marker.databases = databases;
        marker.save(self.deployment).await?;
        marker.supersede_others(self.deployment).await?;
        Ok(marker)
    }

    /// Lets the function go on by itself.
    async fn hand_over(&self, marker: &Marker) -> Result<(), RestoreError> {
        let Some(function) = &self.place.function_arn else {
            return Err(RestoreError::DeadlineTooShort);
        };
        let hop = marker.hop + 1;
        if hop >= self.settings.limits.hops {
            return Err(RestoreError::TooManyHops(hop));
        }
        let run = marker.run;
        let event = self.event.resumed(Resume { run, hop });
        let client = aws_sdk_lambda::Client::new(&self.settings.aws);
        let call = client
            .invoke()
            .function_name(function)
            .invocation_type(InvocationType::Event);
        let call = call.payload(Blob::new(event.render())).send().await;
        call.map_err(|error| RestoreError::Handover(AwsError::of("Invoke", error)))?;
        tracing::info!(hop, %run, "handed over");
        Ok(())
    }
}

fn differences<'a>(items: &[Item], differs: impl Iterator<Item = &'a Option<Differs>>) -> Vec<Difference> {
    let both = items.iter().zip(differs);
    both.filter_map(|(item, differs)| {
        let found = (*differs)?;
        Some(Difference {
            namespace: item.to.to_string(),
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
