//! The addresses of S3 and DynamoDB, as AWS's prefix lists have them. They change some times a month: they are read once an hour, and
//! where that fails, the last ones that were read are used.

use std::time::{Duration, SystemTime};

use ipnet::IpNet;
use lambda_kit::aws::AwsError;
use tokio::sync::Mutex;

use crate::ec2::Ec2;
use crate::ranges::Ranges;

const AGE_MAX: Duration = Duration::from_secs(3600);
/// Until the next attempt after one that failed.
const PAUSE: Duration = Duration::from_secs(60);

/// The lists, and what was read of them last.
#[derive(Debug)]
pub(crate) struct PrefixLists {
    ec2: Ec2,
    ids: Vec<String>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    ranges: Option<Ranges>,
    next: Option<SystemTime>,
}

impl PrefixLists {
    pub(crate) fn new(ec2: Ec2, ids: Vec<String>) -> Self {
        let known = Mutex::default();
        Self { ec2, ids, known }
    }

    /// What is in all of them.
    ///
    /// # Errors
    /// They could not be read, now or before.
    pub(crate) async fn ranges(&self, now: SystemTime) -> Result<Ranges, AwsError> {
        let mut known = self.known.lock().await;
        // A clock that was set back counts as an hour: `next` is never further away.
        let is_due = known.next.is_none_or(|next| now >= next || next > now + AGE_MAX);
        let last = match (&known.ranges, is_due) {
            (Some(ranges), false) => return Ok(ranges.clone()),
            (last, _) => last.clone(),
        };
        let (ranges, next) = match (self.read().await, last) {
            (Ok(ranges), _) => (ranges, AGE_MAX),
            (Err(error), Some(last)) => {
                tracing::warn!(%error, "the prefix lists could not be read: the previous ones are used");
                (last, PAUSE)
            }
            (Err(error), None) => return Err(error),
        };
        known.next = Some(now + next);
        known.ranges = Some(ranges.clone());
        Ok(ranges)
    }

    async fn read(&self) -> Result<Ranges, AwsError> {
        let mut nets: Vec<IpNet> = Vec::new();
        for id in &self.ids {
            nets.extend(self.ec2.prefix_list(id).await?);
        }
        Ok(nets.into_iter().collect())
    }
}
