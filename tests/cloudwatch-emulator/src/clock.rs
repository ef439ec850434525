//! Where the emulator takes the time of its alarms from.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use crate::lock;

/// The time of alarms and datapoints. Quotas, faults and calls always run on the machine's clock.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until somebody moves it.
    Manual(ManualClock),
}

impl Clock {
    /// Now, on this clock.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        match self {
            Self::System => SystemTime::now(),
            Self::Manual(clock) => clock.now(),
        }
    }
}

/// A clock moved by hand. Clones show the same time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    now: Arc<Mutex<SystemTime>>,
}

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub fn new(start: SystemTime) -> Self {
        Self {
            now: Arc::new(Mutex::new(start)),
        }
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        *lock(&self.now)
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        *lock(&self.now) += by;
    }

    /// Sets it, backwards too.
    pub fn set(&self, to: SystemTime) {
        *lock(&self.now) = to;
    }
}
