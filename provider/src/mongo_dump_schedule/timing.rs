//! Expression, zone and dates together.

use jiff::{SignedDuration, Timestamp};
use provider_kit::Num;
use schedule_expression::{Expression, Intervals, Schedule, Zone};
use tf_provider::Diagnostics;
use tf_provider::value::Value;

use super::failures;
use super::state::{DEFAULT_ZONE, State, Text, instant};

/// How far intervals are looked for. Our choice because it holds two 29ths of February and ten clock changes of each kind.
pub(super) const HORIZON_YEARS: i64 = 10;
const HORIZON: SignedDuration = SignedDuration::from_hours(HORIZON_YEARS * 8_766);

/// How far back a start date may lie. Source: Scheduler's answer to an earlier one.
const START_MAY_BE_PAST: SignedDuration = SignedDuration::from_mins(5);

/// What decides when the schedule runs; `Value::Unknown` where one of them is not known yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Timing {
    expression: Text,
    zone: Text,
    start: Value<Timestamp>,
    end: Value<Timestamp>,
}

impl Timing {
    pub(super) fn of(state: &State) -> Self {
        let date = |date: &Text| match date {
            Value::Value(text) => instant(text).into(),
            Value::Null => Value::Null,
            Value::Unknown => Value::Unknown,
        };
        let zone = match &state.schedule_expression_timezone {
            Value::Null => Value::Value(DEFAULT_ZONE.to_owned()),
            zone => zone.clone(),
        };
        Self {
            expression: state.schedule_expression.clone(),
            zone,
            start: date(&state.start_date),
            end: date(&state.end_date),
        }
    }

    /// The schedule without its dates, if it is known and well-formed; validation has complained otherwise.
    fn undated(&self) -> Option<Schedule> {
        let expression: Expression = self.expression.as_deref_option()?.parse().ok()?;
        let zone = Zone::parse(self.zone.as_deref_option()?).ok()?;
        Some(Schedule::new(expression, zone))
    }

    fn schedule(&self) -> Option<Schedule> {
        if self.start.is_unknown() || self.end.is_unknown() {
            return None;
        }
        let dates = (self.start.as_ref_option().copied(), self.end.as_ref_option().copied());
        self.undated()?.between(dates.0, dates.1).ok()
    }

    /// What is wrong whatever the time is.
    pub(super) fn check(&self, diagnostics: &mut Diagnostics) {
        if let (Value::Value(start), Value::Value(end)) = (&self.start, &self.end)
            && end <= start
        {
            failures::ends_before_it_starts(diagnostics, *start, *end);
        }
        // From the first year that cron knows, so that only what can never be is found.
        if let Some(never) = self
            .undated()
            .filter(|schedule| !matches!(schedule.expression(), Expression::At(_)))
            .and_then(|schedule| schedule.never_fires(Timestamp::UNIX_EPOCH))
        {
            failures::never_fires(diagnostics, &never);
        }
    }

    /// What is wrong with a schedule that is new or changed at this time. One that has run to its end stays as it is, and a
    /// start date that Scheduler took once is not looked at again.
    pub(super) fn check_new(&self, prior: Option<&Self>, now: Timestamp, diagnostics: &mut Diagnostics) {
        if !diagnostics.errors.is_empty() {
            return;
        }
        let Some(schedule) = self.schedule() else { return };
        let is_once = matches!(schedule.expression(), Expression::At(_));
        if let Value::Value(start) = self.start
            && !is_once
            && prior.is_none_or(|prior| prior.start != self.start)
            && now.duration_since(start) > START_MAY_BE_PAST
        {
            failures::start_is_past(diagnostics, start);
        }
        if let Some(never) = schedule.never_fires(now) {
            failures::never_fires(diagnostics, &never);
        }
    }

    /// Shortest and longest time between two runs from `now` on.
    pub(super) fn intervals(&self, now: Timestamp) -> Option<Intervals> {
        let until = now.checked_add(HORIZON).ok()?;
        self.schedule()?.intervals(now, until)
    }

    /// `max_interval_seconds`: null where there are fewer than two runs.
    pub(super) fn max_interval_seconds(&self, now: Timestamp) -> Value<Num> {
        let unknown = [
            self.expression.is_unknown(),
            self.zone.is_unknown(),
            self.start.is_unknown(),
            self.end.is_unknown(),
        ];
        if unknown.contains(&true) {
            return Value::Unknown;
        }
        let longest = self
            .intervals(now)
            .map(|intervals| Num::from(intervals.longest.as_secs()));
        longest.into()
    }
}
