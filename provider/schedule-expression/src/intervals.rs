//! The shortest and the longest time between two runs.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

use crate::{Cron, Expression, Schedule};

/// The time between two runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intervals {
    /// The least.
    pub shortest: SignedDuration,
    /// The most.
    pub longest: SignedDuration,
}

impl Schedule {
    /// Shortest and longest time between two runs that are both in `from..=until`, clock changes included; `None` where there
    /// are fewer than two.
    #[must_use]
    pub fn intervals(&self, from: Timestamp, until: Timestamp) -> Option<Intervals> {
        match self.expression() {
            Expression::Cron(cron) => self.cron_intervals(cron, from, until),
            // Every interval is the same, so two runs say all.
            Expression::Rate(_) | Expression::At(_) => {
                let mut seen = Seen::default();
                self.runs(from)
                    .take_while(|run| *run <= until)
                    .take(2)
                    .for_each(|run| seen.run(run));
                seen.intervals
            }
        }
    }

    /// Day by day: a day without a clock change is a first run, a last run, and the same intervals between them each time.
    /// Run by run, a schedule of every minute would take half a million steps a year.
    fn cron_intervals(&self, cron: &Cron, from: Timestamp, until: Timestamp) -> Option<Intervals> {
        let from = self.start().map_or(from, |start| start.max(from));
        let until = self.end().map_or(until, |end| end.min(until));
        let (first, last, within) = within_a_day(cron)?;
        let day_before = from.checked_sub(SignedDuration::from_hours(24)).unwrap_or(from);
        let mut seen = Seen::default();
        let mut change = self.zone().change_after(day_before);
        for date in cron.dates(self.zone().local(day_before).date()) {
            let bounds = self.quiet_day(date);
            if let Some((begin, _)) = bounds {
                if begin > until {
                    break;
                }
                while change.is_some_and(|change| change <= begin) {
                    change = change.and_then(|change| self.zone().change_after(change));
                }
            }
            let at = |time: Time| self.zone().instant(date.to_datetime(time));
            match bounds {
                Some((begin, end)) if begin >= from && end <= until && change.is_none_or(|change| change > end) => {
                    at(first).into_iter().for_each(|run| seen.run(run));
                    within.iter().for_each(|intervals| seen.intervals(*intervals));
                    at(last).into_iter().for_each(|run| seen.restart(run));
                }
                _ => cron
                    .times()
                    .filter_map(at)
                    .filter(|run| (from..=until).contains(run))
                    .for_each(|run| seen.run(run)),
            }
        }
        seen.intervals
    }

    /// First and last instant of a date, where the clocks skip neither.
    fn quiet_day(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        let at = |time: Time| self.zone().instant(date.to_datetime(time));
        Some((at(Time::midnight())?, at(Time::constant(23, 59, 59, 0))?))
    }
}

/// First and last time of a matching day, and the intervals between them if there are two.
fn within_a_day(cron: &Cron) -> Option<(Time, Time, Option<Intervals>)> {
    let mut times = cron.times();
    let first = times.next()?;
    let mut last = first;
    let mut within: Option<Intervals> = None;
    for time in times {
        let interval = time.duration_since(last);
        within = Some(wider(within, interval, interval));
        last = time;
    }
    Some((first, last, within))
}

fn wider(known: Option<Intervals>, shortest: SignedDuration, longest: SignedDuration) -> Intervals {
    known.map_or(Intervals { shortest, longest }, |known| Intervals {
        shortest: known.shortest.min(shortest),
        longest: known.longest.max(longest),
    })
}

#[derive(Default)]
struct Seen {
    previous: Option<Timestamp>,
    intervals: Option<Intervals>,
}

impl Seen {
    fn run(&mut self, run: Timestamp) {
        if let Some(previous) = self.previous {
            let interval = run.duration_since(previous);
            self.intervals = Some(wider(self.intervals, interval, interval));
        }
        self.previous = Some(run);
    }

    fn intervals(&mut self, seen: Intervals) {
        self.intervals = Some(wider(self.intervals, seen.shortest, seen.longest));
    }

    /// A run whose interval to the one before is known already.
    fn restart(&mut self, run: Timestamp) {
        self.previous = Some(run);
    }
}
