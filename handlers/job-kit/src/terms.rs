//! For whom and for how long a lease is.

use std::fmt;
use std::time::Duration;

use lambda_kit::Clock;

use crate::moment::Moment;

/// What a lease is taken on.
#[derive(Clone)]
pub struct Terms {
    /// Lambda's id of the invocation, which is the same in a retry.
    pub owner: String,
    /// A lease that is not renewed ends after this. It is renewed after each quarter of it. Lambda runs a failed asynchronous event again
    /// after one minute, so with 45 s that of a killed function has ended by then.
    pub length: Duration,
    /// How long it waits for the run's next function. Lambda and Step Functions start one within seconds unless they are throttled.
    pub between: Duration,
    /// The time of day. Clocks of several functions may differ by a small part of the length.
    pub clock: Clock,
}

impl Terms {
    pub(crate) fn now(&self) -> Moment {
        Moment::of((self.clock)())
    }

    /// So long from now, rounded up.
    pub(crate) fn after(&self, length: Duration) -> Moment {
        Moment::of((self.clock)() + length + Duration::from_millis(999))
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms")
            .field("owner", &self.owner)
            .field("length", &self.length)
            .field("between", &self.between)
            .finish_non_exhaustive()
    }
}
