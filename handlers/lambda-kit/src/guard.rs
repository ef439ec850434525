//! What ends an invocation that does not end by itself: its deadline, or a panic.
//!
//! Lambda kills a function at its deadline and the invocation leaves no name, no message and no metric. A panic's message may
//! quote what was being worked on. So every handler does its work under [`guard`] and says itself what happened.

use std::cell::RefCell;
use std::future::poll_fn;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use crate::deadline::Deadline;
use crate::failure::Failure;

/// What is kept of an invocation's time to write metrics and to report the failure. Our choice: a metric is a log line and a lease is
/// given back with one request. Of a function with little time it is at most a quarter, see [`Deadline::reserve`].
pub const LAST_WORDS: Duration = Duration::from_secs(2);

/// Why the work did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cut {
    /// The invocation is nearly over.
    #[error(
        "the work was not done {} before Lambda ends the invocation, so it was stopped: give the function a longer timeout or \
         more memory if this happens again", seconds(*kept)
    )]
    OutOfTime {
        /// What was kept of the invocation's time.
        kept: Duration,
    },
    /// The work panicked.
    #[error(
        "the function panicked{}: this is a bug in the function; only the source location is logged, because the message can contain data",
        at.as_deref().map(|at| format!(" at {at}")).unwrap_or_default()
    )]
    Panicked {
        /// File, line and column, where [`crate::runtime::run`] watches for it.
        at: Option<String>,
    },
}

impl Cut {
    /// The failure's name: `OutOfTime` or `Panicked`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::OutOfTime { .. } => "OutOfTime",
            Self::Panicked { .. } => "Panicked",
        }
    }
}

impl From<Cut> for Failure {
    fn from(cut: Cut) -> Self {
        Self::of(cut.name(), &cut)
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// Does `work`, until [`LAST_WORDS`] before the deadline at the latest. It is dropped then, so it must be safe to stop at every
/// `await`; work that never awaits cannot be stopped.
///
/// # Errors
/// [`Cut`]. The caller counts it among its own failures and reports it under [`Cut::name`] or a name of its own.
pub fn guard<T>(deadline: Deadline, work: impl Future<Output = T>) -> impl Future<Output = Result<T, Cut>> {
    within(deadline, LAST_WORDS, work)
}

/// The same with another time to keep.
pub(crate) fn within<T>(
    deadline: Deadline,
    kept: Duration,
    work: impl Future<Output = T>,
) -> impl Future<Output = Result<T, Cut>> {
    // On the heap, and before any future holds it: a handler's is as large as the driver's and the SDK's together, and each future
    // around it would be larger by as much.
    let work = caught(Box::pin(work));
    let kept = deadline.reserve(kept);
    async move {
        match deadline.remaining() {
            None => work.await,
            Some(left) => match tokio::time::timeout(left.saturating_sub(kept), work).await {
                Ok(result) => result,
                Err(_) => Err(Cut::OutOfTime { kept }),
            },
        }
    }
}

fn caught<T, W: Future<Output = T>>(mut work: Pin<Box<W>>) -> impl Future<Output = Result<T, Cut>> {
    poll_fn(move |context| {
        PLACE.take();
        let polled = panic::catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.map_or_else(
            |_| Poll::Ready(Err(Cut::Panicked { at: PLACE.take() })),
            |polled| polled.map(Ok),
        )
    })
}

thread_local! {
    /// Where this thread panicked last.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on a panic's place is kept and logged, and its message, which may quote a document, is not. For a whole process.
pub(crate) fn log_only_places() {
    panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "the function panicked");
        // A thread that is ending has no place to keep it in.
        PLACE.try_with(|place| place.replace(Some(at))).ok();
    }));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn work_that_ends_in_time_is_left_alone() {
        assert_eq!(guard(Deadline::NONE, async { 7 }).await, Ok(7));
        let hour = Deadline::after(Duration::from_secs(3600));
        assert_eq!(guard(hour, async { 7 }).await, Ok(7));
    }

    struct Held(Arc<AtomicBool>);

    impl Drop for Held {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn at_two_seconds_before_the_deadline_the_work_is_dropped_and_the_failure_has_a_name() {
        let dropped = Arc::new(AtomicBool::new(false));
        let held = Held(Arc::clone(&dropped));
        let work = async move {
            let _held = held;
            std::future::pending::<()>().await;
        };
        let start = tokio::time::Instant::now();
        let cut = guard(Deadline::after(Duration::from_secs(900)), work).await;
        // The deadline is of the real clock and the wait of the test's: what a slow machine takes in between is not waited for.
        let waited = start.elapsed().as_secs_f64();
        assert!((800.0..898.1).contains(&waited), "{waited}");
        assert!(dropped.load(Ordering::SeqCst));
        let failure = cut
            .map_err(Failure::from)
            .map_err(|failure| (failure.name, failure.message));
        let told = "the work was not done 2.0 s before Lambda ends the invocation";
        assert!(
            matches!(&failure, Err(("OutOfTime", message)) if message.starts_with(told)),
            "{failure:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_function_with_little_time_uses_three_quarters_of_it() {
        let start = tokio::time::Instant::now();
        let cut = guard(Deadline::after(Duration::from_secs(4)), std::future::pending::<()>()).await;
        assert_eq!(
            cut,
            Err(Cut::OutOfTime {
                kept: Duration::from_secs(1)
            })
        );
        assert!(start.elapsed().as_secs_f64() < 3.1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_is_stopped_has_time_for_its_last_words_before_the_runtime_stops_it_too() {
        let deadline = Deadline::after(Duration::from_secs(900));
        let handler = async {
            let cut = guard(deadline, std::future::pending::<()>()).await;
            // Like giving a lease back.
            tokio::time::sleep(Duration::from_millis(500)).await;
            cut
        };
        let ended = within(deadline, Duration::from_secs(1), handler).await;
        assert!(matches!(ended, Ok(Err(Cut::OutOfTime { .. }))), "{ended:?}");
    }

    #[tokio::test]
    async fn a_panic_is_a_failure_wherever_in_the_work_it_is() {
        let first = guard(Deadline::NONE, async { assert_eq!(1, 2, "4111 1111 1111 1111") }).await;
        let later = guard(Deadline::NONE, async {
            tokio::task::yield_now().await;
            assert!(std::hint::black_box(false), "4111 1111 1111 1111");
        })
        .await;
        for cut in [first, later] {
            let failure = cut.map_err(Failure::from);
            let name = failure.as_ref().map_err(|failure| failure.name);
            assert_eq!(name, Err("Panicked"));
            assert!(!format!("{failure:?}").contains("4111"));
        }
    }
}
