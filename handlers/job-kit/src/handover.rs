//! How often a job continues in another invocation.

use serde::{Deserialize, Serialize};

use crate::error::JobError;

/// Handovers so far, as a job's state keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Handovers {
    /// How often the job was handed over.
    pub hops: u32,
    /// What was done when it was handed over last.
    pub done_at_hop: Option<usize>,
}

impl Handovers {
    /// One more. `done` is a number that grows with everything that is finished. The state has to be saved before the next invocation is
    /// made.
    ///
    /// # Errors
    /// [`JobError::NoProgress`] where nothing was finished since the last handover, so that a job that does not fit into an invocation is
    /// not begun again for ever; [`JobError::TooManyHops`] after `most` of them.
    pub fn next(self, done: usize, most: u32) -> Result<Self, JobError> {
        if self.done_at_hop.unwrap_or_default() == done {
            return Err(JobError::NoProgress);
        }
        if self.hops >= most {
            return Err(JobError::TooManyHops { hops: self.hops });
        }
        Ok(Self {
            hops: self.hops + 1,
            done_at_hop: Some(done),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handover_follows_progress_and_there_are_only_so_many() {
        let at = |hops, done_at_hop| Handovers { hops, done_at_hop };
        for (before, done, after) in [
            (at(0, None), 0, Err(JobError::NoProgress)),
            (at(0, None), 3, Ok(at(1, Some(3)))),
            (at(1, Some(3)), 3, Err(JobError::NoProgress)),
            (at(1, Some(3)), 4, Ok(at(2, Some(4)))),
            (at(2, Some(4)), 5, Err(JobError::TooManyHops { hops: 2 })),
        ] {
            assert_eq!(before.next(done, 2), after, "{before:?} {done}");
        }
    }
}
