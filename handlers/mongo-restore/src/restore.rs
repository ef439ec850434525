//! The story of one event.

use std::sync::Arc;

use dump_format::names::Namespace;
use lambda_kit::mongo::MongoSecret;
use lambda_kit::{again, aws};

use crate::answer::Answer;
use crate::clock::{milliseconds, now};
use crate::event::{DumpId, Event, Mode, Resume, Source};
use crate::failure::{Failed, RestoreError, verdict};
use crate::lease::Lease;
use crate::marker::{self, Marker};
use crate::scene::{Ended, Scene, is_superseded};
use crate::source::{Dumps, Listing};
use crate::target::Deployment;
use crate::{Place, Settings, drill};

/// Shows in CloudTrail as the session of the assumed role.
const SESSION: &str = "mongo-restore";

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

impl Case<'_> {
    /// What writes, under a lease.
    async fn write(&self) -> Result<Answer, RestoreError> {
        let (event, deployment) = (self.event, self.deployment);
        let found = Marker::find(deployment, event).await?;
        if is_superseded(event.resume, found.as_ref()) {
            return Ok(self.work(found).await?.answer);
        }
        let is_stale =
            event.resume.is_none() && event.dump_id == DumpId::Latest && found.as_ref().is_some_and(Marker::is_stale);
        let notes = marker::place(event)?;
        let limits = &self.settings.limits;
        let mut lease = Lease::take(deployment, limits, notes.clone(), event.resume.is_some()).await?;
        let work = async {
            tokio::select! {
                ended = self.under_lease(is_stale) => ended,
                () = self.settings.stop.notified() => Err(RestoreError::Interrupted),
            }
        };
        let ended = lease.keep(work).await;
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
            tracing::warn!(run = %stale.run, "deleting the progress of a restore that was interrupted more than a day ago");
        }
        if let (Some(found), None) = (&marker, event.resume) {
            tracing::info!(run = %found.run, begun_ms = found.started_ms, "continuing an interrupted restore");
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

    /// Invokes the function again to continue the restore.
    async fn hand_over(&self, next: Resume) -> Result<(), RestoreError> {
        let Some(function) = &self.place.function_arn else {
            return Err(RestoreError::DeadlineTooShort);
        };
        let event = self.event.resumed(next);
        let sent = again::invoke(&self.settings.aws, function, event.render()).await;
        sent.map_err(RestoreError::Handover)?;
        tracing::info!(hop = next.hop, run = %next.run, "handed over");
        Ok(())
    }
}
