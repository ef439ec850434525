//! Laws over random expressions: runs agree with an evaluator that looks at every minute and shares no code with the crate.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::HashSet;

use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use support::schedule;

/// One item of a field: what is typed, and what it means.
#[derive(Debug, Clone)]
enum Item {
    All,
    One(i16),
    Range(i16, i16),
    StepFrom(i16, i16),
    StepAll(i16),
    StepRange(i16, i16, i16),
}

impl Item {
    fn text(&self) -> String {
        match self {
            Self::All => "*".to_owned(),
            Self::One(value) => value.to_string(),
            Self::Range(first, last) => format!("{first}-{last}"),
            Self::StepFrom(first, step) => format!("{first}/{step}"),
            Self::StepAll(step) => format!("*/{step}"),
            Self::StepRange(first, last, step) => format!("{first}-{last}/{step}"),
        }
    }

    fn matches(&self, value: i16, min: i16) -> bool {
        match *self {
            Self::All => true,
            Self::One(one) => value == one,
            Self::Range(first, last) => first <= value && value <= last,
            Self::StepFrom(first, step) => value >= first && (value - first) % step == 0,
            Self::StepAll(step) => (value - min) % step == 0,
            Self::StepRange(first, last, step) => first <= value && value <= last && (value - first) % step == 0,
        }
    }
}

fn items(min: i16, max: i16, steps: bool) -> impl Strategy<Value = Vec<Item>> {
    let value = move || min..=max;
    let range = move || (value(), value()).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let plain = prop_oneof![
        1 => Just(Item::All),
        3 => value().prop_map(Item::One),
        2 => range().prop_map(|(first, last)| Item::Range(first, last)),
    ];
    let stepped = prop_oneof![
        (value(), 1..=max - min).prop_map(|(first, step)| Item::StepFrom(first, step)),
        (1..=max - min).prop_map(Item::StepAll),
        (range(), 1..=max - min).prop_map(|((first, last), step)| Item::StepRange(first, last, step)),
    ];
    let item = if steps {
        prop_oneof![2 => plain, 1 => stepped].boxed()
    } else {
        plain.boxed()
    };
    prop::collection::vec(item, 1..4)
}

#[derive(Debug, Clone)]
enum Day {
    OfMonth(Vec<Item>),
    LastOfMonth,
    LastWeekday,
    Nearest(i16),
    OfWeek(Vec<Item>),
    LastOfWeek(i16),
    Nth(i16, i16),
}

fn days() -> impl Strategy<Value = Day> {
    prop_oneof![
        4 => items(1, 31, true).prop_map(Day::OfMonth),
        1 => Just(Day::LastOfMonth),
        1 => Just(Day::LastWeekday),
        2 => (1i16..=31).prop_map(Day::Nearest),
        3 => items(1, 7, false).prop_map(Day::OfWeek),
        1 => (1i16..=7).prop_map(Day::LastOfWeek),
        2 => (1i16..=7, 1i16..=5).prop_map(|(day, nth)| Day::Nth(day, nth)),
    ]
}

#[derive(Debug, Clone)]
struct Fields {
    minutes: Vec<Item>,
    hours: Vec<Item>,
    day: Day,
    months: Vec<Item>,
    years: Vec<Item>,
}

prop_compose! {
    fn fields()(
        minutes in items(0, 59, true),
        hours in items(0, 23, true),
        day in days(),
        months in prop_oneof![Just(vec![Item::All]), items(1, 12, true)],
        years in prop_oneof![3 => Just(vec![Item::All]), 1 => items(2024, 2031, false)],
    ) -> Fields {
        Fields { minutes, hours, day, months, years }
    }
}

impl Fields {
    fn text(&self) -> String {
        let list = |items: &[Item]| items.iter().map(Item::text).collect::<Vec<_>>().join(",");
        let (of_month, of_week) = match &self.day {
            Day::OfMonth(items) => (list(items), "?".to_owned()),
            Day::LastOfMonth => ("L".to_owned(), "?".to_owned()),
            Day::LastWeekday => ("LW".to_owned(), "?".to_owned()),
            Day::Nearest(day) => (format!("{day}W"), "?".to_owned()),
            Day::OfWeek(items) => ("?".to_owned(), list(items)),
            Day::LastOfWeek(day) => ("?".to_owned(), format!("{day}L")),
            Day::Nth(day, nth) => ("?".to_owned(), format!("{day}#{nth}")),
        };
        let [minutes, hours, months, years] =
            [&self.minutes, &self.hours, &self.months, &self.years].map(|items| list(items));
        format!("cron({minutes} {hours} {of_month} {months} {of_week} {years})")
    }

    fn matches(&self, local: DateTime) -> bool {
        let any = |items: &[Item], value: i16, min: i16| items.iter().any(|item| item.matches(value, min));
        any(&self.minutes, local.minute().into(), 0)
            && any(&self.hours, local.hour().into(), 0)
            && any(&self.months, local.month().into(), 1)
            && any(&self.years, local.year(), 1970)
            && self.matches_day(local, any)
    }

