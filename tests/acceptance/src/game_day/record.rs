//! What users saw and what happened, by time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Result, bail};
use serde::Deserialize;

/// A request of a user.
#[derive(Debug, Clone, Deserialize)]
pub struct Seen {
    /// Seconds since 1970, when it was answered.
    pub at: f64,
    /// What the user did: `upload`, `download`, `profile`, `page`, `link`, `sign-in`, `password-reset` or `error`.
    pub kind: String,
    /// Whether it did what it should.
    pub ok: bool,
    /// HTTP status, 0 without an answer.
    pub status: u16,
    /// What was acknowledged, if something was written.
    pub wrote: Option<Acknowledged>,
    /// What else is said of it.
    #[serde(default)]
    pub code: String,
}

/// What the platform told a user that it keeps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Acknowledged {
    /// A file that is complete.
    File {
        /// ID of the file.
        id: String,
        /// Its name.
        name: String,
        /// Checksum of its content, in base64.
        sha256: String,
    },
    /// A profile with this name.
    Profile {
        /// The name, which is another one each time.
        name: String,
    },
}

/// Grows while it is read.
#[derive(Debug, Clone, Default)]
pub struct Record {
    inside: Arc<Mutex<Inside>>,
}

#[derive(Debug, Default)]
struct Inside {
    seen: Vec<Seen>,
    marks: Vec<(f64, String)>,
}

/// Results of a game day.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Seconds from the loss until each kind of request worked again.
    pub recovered: BTreeMap<String, f64>,
    /// The longest of them: recovery time.
    pub rto_seconds: f64,
    /// Age of the restored data at the loss: recovery point.
    pub rpo_seconds: f64,
    /// Requests that failed between the loss and the recovery, by kind, of how many.
    pub failed: BTreeMap<String, (usize, usize)>,
    /// Files that were acknowledged and are not in the restored database.
    pub lost_files: usize,
    /// Acknowledged files whose object did not arrive.
    pub late_objects: usize,
    /// Changes of profiles that were acknowledged after the dump was taken.
    pub lost_profile_changes: usize,
    /// All that was acknowledged before the loss: files and changes of profiles.
    pub acknowledged: (usize, usize),
}

impl Summary {
    /// What is printed.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!("RTO  {:5.1} s: everything works again", self.rto_seconds),
            format!("RPO  {:5.1} s: age of the restored data at the loss", self.rpo_seconds),
        ];
        lines.extend(self.recovered.iter().map(|(kind, seconds)| {
            let (failed, all) = self.failed.get(kind).copied().unwrap_or_default();
            format!("     {seconds:5.1} s until {kind} works again; {failed} of {all} failed until everything worked")
        }));
        lines.push(format!(
            "Lost: {} of {} files, {} of {} changes of profiles; files in the database without their object: {}",
            self.lost_files, self.acknowledged.0, self.lost_profile_changes, self.acknowledged.1, self.late_objects
        ));
        lines
    }
}

/// What is lost with the first Region, as [`super::world::World::lost_data`] finds it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lost {
    pub(super) files: usize,
    pub(super) late_objects: usize,
    pub(super) profile_changes: usize,
    pub(super) rpo_seconds: f64,
}

pub(super) fn now() -> f64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64()
}

