//! Runs by example.

mod support;

use jiff::SignedDuration;
use schedule_expression::{Expression, Schedule};
use support::{instant, runs, schedule};

#[test]
fn a_rate_runs_at_once_and_then_after_each_interval() {
    for (rate, zone, expected) in [
        (
            "rate(5 minutes)",
            "UTC",
            ["Sun 2030-03-31T00:00 +00:00", "Sun 2030-03-31T00:05 +00:00"],
        ),
        (
            "rate(6 hours)",
            "UTC",
            ["Sun 2030-03-31T00:00 +00:00", "Sun 2030-03-31T06:00 +00:00"],
        ),
        // A day is 24 hours also where the clocks are put forward.
        (
            "rate(1 day)",
            "Europe/Berlin",
            ["Sun 2030-03-31T01:00 +01:00", "Mon 2030-04-01T02:00 +02:00"],
        ),
    ] {
        assert_eq!(runs(rate, zone, "2030-03-31T00:00:00Z", 2), expected, "{rate}");
    }
}

#[test]
fn a_rate_with_a_start_date_counts_from_it() {
    let from = |start: &str, from: &str| -> Vec<String> {
        let schedule = schedule("rate(6 hours)", "UTC")
            .between(Some(instant(start)), None)
            .expect("no end");
        schedule
            .runs(instant(from))
            .take(2)
            .map(|run| run.to_string())
            .collect()
    };
    let start = "2030-01-01T01:30:00Z";
    assert_eq!(
        from(start, "2029-12-24T00:00:00Z"),
        ["2030-01-01T01:30:00Z", "2030-01-01T07:30:00Z"]
    );
    assert_eq!(
        from(start, "2030-01-01T01:30:00Z"),
        ["2030-01-01T01:30:00Z", "2030-01-01T07:30:00Z"]
    );
    assert_eq!(
        from(start, "2030-01-01T01:30:01Z"),
        ["2030-01-01T07:30:00Z", "2030-01-01T13:30:00Z"]
    );
    assert_eq!(
        from(start, "2031-01-01T00:00:00Z"),
        ["2031-01-01T01:30:00Z", "2031-01-01T07:30:00Z"]
    );
}

