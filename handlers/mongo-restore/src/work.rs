//! A restore under way: what it needs and how far it is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dump_format::key::RunId;

use crate::event::Event;
use crate::failure::RestoreError;
use crate::marker::{Marker, Stage};
use crate::plan::Item;
use crate::progress::Phase;
use crate::source::Dumps;
use crate::target::Deployment;
use crate::{Place, Settings};

/// Why it does not continue.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Too little time is left; what was done is noted.
    HandOver,
    Failed(RestoreError),
}

impl<E: Into<RestoreError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// One restore in one invocation.
pub(crate) struct Work<'a> {
    pub(crate) event: &'a Event,
    pub(crate) settings: &'a Settings,
    pub(crate) place: &'a Place,
    pub(crate) dumps: Arc<Dumps>,
    pub(crate) deployment: &'a Deployment,
    pub(crate) run: RunId,
    pub(crate) items: Vec<Item>,
    pub(crate) marker: Marker,
    /// An earlier run of the same command may have ended anywhere.
    pub(crate) resumed: bool,
    /// The target is a sharded cluster; not asked where nothing of the dump was sharded.
    pub(crate) is_sharded: bool,
    /// The longest that one part took.
    pub(crate) slowest: Duration,
}

impl Work<'_> {
    /// All of it, from wherever it is.
    pub(crate) async fn run(&mut self) -> Result<(), Stop> {
        let progress = &self.settings.progress;
        self.count_what_is_there();
        progress.begin(Phase::Documents);
        self.load_all().await?;
        progress.begin(Phase::Indexes);
        self.index_all().await?;
        self.views().await?;
        progress.begin(Phase::Comparing);
        self.compare_all().await?;
        if self.builds_ttl_indexes() {
            progress.begin(Phase::Expiry);
        }
        if self.marker.items.iter().all(|progress| progress.differs.is_none()) {
            self.expire_all().await?;
        }
        Ok(())
    }

    /// What an earlier run wrote counts as done.
    fn count_what_is_there(&self) {
        let progress = &self.settings.progress;
        for (item, noted) in self.items.iter().zip(&self.marker.items) {
            let parts = item.parts.iter().take(noted.parts);
            let (documents, bytes) = parts.fold((0, 0), |(documents, bytes), part| {
                (documents + part.documents, bytes + part.bytes_bson)
            });
            progress.done(documents, bytes);
            if noted.stage >= Stage::Loaded {
                progress.namespace_done();
            }
        }
    }

    /// Indexes of the items that have not reached a stage and are not left out.
    pub(crate) fn before(&self, stage: Stage) -> Vec<usize> {
        let progress = self.marker.items.iter().enumerate();
        progress
            .filter(|(_, progress)| progress.stage < stage && progress.refused.is_none())
            .map(|(at, _)| at)
            .collect()
    }

    /// A failure of one namespace does not stop the others: it is noted, and reported at the end.
    ///
    /// # Errors
    /// Failures that are not about this namespace alone.
    pub(crate) async fn unless_refused(&mut self, at: usize, done: Result<(), Stop>) -> Result<(), Stop> {
        let error = match done {
            Err(Stop::Failed(error)) if error.is_of_one_namespace() => error,
            done => return done,
        };
        let reason = error.reason();
        tracing::error!(namespace = %self.items[at].to, name = reason.name, message = reason.message, "left out");
        self.marker.items[at].refused = Some(reason);
        self.step(at).await
    }

    /// Notes how far an item is, and hands the rest to the next invocation when too little time is left for another step. Called after a
    /// step, so every invocation does at least one.
    pub(crate) async fn step(&mut self, at: usize) -> Result<(), Stop> {
        self.marker.note(self.deployment, at).await?;
        let margin = self.settings.limits.handover_margin.max(2 * self.slowest);
        if self.place.deadline.is_within(margin) {
            return Err(Stop::HandOver);
        }
        Ok(())
    }

    /// The same after a part.
    pub(crate) async fn part_done(&mut self, at: usize, began: Instant) -> Result<(), Stop> {
        self.slowest = self.slowest.max(began.elapsed());
        self.step(at).await
    }
}
