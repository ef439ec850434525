//! One evaluation of an alarm: the M-of-N decision with CloudWatch's rules for missing data.
//!
//! CloudWatch retrieves more datapoints than the evaluation periods ([`AlarmDefinition::evaluation_range`]) and then
//! ("How alarm state is evaluated when data is missing"):
//! 1. with at least N real datapoints in the range the newest N decide, and the missing-data treatment plays no part;
//! 2. with fewer, all real datapoints are used, and only what lacks to N is filled: by good or bad datapoints under
//!    `notBreaching` and `breaching`;
//! 3. under `missing` and `ignore` nothing is filled. If M datapoints breach it is ALARM; if any datapoint is good it is OK.
//!    Without any datapoint it is INSUFFICIENT_DATA, respectively the state stays. What is left are too few datapoints that
//!    all breach: `ignore` keeps the state; `missing` goes to ALARM if the oldest of them is at least M periods old
//!    ("premature transition"), else to INSUFFICIENT_DATA.
//!
//! A special rule for metrics of AWS/DynamoDB, on which AWS's pages disagree, is not modelled.

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::definition::{AlarmDefinition, LowSampleCount, StateValue, TreatMissingData, Watched};
use crate::history::History;
use crate::math::{QueryError, evaluate_queries};
use crate::window::Window;

/// One evaluated period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Datapoint {
    /// Start of the period, seconds since 1970.
    pub timestamp: i64,
    /// The value.
    pub value: f64,
}

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The state; the previous one where the rules keep it.
    pub state: StateValue,
    /// CloudWatch's sentence about it, at most 1,023 characters.
    pub reason: String,
    /// The periods that were looked at.
    pub range: Window,
    /// The real datapoints that decided, newest first; at most N.
    pub evaluated: Vec<Datapoint>,
}

/// Longest StateReason (API reference).
const MAX_REASON: usize = 1_023;

/// Evaluates an alarm at `now`, given every sample so far and the state it is in.
///
/// # Errors
/// Metric math that parses but cannot be evaluated, such as an expression that returns several series.
pub fn evaluate(
    definition: &AlarmDefinition,
    history: &History,
    now: i64,
    previous: StateValue,
) -> Result<Evaluation, QueryError> {
    let range = definition.evaluation_range(now);
    let series = watched_series(definition, history, range)?;
    let breaching: Vec<Option<bool>> = series
        .iter()
        .map(|point| point.map(|value| definition.comparison_operator.breaches(value, definition.threshold)))
        .collect();
    let needed = usize::try_from(definition.evaluation_periods).unwrap_or(usize::MAX);
    let to_alarm = usize::try_from(definition.datapoints_to_alarm).unwrap_or(usize::MAX);
    let state = if too_few_samples(definition, history, range) {
        previous
    } else {
        decide(&breaching, needed, to_alarm, definition.treat_missing_data).unwrap_or(previous)
    };
    let evaluated: Vec<Datapoint> = series
        .iter()
        .enumerate()
        .rev()
        .filter_map(|(index, point)| {
            point.map(|value| Datapoint {
                timestamp: range.start_of(index),
                value,
            })
        })
        .take(needed)
        .collect();
    let reason = reason(definition, &evaluated, state);
    Ok(Evaluation {
        state,
        reason,
        range,
        evaluated,
    })
}

fn watched_series(
    definition: &AlarmDefinition,
    history: &History,
    range: Window,
) -> Result<Vec<Option<f64>>, QueryError> {
    match &definition.watched {
        Watched::Metric(stat) => Ok(history.series(stat, range)),
        Watched::Math(queries) => {
            let mut all = evaluate_queries(queries.queries(), history, range)?;
            Ok(queries
                .returned()
                .and_then(|query| all.remove(query.id.as_str()))
                .unwrap_or_default())
        }
    }
}

/// Does a percentile alarm have to sit this evaluation out? Only samples of the evaluation periods count.
fn too_few_samples(definition: &AlarmDefinition, history: &History, range: Window) -> bool {
    let (LowSampleCount::Ignore, Watched::Metric(stat)) = (definition.low_sample_count, &definition.watched) else {
        return false;
    };
    let first = range.end() - range.period * i64::from(definition.evaluation_periods);
    let samples = history.sample_count(stat, first, range.end());
    // Silence is the missing-data treatment's business.
    samples > 0.0
        && stat
            .statistic
            .significant_sample_count()
            .is_some_and(|significant| samples < significant)
}

