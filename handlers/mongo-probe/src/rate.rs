//! Operations a second: how far the counters of a process went since the event before, or why nobody knows.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

/// Two samples that are closer tell of a moment, and of the probe itself: an event that came twice.
const SHORTEST: Duration = Duration::from_secs(5);
/// Over more than some lost minutes, a mean would hide what the last minute was like.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// The counters of one process at one time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    /// Name and port of the server.
    pub(crate) host: String,
    pub(crate) pid: Option<f64>,
    /// The server's own clock: Lambda's stands still between two events.
    pub(crate) uptime: Duration,
    pub(crate) counters: BTreeMap<String, f64>,
}

/// Why there is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoRate {
    /// This function has no earlier sample: it has just been started.
    FirstSample,
    /// Another server was asked the last time: a failover, or a router more.
    AnotherServer,
    /// The server's process was started since.
    Restarted,
    /// A counter of the same process is lower than it was: it began at 0 again.
    Wrapped,
    /// The last sample is only seconds old: an event that came twice.
    TooSoon,
    /// The last sample is too old.
    TooLong,
    /// The server does not tell, or the user may not know.
    NotTold,
}

/// What was measured last.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    samples: Vec<Sample>,
}

impl Memory {
    /// The rate of all these servers together, and from now on they are what was measured last. A sum that lacks a part is none.
    pub(crate) fn rate(&mut self, now: Vec<Sample>) -> Result<f64, NoRate> {
        if now.is_empty() {
            return Err(NoRate::NotTold);
        }
        let rates = now.iter().map(|sample| self.rate_of(sample));
        let rate = rates.sum();
        // The older of two that are close is kept: the next minute is measured from it.
        if rate != Err(NoRate::TooSoon) {
            self.samples = now;
        }
        rate
    }

