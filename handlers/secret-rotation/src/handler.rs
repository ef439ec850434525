//! The story of one event.

use lambda_kit::rotation::{self, RotationEvent, Step};
use lambda_kit::{Deadline, Failure, guard, schedule};

use crate::age;
use crate::error::RotationError;
use crate::report::{self, Report};
use crate::rotation::SecretRotation;
use crate::steps::{self, Did};

/// Does one step of a rotation, or measures how old passwords are. Metrics are written before it returns, whatever ended it.
///
/// # Errors
/// One of [`FAILURES`](crate::FAILURES). A step that failed can be done again, and so can the whole rotation: the current version keeps
/// working in the meantime.
pub async fn handle(event: &str, deadline: Deadline, rotation: &SecretRotation) -> Result<Report, Failure> {
    if schedule::check(event).is_ok() {
        let measured = guard(deadline, age::measure(rotation)).await;
        let measured = measured.unwrap_or_else(|cut| Err(RotationError::Cut(cut)));
        return measured.map_err(|error| error.failure());
    }
    // An event that is for somebody else says nothing of a secret.
    let event = rotation::read(event).map_err(|error| RotationError::Event(error).failure())?;
    let done = guard(deadline, steps::take(&event, rotation)).await;
    let done = done.unwrap_or_else(|cut| Err(RotationError::Cut(cut)));
    let name = name_of(&event);
    for line in report::failures(name, event.step, done.is_err()) {
        (rotation.metrics)(&line);
    }
    let did = done.map_err(|error| error.failure())?;
    if event.step == Step::Finish && did == Did::Now {
        (rotation.metrics)(&report::rotation(name));
    }
    Ok(Report::Step {
        secret: name.to_owned(),
        step: event.step.name(),
        was_done: did == Did::Before,
    })
}

/// The secret's name is known before Secrets Manager is asked: its ARN ends with it and six characters (user guide, "What's in a secret").
fn name_of(event: &RotationEvent) -> &str {
    let name = event.secret_arn.splitn(7, ':').last().unwrap_or_default();
    match name.rsplit_once('-') {
        Some((name, suffix)) if suffix.len() == 6 && !name.is_empty() => name,
        _ => name,
    }
}
