//! An expression in a time zone between two dates: its runs.

use jiff::{SignedDuration, Timestamp};

use crate::{Cron, Expression, Zone};

/// When a schedule runs, fully said.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    expression: Expression,
    zone: Zone,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
}

/// A schedule that ends before it starts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The end {end} is not after the start {start}.")]
pub struct BoundsError {
    /// As given.
    pub start: Timestamp,
    /// As given.
    pub end: Timestamp,
}

impl Schedule {
    /// Without begin and end.
    #[must_use]
    pub fn new(expression: Expression, zone: Zone) -> Self {
        Self {
            expression,
            zone,
            start: None,
            end: None,
        }
    }

    /// With the first and last instants at which it may run, both inclusive. Scheduler ignores them for `at`. Source: API
    /// reference, CreateSchedule, `StartDate` and `EndDate`.
    ///
    /// # Errors
    /// When the end is not after the start.
    pub fn between(mut self, start: Option<Timestamp>, end: Option<Timestamp>) -> Result<Self, BoundsError> {
        if let (Some(start), Some(end)) = (start, end)
            && end <= start
        {
            return Err(BoundsError { start, end });
        }
        self.start = start;
        self.end = end;
        Ok(self)
    }

    /// What was parsed.
    #[must_use]
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// Where its local times are.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    pub(crate) fn start(&self) -> Option<Timestamp> {
        self.start
    }

    pub(crate) fn end(&self) -> Option<Timestamp> {
        self.end
    }

    /// The runs from `from` on, in order and without end where the schedule has none. A rate without a start date counts from
    /// `from`, as Scheduler counts from the moment the schedule is made. A local time that the clocks skip does not run, and
    /// one that they repeat runs once.
    pub fn runs(&self, from: Timestamp) -> Box<dyn Iterator<Item = Timestamp> + '_> {
        let first = self.start.map_or(from, |start| start.max(from));
        let in_time = move |run: &Timestamp| self.end.is_none_or(|end| *run <= end);
        match &self.expression {
            Expression::Rate(rate) => Box::new(rate.runs(self.start.unwrap_or(from), from).take_while(in_time)),
            Expression::Cron(cron) => Box::new(self.cron_runs(cron, first).take_while(in_time)),
            Expression::At(at) => Box::new(at.run(&self.zone).filter(|run| *run >= from).into_iter()),
        }
    }

    fn cron_runs<'a>(&'a self, cron: &'a Cron, from: Timestamp) -> impl Iterator<Item = Timestamp> + 'a {
        // A day earlier, so that no clock change needs a thought here.
        let day_before = from.checked_sub(SignedDuration::from_hours(24)).unwrap_or(from);
        cron.dates(self.zone.local(day_before).date())
            .flat_map(|date| cron.times().map(move |time| date.to_datetime(time)))
            .filter_map(|local| self.zone.instant(local))
            .filter(move |run| *run >= from)
    }
}
