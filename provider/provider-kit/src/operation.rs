//! What a running create, read, update or delete knows about its limits.

use std::time::Duration;

use tf_provider::{AttributePath, Diagnostics};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Tree;
use crate::diagnostics::error;

/// Why an operation has to end early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Terraform was asked to stop (Ctrl-C): return the state as it is now.
    Stopped,
    /// The time given in `timeouts` is over.
    TimedOut,
}

/// The limits of one call. Waits and loops race against [`Operation::interrupted`].
#[derive(Clone, Debug)]
pub struct Operation {
    stop: CancellationToken,
    deadline: Instant,
    timeout: Duration,
}

impl Operation {
    /// An operation that ends after `timeout` or when `stop` is cancelled.
    #[must_use]
    pub fn new(stop: CancellationToken, timeout: Duration) -> Self {
        Self {
            stop,
            deadline: Instant::now() + timeout,
            timeout,
        }
    }

    /// Resolves when the operation has to end.
    pub async fn interrupted(&self) -> Interrupt {
        tokio::select! {
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
            "Got {text:?}, which leaves no time at all. Type for example \"30m\"."
        )),
        Ok(duration) => Ok(duration),
        Err(cause) => Err(format!(
            "Got {text:?}: {cause}. Type a duration such as \"30m\" or \"1h30m\"."
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
