//! The folders of days and runs, newest first. S3 lists in the order of names only, so the way goes down: years, the months of
//! the newest year, the days of its newest month. However many years a bucket has, the newest dumps cost a few calls.

use dump_format::key::{Location, RunId};

use super::remote::{Bucket, ReadError};

/// Goes back in time, one call of S3 for each year, month or day that it enters.
pub(super) struct Walk<'a> {
    bucket: &'a Bucket,
    location: &'a Location,
    // In the order of their names: the newest is the last.
    years: Vec<String>,
    months: Vec<String>,
    days: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(super) async fn start(bucket: &'a Bucket, location: &'a Location) -> Result<Self, ReadError> {
        Ok(Self {
            bucket,
            location,
            years: numbered(bucket, &location.folder(), 4).await?,
            months: Vec::new(),
            days: Vec::new(),
        })
    }

    /// The next `most` days that have objects, newest first; fewer, or none, at the end.
    pub(super) async fn next_days(&mut self, most: usize) -> Result<Vec<String>, ReadError> {
        let mut next = Vec::new();
        while next.len() < most {
            if let Some(day) = self.days.pop() {
                next.push(day);
            } else if let Some(month) = self.months.pop() {
                self.days = numbered(self.bucket, &month, 2).await?;
            } else if let Some(year) = self.years.pop() {
                self.months = numbered(self.bucket, &year, 2).await?;
            } else {
                break;
            }
        }
        Ok(next)
    }

    /// The runs of a day, newest first, whether they have a manifest or not.
    pub(super) async fn runs(&self, day: String) -> Result<Vec<RunId>, ReadError> {
        let folders = self.bucket.folders(&day).await?;
        let mut runs: Vec<_> = folders
            .iter()
            .filter_map(|folder| {
                let run = RunId::parse(last_segment(folder)).ok()?;
                (self.location.run_folder(run) == *folder).then_some(run)
            })
            .collect();
        runs.sort_unstable_by(|a, b| b.cmp(a));
        Ok(runs)
    }
}

/// The folders whose names are numbers of `digits` digits. Anything else below the prefix does not belong to a dump.
async fn numbered(bucket: &Bucket, prefix: &str, digits: usize) -> Result<Vec<String>, ReadError> {
    let mut folders = bucket.folders(prefix).await?;
    folders.retain(|folder| {
        let name = last_segment(folder);
        name.len() == digits && name.bytes().all(|byte| byte.is_ascii_digit())
    });
    Ok(folders)
}

/// `06` of `mongo/main/2026/05/06/`.
fn last_segment(folder: &str) -> &str {
    folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}