    fn rate_of(&self, now: &Sample) -> Result<f64, NoRate> {
        let before = self.samples.iter().find(|before| before.host == now.host);
        let before = before.ok_or(if self.samples.is_empty() {
            NoRate::FirstSample
        } else {
            NoRate::AnotherServer
        })?;
        if before.pid != now.pid || now.uptime < before.uptime {
            return Err(NoRate::Restarted);
        }
        let elapsed = now.uptime - before.uptime;
        if elapsed < SHORTEST {
            return Err(NoRate::TooSoon);
        }
        if elapsed > LONGEST {
            return Err(NoRate::TooLong);
        }
        let mut operations = 0.0;
        for (name, was) in &before.counters {
            let is = now.counters.get(name).copied().unwrap_or_default();
            if is < *was {
                return Err(NoRate::Wrapped);
            }
            operations += is - was;
        }
        // A kind that is counted for the first time began at 0.
        let new = now
            .counters
            .iter()
            .filter(|(name, _)| !before.counters.contains_key(*name));
        operations += new.map(|(_, is)| is).sum::<f64>();
        Ok(operations / elapsed.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(host: &str, pid: f64, uptime: u64, counters: &[(&str, f64)]) -> Sample {
        let counters = counters.iter().map(|(name, count)| ((*name).to_owned(), *count));
        Sample {
            host: host.to_owned(),
            pid: Some(pid),
            uptime: Duration::from_secs(uptime),
            counters: counters.collect(),
        }
    }

    #[test]
    fn the_rate_is_of_one_process_between_two_samples_or_there_is_none() {
        let before = sample("a", 7.0, 1_000, &[("insert", 100.0), ("query", 50.0)]);
        let counters = &[("insert", 160.0), ("query", 50.0)];
        for (case, now, expected) in [
            ("a minute", sample("a", 7.0, 1_060, counters), Ok(1.0)),
            ("a minute that was lost", sample("a", 7.0, 1_120, counters), Ok(0.5)),
            (
                "a kind more",
                sample(
                    "a",
                    7.0,
                    1_060,
                    &[("insert", 100.0), ("query", 50.0), ("update", 120.0)],
                ),
                Ok(2.0),
            ),
            (
                "nothing was done",
                sample("a", 7.0, 1_060, &[("insert", 100.0), ("query", 50.0)]),
                Ok(0.0),
            ),
            (
                "another process",
                sample("a", 8.0, 1_060, counters),
                Err(NoRate::Restarted),
            ),
            (
                "another with the same id",
                sample("a", 7.0, 60, counters),
                Err(NoRate::Restarted),
            ),
            (
                "another primary",
                sample("b", 7.0, 1_060, counters),
                Err(NoRate::AnotherServer),
            ),
            (
                "all counters began again",
                sample("a", 7.0, 1_060, &[("insert", 3.0), ("query", 2.0)]),
                Err(NoRate::Wrapped),
            ),
            (
                "one counter is lower, the sum is not",
                sample("a", 7.0, 1_060, &[("insert", 900.0), ("query", 2.0)]),
                Err(NoRate::Wrapped),
            ),
            (
                "a counter is gone",
                sample("a", 7.0, 1_060, &[("insert", 160.0)]),
                Err(NoRate::Wrapped),
            ),
            (
                "the event came twice",
                sample("a", 7.0, 1_001, counters),
                Err(NoRate::TooSoon),
            ),
            (
                "an hour was lost",
                sample("a", 7.0, 4_600, counters),
                Err(NoRate::TooLong),
            ),
        ] {
            let mut memory = Memory::default();
            assert_eq!(memory.rate(vec![before.clone()]), Err(NoRate::FirstSample), "{case}");
            assert_eq!(memory.rate(vec![now]), expected, "{case}");
        }
    }

    #[test]
    fn after_a_sample_without_a_rate_the_next_has_one() {
        let mut memory = Memory::default();
        let of = |pid, uptime, count| vec![sample("a", pid, uptime, &[("insert", count)])];
        for (now, expected) in [
            (of(7.0, 1_000, 100.0), Err(NoRate::FirstSample)),
            (of(8.0, 30, 10.0), Err(NoRate::Restarted)),
            (of(8.0, 90, 70.0), Ok(1.0)),
            (of(8.0, 150, 4.0), Err(NoRate::Wrapped)),
            (of(8.0, 210, 64.0), Ok(1.0)),
            // The doubled event changes nothing: its operations are in the next minute's.
            (of(8.0, 211, 70.0), Err(NoRate::TooSoon)),
            (of(8.0, 270, 124.0), Ok(1.0)),
        ] {
            assert_eq!(memory.rate(now), expected);
        }
    }

    #[test]
    fn a_primary_that_was_one_before_begins_anew() {
        let mut memory = Memory::default();
        let of = |host, uptime| vec![sample(host, 7.0, uptime, &[("insert", uptime as f64)])];
        assert_eq!(memory.rate(of("a", 100)), Err(NoRate::FirstSample));
        assert_eq!(memory.rate(of("b", 100)), Err(NoRate::AnotherServer));
        assert_eq!(
            memory.rate(of("a", 220)),
            Err(NoRate::AnotherServer),
            "what a did as a secondary is not the cluster's"
        );
    }

    #[test]
    fn routers_are_added_up_and_a_sum_without_one_of_them_is_none() {
        let mut memory = Memory::default();
        let of = |host, uptime: u64| sample(host, 7.0, uptime, &[("query", 2.0 * uptime as f64)]);
        assert_eq!(memory.rate(vec![of("a", 100), of("b", 500)]), Err(NoRate::FirstSample));
        assert_eq!(memory.rate(vec![of("a", 160), of("b", 560)]), Ok(4.0));
        assert_eq!(
            memory.rate(vec![of("a", 220), of("b", 620), of("c", 10)]),
            Err(NoRate::AnotherServer)
        );
        assert_eq!(memory.rate(vec![of("a", 280), of("b", 680), of("c", 70)]), Ok(6.0));
        assert_eq!(memory.rate(vec![]), Err(NoRate::NotTold));
    }
}
