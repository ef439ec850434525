//! Why a schedule never fires.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::{Cron, Expression, Field, Schedule};

/// Why a schedule has no run. The message says what was seen, why, and what to type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NeverFires {
    /// `at` lies before now.
    #[error("Got at({local}) in {zone}, which is in the past: the current time there is {now}. Use a later time.")]
    AtIsPast {
        /// As typed.
        local: DateTime,
        /// The zone's name.
        zone: String,
        /// Local time now.
        now: DateTime,
    },
    /// `at` is a time that the clocks skip.
    #[error(
        "Got at({local}), a local time that does not exist in {zone} on that day, because clocks move forward. Use a \
         time at least an hour earlier or later."
    )]
    AtIsSkipped {
        /// As typed.
        local: DateTime,
        /// The zone's name.
        zone: String,
    },
    /// The last year is in the past.
    #[error("Got {seen}, whose last year {last} is in the past. Use {instead}.")]
    YearsAreOver {
        /// The expression.
        seen: String,
        /// The last of its years.
        last: i16,
        /// With every year.
        instead: String,
    },
    /// No month of the expression has its day.
    #[error("Got {seen}: {why}. Use {instead}.")]
    NoSuchDay {
        /// The expression.
        seen: String,
        /// Which month lacks what.
        why: String,
        /// With a day that exists.
        instead: String,
    },
    /// All its dates are in the past.
    #[error("Got {seen}, whose last date {last} is in the past. Use {instead}.")]
    DatesAreOver {
        /// The expression.
        seen: String,
        /// The last of its dates.
        last: Date,
        /// With every year.
        instead: String,
    },
    /// All its dates are before the start date.
    #[error(
        "Got {seen} with the start {start}, but the last date of the expression is {last}. Use an earlier start, or \
         {instead}."
    )]
    StartsAfter {
        /// The expression.
        seen: String,
        /// As given.
        start: Timestamp,
        /// The last of its dates.
        last: Date,
        /// With every year.
        instead: String,
    },
    /// Every run is in an hour that does not exist.
    #[error(
        "Got {seen}: all of its local times, for example {local}, are skipped in {zone} because clocks move forward. \
         Use another hour."
    )]
    AlwaysSkipped {
        /// The expression.
        seen: String,
        /// The first of them.
        local: DateTime,
        /// The zone's name.
        zone: String,
    },
    /// The end comes first.
    #[error("Got {seen} with the end {end}, but the first run would be {first}. Use a later end, or remove it.")]
    EndsBefore {
        /// The expression.
        seen: String,
        /// As given.
        end: Timestamp,
        /// The run it would have without an end.
        first: Timestamp,
    },
}

impl Schedule {
    /// Why there is no run from `now` on; `None` where there is one.
    #[must_use]
    pub fn never_fires(&self, now: Timestamp) -> Option<NeverFires> {
        if self.runs(now).next().is_some() {
            return None;
        }
        let zone = || self.zone().name().to_owned();
        if let Expression::At(at) = self.expression() {
            let local = at.local();
            return Some(match at.run(self.zone()) {
                None => NeverFires::AtIsSkipped { local, zone: zone() },
                Some(_) => NeverFires::AtIsPast {
                    local,
                    zone: zone(),
                    now: whole_seconds(self.zone().local(now)),
                },
            });
        }
        let seen = self.expression().to_string();
        if let Some(end) = self.end() {
            let endless = Self::new(self.expression().clone(), self.zone().clone());
            let endless = endless.between(self.start(), None).ok()?;
            if let Some(first) = endless.runs(now).next() {
                return Some(NeverFires::EndsBefore { seen, end, first });
            }
            return endless.never_fires(now);
        }
        let Expression::Cron(cron) = self.expression() else {
            return None;
        };
        if let Some(start) = self.start().filter(|start| *start > now) {
            let startless = Self::new(self.expression().clone(), self.zone().clone());
            let today = self.zone().local(now).date();
            let last = startless.runs(now).next().and_then(|_| cron.dates(today).last());
            if let Some(last) = last {
                let instead = cron.with(Field::Year, "*");
                return Some(NeverFires::StartsAfter {
                    seen,
                    start,
                    last,
                    instead,
                });
            }
        }
        let today = self.zone().local(now).date();
        Some(self.why_no_date(cron, seen, today))
    }

    fn why_no_date(&self, cron: &Cron, seen: String, today: Date) -> NeverFires {
        let every_year = || cron.with(Field::Year, "*");
        if let Some(last) = cron.last_year().filter(|last| *last < today.year()) {
            return NeverFires::YearsAreOver {
                seen,
                last,
                instead: every_year(),
            };
        }
        // There is no run, so only few dates are left to look at.
        let skipped = cron
            .dates(today)
            .flat_map(|date| cron.times().map(move |time| date.to_datetime(time)))
            .find(|local| self.zone().instant(*local).is_none());
        if let Some(local) = skipped {
            return NeverFires::AlwaysSkipped {
                seen,
                local,
                zone: self.zone().name().to_owned(),
            };
        }
        match cron.dates(Date::MIN).last() {
            Some(last) => NeverFires::DatesAreOver {
                seen,
                last,
                instead: every_year(),
            },
            None => {
                let (why, instead) = no_such_day(cron);
                NeverFires::NoSuchDay { seen, why, instead }
            }
        }
    }
}

/// Which month lacks the day, and the expression with one it has.
fn no_such_day(cron: &Cron) -> (String, String) {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let months = (1..).zip(NAMES).filter(|(month, _)| cron.months().contains(month));
    let months: Vec<&str> = months.map(|(_, name)| name).collect();
    let years = cron.field(Field::Year);
    let (field, text) = cron.day_field();
    if field == Field::DayOfWeek {
        // Only the fifth of a day can be missing from every month.
        let day = text.split('#').next().unwrap_or(text);
        let why = format!("{} of {years} has day {day} only four times", months.join(" or "));
        return (why, cron.with(field, &format!("{day}L")));
    }
    let day = text.trim_end_matches(['W', 'w']);
    let last = if day == text { "L" } else { "LW" };
    let why = if cron.with(Field::Year, "*").parse().is_ok_and(has_dates) {
        format!("February has no 29th in {years}")
    } else {
        match day {
            "30" => format!("{} has no 30th", months.join(" or ")),
            "31" => format!("{} has no 31st", months.join(" or ")),
            _ => format!("{} has none of the days {day}", months.join(" or ")),
        }
    };
    (why, format!("{} for the last day of the month", cron.with(field, last)))
}

fn has_dates(expression: Expression) -> bool {
    matches!(expression, Expression::Cron(cron) if cron.dates(Date::MIN).next().is_some())
}

fn whole_seconds(local: DateTime) -> DateTime {
    local.with().subsec_nanosecond(0).build().unwrap_or(local)
}
