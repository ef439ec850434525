//! What an error suggests is an expression itself, and a rewritten one means what was meant.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use proptest::prelude::*;
use schedule_expression::{Expression, Field, NeverFires, ParseError};
use support::{instant, runs, schedule};

/// The expressions that a message suggests: all but the one that it repeats after "Got".
fn suggested(message: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for kind in ["rate(", "cron(", "at("] {
        for (at, _) in message.match_indices(kind) {
            let text = &message[at..];
            let text = &text[..=text.find(')').unwrap()];
            let before = &message[..at];
            let is_a_word = before.chars().next_back().is_some_and(char::is_alphanumeric);
            if !is_a_word && !before.ends_with("Got ") && !before.ends_with("unit of ") && !text.contains("...") {
                found.push(text);
            }
        }
    }
    found
}

/// A good expression with this text in one field.
fn in_field(field: Field, text: &str) -> String {
    match field {
        Field::Minutes => format!("cron({text} 3 * * ? *)"),
        Field::Hours => format!("cron(0 {text} * * ? *)"),
        Field::DayOfMonth => format!("cron(0 3 {text} * ? *)"),
        Field::Month => format!("cron(0 3 * {text} ? *)"),
        Field::DayOfWeek => format!("cron(0 3 ? * {text} *)"),
        Field::Year => format!("cron(0 3 * * ? {text})"),
    }
}

/// The field's texts that an error suggests.
fn suggested_in_field(error: &ParseError) -> Vec<String> {
    let message = error.to_string();
    let examples = |field: Field| {
        let (_, examples) = message.split_once("Use, for example, ").unwrap();
        let examples = examples.trim_end_matches('.').replace(" or ", ", ");
        examples.split(", ").map(|text| in_field(field, text)).collect()
    };
    match error {
        ParseError::CronWord { field, .. }
        | ParseError::CronOutOfRange { field, .. }
        | ParseError::CronStep { field, .. } => examples(*field),
        ParseError::CronBackwardRange { field, instead, .. } | ParseError::CronNotAlone { field, instead, .. } => {
            vec![in_field(*field, instead)]
        }
        _ => Vec::new(),
    }
}

fn assert_advice_is_accepted(text: &str) {
    let Err(error) = text.parse::<Expression>() else { return };
    let message = error.to_string();
    let whole = suggested(&message).into_iter().map(str::to_owned);
    let all: Vec<String> = whole.chain(suggested_in_field(&error)).collect();
    for suggestion in all {
        let parsed: Result<Expression, _> = suggestion.parse();
        assert!(parsed.is_ok(), "{text}: {suggestion}: {parsed:?}\n{message}");
    }
}

/// What people write into a field, right or wrong, and what other crons take.
fn words() -> impl Strategy<Value = String> {
    let number = prop_oneof![0u16..8, 0u16..70, 1960u16..2210].prop_map(|number| number.to_string());
    let name = prop::sample::select(vec![
        "MON", "fri", "SUN", "JAN", "DEC", "FRIDAY", "L", "LW", "W", "15W", "32W", "6L", "6#3", "8#9", "x",
    ])
    .prop_map(str::to_owned);
    let item = prop_oneof![
        3 => Just("*".to_owned()),
        2 => Just("?".to_owned()),
        3 => number.clone(),
        2 => name.clone(),
        1 => (number.clone(), number.clone()).prop_map(|(a, b)| format!("{a}-{b}")),
        1 => (name.clone(), name).prop_map(|(a, b)| format!("{a}-{b}")),
        1 => (number.clone(), number.clone()).prop_map(|(a, b)| format!("{a}/{b}")),
        1 => (number.clone(), number.clone(), number).prop_map(|(a, b, c)| format!("{a}-{b}/{c}")),
    ];
    prop_oneof![
        4 => item.clone(),
        1 => prop::collection::vec(item, 2..4).prop_map(|items| items.join(",")),
    ]
}

/// Days of the week, 0 to 6 from Sunday, that a Unix crontab means by a list of numbers and ranges.
fn unix_days() -> impl Strategy<Value = (String, Vec<usize>)> {
    let item = (0usize..8, 0usize..8).prop_map(|(a, b)| (a.min(b), a.max(b)));
    prop::collection::vec(item, 1..4).prop_map(|items| {
        let text = |(first, last): &(usize, usize)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            }
        };
        let days = items
            .iter()
            .flat_map(|(first, last)| (*first..=*last).map(|day| day % 7))
            .collect();
        (items.iter().map(text).collect::<Vec<_>>().join(","), days)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_expression_that_an_error_suggests_is_one(fields in prop::collection::vec(words(), 4..8)) {
        assert_advice_is_accepted(&format!("cron({})", fields.join(" ")));
    }

    #[test]
    fn every_rate_that_an_error_suggests_is_one(
        value in prop_oneof![0u64..10, 0u64..10_000_000_000],
        unit in prop::sample::select(vec!["minute", "Hours", "h", "week", "weeks", "s", "months", "year", "hour", "x", ""]),
    ) {
        assert_advice_is_accepted(&format!("rate({value} {unit})"));
    }

    #[test]
    fn a_unix_crontab_becomes_the_same_days((text, days) in unix_days()) {
        let unix = format!("cron(30 4 * * {text})");
        let message = unix.parse::<Expression>().unwrap_err().to_string();
        let suggestions = suggested(&message);
        prop_assert_eq!(suggestions.len(), 1, "{}", message);
        let week = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
        let meant: Vec<&str> = week.iter().enumerate().filter(|(day, _)| days.contains(day)).map(|(_, name)| *name).collect();
        // 2030-06-02 is a Sunday.
        let seen: Vec<String> = runs(suggestions[0], "UTC", "2030-06-02T00:00:00Z", meant.len());
        let names: Vec<&str> = seen.iter().map(|run| &run[..3]).collect();
        prop_assert_eq!(names, meant, "{}", message);
        prop_assert!(seen.iter().all(|run| run.contains("T04:30")), "{:?}", seen);
    }
}