#[test]
fn cron_fields_mean_what_the_documentation_says() {
    let from = "2030-01-01T00:00:00Z"; // a Tuesday
    for (cron, expected) in [
        // Every day at one time, every quarter of an hour, every ten minutes on weekdays, in office hours.
        (
            "cron(0 10 * * ? *)",
            &["Tue 2030-01-01T10:00", "Wed 2030-01-02T10:00"][..],
        ),
        ("cron(15 12 * * ? *)", &["Tue 2030-01-01T12:15", "Wed 2030-01-02T12:15"]),
        (
            "cron(0/15 * * * ? *)",
            &["Tue 2030-01-01T00:00", "Tue 2030-01-01T00:15", "Tue 2030-01-01T00:30"],
        ),
        (
            "cron(0/10 * ? * MON-FRI *)",
            &["Tue 2030-01-01T00:00", "Tue 2030-01-01T00:10"],
        ),
        (
            "cron(0/5 8-17 ? * MON-FRI *)",
            &["Tue 2030-01-01T08:00", "Tue 2030-01-01T08:05"],
        ),
        (
            "cron(0/30 20-23 ? * MON-FRI *)",
            &["Tue 2030-01-01T20:00", "Tue 2030-01-01T20:30", "Tue 2030-01-01T21:00"],
        ),
        // Weekday evenings, the first of each month.
        (
            "cron(0 18 ? * MON-FRI *)",
            &[
                "Tue 2030-01-01T18:00",
                "Wed 2030-01-02T18:00",
                "Thu 2030-01-03T18:00",
                "Fri 2030-01-04T18:00",
                "Mon 2030-01-07T18:00",
            ],
        ),
        ("cron(0 8 1 * ? *)", &["Tue 2030-01-01T08:00", "Fri 2030-02-01T08:00"]),
        // The last Friday of the month in some years, the last Tuesday, Saturday as the last day of the week.
        (
            "cron(15 10 ? * 6L 2030-2031)",
            &["Fri 2030-01-25T10:15", "Fri 2030-02-22T10:15", "Fri 2030-03-29T10:15"],
        ),
        (
            "cron(0 4 ? * TUEL *)",
            &["Tue 2030-01-29T04:00", "Tue 2030-02-26T04:00"],
        ),
        ("cron(0 4 ? * L *)", &["Sat 2030-01-05T04:00", "Sat 2030-01-12T04:00"]),
        // The second Tuesday; a fifth Friday is not in every month.
        ("cron(0 4 ? * 3#2 *)", &["Tue 2030-01-08T04:00", "Tue 2030-02-12T04:00"]),
        (
            "cron(0 4 ? * 6#5 *)",
            &["Fri 2030-03-29T04:00", "Fri 2030-05-31T04:00", "Fri 2030-08-30T04:00"],
        ),
        // The weekday nearest to a day, which stays within the month.
        (
            "cron(0 4 3W * ? *)",
            &["Thu 2030-01-03T04:00", "Mon 2030-02-04T04:00", "Mon 2030-03-04T04:00"],
        ),
        (
            "cron(0 4 15W * ? *)",
            &[
                "Tue 2030-01-15T04:00",
                "Fri 2030-02-15T04:00",
                "Fri 2030-03-15T04:00",
                "Mon 2030-04-15T04:00",
                "Wed 2030-05-15T04:00",
                "Fri 2030-06-14T04:00",
            ],
        ),
        (
            "cron(0 4 1W 6,9 ? *)",
            &["Mon 2030-06-03T04:00", "Mon 2030-09-02T04:00"],
        ),
        (
            "cron(0 4 31W 3,8 ? *)",
            &["Fri 2030-03-29T04:00", "Fri 2030-08-30T04:00"],
        ),
        (
            "cron(0 4 31W 4-8 ? *)",
            &["Fri 2030-05-31T04:00", "Wed 2030-07-31T04:00", "Fri 2030-08-30T04:00"],
        ),
        // The last day and the last weekday.
        (
            "cron(0 4 L * ? *)",
            &["Thu 2030-01-31T04:00", "Thu 2030-02-28T04:00", "Sun 2030-03-31T04:00"],
        ),
        (
            "cron(0 4 LW * ? *)",
            &["Thu 2030-01-31T04:00", "Thu 2030-02-28T04:00", "Fri 2030-03-29T04:00"],
        ),
        // Steps continue to the end of the field, or of the range.
        (
            "cron(1/10 0 1 1 ? 2030)",
            &[
                "Tue 2030-01-01T00:01",
                "Tue 2030-01-01T00:11",
                "Tue 2030-01-01T00:21",
                "Tue 2030-01-01T00:31",
                "Tue 2030-01-01T00:41",
                "Tue 2030-01-01T00:51",
            ],
        ),
        (
            "cron(0 1-5/2 1 1 ? 2030)",
            &["Tue 2030-01-01T01:00", "Tue 2030-01-01T03:00", "Tue 2030-01-01T05:00"],
        ),
        (
            "cron(0 0 1 */5 ? 2030)",
            &["Tue 2030-01-01T00:00", "Sat 2030-06-01T00:00", "Fri 2030-11-01T00:00"],
        ),
        (
            "cron(0 0 1 1 ? 2030/50)",
            &[
                "Tue 2030-01-01T00:00",
                "Mon 2080-01-01T00:00",
                "Sun 2130-01-01T00:00",
                "Sat 2180-01-01T00:00",
            ],
        ),
        ("cron(0 0 1 1 ? 1970-2029)", &[]),
    ] {
        let expected: Vec<String> = expected.iter().map(|run| format!("{run} +00:00")).collect();
        assert_eq!(runs(cron, "UTC", from, expected.len().max(1)), expected, "{cron}");
    }
}

#[test]
fn the_29th_of_february_is_in_leap_years_only_and_not_in_2100() {
    assert_eq!(
        runs("cron(0 3 29 2 ? *)", "UTC", "2090-01-01T00:00:00Z", 3),
        [
            "Fri 2092-02-29T03:00 +00:00",
            "Wed 2096-02-29T03:00 +00:00",
            "Fri 2104-02-29T03:00 +00:00"
        ]
    );
    assert_eq!(
        runs("cron(0 3 L 2 ? *)", "UTC", "2027-01-01T00:00:00Z", 2),
        ["Sun 2027-02-28T03:00 +00:00", "Tue 2028-02-29T03:00 +00:00"]
    );
}

