//! What a profile has to be beyond what its schema can say.

use std::time::SystemTime;

use api_kit::{Kind, Marks, Problem, has_hidden};
use jiff::civil::{Date, date};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde_json::Value;

/// Our choice: the last person who was known to be born before it died in 2017.
const EARLIEST_BIRTH: Date = date(1900, 1, 1);

/// Checks a whole profile, as it would be kept.
pub(crate) fn check(profile: &Value, now: SystemTime) -> Result<(), Problem> {
    let errors = api_kit::violations("Profile", profile);
    if !errors.is_empty() {
        let mut problem = Problem::new(Kind::InvalidBody).detail("The profile would be invalid after this change.");
        problem.errors = errors;
        return Err(problem);
    }
    let mut problem = Problem::new(Kind::Unprocessable);
    for (pointer, text) in texts(profile) {
        if let Some(wrong) = wrong_with(text) {
            problem = problem.error(pointer, wrong);
        }
    }
    if let Some(text) = profile.get("birth_date").and_then(Value::as_str)
        && let Some(wrong) = wrong_with_birth(text, today(now)?)
    {
        problem = problem.error("/birth_date", wrong);
    }
    if let Some(name) = profile.get("time_zone").and_then(Value::as_str)
        && !is_time_zone(name)
    {
        problem = problem.error(
            "/time_zone",
            "must be a name of the IANA time zone database, for example Asia/Tokyo",
        );
    }
    if problem.errors.is_empty() {
        return Ok(());
    }
    Err(problem)
}

/// What people write themselves, by JSON pointers.
fn texts(profile: &Value) -> Vec<(String, &str)> {
    let mut texts = Vec::new();
    let mut push = |pointer: String| {
        if let Some(text) = profile.pointer(&pointer).and_then(Value::as_str) {
            texts.push((pointer, text));
        }
    };
    push("/name".to_owned());
    let lines = profile.pointer("/address/lines").and_then(Value::as_array);
    for number in 0..lines.map_or(0, Vec::len) {
        push(format!("/address/lines/{number}"));
    }
    for name in ["city", "region", "postal_code"] {
        push(format!("/address/{name}"));
    }
    texts
}

/// It is kept as it came or not at all: a text that is mended without a word is not what its user confirmed.
fn wrong_with(text: &str) -> Option<&'static str> {
    if text.trim() != text {
        return Some("must not begin or end with a space");
    }
    if text.chars().any(|c| c.is_control() || is_line_break(c)) {
        return Some("must be one line without control characters");
    }
    if text.chars().any(reorders) {
        return Some("must not contain characters that change the text direction");
    }
    has_hidden(text, Marks::Taken).then_some("must not contain invisible characters")
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// Embeddings, overrides and isolates of Unicode's bidirectional algorithm, which make the displayed text differ from the stored text. Its
/// three marks stay: they do not change the order.
fn reorders(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn wrong_with_birth(text: &str, today: Date) -> Option<&'static str> {
    let Ok(birth) = text.parse::<Date>() else {
        return Some("must be a calendar date in the form year-month-day");
    };
    if birth < EARLIEST_BIRTH {
        return Some("must be 1900-01-01 or later");
    }
    (birth >= today).then_some("must be in the past")
}

/// As UTC has it: who is ahead of it may have to wait some hours.
fn today(now: SystemTime) -> Result<Date, Problem> {
    let now = jiff::Timestamp::try_from(now);
    let now = now.map_err(|_| Problem::new(Kind::Internal).cause("the clock is out of range"))?;
    Ok(now.to_zoned(TimeZone::UTC).date())
}