/// The decision over the periods of the range, oldest first; `None` keeps the state.
fn decide(range: &[Option<bool>], needed: usize, to_alarm: usize, treatment: TreatMissingData) -> Option<StateValue> {
    let newest: Vec<bool> = range.iter().rev().flatten().copied().take(needed).collect();
    let breaching = newest.iter().filter(|breaches| **breaches).count();
    let missing = needed - newest.len();
    let of = |breaching: usize| {
        if breaching >= to_alarm {
            StateValue::Alarm
        } else {
            StateValue::Ok
        }
    };
    if missing == 0 {
        return Some(of(breaching));
    }
    match treatment {
        TreatMissingData::Breaching => Some(of(breaching + missing)),
        TreatMissingData::NotBreaching => Some(of(breaching)),
        TreatMissingData::Missing | TreatMissingData::Ignore => {
            if breaching >= to_alarm || breaching < newest.len() {
                return Some(of(breaching));
            }
            if treatment == TreatMissingData::Ignore {
                return None;
            }
            // Only breaching datapoints, too few of them. The newest period is one period old.
            let oldest_age = range
                .iter()
                .position(Option::is_some)
                .map_or(0, |index| range.len() - index);
            Some(if oldest_age >= to_alarm {
                StateValue::Alarm
            } else {
                StateValue::InsufficientData
            })
        }
    }
}

fn reason(definition: &AlarmDefinition, evaluated: &[Datapoint], state: StateValue) -> String {
    let needed = usize::try_from(definition.evaluation_periods).unwrap_or(usize::MAX);
    let missing = needed.saturating_sub(evaluated.len());
    let treated_as = match definition.treat_missing_data {
        TreatMissingData::Breaching => Some("Breaching"),
        TreatMissingData::NotBreaching => Some("NonBreaching"),
        TreatMissingData::Missing | TreatMissingData::Ignore => None,
    };
    let filled = treated_as.filter(|_| missing > 0).map(|treated_as| {
        format!(
            "{missing} missing {} treated as [{treated_as}]",
            plural(missing, "datapoint was", "datapoints were")
        )
    });
    if state == StateValue::InsufficientData {
        return format!(
            "Insufficient Data: {missing} {} unknown.",
            plural(missing, "datapoint was", "datapoints were")
        );
    }
    if evaluated.is_empty() {
        let periods = plural(needed, "period", "periods");
        let filled = filled.unwrap_or_else(|| "the state was kept".to_owned());
        return format!("Threshold Crossed: no datapoints were received for {needed} {periods} and {filled}.");
    }
    let breaches = |point: &&Datapoint| {
        definition
            .comparison_operator
            .breaches(point.value, definition.threshold)
    };
    let alarm = state == StateValue::Alarm;
    let telling: Vec<&Datapoint> = evaluated.iter().filter(|point| breaches(point) == alarm).collect();
    let list: Vec<String> = telling.iter().map(|point| describe(point)).collect();
    let minimum = if alarm {
        definition.datapoints_to_alarm
    } else {
        definition
            .evaluation_periods
            .saturating_sub(definition.datapoints_to_alarm)
            + 1
    };
    let text = format!(
        "Threshold Crossed: {} out of the last {} {} [{}] {} {}{} the threshold ({:?}){} (minimum {minimum} {} for {} -> {} \
         transition).",
        telling.len(),
        evaluated.len(),
        plural(evaluated.len(), "datapoint", "datapoints"),
        list.join(", "),
        plural(telling.len(), "was", "were"),
        if alarm { "" } else { "not " },
        definition.comparison_operator.words(),
        definition.threshold,
        filled.map_or_else(String::new, |filled| format!(" and {filled}")),
        if minimum == 1 { "datapoint" } else { "datapoints" },
        if alarm { StateValue::Ok } else { StateValue::Alarm },
        state,
    );
    shorten(text)
}

