//! How the states of an object follow each other.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// When an object changes to its next state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// The number of calls that see a state; the next call sees the one that follows. `Looks(0)`: every call sees the last state.
    ///
    /// Calls that concern the object count: reads, lists, and requests that are refused because of its state. A look at a
    /// service is one at those of its endpoints that are going away.
    Looks(u32),
    /// The times Atlas takes (two and a half minutes for a service, three for connection strings), times this factor.
    TimeFactor(f64),
}

impl Default for Pace {
    fn default() -> Self {
        Self::Looks(1)
    }
}

/// What an object's course ends with when the object ends.
pub(crate) const GONE: &str = "GONE";

/// A state to come, and how long Atlas takes to leave the one before.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    to: String,
    after: Duration,
}

/// A state, `after_seconds` after the one before.
pub(crate) fn leg(to: &str, after_seconds: u64) -> Leg {
    Leg {
        to: to.to_owned(),
        after: Duration::from_secs(after_seconds),
    }
}

/// A state, and those to come.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    pace: Pace,
    state: String,
    ahead: VecDeque<Leg>,
    looks: u32,
    since: Instant,
}

impl Course {
    pub(crate) fn new(pace: Pace, state: &str, legs: impl IntoIterator<Item = Leg>) -> Self {
        Self {
            pace,
            state: state.to_owned(),
            ahead: legs.into_iter().collect(),
            looks: 0,
            since: Instant::now(),
        }
    }

    pub(crate) fn pace(&self) -> Pace {
        self.pace
    }

    pub(crate) fn state(&self) -> &str {
        &self.state
    }

    pub(crate) fn is_at_its_end(&self) -> bool {
        self.ahead.is_empty()
    }

    /// Changes to the states whose time has come, but leaves none of the `stuck` states.
    pub(crate) fn settle(&mut self, stuck: &[String]) {
        while let Some(next) = self.ahead.front() {
            if stuck.contains(&self.state) {
                return;
            }
            match self.pace {
                Pace::Looks(each) if self.looks < each => return,
                Pace::Looks(_) => self.looks = 0,
                Pace::TimeFactor(factor) => {
                    let until = self.since + next.after.mul_f64(factor);
                    if Instant::now() < until {
                        return;
                    }
                    self.since = until;
                }
            }
            if let Some(next) = self.ahead.pop_front() {
                self.state = next.to;
            }
        }
    }

    /// Counts a call that saw the state.
    pub(crate) fn look(&mut self) {
        self.looks = self.looks.saturating_add(1);
    }
}
