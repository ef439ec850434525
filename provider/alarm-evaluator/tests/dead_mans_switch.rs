//! The heartbeat alarm `mongo_dump/age` (C8): `FILL(c, 0)` of the hourly sum of Completed, below 1 for all of
//! `max_age_hours` periods, missing data breaching. After one completion and then silence it is in ALARM within
//! `max_age_hours` + 1 period, not later, and never before the dump is `max_age_hours` old.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use alarm_evaluator::calendar::{DAY, HOUR};
use alarm_evaluator::{
    AlarmDefinition, ComparisonOperator, EvaluationWindow, History, LowSampleCount, MathQueries, MetricId, MetricStat,
    Query, Sample, StateValue, Statistic, Transition, TreatMissingData, Watched, backtest,
};

/// A Monday, 2024-05-06T00:00:00Z.
const START: i64 = 1_714_953_600;

fn completed() -> MetricStat {
    let metric = MetricId::new(
        "Lectern/MongoDump",
        "Completed",
        [("Schedule", "MongoDBDumpEvery6Hours")],
    );
    MetricStat {
        metric,
        statistic: Statistic::Sum,
        period: 3_600,
        unit: None,
    }
}

fn alarm(watched: Watched, max_age_hours: u32, window: EvaluationWindow) -> AlarmDefinition {
    AlarmDefinition {
        watched,
        comparison_operator: ComparisonOperator::LessThanThreshold,
        threshold: 1.0,
        evaluation_periods: max_age_hours,
        datapoints_to_alarm: max_age_hours,
        treat_missing_data: TreatMissingData::Breaching,
        low_sample_count: LowSampleCount::Evaluate,
        evaluation_window: window,
    }
}

fn switch(max_age_hours: u32, window: EvaluationWindow) -> AlarmDefinition {
    let queries = vec![
        Query::metric("c", completed()),
        Query::expression("age", "FILL(c,0)").unwrap(),
    ];
    alarm(Watched::Math(MathQueries::new(queries).unwrap()), max_age_hours, window)
}

fn completions(times: impl IntoIterator<Item = i64>) -> History {
    let mut history = History::default();
    for time in times {
        history.insert(completed().metric, Sample::value(time, 1.0));
    }
    history
}

fn states(transitions: &[Transition]) -> Vec<(i64, StateValue)> {
    transitions
        .iter()
        .map(|transition| (transition.at, transition.to))
        .collect()
}

#[test]
fn one_completion_then_silence_alarms_within_max_age_plus_one_period() {
    for window in [
        EvaluationWindow::Sliding,
        EvaluationWindow::WallClock { utc_offset_seconds: 0 },
    ] {
        for max_age_hours in [1u32, 7, 24, 25, 168] {
            for second_of_hour in [0, 1, 59, 60, 1_799, 3_599] {
                let name = format!("{max_age_hours} h, completed {second_of_hour} s past the hour, {window:?}");
                let done = START + second_of_hour;
                let max_age = i64::from(max_age_hours) * HOUR;
                let end = done + max_age + 3 * HOUR;
                let alarm = switch(max_age_hours, window);
                let transitions = backtest(&alarm, &completions([done]), done, end, StateValue::Ok).unwrap();
                // The first evaluations may come before the completion's own period is complete, and may see nothing yet.
                let last = transitions.last().unwrap();
                assert_eq!(last.to, StateValue::Alarm, "{name}");
                assert!(
                    last.at > done + max_age,
                    "{name}: alarmed {} s early",
                    done + max_age - last.at
                );
                assert!(
                    last.at <= done + max_age + HOUR,
                    "{name}: {} s late",
                    last.at - done - max_age - HOUR
                );
            }
        }
    }
}

#[test]
fn a_dump_every_six_hours_never_alarms_at_seven() {
    let regular = completions((0..40).map(|run| START + run * 6 * HOUR + (run * 37) % 300));
    for window in [
        EvaluationWindow::Sliding,
        EvaluationWindow::WallClock { utc_offset_seconds: 0 },
    ] {
        let transitions = backtest(
            &switch(7, window),
            &regular,
            START + HOUR,
            START + 9 * DAY,
            StateValue::Ok,
        )
        .unwrap();
        assert_eq!(states(&transitions), [], "{window:?}");
    }
}

#[test]
fn one_missed_run_alarms_and_the_next_one_recovers() {
    let alarm = switch(7, EvaluationWindow::Sliding);
    let history = completions([START, START + 12 * HOUR]);
    let transitions = backtest(&alarm, &history, START + HOUR, START + 18 * HOUR, StateValue::Ok).unwrap();
    let minute = 60;
    assert_eq!(
        states(&transitions),
        [
            (START + 7 * HOUR + minute, StateValue::Alarm),
            (START + 12 * HOUR + minute, StateValue::Ok),
        ]
    );
}

#[test]
fn a_dump_that_never_completed_alarms_at_once() {
    for max_age_hours in [1, 7, 168] {
        let alarm = switch(max_age_hours, EvaluationWindow::Sliding);
        let transitions = backtest(
            &alarm,
            &History::default(),
            START,
            START + HOUR,
            StateValue::InsufficientData,
        );
        assert_eq!(
            states(&transitions.unwrap()),
            [(START, StateValue::Alarm)],
            "{max_age_hours} h"
        );
    }
}

/// Why FILL is there: CloudWatch looks back further than the evaluation periods and prefers any real datapoint it finds.
#[test]
fn breaching_silence_without_fill_is_two_periods_late() {
    let naive = alarm(Watched::Metric(completed()), 7, EvaluationWindow::Sliding);
    let transitions = backtest(&naive, &completions([START]), START + HOUR, START + DAY, StateValue::Ok).unwrap();
    assert_eq!(states(&transitions), [(START + 9 * HOUR + 60, StateValue::Alarm)]);
}
