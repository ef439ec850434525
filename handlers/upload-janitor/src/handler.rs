//! The story of one event.

use std::time::SystemTime;

use file_catalog::FileRecord;
use file_store::remove_hidden;
use lambda_kit::{Deadline, Failure, LAST_WORDS, chain, guard, schedule};

use crate::error::JanitorError;
use crate::janitor::UploadJanitor;
use crate::tally::{Report, Tally};

/// Counting ends here: an operator does the same about more of them.
const COUNTED: u64 = 10_000;

/// Removes abandoned uploads, the oldest first, until there are none, a limit is reached or the time has run out. Metrics are written before
/// it returns, whatever ended it.
///
/// # Errors
/// One of [`FAILURES`](crate::FAILURES). What was removed stays removed, and the next event continues.
pub async fn handle(event: &str, deadline: Deadline, janitor: &UploadJanitor) -> Result<Report, Failure> {
    let tally = Tally::default();
    let result = match schedule::check(event) {
        Ok(()) => {
            // What ends the work from outside, the deadline or a panic, is named and counted like any failure.
            let ended = guard(deadline, clean(janitor, deadline, &tally)).await;
            ended.unwrap_or_else(|cut| Err(JanitorError::Cut(cut)))
        }
        Err(error) => Err(JanitorError::Event(error)),
    };
    let report = tally.report();
    (janitor.metrics)(&report.metrics(&janitor.objects.bucket, result.is_err()));
    match result {
        Ok(()) => Ok(report),
        Err(error) => Err(error.failure()),
    }
}

async fn clean(janitor: &UploadJanitor, deadline: Deadline, tally: &Tally) -> Result<(), JanitorError> {
    let now = (janitor.clock)();
    let before = now - janitor.limits.grace;
    let left = match pages(janitor, deadline, tally, (before, now)).await? {
        Ended::AllSeen => 0,
        Ended::Early { unreadable } => {
            let counted = janitor.records.count_abandoned(before, unreadable, COUNTED).await;
            counted.map_err(JanitorError::Records)?
        }
    };
    tally.left(left);
    Ok(())
}

enum Ended {
    AllSeen,
    Early { unreadable: u64 },
}

/// Removes page after page. A record that was marked or that somebody else changed is no longer among the abandoned ones, so every page
/// is the first, after those that cannot be read.
async fn pages(
    janitor: &UploadJanitor,
    deadline: Deadline,
    tally: &Tally,
    (before, now): (SystemTime, SystemTime),
) -> Result<Ended, JanitorError> {
    let limits = janitor.limits;
    let (mut unreadable, mut failures) = (0, 0);
    for _ in 0..limits.pages {
        let found = janitor.records.abandoned(before, unreadable, limits.page.into()).await;
        let found = found.map_err(JanitorError::Records)?;
        let is_last = found.records.len() + found.unreadable.len() < limits.page as usize;
        for id in found.unreadable {
            tracing::warn!(
                file = id,
                "an abandoned upload is skipped: upload-api did not write its record"
            );
            tally.failed(&id);
            unreadable += 1;
        }
        for record in found.records {
            if failures >= limits.failures || deadline.is_within(LAST_WORDS + limits.removal) {
                return Ok(Ended::Early { unreadable });
            }
            let begun = janitor.records.begin_cleaning(&record, before, now).await;
            // Completed or removed since it was read.
            if !begun.map_err(JanitorError::Records)? {
                continue;
            }
            failures += usize::from(!remove(janitor, &record, tally).await);
        }
        if is_last {
            return Ok(Ended::AllSeen);
        }
    }
    Ok(Ended::Early { unreadable })
}

/// Removes one upload that is marked; whether it is gone.
async fn remove(janitor: &UploadJanitor, record: &FileRecord, tally: &Tally) -> bool {
    match remove_hidden(record, &janitor.records, &janitor.objects).await {
        Ok(()) => {
            tally.removed();
            true
        }
        Err(error) => {
            let cause = chain(&error);
            tracing::warn!(file = record.id, cause, "an abandoned upload could not be deleted");
            tally.failed(&record.id);
            false
        }
    }
}