    fn matches_day(&self, local: DateTime, any: impl Fn(&[Item], i16, i16) -> bool) -> bool {
        let date = local.date();
        let day = i16::from(date.day());
        let weekday_number = match date.weekday() {
            Weekday::Sunday => 1,
            Weekday::Monday => 2,
            Weekday::Tuesday => 3,
            Weekday::Wednesday => 4,
            Weekday::Thursday => 5,
            Weekday::Friday => 6,
            Weekday::Saturday => 7,
        };
        let month: Vec<_> = (1..=date.days_in_month())
            .map(|day| date.with().day(day).build().unwrap())
            .collect();
        let is_work = |day: Weekday| !matches!(day, Weekday::Saturday | Weekday::Sunday);
        let same: Vec<_> = month.iter().filter(|other| other.weekday() == date.weekday()).collect();
        match &self.day {
            Day::OfMonth(items) => any(items, day, 1),
            Day::LastOfMonth => month.last() == Some(&date),
            Day::LastWeekday => month.iter().rfind(|day| is_work(day.weekday())) == Some(&date),
            Day::Nearest(wanted) => {
                let exists = month.iter().any(|day| i16::from(day.day()) == *wanted);
                let work = month.iter().filter(|day| is_work(day.weekday()));
                exists && work.min_by_key(|day| (i16::from(day.day()) - wanted).abs()) == Some(&date)
            }
            Day::OfWeek(items) => any(items, weekday_number, 1),
            Day::LastOfWeek(wanted) => weekday_number == *wanted && same.last() == Some(&&date),
            Day::Nth(wanted, nth) => {
                weekday_number == *wanted && same.get(usize::try_from(nth - 1).unwrap()) == Some(&&date)
            }
        }
    }
}

const ZONES: [&str; 6] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
];

/// Near to a change of the clocks in one of the zones, or anywhere.
fn windows() -> impl Strategy<Value = Timestamp> {
    let near = [
        "2027-03-26T00:00:00Z",
        "2027-10-29T00:00:00Z",
        "2028-03-10T00:00:00Z",
        "2028-11-03T00:00:00Z",
        "2028-02-27T00:00:00Z",
        "2028-03-30T00:00:00Z",
        "2028-09-29T00:00:00Z",
        "2026-12-29T00:00:00Z",
    ];
    let near = near.map(|text| text.parse::<Timestamp>().unwrap().as_second());
    let anywhere = 1_767_225_600i64..1_900_000_000;
    prop_oneof![3 => prop::sample::select(near.to_vec()), 1 => anywhere]
        .prop_flat_map(|second| (0i64..86_400).prop_map(move |more| Timestamp::from_second(second + more).unwrap()))
}

/// Every minute of the window whose local time matches; a local time that was there before does not run again.
fn by_the_minute(fields: &Fields, zone: &TimeZone, from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    let mut seen = HashSet::new();
    let mut runs = Vec::new();
    // Three hours earlier, so that the first of two equal local times is seen. All offsets are whole minutes.
    let mut second = from.as_second() - 3 * 3_600;
    second += (60 - second.rem_euclid(60)) % 60;
    while second <= until.as_second() {
        let minute = Timestamp::from_second(second).unwrap();
        let local = zone.to_datetime(minute);
        if seen.insert(local) && fields.matches(local) && minute >= from {
            runs.push(minute);
        }
        second += 60;
    }
    runs
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn runs_are_those_that_a_look_at_every_minute_finds(
        fields in fields(),
        zone in prop::sample::select(ZONES.to_vec()),
        from in windows(),
    ) {
        let until = from + SignedDuration::from_hours(24 * 5);
        let rules = TimeZone::get(zone).unwrap();
        let expected = by_the_minute(&fields, &rules, from, until);
        let text = fields.text();
        let schedule = schedule(&text, zone);
        let found: Vec<Timestamp> = schedule.runs(from).take_while(|run| *run <= until).collect();
        prop_assert_eq!(&found, &expected, "{} in {} from {}", text, zone, from);
        prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1]), "runs increase");

        // The day-by-day way to the intervals agrees with the runs.
        let gaps: Vec<SignedDuration> = found.windows(2).map(|pair| pair[1].duration_since(pair[0])).collect();
        let intervals = schedule.intervals(from, until);
        prop_assert_eq!(intervals.map(|found| found.shortest), gaps.iter().min().copied(), "{} in {}", text, zone);
        prop_assert_eq!(intervals.map(|found| found.longest), gaps.iter().max().copied(), "{} in {}", text, zone);
        prop_assert_eq!(schedule.never_fires(from).is_some(), schedule.runs(from).next().is_none());
    }

    #[test]
    fn no_run_has_a_local_time_other_than_its_expression_says(
        hour in 0i16..24, minute in 0i16..60, zone in prop::sample::select(ZONES.to_vec()), from in windows(),
    ) {
        let schedule = schedule(&format!("cron({minute} {hour} * * ? *)"), zone);
        for run in schedule.runs(from).take(8) {
            let local = schedule.zone().local(run);
            prop_assert_eq!((i16::from(local.hour()), i16::from(local.minute()), local.second()), (hour, minute, 0));
        }
    }

    #[test]
    fn runs_of_a_rate_are_its_interval_apart_wherever_one_looks(
        value in 1u32..5_000, unit in prop::sample::select(vec!["minutes", "hours", "days"]), from in windows(), later in 0i64..100_000_000,
    ) {
        let start = from;
        let rate = schedule(&format!("rate({value} {unit})"), "Europe/Berlin").between(Some(start), None).unwrap();
        let length = i64::from(value) * match unit { "minutes" => 60, "hours" => 3_600, _ => 86_400 };
        let from = start + SignedDuration::from_secs(later);
        let runs: Vec<i64> = rate.runs(from).take(3).map(|run| run.duration_since(start).as_secs()).collect();
        prop_assert!(runs.iter().all(|run| run % length == 0), "{:?}", runs);
        prop_assert!(runs[0] >= later && runs[0] - later < length);
        prop_assert!(runs.windows(2).all(|pair| pair[1] - pair[0] == length));
    }

    #[test]
    fn any_text_is_an_expression_or_an_error_with_advice(text in "(rate|cron|at)?\\(?[-0-9a-zA-Z*?/,#: ]{0,24}\\)?") {
        if let Err(error) = text.parse::<schedule_expression::Expression>() {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