#[test]
fn a_local_time_that_the_clocks_skip_does_not_run() {
    for (cron, zone, from, expected) in [
        // Berlin: 02:00 to 03:00 on 31 March 2030 is not there.
        (
            "cron(30 2 * * ? *)",
            "Europe/Berlin",
            "2030-03-29T23:00:00Z",
            &["Sat 2030-03-30T02:30 +01:00", "Mon 2030-04-01T02:30 +02:00"][..],
        ),
        (
            "cron(0/30 1-3 31 3 ? 2030)",
            "Europe/Berlin",
            "2030-03-31T00:00:00Z",
            &[
                "Sun 2030-03-31T01:00 +01:00",
                "Sun 2030-03-31T01:30 +01:00",
                "Sun 2030-03-31T03:00 +02:00",
                "Sun 2030-03-31T03:30 +02:00",
            ],
        ),
        // New York: 02:00 to 03:00 on 10 March 2030.
        (
            "cron(0 2 * * ? *)",
            "America/New_York",
            "2030-03-09T05:00:00Z",
            &["Sat 2030-03-09T02:00 -05:00", "Mon 2030-03-11T02:00 -04:00"],
        ),
        (
            "cron(0 3 * * ? *)",
            "America/New_York",
            "2030-03-09T05:00:00Z",
            &["Sat 2030-03-09T03:00 -05:00", "Sun 2030-03-10T03:00 -04:00"],
        ),
        // Lord Howe moves by half an hour: 02:00 to 02:30 on 6 October 2030.
        (
            "cron(0/15 2 6 10 ? 2030)",
            "Australia/Lord_Howe",
            "2030-10-01T00:00:00Z",
            &["Sun 2030-10-06T02:30 +11:00", "Sun 2030-10-06T02:45 +11:00"],
        ),
        // Samoa left out a whole day.
        (
            "cron(0 12 * * ? *)",
            "Pacific/Apia",
            "2011-12-29T10:00:00Z",
            &["Thu 2011-12-29T12:00 -10:00", "Sat 2011-12-31T12:00 +14:00"],
        ),
    ] {
        assert_eq!(runs(cron, zone, from, expected.len()), expected, "{cron} in {zone}");
    }
}

#[test]
fn a_local_time_that_the_clocks_repeat_runs_once_at_its_first() {
    for (cron, zone, from, expected) in [
        // Berlin: 02:00 to 03:00 on 27 October 2030 comes twice.
        (
            "cron(30 2 * * ? *)",
            "Europe/Berlin",
            "2030-10-26T22:00:00Z",
            &["Sun 2030-10-27T02:30 +02:00", "Mon 2030-10-28T02:30 +01:00"][..],
        ),
        (
            "cron(0/30 1-3 27 10 ? 2030)",
            "Europe/Berlin",
            "2030-10-26T00:00:00Z",
            &[
                "Sun 2030-10-27T01:00 +02:00",
                "Sun 2030-10-27T01:30 +02:00",
                "Sun 2030-10-27T02:00 +02:00",
                "Sun 2030-10-27T02:30 +02:00",
                "Sun 2030-10-27T03:00 +01:00",
                "Sun 2030-10-27T03:30 +01:00",
            ],
        ),
        // Within the second of the two hours, the run is in the past.
        (
            "cron(30 2 * * ? *)",
            "Europe/Berlin",
            "2030-10-27T01:10:00Z",
            &["Mon 2030-10-28T02:30 +01:00"],
        ),
        // New York: 01:00 to 02:00 on 3 November 2030.
        (
            "cron(0 1 * * ? *)",
            "America/New_York",
            "2030-11-03T04:00:00Z",
            &["Sun 2030-11-03T01:00 -04:00", "Mon 2030-11-04T01:00 -05:00"],
        ),
        // Lord Howe: 01:30 to 02:00 on 7 April 2030.
        (
            "cron(0/15 1-2 7 4 ? 2030)",
            "Australia/Lord_Howe",
            "2030-04-01T00:00:00Z",
            &[
                "Sun 2030-04-07T01:00 +11:00",
                "Sun 2030-04-07T01:15 +11:00",
                "Sun 2030-04-07T01:30 +11:00",
                "Sun 2030-04-07T01:45 +11:00",
                "Sun 2030-04-07T02:00 +10:30",
                "Sun 2030-04-07T02:15 +10:30",
            ],
        ),
    ] {
        assert_eq!(runs(cron, zone, from, expected.len()), expected, "{cron} in {zone}");
    }
}

