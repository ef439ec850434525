//! What is an expression, and what the errors say.

use schedule_expression::{Expression, Zone};

#[test]
fn expressions_are_shown_as_they_were_typed() {
    for text in [
        "rate(1 minute)",
        "rate(1 minutes)",
        "rate(5 minutes)",
        "rate(1 hour)",
        "rate(6 hours)",
        "rate(1 day)",
        "rate(7 days)",
        "cron(0 3 * * ? *)",
        "cron(0/15 8-17 ? JAN-MAR,dec mon-FRI 2030-2035)",
        "cron(15,45 0/6 L * ? *)",
        "cron(0 0 LW 1/3 ? 2030/2)",
        "cron(0 0 15W * ? *)",
        "cron(0 0 ? * 6L *)",
        "cron(0 0 ? * FRI#3 *)",
        "cron(*/10 1-5/2 1-31/7 * ? 1970-2199)",
        "cron(0 0 ? JUL WED,TUE *)",
        "at(2030-01-31T03:00:00)",
    ] {
        let parsed: Result<Expression, _> = text.parse();
        assert_eq!(parsed.map(|expression| expression.to_string()), Ok(text.to_owned()));
    }
}

#[test]
fn each_mistake_is_told_with_where_what_and_what_to_type() {
    let mut wrong = Vec::new();
    for (text, told) in [
        (
            "every 6 hours",
            &[
                "\"every 6 hours\"",
                "not a rate(...), cron(...) or at(...) expression",
                "rate(6 hours)",
            ][..],
        ),
        ("6 hours", &["not a rate"]),
        ("", &["not a rate"]),
        ("Rate(6 hours)", &["not a rate"]),
        (" rate(6 hours)", &["not a rate"]),
        ("rate(6 hours", &["not an expression in parentheses"]),
        ("rate(6 hours) ", &["not an expression in parentheses"]),
        ("rate((6 hours))", &["not an expression in parentheses"]),
        ("rate()", &["rate()", "a number and a unit"]),
        ("rate(6hours)", &["rate(6hours)", "a number and a unit"]),
        ("rate(0 hours)", &["\"0\"", "from 1 to"]),
        ("rate(-1 hours)", &["\"-1\"", "from 1 to"]),
        ("rate(+1 hour)", &["\"+1\"", "from 1 to"]),
        ("rate(1.5 hours)", &["\"1.5\"", "from 1 to"]),
        ("rate(99999999999 days)", &["\"99999999999\"", "from 1 to 999999999"]),
        ("rate(6 hrs)", &["unit of rate is \"hrs\"", "Use rate(6 hours)."]),
        ("rate(1 Hours)", &["\"Hours\"", "Use rate(1 hour)."]),
        ("rate(2 weeks)", &["\"weeks\"", "Use rate(14 days)."]),
        ("rate(30 seconds)", &["\"seconds\"", "shortest rate is a minute"]),
        ("rate(1 month)", &["\"month\"", "cron(0 3 1 * ? *)"]),
        ("rate(1 year)", &["\"year\"", "cron(0 3 1 1 ? *)"]),
        ("rate(3 fortnights)", &["\"fortnights\"", "not minutes, hours or days"]),
        ("rate(6 hour)", &["singular", "Use rate(6 hours)."]),
        ("at(2030-01-31)", &["at(2030-01-31)", "yyyy-mm-ddThh:mm:ss"]),
        ("at(2030-01-31T03:00:00Z)", &["no time zone"]),
        ("at(2030-01-31 03:00:00)", &["yyyy-mm-ddThh:mm:ss"]),
        ("at(2030-02-30T03:00:00)", &["at(2030-02-30T03:00:00)", "no such date"]),
        ("at(2030-01-31T24:00:00)", &["no such time"]),
        ("at(2030-01-31T03:00:60)", &["seconds 00 to 59"]),
        (
            "cron(0 3 * * *)",
            &["with 5 fields instead of 6", "Use cron(0 3 * * ? *)."],
        ),
        ("cron(0 3 * * 1-5)", &["with 5 fields", "Use cron(0 3 ? * MON-FRI *)"]),
        ("cron(0 0 3 * * ? *)", &["with 7 fields", "Use cron(0 3 * * ? *)."]),
        ("cron()", &["with 0 fields", "cron(0 3 * * ? *)"]),
        ("cron(60 3 * * ? *)", &["minutes field", "\"60\"", "0 to 59"]),
        ("cron(0 24 * * ? *)", &["hours field", "\"24\"", "0 to 23"]),
        ("cron(0 3 0 * ? *)", &["day-of-month field", "\"0\"", "1 to 31"]),
        ("cron(0 3 32 * ? *)", &["day-of-month field", "\"32\""]),
        ("cron(0 3 1 13 ? *)", &["month field", "\"13\"", "JAN to DEC"]),
        ("cron(0 3 ? * 0 *)", &["day-of-week field", "\"0\"", "Sunday is 1"]),
        ("cron(0 3 * * ? 1969)", &["year field", "\"1969\"", "1970 to 2199"]),
        ("cron(0 3 * * ? 2200)", &["year field", "\"2200\""]),
        ("cron(0 3 * * ? 99999999)", &["year field", "\"99999999\""]),
        (
            "cron(x 3 * * ? *)",
            &["minutes field", "\"x\"", "a number, a range, a list or a step"],
        ),
        ("cron(0, 3 * * ? *)", &["minutes field", "\"\""]),
        ("cron(0 -3 * * ? *)", &["hours field", "\"\""]),
        ("cron(0 3 1 JANUARY ? *)", &["month field", "\"JANUARY\""]),
        ("cron(0 3 ? * FRIDAY *)", &["day-of-week field", "\"FRIDAY\""]),
        (
            "cron(0 22-2 * * ? *)",
            &["hours field", "\"22-2\"", "backwards", "Use 22-23,0-2."],
        ),
        ("cron(0 23-0 * * ? *)", &["backwards", "Use 23,0."]),
        (
            "cron(0 3 ? * FRI-MON *)",
            &["day-of-week", "backwards", "Use FRI-SAT,SUN-MON."],
        ),
        (
            "cron(0 3 * * ? 2035-2030)",
            &["year field", "backwards", "Use 2030-2035."],
        ),
        (
            "cron(0/0 3 * * ? *)",
            &["minutes field", "step \"0/0\"", "1 to 59", "0/15"],
        ),
        ("cron(0/60 3 * * ? *)", &["step \"0/60\"", "1 to 59"]),
        ("cron(0/ 3 * * ? *)", &["step \"0/\""]),
        ("cron(/5 3 * * ? *)", &["minutes field", "\"\""]),
        ("cron(0/5/5 3 * * ? *)", &["step \"0/5/5\""]),
        (
            "cron(0 3 ? * 2/2 *)",
            &["day-of-week field", "does not support /", "2,4,6"],
        ),
        ("cron(? 3 * * ? *)", &["minutes field", "does not support ?", "Use *"]),
        ("cron(0 3 * * ? L)", &["year field", "does not support L"]),
        (
            "cron(0 3 ? * 2W *)",
            &["day-of-week field", "does not support W", "15W"],
        ),
        (
            "cron(0 3 6#3 * ? *)",
            &["day-of-month field", "does not support #", "day-of-week"],
        ),
        ("cron(0 3 6L * ? *)", &["day-of-month field", "\"6L\"", "L alone"]),
        ("cron(0 3 L-3 * ? *)", &["day-of-month field", "\"L-3\"", "L alone"]),
        ("cron(0 3 32W * ? *)", &["day-of-month field", "\"32\""]),
        ("cron(0 3 W * ? *)", &["day-of-month field", "\"\""]),
        (
            "cron(0 3 1,15W * ? *)",
            &["day-of-month field", "W must be alone", "Use 15W"],
        ),
        ("cron(0 3 1,L * ? *)", &["L must be alone", "Use L"]),
        ("cron(0 3 1,? * 2 *)", &["\"1,?\"", "? must be alone", "Use 1,"]),
        ("cron(0 3 1,32W * ? *)", &["day-of-month field", "\"32\""]),
        ("cron(0 0 3 * * ?)", &["seconds", "Use cron(0 3 * * ? *)."]),
        ("cron(0 0 3 ? * MON-FRI)", &["seconds", "Use cron(0 3 ? * MON-FRI *)."]),
        (
            "cron(0 3 ? * 3#1,6#3 *)",
            &["day-of-week field", "# must be alone", "Use 3#1"],
        ),
        ("cron(0 3 ? * 2,6L *)", &["L must be alone", "Use 6L"]),
        ("cron(0 3 ? * 6#6 *)", &["\"6#6\"", "1 to 5"]),
        ("cron(0 3 ? * 6#0 *)", &["\"6#0\"", "1 to 5"]),
        ("cron(0 3 ? * 8L *)", &["\"8\"", "1 to 7"]),
        (
            "cron(0 3 * * * *)",
            &["one of the two fields must be ?", "Use cron(0 3 * * ? *)."],
        ),
        (
            "cron(0 3 * * 2 *)",
            &[
                "one of the two fields must be ?",
                "Use cron(0 3 ? * 2 *), where 1 is Sunday",
            ],
        ),
        (
            "cron(0 3 1 * 2 *)",
            &["Use cron(0 3 1 * ? *) or cron(0 3 ? * 2 *), where"],
        ),
        ("cron(0 3 ? * ? *)", &["names no day", "Use cron(0 3 * * ? *)"]),
    ] {
        let error = text.parse::<Expression>().expect_err(text).to_string();
        for part in told {
            if !error.contains(part) {
                wrong.push(format!("{text}: {part} is not in: {error}"));
            }
        }
        let advice = ["Use ", "Use, ", "use ", "List ", "It is for ", "After #"];
        if !advice.iter().any(|advice| error.contains(advice)) {
            wrong.push(format!("{text}: no advice in: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_time_zone_is_an_iana_name_and_the_nearest_are_offered() {
    for name in [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Etc/GMT+5",
        "Asia/Kolkata",
    ] {
        assert_eq!(Zone::parse(name).as_ref().map(Zone::name), Ok(name));
    }
    for (name, told) in [
        ("europe/berlin", "Use Europe/Berlin."),
        ("Berlin", "Use Europe/Berlin."),
        ("Germany/Berlin", "Use Europe/Berlin."),
        ("New York", "Use America/New_York."),
        ("Lord_", "Use Australia/Lord_Howe."),
        ("UTC+2", "Use a name such as UTC or Europe/Berlin."),
        ("CEST", "Use a name such as UTC or Europe/Berlin."),
        ("", "Use a name such as UTC or Europe/Berlin."),
    ] {
        let error = Zone::parse(name).expect_err(name).to_string();
        assert!(
            error.contains(told) && error.contains(&format!("{name:?}")),
            "{name}: {error}"
        );
    }
}