impl Record {
    fn inside<T>(&self, read: impl FnOnce(&mut Inside) -> T) -> T {
        read(&mut self.inside.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn add(&self, seen: Seen) {
        self.inside(|inside| inside.seen.push(seen));
    }

    /// Notes what happens now, and when that is.
    pub fn mark(&self, what: &str) -> f64 {
        let at = now();
        self.inside(|inside| inside.marks.push((at, what.to_owned())));
        at
    }

    /// All requests.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.inside(|inside| inside.seen.clone())
    }

    /// All that happened.
    #[must_use]
    pub fn marks(&self) -> Vec<(f64, String)> {
        self.inside(|inside| inside.marks.clone())
    }

    /// What was acknowledged before a moment.
    #[must_use]
    pub fn acknowledged(&self, before: f64) -> BTreeSet<Acknowledged> {
        let seen = self.seen();
        seen.into_iter()
            .filter(|one| one.at < before)
            .filter_map(|one| one.wrote)
            .collect()
    }

    /// When a kind of request first worked after a moment, and not only once: the next of its kind did, too.
    fn recovery(&self, kind: &str, after: f64) -> Option<f64> {
        let seen = self.seen();
        let of_kind: Vec<_> = seen.iter().filter(|one| one.kind == kind && one.at > after).collect();
        if kind == "sign-in" {
            return of_kind.iter().find(|one| one.ok).map(|one| one.at);
        }
        of_kind
            .windows(2)
            .find(|pair| pair.iter().all(|one| one.ok))
            .map(|pair| pair[0].at)
    }

    /// Waits until a kind of request works again after a moment.
    pub(super) async fn recovered(&self, kind: &str, after: f64, patience: Duration) -> Result<f64> {
        let started = Instant::now();
        loop {
            if let Some(at) = self.recovery(kind, after) {
                return Ok(at);
            }
            if started.elapsed() > patience {
                bail!("{kind} does not work again; the last of it: {:#?}", self.last(kind));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until each kind of request has worked, and has not failed, for a while.
    pub(super) async fn steady(&self, kinds: &[&str], how_long: Duration, patience: Duration) -> Result<()> {
        let started = Instant::now();
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let since = now() - how_long.as_secs_f64();
            let seen = self.seen();
            let is_steady = |kind: &&str| {
                let mut recent = seen
                    .iter()
                    .filter(|one| one.kind == **kind && one.at > since)
                    .peekable();
                recent.peek().is_some() && recent.all(|one| one.ok)
            };
            if started.elapsed() > how_long && kinds.iter().all(is_steady) {
                return Ok(());
            }
            if started.elapsed() > patience {
                let unsteady: Vec<_> = kinds.iter().filter(|kind| !is_steady(kind)).collect();
                let last: Vec<_> = unsteady.iter().map(|kind| self.last(kind)).collect();
                bail!("users are not served: {unsteady:?}; the last of it: {last:#?}");
            }
        }
    }

    fn last(&self, kind: &str) -> Vec<Seen> {
        let mut last: Vec<_> = self
            .seen()
            .into_iter()
            .rev()
            .filter(|one| one.kind == kind || one.kind == "error")
            .collect();
        last.truncate(4);
        last
    }

    pub(super) fn summary(&self, lost_at: f64, lost: Lost) -> Result<Summary> {
        let mut recovered = BTreeMap::new();
        for kind in ["page", "download", "sign-in", "profile", "upload"] {
            let Some(at) = self.recovery(kind, lost_at) else {
                bail!("{kind} does not work again");
            };
            recovered.insert(kind.to_owned(), at - lost_at);
        }
        let rto_seconds = recovered.values().copied().fold(0.0, f64::max);
        let mut failed = BTreeMap::<_, (usize, usize)>::new();
        for one in self.seen() {
            if one.at > lost_at && one.at <= lost_at + rto_seconds {
                let count = failed.entry(one.kind).or_default();
                count.0 += usize::from(!one.ok);
                count.1 += 1;
            }
        }
        let before = self.acknowledged(lost_at);
        let files = before
            .iter()
            .filter(|one| matches!(one, Acknowledged::File { .. }))
            .count();
        Ok(Summary {
            recovered,
            rto_seconds,
            rpo_seconds: lost.rpo_seconds,
            failed,
            lost_files: lost.files,
            late_objects: lost.late_objects,
            lost_profile_changes: lost.profile_changes,
            acknowledged: (files, before.len() - files),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn seen(at: f64, kind: &str, ok: bool) -> Seen {
        Seen {
            at,
            kind: kind.to_owned(),
            ok,
            status: if ok { 200 } else { 503 },
            wrote: None,
            code: String::new(),
        }
    }

    #[test]
    fn a_request_that_works_once_between_failures_is_no_recovery() {
        let record = Record::default();
        for (at, ok) in [
            (1.0, true),
            (11.0, false),
            (12.0, true),
            (13.0, false),
            (14.0, true),
            (15.0, true),
        ] {
            record.add(seen(at, "page", ok));
        }
        assert_eq!(record.recovery("page", 10.0), Some(14.0));
        assert_eq!(record.recovery("page", 14.5), None);
    }

    #[test]
    fn the_recovery_time_is_that_of_the_slowest_and_failures_are_counted_up_to_it() {
        let record = Record::default();
        for kind in ["page", "download", "sign-in", "profile"] {
            record.add(seen(11.0, kind, true));
            record.add(seen(11.5, kind, true));
        }
        for (at, ok) in [(11.0, false), (14.0, false), (17.0, true), (18.0, true), (19.0, false)] {
            record.add(seen(at, "upload", ok));
        }
        let summary = record.summary(10.0, Lost::default()).unwrap();
        assert_eq!(
            (summary.rto_seconds, summary.failed["upload"], summary.failed["page"]),
            (7.0, (2, 3), (0, 2))
        );
    }

    #[test]
    fn what_is_not_recovered_has_no_summary() {
        let record = Record::default();
        record.add(seen(11.0, "page", true));
        record.summary(10.0, Lost::default()).unwrap_err();
    }
}