#[test]
fn at_runs_once_in_its_zone_and_knows_no_start_or_end() {
    assert_eq!(
        runs("at(2030-01-31T03:00:00)", "America/New_York", "2030-01-01T00:00:00Z", 5),
        ["Thu 2030-01-31T03:00 -05:00"]
    );
    assert_eq!(
        runs("at(2030-01-31T03:00:00)", "UTC", "2030-01-31T03:00:00Z", 5).len(),
        1
    );
    assert_eq!(
        runs("at(2030-01-31T03:00:00)", "UTC", "2030-01-31T03:00:01Z", 5).len(),
        0
    );
    assert_eq!(
        runs("at(2030-03-31T02:30:00)", "Europe/Berlin", "2030-01-01T00:00:00Z", 5).len(),
        0
    );
    let bounded = schedule("at(2030-01-31T03:00:00)", "UTC").between(Some(instant("2031-01-01T00:00:00Z")), None);
    assert_eq!(
        bounded.expect("no end").runs(instant("2030-01-01T00:00:00Z")).count(),
        1
    );
}

#[test]
fn start_and_end_are_the_first_and_last_instants_it_may_run() {
    let bounded = |expression: &str, start: Option<&str>, end: Option<&str>| -> Result<Schedule, _> {
        schedule(expression, "UTC").between(start.map(instant), end.map(instant))
    };
    let all = |schedule: &Schedule| -> Vec<String> {
        schedule
            .runs(instant("2030-01-01T00:00:00Z"))
            .take(9)
            .map(|run| run.to_string())
            .collect()
    };
    let days = bounded(
        "cron(0 3 * * ? *)",
        Some("2030-01-02T03:00:00Z"),
        Some("2030-01-04T03:00:00Z"),
    )
    .expect("in order");
    assert_eq!(
        all(&days),
        ["2030-01-02T03:00:00Z", "2030-01-03T03:00:00Z", "2030-01-04T03:00:00Z"]
    );
    let rate = bounded(
        "rate(1 day)",
        Some("2030-01-02T04:00:00Z"),
        Some("2030-01-04T03:00:00Z"),
    )
    .expect("in order");
    assert_eq!(all(&rate), ["2030-01-02T04:00:00Z", "2030-01-03T04:00:00Z"]);
    let same = "2030-01-02T03:00:00Z";
    let error = bounded("rate(1 day)", Some(same), Some(same))
        .expect_err("nothing between")
        .to_string();
    assert!(error.contains(same), "{error}");
}

#[test]
fn the_intervals_over_years_are_the_shortest_and_the_longest() {
    let hours = SignedDuration::from_hours;
    for (expression, zone, shortest, longest) in [
        ("rate(6 hours)", "UTC", hours(6), hours(6)),
        ("cron(0 0/6 * * ? *)", "UTC", hours(6), hours(6)),
        ("cron(0 3 * * ? *)", "UTC", hours(24), hours(24)),
        // The two changes of the clocks are a day of 23 and one of 25 hours.
        ("cron(0 4 * * ? *)", "Europe/Berlin", hours(23), hours(25)),
        ("cron(0 0/6 * * ? *)", "Europe/Berlin", hours(5), hours(7)),
        // 02:30 is left out in spring: two days less an hour.
        ("cron(30 2 * * ? *)", "Europe/Berlin", hours(24), hours(47)),
        (
            "cron(* * * * ? *)",
            "America/New_York",
            SignedDuration::from_mins(1),
            SignedDuration::from_mins(61),
        ),
        ("cron(0 3 ? * MON-FRI *)", "UTC", hours(24), hours(72)),
        ("cron(0 3 L * ? *)", "UTC", hours(24 * 28), hours(24 * 31)),
        ("cron(0 3 29 2 ? *)", "UTC", hours(24 * 1461), hours(24 * 1461)),
        ("cron(0 3,4 1 1 ? 2031)", "UTC", hours(1), hours(1)),
    ] {
        let found =
            schedule(expression, zone).intervals(instant("2030-01-01T00:00:00Z"), instant("2040-01-01T00:00:00Z"));
        let found = found.expect(expression);
        assert_eq!(
            (found.shortest, found.longest),
            (shortest, longest),
            "{expression} in {zone}"
        );
    }
    for once in [
        "at(2031-01-01T00:00:00)",
        "cron(0 3 1 1 ? 2031)",
        "cron(0 3 31 2 ? *)",
        "rate(9999 days)",
    ] {
        let found = schedule(once, "UTC").intervals(instant("2030-01-01T00:00:00Z"), instant("2040-01-01T00:00:00Z"));
        assert_eq!(found, None, "{once}");
    }
}

