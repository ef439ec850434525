//! `provider::lectern::schedule_runs`: the next runs of a schedule expression.

use async_trait::async_trait;
use jiff::Timestamp;
use provider_kit::Num;
use schedule_expression::{Expression, Schedule, Zone};
use tf_provider::schema::{Description, FunctionSchema, Parameter, Type};
use tf_provider::{AttributePath, Diagnostic, Diagnostics, Function};

/// The most runs of one call. Our choice because a plan shows them all: a thousand is a month of every 45 minutes.
const MOST: i64 = 1_000;

/// The runs as RFC 3339 in UTC, or the place of the argument that is wrong and what to type.
fn schedule_runs(expression: &str, zone: &str, from: &str, n: &Num) -> Result<Vec<String>, (i64, String)> {
    let expression: Expression = expression.parse().map_err(|cause| (0, format!("{cause}")))?;
    let zone = Zone::parse(zone).map_err(|cause| (1, cause.to_string()))?;
    let from: Timestamp = from.parse().map_err(|_| {
        let text =
            format!("Got {from:?}. Use an instant with its offset from UTC, for example \"2030-01-31T03:00:00Z\".");
        (2, text)
    })?;
    let number = n.to_i64().filter(|number| (1..=MOST).contains(number));
    let number = number
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| (3, format!("Got {n}. Use a whole number from 1 to {MOST}.")))?;
    let schedule = Schedule::new(expression, zone);
    Ok(schedule.runs(from).take(number).map(|run| run.to_string()).collect())
}

/// The function as Terraform calls it.
pub(crate) struct ScheduleRuns;

fn parameter(name: &str, param_type: Type, description: &'static str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        param_type,
        allow_null: false,
        allow_unknown: false,
        description: Description::markdown(description),
    }
}

#[async_trait]
impl Function for ScheduleRuns {
    type Input<'a> = (String, String, String, Num);
    type Output<'a> = Vec<String>;

    fn schema(&self, _: &mut Diagnostics) -> Option<FunctionSchema> {
        Some(FunctionSchema {
            parameters: vec![
                parameter(
                    "expression",
                    Type::String,
                    "Schedule expression of EventBridge Scheduler: `rate(...)`, `cron(...)` or `at(...)`.",
                ),
                parameter(
                    "timezone",
                    Type::String,
                    "IANA time zone of `cron` and `at` expressions, for example `Europe/Berlin`.",
                ),
                parameter(
                    "from",
                    Type::String,
                    "Date and time from which to return runs, in RFC 3339 format, for example `plantimestamp()`. \
                     `rate` expressions count from it.",
                ),
                parameter("n", Type::Number, "Number of runs to return, 1 to 1000."),
            ],
            variadic: None,
            return_type: Type::List(Box::new(Type::String)),
            summary: "Returns the next runs of a schedule expression".to_owned(),
            description: Description::markdown(
                "Returns the next `n` runs of a schedule from a date and time, in order, in RFC 3339 format and UTC. \
                 Returns fewer runs if the schedule ends, and an empty list if it never runs. When clocks move \
                 forward, runs at the skipped local times do not take place. When clocks move back, a repeated local \
                 time runs once.",
            ),
            deprecated: None,
        })
    }

    async fn call<'a>(
        &self,
        diagnostics: &mut Diagnostics,
        (expression, zone, from, n): (String, String, String, Num),
    ) -> Option<Vec<String>> {
        match schedule_runs(&expression, &zone, &from, &n) {
            Ok(runs) => Some(runs),
            Err((argument, text)) => {
                diagnostics.errors.push(Diagnostic {
                    summary: text.into(),
                    detail: "".into(),
                    attribute: AttributePath::function_argument(argument),
                });
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_instants_in_utc_and_fewer_where_the_schedule_ends() {
        let from = "2030-03-30T12:00:00+01:00";
        for (expression, zone, n, expected) in [
            (
                "rate(6 hours)",
                "UTC",
                2,
                &["2030-03-30T11:00:00Z", "2030-03-30T17:00:00Z"][..],
            ),
            (
                "cron(0 4 * * ? *)",
                "Europe/Berlin",
                2,
                &["2030-03-31T02:00:00Z", "2030-04-01T02:00:00Z"],
            ),
            ("cron(30 2 * * ? *)", "Europe/Berlin", 1, &["2030-04-01T00:30:00Z"]),
            (
                "at(2030-04-01T00:00:00)",
                "America/New_York",
                3,
                &["2030-04-01T04:00:00Z"],
            ),
            ("cron(0 3 31 2 ? *)", "UTC", 3, &[]),
        ] {
            let runs = schedule_runs(expression, zone, from, &Num::from(n)).expect(expression);
            assert_eq!(runs, expected, "{expression} in {zone}");
        }
    }

    #[test]
    fn each_wrong_argument_is_told_at_its_place() {
        let now = "2030-01-01T00:00:00Z";
        for (expression, zone, from, n, place, told) in [
            ("rate(6 hour)", "UTC", now, "3", 0, "rate(6 hours)"),
            ("rate(6 hours)", "Berlin", now, "3", 1, "Europe/Berlin"),
            ("rate(6 hours)", "UTC", "tomorrow", "3", 2, "\"tomorrow\""),
            (
                "rate(6 hours)",
                "UTC",
                "2030-01-01T00:00:00",
                "3",
                2,
                "2030-01-31T03:00:00Z",
            ),
            ("rate(6 hours)", "UTC", now, "0", 3, "from 1 to 1000"),
            ("rate(6 hours)", "UTC", now, "1001", 3, "Got 1001"),
            ("rate(6 hours)", "UTC", now, "2.5", 3, "Got 2.5"),
        ] {
            let n: Num = n.parse().expect(n);
            let (at, text) = schedule_runs(expression, zone, from, &n).expect_err(told);
            assert!(at == place && text.contains(told), "{told}: {at} {text}");
        }
    }
}
