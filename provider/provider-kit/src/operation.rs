//! What a running create, read, update or delete knows about its limits.

use std::pin::pin;
use std::time::Duration;

use tf_provider::{AttributePath, Diagnostics};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::diagnostics::error;
use crate::{OwnerToken, Tree};

/// How long a pending write is waited for after Ctrl-C or a timeout: the remote side may carry it out even when
/// its caller no longer waits for it, and then its result belongs in the state.
/// Our choice because a call answers within a second or two, and a person is waiting.
const DRAIN: Duration = Duration::from_secs(5);

/// Why an operation has to end early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Terraform was asked to stop (Ctrl-C): return the state as it is now.
    Stopped,
    /// The time given in `timeouts` has run out.
    TimedOut,
}

/// The limits of one create, read, update or delete, and whose objects it works on.
///
/// Every remote call goes through [`Operation::read`] or [`Operation::write`].
#[derive(Clone, Debug)]
pub struct Operation {
    stop: CancellationToken,
    deadline: Instant,
    timeout: Duration,
    owner: OwnerToken,
}

/// Why a write has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritten {
    /// It was not begun.
    NotBegun(Interrupt),
    /// It was begun, and may have been carried out: only a look at the remote side can tell.
    Unanswered(Interrupt),
}

impl Unwritten {
    /// What ended the operation.
    #[must_use]
    pub fn interrupt(self) -> Interrupt {
        match self {
            Self::NotBegun(interrupt) | Self::Unanswered(interrupt) => interrupt,
        }
    }
}

impl Operation {
    /// An operation that ends after `timeout` or when `stop` is cancelled, for a resource that owns nothing yet.
    #[must_use]
    pub fn new(stop: CancellationToken, timeout: Duration) -> Self {
        Self {
            stop,
            deadline: Instant::now() + timeout,
            timeout,
            owner: OwnerToken::random(),
        }
    }

    /// The same for a resource with this token.
    #[must_use]
    pub fn of(mut self, owner: OwnerToken) -> Self {
        self.owner = owner;
        self
    }

    /// The token of the resource. Where the state has none (a create, or a state of 0.1.0) it is new, and no object
    /// carries it yet.
    #[must_use]
    pub fn owner(&self) -> &OwnerToken {
        &self.owner
    }

    /// Waits for what changes nothing - a read, a client's setup, a turn - and gives it up as soon as the operation has to
    /// end.
    ///
    /// # Errors
    /// The interrupt that ended it.
    pub async fn read<T>(&self, call: impl Future<Output = T>) -> Result<T, Interrupt> {
        tokio::select! {
            biased;
            interrupt = self.interrupted() => Err(interrupt),
            answer = call => Ok(answer),
        }
    }

    /// Waits for a call that changes something. It is not begun when the operation has to end; once begun, its answer is
    /// waited for a little longer, so that it is not lost.
    ///
    /// # Errors
    /// Whether it was begun, and the interrupt that ended it.
    pub async fn write<T>(&self, call: impl Future<Output = T>) -> Result<T, Unwritten> {
        if let Some(interrupt) = self.interrupt() {
            return Err(Unwritten::NotBegun(interrupt));
        }
        let mut call = pin!(call);
        tokio::select! {
            biased;
            answer = call.as_mut() => Ok(answer),
            interrupt = self.interrupted() => {
                let late = tokio::time::timeout(DRAIN, call).await;
                late.map_err(|_| Unwritten::Unanswered(interrupt))
            }
        }
    }

    /// Resolves when the operation has to end.
    pub async fn interrupted(&self) -> Interrupt {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Interrupt::Stopped,
            () = tokio::time::sleep_until(self.deadline) => Interrupt::TimedOut,
        }
    }

    /// The interrupt that is already due, if any.
    #[must_use]
    pub fn interrupt(&self) -> Option<Interrupt> {
        if self.stop.is_cancelled() {
            Some(Interrupt::Stopped)
        } else {
            (Instant::now() >= self.deadline).then_some(Interrupt::TimedOut)
        }
    }

    /// What `timeouts` allows this operation.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }
}

/// A duration as Terraform users write it: `30m`, `1h30m`, `90s`.
///
/// # Errors
/// A sentence that says what was seen and what to type.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration.is_zero() => Err(format!(
            "Got {text:?}, so the operation would end at once. Set a longer duration, for example \"30m\"."
        )),
        Ok(duration) => Ok(duration),
        Err(cause) => Err(format!(
            "Got {text:?}: {cause}. Set a duration, for example \"30m\" or \"1h30m\"."
        )),
    }
}

/// The duration of `timeouts.<name>`, `default` when it is not set.
pub(crate) fn timeout_of(config: &Tree, name: &str, default: Duration) -> Duration {
    match config.get("timeouts").get(name) {
        Tree::String(text) => parse_duration(text).unwrap_or(default),
        _ => default,
    }
}

pub(crate) fn validate_duration(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    if let Tree::String(text) = value
        && let Err(detail) = parse_duration(text)
    {
        error(diagnostics, path.clone(), "Timeout is not a duration.", detail);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use tokio::time::sleep;

    use super::*;

    fn operation(timeout: u64) -> (Operation, CancellationToken) {
        let stop = CancellationToken::new();
        (Operation::new(stop.clone(), Duration::from_secs(timeout)), stop)
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_ends_with_the_operation() {
        let (operation, stop) = operation(60);
        assert_eq!(operation.read(async { 1 }).await, Ok(1));
        let began = Instant::now();
        let late = operation.read(sleep(Duration::from_secs(100))).await;
        assert_eq!((late, began.elapsed().as_secs()), (Err(Interrupt::TimedOut), 60));
        stop.cancel();
        assert_eq!(operation.read(async { 1 }).await, Err(Interrupt::Stopped));
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_has_begun_is_waited_for_a_little_longer() {
        let (operation, _stop) = operation(60);
        let answered = operation.write(sleep(Duration::from_secs(64))).await;
        assert_eq!(answered, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_without_an_answer_may_have_been_carried_out() {
        let (operation, _stop) = operation(60);
        let unanswered = operation.write(sleep(Duration::from_secs(100))).await;
        assert_eq!(unanswered, Err(Unwritten::Unanswered(Interrupt::TimedOut)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_is_not_begun_after_a_stop() {
        let (operation, stop) = operation(60);
        stop.cancel();
        let mut begun = false;
        let refused = operation.write(async { begun = true }).await;
        assert_eq!(refused, Err(Unwritten::NotBegun(Interrupt::Stopped)));
        assert!(!begun);
    }
}