#[test]
fn a_schedule_that_never_fires_says_why_and_what_to_type() {
    let now = instant("2030-06-15T12:00:00.5Z");
    for (expression, zone, told) in [
        (
            "cron(0 3 31 2 ? *)",
            "UTC",
            &["cron(0 3 31 2 ? *)", "February has no 31st", "Use cron(0 3 L 2 ? *)"][..],
        ),
        (
            "cron(0 3 30,31 FEB ? *)",
            "UTC",
            &["February has none of the days 30,31", "Use cron(0 3 L FEB ? *)"],
        ),
        ("cron(0 3 31 4,6 ? *)", "UTC", &["April or June has no 31st"]),
        (
            "cron(0 3 31W 4 ? *)",
            "UTC",
            &["April has no 31st", "Use cron(0 3 LW 4 ? *)"],
        ),
        (
            "cron(0 3 29 2 ? 2031)",
            "UTC",
            &["February has no 29th in 2031", "Use cron(0 3 L 2 ? 2031)"],
        ),
        (
            "cron(0 3 ? 2 6#5 2031)",
            "UTC",
            &[
                "February of 2031 has day 6 only four times",
                "Use cron(0 3 ? 2 6L 2031)",
            ],
        ),
        (
            "cron(0 3 * * ? 2029)",
            "UTC",
            &["last year 2029 is in the past", "Use cron(0 3 * * ? *)"],
        ),
        (
            "cron(0 3 * 1 ? 2030)",
            "UTC",
            &["last date 2030-01-31 is in the past", "Use cron(0 3 * 1 ? *)"],
        ),
        ("cron(0 3 15 6 ? 2030)", "UTC", &["last date 2030-06-15 is in the past"]),
        (
            "cron(30 2 30 3 ? 2031)",
            "Europe/Berlin",
            &["2031-03-30T02:30:00", "skipped in Europe/Berlin", "another hour"],
        ),
        (
            "at(2030-06-15T11:59:59)",
            "UTC",
            &["at(2030-06-15T11:59:59)", "in the past", "there is 2030-06-15T12:00:00"],
        ),
        (
            "at(2030-06-15T13:00:00)",
            "Europe/Berlin",
            &["in the past", "there is 2030-06-15T14:00:00"],
        ),
        (
            "at(2031-03-30T02:30:00)",
            "Europe/Berlin",
            &["does not exist in Europe/Berlin"],
        ),
    ] {
        let never = schedule(expression, zone)
            .never_fires(now)
            .expect(expression)
            .to_string();
        for part in told {
            assert!(never.contains(part), "{expression}: {part} is not in: {never}");
        }
        for suggestion in never.split("Use ").skip(1).filter(|rest| rest.starts_with("cron(")) {
            let end = suggestion.find(')').expect("closed");
            let suggested = schedule(&suggestion[..=end], zone);
            assert_eq!(
                suggested.never_fires(now),
                None,
                "{expression}: the advice does not help: {never}"
            );
        }
    }
    let ends = schedule("cron(0 3 1 7 ? *)", "UTC")
        .between(None, Some(instant("2030-06-30T00:00:00Z")))
        .expect("no start");
    let never = ends.never_fires(now).expect("ends before").to_string();
    assert!(
        never.contains("2030-06-30T00:00:00Z") && never.contains("2030-07-01T03:00:00Z"),
        "{never}"
    );
    let over = schedule("rate(1 day)", "UTC")
        .between(None, Some(instant("2030-06-14T00:00:00Z")))
        .expect("no start");
    assert!(over.never_fires(now).expect("over").to_string().contains("later end"));
    for fires in ["rate(1 minute)", "cron(0 3 29 2 ? *)", "at(2030-06-15T12:00:01)"] {
        let fires: Expression = fires.parse().expect(fires);
        assert_eq!(
            Schedule::new(fires, schedule("rate(1 day)", "UTC").zone().clone()).never_fires(now),
            None
        );
    }
}
