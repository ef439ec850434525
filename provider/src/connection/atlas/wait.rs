//! Waiting for Atlas: looks with a growing pace, tells the log how it goes, and ends when Terraform or a timeout says so.

use std::future::Future;
use std::time::Duration;

use atlas_client::AtlasError;
use provider_kit::{Interrupt, Operation};
use tokio::time::{Instant, sleep, timeout};

/// How long a write that is under way may go on after Ctrl-C, so that its answer is not lost.
/// Our choice because Terraform's user expects an end within two seconds.
const LAST_WRITE: Duration = Duration::from_millis(1500);

/// A line in the log at least this often, so that a long wait is seen to be one.
const NEWS_EVERY: Duration = Duration::from_secs(30);

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
    /// The pause before look number `round`: twice the one before, up to the longest, less up to a fifth by chance, so that
    /// many waits do not ask at once.
    fn pause(self, round: u32) -> Duration {
        let pause = self.first.saturating_mul(2_u32.saturating_pow(round)).min(self.longest);
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
    /// The time in `timeouts` is over; what was seen last.
    TimedOut { last: String },
}

impl From<AtlasError> for Ended {
    fn from(error: AtlasError) -> Self {
        Self::Failed(error)
    }
}

fn ended(interrupt: Interrupt, last: &str) -> Ended {
    match interrupt {
        Interrupt::Stopped => Ended::Stopped,
        Interrupt::TimedOut => Ended::TimedOut { last: last.to_owned() },
    }
}

/// A call that reads, given up as soon as the operation has to end.
pub(crate) async fn call<T>(
    operation: &Operation,
    call: impl Future<Output = Result<T, AtlasError>>,
) -> Result<T, Ended> {
    tokio::select! {
        biased;
        interrupt = operation.interrupted() => Err(ended(interrupt, "an answer of Atlas was outstanding")),
        answer = call => Ok(answer?),
    }
}

/// A call that writes: not begun when the operation has to end, and given a moment to finish once begun.
pub(crate) async fn write<T>(
    operation: &Operation,
    call: impl Future<Output = Result<T, AtlasError>>,
) -> Result<T, Ended> {
    if let Some(interrupt) = operation.interrupt() {
        return Err(ended(interrupt, "a write was due"));
    }
    tokio::pin!(call);
    tokio::select! {
        biased;
        answer = &mut call => Ok(answer?),
        interrupt = operation.interrupted() => match timeout(LAST_WRITE, call).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(ended(interrupt, "the answer to a write was outstanding")),
        },
    }
}

/// Whether the next look may succeed: trouble of the network or of Atlas, which a wait of an hour outlasts.
fn is_passing(error: &AtlasError) -> bool {
    matches!(
        error,
        AtlasError::Throttled { .. }
            | AtlasError::Unavailable { .. }
            | AtlasError::Transport { .. }
            | AtlasError::Timeout { .. }
    )
}

/// One wait: looks and pauses in turn.
pub(crate) struct Wait<'a> {
    operation: &'a Operation,
    pace: Pace,
    what: String,
    began: Instant,
    round: u32,
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

    /// Reads, and goes on reading through passing trouble.
    pub(crate) async fn look<T, F>(&mut self, mut read: impl FnMut() -> F) -> Result<T, Ended>
    where
        F: Future<Output = Result<T, AtlasError>>,
    {
        loop {
            match call(self.operation, read()).await {
                Err(Ended::Failed(error)) if is_passing(&error) => self.pause(error.to_string()).await?,
                Err(Ended::TimedOut { .. }) if !self.last.is_empty() => {
                    return Err(Ended::TimedOut {
                        last: self.last.clone(),
                    });
                }
                answer => return answer,
            }
        }
    }

    /// Tells the log what was seen, and pauses before the next look.
    pub(crate) async fn pause(&mut self, seen: String) -> Result<(), Ended> {
        if seen != self.last || self.told.is_none_or(|told| told.elapsed() >= NEWS_EVERY) {
            let waited_seconds = self.began.elapsed().as_secs();
            tracing::info!(waited_seconds, "waiting for {}: {seen}", self.what);
            self.told = Some(Instant::now());
        }
        self.last = seen;
        let pause = self.pace.pause(self.round);
        self.round = self.round.saturating_add(1);
        tokio::select! {
            biased;
            interrupt = self.operation.interrupted() => Err(ended(interrupt, &self.last)),
            () = sleep(pause) => Ok(()),
        }
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
        for (round, full) in [(0, 250), (1, 500), (4, 4000), (5, 5000), (40, 5000)] {
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
    async fn a_stop_ends_a_wait_at_once_and_lets_a_write_finish() {
        let (operation, stop) = operation(Duration::from_secs(3600));
        let written = write(&operation, async {
            stop.cancel();
            sleep(Duration::from_secs(1)).await;
            Ok(7)
        });
        assert_eq!(written.await.unwrap(), 7);
        let begun = Instant::now();
        let read = call(&operation, async {
            sleep(Duration::from_secs(1)).await;
            Ok(7)
        });
        assert!(matches!(read.await, Err(Ended::Stopped)));
        let never = write(&operation, async { panic!("not begun") });
        assert!(matches!(never.await.map(|(): ()| ()), Err(Ended::Stopped)));
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_hangs_is_given_up_soon_after_the_end() {
        let (operation, _stop) = operation(Duration::from_secs(1));
        let begun = Instant::now();
        let pending = std::future::pending::<Result<(), AtlasError>>();
        assert!(matches!(write(&operation, pending).await, Err(Ended::TimedOut { .. })));
        assert!(begun.elapsed() <= Duration::from_millis(2600), "{:?}", begun.elapsed());
    }
}
