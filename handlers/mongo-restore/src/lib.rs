//! Restores a MongoDB dump from S3, as a Lambda function and, outside of Lambda, as a command line.
//!
//! [`handle`] does one event and needs neither. From the event inwards:
//! - [`event`]: what is asked for; `rename`: under which names; [`answer`]: what is said of it; `failure`: [`NAMES`] of what
//!   can go wrong
//! - `restore`: the story; `lease`: who works; `scene`: what is done with the chosen dump; `drill`: the same for practice; `conflicts`: what is in the way; `compare`, `definition`: is it all there,
//!   and as it was defined
//! - `work`, `load`, `marker`: documents, indexes, views, and how far that is
//! - `plan`, `source`: what is in the dump and how it is read; `target`: the deployment
//! - [`Limits`]: sizes and patience; [`Progress`]: counters to look at

pub mod answer;
pub mod event;

mod clock;
mod compare;
mod conflicts;
mod definition;
mod drill;
mod failure;
mod lease;
mod limits;
mod load;
mod marker;
mod plan;
mod progress;
mod rename;
mod restore;
mod scene;
mod settings;
mod sharding;
mod source;
mod target;
mod work;

use std::time::Duration;

use crate::answer::Answer;
use crate::event::{Event, Mode, Source};
use crate::failure::RestoreError;

pub use failure::{Failed, NAMES};
pub use limits::Limits;
pub use progress::{Ended, Phase, Progress, Seen};
pub use rename::{Rename, RenameError};
pub use settings::{Place, Settings};
pub use source::{DumpState, Listed, Listing, PassedOver};

/// Before the end of an invocation a failure must be out.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The dumps of a cluster, the newest first, at most `most`. `below` is empty for all of them, or the folder of a year, a month or a
/// day: `2026/05/06/`. Only S3 is called.
///
/// # Errors
/// [`Failed`] as `SourceUnreadable`.
pub async fn list(source: &Source, below: &str, most: usize, settings: &Settings) -> Result<Listing, Failed> {
    restore::list(source, below, most, settings).await
}

/// Handles one event: JSON in the form of [`Event`].
///
/// # Errors
/// [`Failed`], under one of [`NAMES`], for everything but success: also where documents are not as they were dumped or an
/// index could not be built, with the answer that says so.
pub async fn handle(event: &str, settings: &Settings, place: &Place) -> Result<Answer, Failed> {
    let event = Event::parse(event).map_err(RestoreError::from)?;
    let work = restore::run(&event, settings, place);
    let result = match place.deadline.remaining() {
        None => work.await,
        Some(left) => match tokio::time::timeout(left.saturating_sub(LAST_WORDS), work).await {
            Ok(result) => result,
            Err(_) => Err(RestoreError::DeadlineTooShort.into()),
        },
    };
    if settings.metrics
        && event.mode == Mode::Drill
        && let Some(metrics) = drill::metrics(&event, &result)
    {
        metrics.emit();
    }
    result
}