fn plural(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

fn shorten(mut text: String) -> String {
    if text.len() > MAX_REASON {
        let cut = (0..=MAX_REASON - 3)
            .rev()
            .find(|index| text.is_char_boundary(*index))
            .unwrap_or(0);
        text.truncate(cut);
        text.push_str("...");
    }
    text
}

/// `20000.0 (08/11/22 11:25:00)`, day first, as CloudWatch prints it.
fn describe(point: &Datapoint) -> String {
    // CloudWatch takes no datapoint that is beyond jiff's years.
    let time = Timestamp::from_second(point.timestamp).unwrap_or_default();
    let time = Offset::UTC.to_datetime(time);
    let (year, month, day) = (time.year().rem_euclid(100), time.month(), time.day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!(
        "{:?} ({day:02}/{month:02}/{year:02} {hour:02}:{minute:02}:{second:02})",
        point.value
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::definition::{ComparisonOperator, EvaluationWindow, MetricId, MetricStat};
    use crate::statistic::{Sample, Statistic};
    use proptest::prelude::*;

    const TREATMENTS: [TreatMissingData; 4] = [
        TreatMissingData::Missing,
        TreatMissingData::Ignore,
        TreatMissingData::Breaching,
        TreatMissingData::NotBreaching,
    ];

    /// `0` good, `X` breaching, `-` missing; the newest on the right, as in AWS's tables.
    fn range(row: &str) -> Vec<Option<bool>> {
        row.split_whitespace()
            .map(|word| match word {
                "0" => Some(false),
                "X" => Some(true),
                _ => None,
            })
            .collect()
    }

    /// Checks rows of (datapoints, to fill, MISSING, IGNORE, BREACHING, NOT BREACHING).
    fn check_table(table: &str, needed: usize, to_alarm: usize, rows: &[(&str, usize, [&str; 4])]) {
        for (row, to_fill, expected) in rows {
            let range = range(row);
            let real = range.iter().flatten().count();
            assert_eq!(needed.saturating_sub(real), *to_fill, "{table}: {row}: to fill");
            for (treatment, expected) in TREATMENTS.into_iter().zip(expected) {
                let expected = match *expected {
                    "OK" => Some(StateValue::Ok),
                    "ALARM" => Some(StateValue::Alarm),
                    "INSUFFICIENT_DATA" => Some(StateValue::InsufficientData),
                    _ => None,
                };
                let decided = decide(&range, needed, to_alarm, treatment);
                assert_eq!(decided, expected, "{table}: {row}: {}", treatment.as_str());
            }
        }
    }

    /// "How alarm state is evaluated when data is missing", first table: evaluation periods 3, datapoints to alarm 3, range 5.
    #[test]
    fn dates_are_told_day_first_and_in_utc() {
        for (timestamp, told) in [
            (0, "01/01/70 00:00:00"),
            (951_782_400, "29/02/00 00:00:00"),
            (1_667_906_700, "08/11/22 11:25:00"),
            (-1, "31/12/69 23:59:59"),
            (4_107_542_399, "28/02/00 23:59:59"),
        ] {
            let point = Datapoint { timestamp, value: 1.0 };
            assert_eq!(describe(&point), format!("1.0 ({told})"), "{timestamp}");
        }
    }

    #[test]
    fn the_published_three_of_three_table_holds() {
        check_table(
            "3 of 3",
            3,
            3,
            &[
                ("0 - X - X", 0, ["OK", "OK", "OK", "OK"]),
                ("0 - - - -", 2, ["OK", "OK", "OK", "OK"]),
                ("- - - - -", 3, ["INSUFFICIENT_DATA", "retain", "ALARM", "OK"]),
                ("0 X X - X", 0, ["ALARM", "ALARM", "ALARM", "ALARM"]),
                ("- - X - -", 2, ["ALARM", "retain", "ALARM", "OK"]),
            ],
        );
    }

    /// The same page, second table: evaluation periods 3, datapoints to alarm 2, range 5.
    #[test]
    fn the_published_two_of_three_table_holds() {
        check_table(
            "2 of 3",
            3,
            2,
            &[
                ("0 - X - X", 0, ["ALARM", "ALARM", "ALARM", "ALARM"]),
                ("0 0 X 0 X", 0, ["ALARM", "ALARM", "ALARM", "ALARM"]),
                ("0 - X - -", 1, ["OK", "OK", "ALARM", "OK"]),
                ("- - - - 0", 2, ["OK", "OK", "ALARM", "OK"]),
                ("- - - X -", 2, ["ALARM", "retain", "ALARM", "OK"]),
            ],
        );
    }

    /// Rows that only the page's older edition shows, and the ones of its section "Avoiding premature transitions".
    #[test]
    fn the_published_premature_transition_examples_hold() {
        check_table(
            "3 of 3, older edition",
            3,
            3,
            &[
                ("- - - - X", 2, ["INSUFFICIENT_DATA", "retain", "ALARM", "OK"]),
                ("X - - - -", 2, ["ALARM", "retain", "ALARM", "OK"]),
            ],
        );
        check_table(
            "2 of 3, older edition",
            3,
            2,
            &[("- - - - X", 2, ["INSUFFICIENT_DATA", "retain", "ALARM", "OK"])],
        );
        check_table(
            "premature, 3 of 3",
            3,
            3,
            &[
                ("- - - X -", 2, ["INSUFFICIENT_DATA", "retain", "ALARM", "OK"]),
                ("- - - X 0", 1, ["OK", "OK", "OK", "OK"]),
                ("- - X - 0", 1, ["OK", "OK", "OK", "OK"]),
            ],
        );
    }

    fn alarm(periods: u32, to_alarm: u32, treatment: TreatMissingData) -> AlarmDefinition {
        AlarmDefinition {
            watched: Watched::Metric(MetricStat {
                metric: MetricId::new("N", "m", []),
                statistic: Statistic::Sum,
                period: 60,
                unit: None,
            }),
            comparison_operator: ComparisonOperator::GreaterThanThreshold,
            threshold: 1.0,
            evaluation_periods: periods,
            datapoints_to_alarm: to_alarm,
            treat_missing_data: treatment,
            low_sample_count: LowSampleCount::Evaluate,
            evaluation_window: EvaluationWindow::Sliding,
        }
    }

    fn history(values: &[(i64, f64)]) -> History {
        let mut history = History::default();
        for (timestamp, value) in values {
            history.insert(MetricId::new("N", "m", []), Sample::value(*timestamp, *value));
        }
        history
    }

    #[test]
    fn reasons_read_like_cloudwatchs() {
        let now = 1_667_906_760;
        let (missing, good, bad) = (
            TreatMissingData::Missing,
            TreatMissingData::NotBreaching,
            TreatMissingData::Breaching,
        );
        for (name, alarm, values, expected) in [
            (
                "breach",
                alarm(3, 1, missing),
                vec![(now - 60, 5.0), (now - 120, 5.5), (now - 180, 0.0)],
                "Threshold Crossed: 2 out of the last 3 datapoints [5.0 (08/11/22 11:25:00), 5.5 (08/11/22 11:24:00)] were \
                 greater than the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).",
            ),
            (
                "recovery",
                alarm(1, 1, missing),
                vec![(now - 60, 0.0)],
                "Threshold Crossed: 1 out of the last 1 datapoint [0.0 (08/11/22 11:25:00)] was not greater than the \
                 threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition).",
            ),
            (
                "nothing",
                alarm(2, 2, missing),
                vec![],
                "Insufficient Data: 2 datapoints were unknown.",
            ),
            (
                "silence is bad",
                alarm(2, 2, bad),
                vec![],
                "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as \
                 [Breaching].",
            ),
            (
                "silence is good",
                alarm(1, 1, good),
                vec![],
                "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as \
                 [NonBreaching].",
            ),
            (
                "half of it filled",
                alarm(2, 2, bad),
                vec![(now - 60, 9.0)],
                "Threshold Crossed: 1 out of the last 1 datapoint [9.0 (08/11/22 11:25:00)] was greater than the threshold \
                 (1.0) and 1 missing datapoint was treated as [Breaching] (minimum 2 datapoints for OK -> ALARM transition).",
            ),
        ] {
            let evaluation = evaluate(&alarm, &history(&values), now, StateValue::InsufficientData).unwrap();
            assert_eq!(evaluation.reason, expected, "{name}");
        }
    }

    #[test]
    fn a_reason_never_exceeds_cloudwatchs_length() {
        let values: Vec<(i64, f64)> = (0..200).map(|minute| (minute * 60, 1e6 + 0.123)).collect();
        let evaluation = evaluate(
            &alarm(200, 200, TreatMissingData::Missing),
            &history(&values),
            12_000,
            StateValue::Ok,
        );
        let reason = evaluation.unwrap().reason;
        assert_eq!((reason.len(), &reason[1_020..]), (1_023, "..."));
    }

    #[test]
    fn data_older_than_the_evaluation_periods_still_counts_within_the_range() {
        let alarm = alarm(1, 1, TreatMissingData::NotBreaching);
        for (age, expected) in [(60, StateValue::Alarm), (180, StateValue::Alarm), (181, StateValue::Ok)] {
            let state = evaluate(&alarm, &history(&[(6_000 - age, 5.0)]), 6_000, StateValue::Ok)
                .unwrap()
                .state;
            assert_eq!(state, expected, "{age} s old");
        }
    }

    #[test]
    fn a_percentile_with_too_few_samples_keeps_the_state_when_asked_to() {
        let mut alarm = alarm(1, 1, TreatMissingData::Missing);
        let Watched::Metric(stat) = &mut alarm.watched else {
            unreachable!("built as a metric alarm")
        };
        stat.statistic = Statistic::Percentile(90.0);
        let values = |count: i64| (0..count).map(|_| (5_940, 5.0)).collect::<Vec<_>>();
        for (name, low, count, expected) in [
            (
                "evaluate is the default",
                LowSampleCount::Evaluate,
                99,
                StateValue::Alarm,
            ),
            ("ignore with 99 samples", LowSampleCount::Ignore, 99, StateValue::Ok),
            (
                "ignore with 100 samples",
                LowSampleCount::Ignore,
                100,
                StateValue::Alarm,
            ),
            (
                "ignore with none is missing data",
                LowSampleCount::Ignore,
                0,
                StateValue::InsufficientData,
            ),
        ] {
            alarm.low_sample_count = low;
            let state = evaluate(&alarm, &history(&values(count)), 6_000, StateValue::Ok)
                .unwrap()
                .state;
            assert_eq!(state, expected, "{name}");
        }
    }

    fn any_range() -> impl Strategy<Value = (Vec<Option<bool>>, usize, usize)> {
        (1..6usize).prop_flat_map(|needed| {
            (
                prop::collection::vec(prop::option::of(any::<bool>()), needed + 2),
                Just(needed),
                1..=needed,
            )
        })
    }

    proptest! {
        #[test]
        fn a_further_breaching_datapoint_never_ends_an_alarm((range, needed, to_alarm) in any_range(), at in 0..8usize) {
            for treatment in TREATMENTS {
                let before = decide(&range, needed, to_alarm, treatment).unwrap_or(StateValue::Alarm);
                let mut more = range.clone();
                let at = at % more.len();
                more[at] = Some(true);
                let after = decide(&more, needed, to_alarm, treatment).unwrap_or(StateValue::Alarm);
                prop_assert!(before != StateValue::Alarm || after == StateValue::Alarm, "{:?} at {}", treatment, at);
            }
        }

        #[test]
        fn ignore_without_data_keeps_every_state(needed in 1..50u32, now in 0..2_000_000_000i64) {
            for state in [StateValue::Ok, StateValue::Alarm, StateValue::InsufficientData] {
                let alarm = alarm(needed, 1, TreatMissingData::Ignore);
                prop_assert_eq!(evaluate(&alarm, &History::default(), now, state).unwrap().state, state);
            }
        }

        #[test]
        fn with_enough_real_data_the_treatment_plays_no_part((range, needed, to_alarm) in any_range()) {
            prop_assume!(range.iter().flatten().count() >= needed);
            let decisions: Vec<_> = TREATMENTS.map(|treatment| decide(&range, needed, to_alarm, treatment)).to_vec();
            prop_assert!(decisions.iter().all(|decision| decision == &decisions[0] && decision.is_some()));
        }

        #[test]
        fn good_silence_alarms_only_where_bad_silence_does((range, needed, to_alarm) in any_range()) {
            let good = decide(&range, needed, to_alarm, TreatMissingData::NotBreaching);
            let bad = decide(&range, needed, to_alarm, TreatMissingData::Breaching);
            prop_assert!(good != Some(StateValue::Alarm) || bad == Some(StateValue::Alarm));
        }
    }
}
