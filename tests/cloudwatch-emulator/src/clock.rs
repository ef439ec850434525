//! Where the emulator takes the time of its alarms from.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use crate::lock;

/// The time of alarms and datapoints. Quotas, faults and calls always run on the machine's clock.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock, or one that is ahead of it.
    Running(RunningClock),
    /// A clock that stands still until somebody moves it.
    Manual(ManualClock),
}

impl Default for Clock {
    fn default() -> Self {
        Self::Running(RunningClock::default())
    }
}

impl Clock {
    /// Now, on this clock.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        match self {
            Self::Running(clock) => SystemTime::now() + clock.ahead(),
            Self::Manual(clock) => clock.now(),
        }
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        match self {
            Self::Running(clock) => clock.advance(by),
            Self::Manual(clock) => clock.advance(by),
        }
    }
}

/// A clock that runs, for somebody who does not want to wait for the five minutes of an alarm. Clones are ahead by the same.
#[derive(Debug, Clone, Default)]
pub struct RunningClock {
    ahead: Arc<Mutex<Duration>>,
}

impl RunningClock {
    /// By how much it is ahead of the machine's clock.
    #[must_use]
    pub fn ahead(&self) -> Duration {
        *lock(&self.ahead)
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        *lock(&self.ahead) += by;
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
