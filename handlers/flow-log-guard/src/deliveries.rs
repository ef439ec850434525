//! Which deliveries this process has seen. CloudWatch Logs and Lambda may deliver one twice, and Lambda repeats one that failed; mostly
//! it meets the same process, and then nothing is counted or published again.

use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};

use crate::envelope::Delivery;

/// Our choice: some hours of a busy flow log, in 16 KB.
const REMEMBERED: usize = 1024;

/// What has become of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    New,
    /// Its metrics are written.
    Counted,
    /// And its notices are published.
    Done,
}

/// The last ones.
#[derive(Debug, Default)]
pub(crate) struct Deliveries(Mutex<VecDeque<(u64, Progress)>>);

/// The same lines of the same stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeliveryKey(u64);

impl DeliveryKey {
    pub(crate) fn of(delivery: &Delivery<'_>) -> Self {
        let mut hasher = DefaultHasher::new();
        (&delivery.owner, &delivery.log_group, &delivery.log_stream).hash(&mut hasher);
        for event in &delivery.log_events {
            event.id.hash(&mut hasher);
        }
        Self(hasher.finish())
    }
}

impl Deliveries {
    pub(crate) fn progress(&self, key: DeliveryKey) -> Progress {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|(known, _)| *known == key.0);
        found.map_or(Progress::New, |(_, progress)| *progress)
    }

    pub(crate) fn keep(&self, key: DeliveryKey, progress: Progress) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(known, _)| *known != key.0);
        if known.len() == REMEMBERED {
            known.pop_front();
        }
        known.push_back((key.0, progress));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_remembered_with_what_became_of_them() {
        let deliveries = Deliveries::default();
        deliveries.keep(DeliveryKey(0), Progress::Counted);
        deliveries.keep(DeliveryKey(0), Progress::Done);
        assert_eq!(deliveries.progress(DeliveryKey(0)), Progress::Done);
        for key in 1..=REMEMBERED as u64 {
            assert_eq!(deliveries.progress(DeliveryKey(key)), Progress::New);
            deliveries.keep(DeliveryKey(key), Progress::Counted);
        }
        assert_eq!(deliveries.progress(DeliveryKey(0)), Progress::New);
        assert_eq!(deliveries.progress(DeliveryKey(1)), Progress::Counted);
    }
}