/// By the database that is compiled in. It finds names in any case; only the one in which they are written is kept.
fn is_time_zone(name: &str) -> bool {
    let zone = TimeZoneDatabase::bundled().get(name);
    zone.is_ok_and(|zone| zone.iana_name() == Some(name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::time::{Duration, UNIX_EPOCH};

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// 2026-11-25, 00:30 UTC.
    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_795_566_600)
    }

    fn refused(profile: &Value) -> Option<(Kind, Vec<String>)> {
        let problem = check(profile, now()).err()?;
        let fields = problem.errors.into_iter().map(|error| error.field);
        Some((problem.kind, fields.collect()))
    }

    #[test]
    fn names_and_addresses_of_all_the_world_pass() {
        for name in [
            "Ada",
            "Søren Kierkegård",
            "김민준",
            "محمد\u{200f} 7",
            "דוד",
            "O’Brien-Smith, Jr.",
            "🙂",
            "i\u{307}",
            "علی\u{200c}رضا",
            "👩\u{200d}🏫",
            "❤\u{fe0f}",
            "葛\u{e0100}城",
        ] {
            let address = json!({ "lines": [name, "12/3"], "city": name, "region": name, "postal_code": "SW1A 2AA", "country": "GB" });
            assert_eq!(refused(&json!({ "name": name, "address": address })), None, "{name}");
        }
    }

    #[test]
    fn a_text_that_shows_something_else_than_it_is_does_not_pass() {
        for text in [
            " Ada",
            "Ada ",
            "Ada\u{a0}",
            "\u{3000}Ada",
            "   ",
            "A\u{0}da",
            "A\nda",
            "A\r\nda",
            "A\tda",
            "A\u{7f}da",
            "A\u{85}da",
            "A\u{2028}da",
            "A\u{1b}[31mda",
            "A\u{202e}da",
            "\u{202d}Ada\u{202c}",
            "\u{2066}Ada\u{2069}",
            "A\u{2067}da",
            "\u{200b}",
            "\u{200f}",
            "A\u{200b}da",
            "\u{3164}",
            "A\u{ffa0}da",
            "\u{2800}",
            "\u{200d}",
        ] {
            let errors = refused(&json!({ "name": text }));
            assert_eq!(
                errors,
                Some((Kind::Unprocessable, vec!["/name".to_owned()])),
                "{text:?}"
            );
            let address = json!({ "lines": ["a", text], "city": text, "region": text, "country": "GB" });
            let pointers = ["/address/lines/1", "/address/city", "/address/region"].map(str::to_owned);
            assert_eq!(
                refused(&json!({ "address": address })),
                Some((Kind::Unprocessable, pointers.into())),
                "{text:?}"
            );
        }
    }

    #[test]
    fn somebody_was_born_on_a_day_that_was() {
        for (day, wrong) in [
            ("1900-01-01", None),
            ("2000-02-29", None),
            ("2026-11-24", None),
            ("2026-11-25", Some("must be in the past")),
            ("2026-11-26", Some("must be in the past")),
            ("9999-12-31", Some("must be in the past")),
            ("1899-12-31", Some("must be 1900-01-01 or later")),
            ("0001-01-01", Some("must be 1900-01-01 or later")),
            ("2001-02-29", Some("must be a calendar date in the form year-month-day")),
            ("2001-00-10", Some("must be a calendar date in the form year-month-day")),
            ("2001-13-10", Some("must be a calendar date in the form year-month-day")),
            ("2001-04-31", Some("must be a calendar date in the form year-month-day")),
        ] {
            let problem = check(&json!({ "birth_date": day }), now()).err();
            let message = problem.as_ref().map(|problem| problem.errors[0].message.as_str());
            assert_eq!(message, wrong, "{day}");
        }
    }

    #[test]
    fn a_time_zone_is_one_that_is_known() {
        for (name, known) in [
            ("Asia/Tokyo", true),
            ("America/Argentina/Buenos_Aires", true),
            ("Etc/GMT+5", true),
            ("UTC", true),
            ("Asia/Calcutta", true),
            ("asia/tokyo", false),
            ("Asia/Tokio", false),
            ("Mars/Olympus_Mons", false),
            ("GMT+25", false),
        ] {
            let expected = (!known).then(|| (Kind::Unprocessable, vec!["/time_zone".to_owned()]));
            assert_eq!(refused(&json!({ "time_zone": name })), expected, "{name}");
        }
    }

    #[test]
    fn an_address_that_lost_a_part_it_needs_is_none() {
        let address = json!({ "lines": ["a"], "country": "GB" });
        assert_eq!(
            refused(&json!({ "address": address })),
            Some((Kind::InvalidBody, vec!["/address".to_owned()]))
        );
    }

    proptest! {
        /// Whatever is around it, what somebody wrote is not in the words about it.
        #[test]
        fn no_message_quotes_what_it_is_about(before in "[a-z\u{202e}\n ]{0,10}", after in "[a-z\u{202e}\n ]{0,10}") {
            let needle = "zq7xk";
            let text = format!("{before}{needle}{after}");
            let address = json!({ "lines": [&text], "city": &text, "postal_code": &text, "country": "GB" });
            for profile in [
                json!({ "name": &text }),
                json!({ "phone": &text }),
                json!({ "birth_date": &text }),
                json!({ "time_zone": &text }),
                json!({ "address": address }),
            ] {
                let words = format!("{:?}", check(&profile, now()).err());
                prop_assert!(!words.contains(needle), "{}", words);
            }
        }
    }
}
