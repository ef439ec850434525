//! Waiting for Atlas: reads with growing pauses, logs what it sees, and ends when Terraform stops it or its time has run out.

use std::future::Future;
use std::time::Duration;

use atlas_client::AtlasError;
use provider_kit::{Interrupt, Operation, Unwritten};
use tokio::time::{Instant, sleep};

/// A line in the log at least this often, so that a long wait is visible.
const NEWS_EVERY: Duration = Duration::from_secs(30);

/// From one pause to the next. Our choice because somebody waits: Atlas has been done for a third of the wait at most.
const GROWTH: f64 = 1.5;

/// Rounds after which every pause is the longest, whatever the pace: 1.5^32 is above 400,000.
const GROWING: u8 = 32;

/// How often Atlas is asked while it works.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
    /// How long an object that was just made may seem absent, and one that was just deleted may seem untouched.
    pub(crate) staleness: Duration,
}

impl Default for Pace {
    /// Our choice because Atlas builds a service in two to four minutes and the API's limit is far above one call in 5 s.
    fn default() -> Self {
        Self {
            first: Duration::from_millis(250),
            longest: Duration::from_secs(5),
            staleness: Duration::from_secs(60),
        }
    }
}

impl Pace {
    /// The pause before read number `round`: half as long again as the one before, up to the longest, less up to a fifth by
    /// chance, so that many waits do not read at once.
    fn pause(self, round: u8) -> Duration {
        let pause = self
            .first
            .mul_f64(GROWTH.powi(round.min(GROWING).into()))
            .min(self.longest);
        pause.mul_f64(1.0 - fastrand::f64() / 5.0)
    }
}

/// Why an operation ended before its goal.
#[derive(Debug)]
pub(crate) enum Ended {
    /// Atlas refused, or could not be asked.
    Failed(AtlasError),
    /// Terraform was asked to stop.
    Stopped,
    /// The time in `timeouts` has run out; what was seen last.
    TimedOut { last: String },
}

impl From<AtlasError> for Ended {
    fn from(error: AtlasError) -> Self {
        Self::Failed(error)
    }
}

impl From<Interrupt> for Ended {
    fn from(interrupt: Interrupt) -> Self {
        ended(interrupt, "Atlas had not answered a read yet")
    }
}

impl From<Unwritten> for Ended {
    fn from(unwritten: Unwritten) -> Self {
        match unwritten {
            Unwritten::NotBegun(interrupt) => ended(interrupt, "a write was about to be sent"),
            Unwritten::Unanswered(interrupt) => ended(interrupt, "Atlas had not answered a write yet"),
        }
    }
}

fn ended(interrupt: Interrupt, last: &str) -> Ended {
    match interrupt {
        Interrupt::Stopped => Ended::Stopped,
        Interrupt::TimedOut => Ended::TimedOut { last: last.to_owned() },
    }
}

/// Whether the next read may succeed: a failure of the network or of Atlas that a wait of an hour outlasts.
fn is_passing(error: &AtlasError) -> bool {
    matches!(
        error,
        AtlasError::Throttled { .. }
            | AtlasError::Unavailable { .. }
            | AtlasError::Transport { .. }
            | AtlasError::Timeout { .. }
    )
}

/// One wait: reads and pauses in turn.
pub(crate) struct Wait<'a> {
    operation: &'a Operation,
    pace: Pace,
    what: String,
    began: Instant,
    round: u8,
    last: String,
    told: Option<Instant>,
}

impl<'a> Wait<'a> {
    /// `what` is for the log: "endpoint service 5f1b...".
    pub(crate) fn new(operation: &'a Operation, pace: Pace, what: String) -> Self {
        Self {
            operation,
            pace,
            what,
            began: Instant::now(),
            round: 0,
            last: String::new(),
            told: None,
        }
    }

    /// Whether Atlas may still show what was before the write that this wait follows.
    pub(crate) fn may_be_stale(&self) -> bool {
        self.began.elapsed() < self.pace.staleness
    }

    /// Reads, and reads again after a failure that may pass.
    pub(crate) async fn look<T, F>(&mut self, mut read: impl FnMut() -> F) -> Result<T, Ended>
    where
        F: Future<Output = Result<T, AtlasError>>,
    {
        loop {
            match self.operation.read(read()).await {
                Ok(Err(error)) if is_passing(&error) => self.pause(error.to_string()).await?,
                Ok(answer) => return Ok(answer?),
                Err(interrupt) if !self.last.is_empty() => return Err(ended(interrupt, &self.last)),
                Err(interrupt) => return Err(interrupt.into()),
            }
        }
    }

    /// Logs what was seen, and pauses before the next read.
    pub(crate) async fn pause(&mut self, seen: String) -> Result<(), Ended> {
        if seen != self.last || self.told.is_none_or(|told| told.elapsed() >= NEWS_EVERY) {
            let waited_seconds = self.began.elapsed().as_secs();
            tracing::info!(waited_seconds, "waiting for {}: {seen}", self.what);
            self.told = Some(Instant::now());
        }
        self.last = seen;
        let pause = self.pace.pause(self.round);
        self.round = self.round.saturating_add(1);
        let paused = self.operation.read(sleep(pause)).await;
        paused.map_err(|interrupt| ended(interrupt, &self.last))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use tokio_util::sync::CancellationToken;

    use super::*;

    fn operation(timeout: Duration) -> (Operation, CancellationToken) {
        let stop = CancellationToken::new();
        (Operation::new(stop.clone(), timeout), stop)
    }

    #[test]
    fn pauses_grow_to_the_longest_and_differ_by_a_fifth_at_most() {
        let pace = Pace::default();
        for (round, full) in [(0, 250), (1, 375), (4, 1266), (8, 5000), (u8::MAX, 5000)] {
            let pause = pace.pause(round).as_millis();
            assert!(pause <= full && pause >= full * 4 / 5, "round {round}: {pause} ms");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_timeout_says_what_was_seen_last() {
        let (operation, _stop) = operation(Duration::from_secs(60));
        let mut wait = Wait::new(&operation, Pace::default(), "it".to_owned());
        let end = loop {
            if let Err(end) = wait.pause("it is INITIATING".to_owned()).await {
                break end;
            }
        };
        assert!(matches!(end, Ended::TimedOut { last } if last == "it is INITIATING"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_that_hangs_ends_with_the_operation_and_says_what_was_seen_before() {
        let (operation, _stop) = operation(Duration::from_secs(60));
        let mut wait = Wait::new(&operation, Pace::default(), "it".to_owned());
        wait.pause("it is INITIATING".to_owned()).await.unwrap();
        let end = wait.look(std::future::pending::<Result<(), AtlasError>>).await;
        assert!(matches!(end, Err(Ended::TimedOut { last }) if last == "it is INITIATING"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_ends_a_pause_at_once() {
        let (operation, stop) = operation(Duration::from_secs(3600));
        let mut wait = Wait::new(&operation, Pace::default(), "it".to_owned());
        stop.cancel();
        let begun = Instant::now();
        assert!(matches!(
            wait.pause("it is INITIATING".to_owned()).await,
            Err(Ended::Stopped)
        ));
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
