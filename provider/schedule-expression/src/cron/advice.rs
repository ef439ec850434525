//! What to write in place of an expression that was meant for another cron: Unix without a year, Quartz with seconds.

use super::{Cron, Field};

/// What to write for another number of fields than six.
pub(super) fn six_fields(words: &[&str]) -> String {
    let found = match *words {
        [minutes, hours, day, month, week] => without_year(minutes, hours, day, month, week),
        ["0", minutes, hours, day, month, week, year] => {
            let week = if day != "?" && week == "*" { "?" } else { week };
            let cron = accepted([minutes, hours, day, month, week, year]);
            cron.map(|cron| format!("There are no seconds. Use {cron}."))
        }
        _ => None,
    };
    found.unwrap_or_else(|| "Use, for example, cron(0 3 * * ? *) for every day at 03:00.".to_owned())
}

/// The expression for one that has Quartz's seconds and no year, as `0 0 3 * * ?`.
pub(super) fn without_seconds(words: &[&str]) -> Option<String> {
    match *words {
        // Neither the year nor the month can be a question mark.
        ["0", minutes, hours, day, month, week] if week == "?" || day == "?" => {
            accepted([minutes, hours, day, month, week, "*"])
        }
        _ => None,
    }
}

/// A remark on a day-of-week field in numbers, which other crons count otherwise.
pub(super) fn counted_from_sunday(week: &str) -> &'static str {
    if week.bytes().any(|byte| byte.is_ascii_digit()) {
        ", where 1 is Sunday and 7 is Saturday"
    } else {
        ""
    }
}

fn without_year(minutes: &str, hours: &str, day: &str, month: &str, week: &str) -> Option<String> {
    let of_month = |day: &str| accepted([minutes, hours, day, month, "?", "*"]);
    let of_week = |week: &str| accepted([minutes, hours, "?", month, week, "*"]);
    match (day, week) {
        ("?", "?" | "*") => of_month("*").map(|cron| format!("Use {cron}.")),
        (_, "?" | "*") => of_month(day).map(|cron| format!("Use {cron}.")),
        // A question mark is not Unix: the days are counted as here, and only the year is missing.
        ("?", _) => of_week(week).map(|cron| format!("Use {cron}{}.", counted_from_sunday(week))),
        ("*", _) => {
            of_week(&unix_days(week)?).map(|cron| format!("Use {cron}; a year is required, and one day field is ?."))
        }
        _ => {
            let (month, week) = (of_month(day)?, of_week(&unix_days(week)?)?);
            Some(format!(
                "Unix runs on the days of both fields; here that takes two schedules. Use {month} and {week}."
            ))
        }
    }
}

/// The expression of these fields, if it is one.
fn accepted(fields: [&str; 6]) -> Option<String> {
    let inside = fields.join(" ");
    Cron::parse(&inside).ok().map(|_| format!("cron({inside})"))
}

/// The days of a Unix crontab, where 0 and 7 are Sunday, by their names; `None` for what is none.
fn unix_days(text: &str) -> Option<String> {
    let mut days = [false; 7];
    for item in text.split(',') {
        let (base, step) = match item.split_once('/') {
            Some((base, step)) => (base, step.parse::<usize>().ok().filter(|step| *step > 0)?),
            None => (item, 1),
        };
        let (first, last) = match base.split_once('-') {
            Some((first, last)) => (unix_day(first)?, unix_day(last)?),
            None if base == "*" => (0, 6),
            None if step == 1 => (unix_day(base)?, unix_day(base)?),
            None => return None,
        };
        if first > last {
            return None;
        }
        for day in (first..=last).step_by(step) {
            *days.get_mut(day % 7)? = true;
        }
    }
    let names = Field::DayOfWeek.names();
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for day in (0..7).filter(|day| days[*day]) {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == day => *last = day,
            _ => ranges.push((day, day)),
        }
    }
    let written = ranges.into_iter().map(|(first, last)| {
        if first == last {
            names[first].to_owned()
        } else {
            format!("{}-{}", names[first], names[last])
        }
    });
    Some(written.collect::<Vec<_>>().join(","))
}

fn unix_day(text: &str) -> Option<usize> {
    if let Some(day) = Field::DayOfWeek.named(text) {
        return usize::try_from(day - 1).ok();
    }
    text.parse().ok().filter(|day| *day <= 7)
}