#[test]
fn expressions_of_other_crons_are_rewritten_to_what_they_mean() {
    for (typed, instead) in [
        ("cron(0 3 * * 1-5)", "cron(0 3 ? * MON-FRI *)"),
        ("cron(0 3 * * 0)", "cron(0 3 ? * SUN *)"),
        ("cron(0 3 * * 7)", "cron(0 3 ? * SUN *)"),
        ("cron(0 3 * * 5-7)", "cron(0 3 ? * SUN,FRI-SAT *)"),
        ("cron(0 3 * * */2)", "cron(0 3 ? * SUN,TUE,THU,SAT *)"),
        ("cron(0 3 * * mon-fri)", "cron(0 3 ? * MON-FRI *)"),
        ("cron(0 3 * * *)", "cron(0 3 * * ? *)"),
        ("cron(0 3 * * ?)", "cron(0 3 * * ? *)"),
        ("cron(0 3 ? * ?)", "cron(0 3 * * ? *)"),
        ("cron(0 3 ? * *)", "cron(0 3 * * ? *)"),
        ("cron(0 3 ? * 2-6)", "cron(0 3 ? * 2-6 *)"),
        ("cron(0 3 1 * *)", "cron(0 3 1 * ? *)"),
        ("cron(0 0 3 * * ?)", "cron(0 3 * * ? *)"),
        ("cron(0 0 3 * * * *)", "cron(0 3 * * ? *)"),
        ("cron(61 3 * * 1-5)", "cron(0 3 * * ? *)"),
    ] {
        let message = typed.parse::<Expression>().unwrap_err().to_string();
        assert_eq!(suggested(&message), [instead], "{typed}: {message}");
    }
    let message = "cron(0 3 1 * 1-5)".parse::<Expression>().unwrap_err().to_string();
    assert_eq!(
        suggested(&message),
        ["cron(0 3 1 * ? *)", "cron(0 3 ? * MON-FRI *)"],
        "{message}"
    );
}

#[test]
fn numbers_of_days_are_told_to_count_from_sunday() {
    for typed in ["cron(0 3 * * 1-5 *)", "cron(0 3 ? * 1-5)"] {
        let message = typed.parse::<Expression>().unwrap_err().to_string();
        assert!(message.contains("1 is Sunday"), "{typed}: {message}");
    }
}

#[test]
fn a_step_through_a_backward_range_is_rewritten_with_its_step() {
    for (typed, instead) in [
        ("cron(0 22-2/2 * * ? *)", "22,0,2"),
        ("cron(0 3 * * ? 2035-2030/2)", "2030-2035/2"),
        ("cron(0 3 28-3 * ? *)", "28-31,1-3"),
    ] {
        match typed.parse::<Expression>().unwrap_err() {
            ParseError::CronBackwardRange { instead: seen, .. } => assert_eq!(seen, instead, "{typed}"),
            other => panic!("{typed}: {other}"),
        }
    }
}

#[test]
fn a_start_after_the_last_year_is_told_as_one_and_not_as_a_year_that_is_over() {
    let now = instant("2026-05-01T00:00:00Z");
    let start = instant("2030-01-01T00:00:00Z");
    for (expression, last) in [
        ("cron(0 3 * * ? 2028)", "2028-12-31"),
        ("cron(0 3 1 6 ? 2026-2028)", "2028-06-01"),
    ] {
        let late = schedule(expression, "UTC").between(Some(start), None).unwrap();
        let never = late.never_fires(now).unwrap();
        let message = never.to_string();
        assert!(matches!(never, NeverFires::StartsAfter { .. }), "{message}");
        for part in ["2030-01-01T00:00:00Z", last, "earlier start"] {
            assert!(message.contains(part), "{part} is not in: {message}");
        }
        assert!(!message.contains("is in the past"), "{message}");
        for suggestion in suggested(&message) {
            let helped = schedule(suggestion, "UTC").between(Some(start), None).unwrap();
            assert_eq!(helped.never_fires(now), None, "{message}");
        }
    }
    let over = schedule("cron(0 3 * * ? 2020)", "UTC")
        .between(Some(start), None)
        .unwrap();
    assert!(
        over.never_fires(now)
            .unwrap()
            .to_string()
            .contains("2020 is in the past")
    );
}
