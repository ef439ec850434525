//! What an alarm is.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::calendar::{DAY, HOUR, MINUTE, WEEK, floor_to};
use crate::math::{Expression, MathError};
use crate::statistic::Statistic;
use crate::window::Window;

/// State of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StateValue {
    /// Within the threshold.
    #[serde(rename = "OK")]
    Ok,
    /// Outside the threshold.
    #[serde(rename = "ALARM")]
    Alarm,
    /// Just created, or not enough data.
    #[serde(rename = "INSUFFICIENT_DATA")]
    InsufficientData,
}

impl StateValue {
    /// CloudWatch's spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// Reads CloudWatch's spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

impl std::fmt::Display for StateValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a datapoint is held against the threshold. CloudWatch's three anomaly-band operators are not evaluated here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ComparisonOperator {
    /// `value >= threshold` breaches.
    GreaterThanOrEqualToThreshold,
    /// `value > threshold` breaches.
    GreaterThanThreshold,
    /// `value < threshold` breaches.
    LessThanThreshold,
    /// `value <= threshold` breaches.
    LessThanOrEqualToThreshold,
}

impl ComparisonOperator {
    /// Reads CloudWatch's spelling; `None` for the anomaly-band operators and for nonsense.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "GreaterThanOrEqualToThreshold" => Self::GreaterThanOrEqualToThreshold,
            "GreaterThanThreshold" => Self::GreaterThanThreshold,
            "LessThanThreshold" => Self::LessThanThreshold,
            "LessThanOrEqualToThreshold" => Self::LessThanOrEqualToThreshold,
            _ => return None,
        })
    }

    /// Does `value` breach `threshold`?
    #[must_use]
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::GreaterThanThreshold => value > threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }

    /// The words CloudWatch uses in a state reason.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "greater than or equal to",
            Self::GreaterThanThreshold => "greater than",
            Self::LessThanThreshold => "less than",
            Self::LessThanOrEqualToThreshold => "less than or equal to",
        }
    }
}

/// What a silent period counts as, where the real datapoints do not suffice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TreatMissingData {
    /// Nothing: no data at all is INSUFFICIENT_DATA. CloudWatch's default.
    #[default]
    Missing,
    /// A good datapoint.
    NotBreaching,
    /// A bad datapoint.
    Breaching,
    /// Nothing: the alarm keeps its state.
    Ignore,
}

impl TreatMissingData {
    /// CloudWatch's spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotBreaching => "notBreaching",
            Self::Breaching => "breaching",
            Self::Ignore => "ignore",
        }
    }

    /// Reads CloudWatch's spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Missing, Self::NotBreaching, Self::Breaching, Self::Ignore]
            .into_iter()
            .find(|treatment| treatment.as_str() == text)
    }
}

/// What a percentile alarm does with too few samples (EvaluateLowSampleCountPercentile).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LowSampleCount {
    /// Evaluates all the same. CloudWatch's default.
    #[default]
    Evaluate,
    /// Keeps its state.
    Ignore,
}

/// Where the evaluated periods begin and end (PutMetricAlarm's EvaluationWindow).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum EvaluationWindow {
    /// Moves with every evaluation. CloudWatch's default.
    #[default]
    Sliding,
    /// Complete periods on clock boundaries. CloudWatch allows periods of 60, 300, 3,600, 86,400 and 604,800 s.
    WallClock {
        /// Seconds east of UTC. Zones with daylight saving have no single offset and are not modelled.
        utc_offset_seconds: i64,
    },
}

/// A metric: a name in a namespace with exactly these dimensions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MetricId {
    /// For example `AWS/Lambda`.
    pub namespace: String,
    /// For example `Errors`.
    pub metric_name: String,
    /// Name to value; a metric with fewer or more dimensions is another metric.
    pub dimensions: BTreeMap<String, String>,
}

impl MetricId {
    /// A metric from its parts.
    #[must_use]
    pub fn new<'a>(
        namespace: &str,
        metric_name: &str,
        dimensions: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        Self {
            namespace: namespace.to_owned(),
            metric_name: metric_name.to_owned(),
            dimensions: dimensions
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }
}

/// A statistic of a metric over a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricStat {
    /// The metric.
    pub metric: MetricId,
    /// The statistic.
    pub statistic: Statistic,
    /// Seconds: 1, 5, 10, 20, 30 or a multiple of 60.
    pub period: u32,
    /// Only samples of this unit; `None` takes all.
    pub unit: Option<String>,
}

/// Where a query's series comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum QuerySource {
    /// A metric.
    Metric(MetricStat),
    /// Metric math over other queries.
    Expression(Expression),
}

/// One entry of a `Metrics` list.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Starts with a lowercase letter, then letters, digits and underscores.
    pub id: String,
    /// Metric or expression.
    pub source: QuerySource,
    /// Is this the series that is watched or returned?
    pub return_data: bool,
}

impl Query {
    /// A query for a metric, not returned.
    #[must_use]
    pub fn metric(id: &str, stat: MetricStat) -> Self {
        Self {
            id: id.to_owned(),
            source: QuerySource::Metric(stat),
            return_data: false,
        }
    }

    /// A query for an expression, returned.
    ///
    /// # Errors
    /// The expression does not parse.
    pub fn expression(id: &str, expression: &str) -> Result<Self, MathError> {
        let source = QuerySource::Expression(Expression::parse(expression)?);
        Ok(Self {
            id: id.to_owned(),
            source,
            return_data: true,
        })
    }
}

/// Queries of one alarm: their references resolve, without a cycle, and exactly one is returned.
#[derive(Debug, Clone, PartialEq)]
pub struct MathQueries {
    queries: Vec<Query>,
    period: u32,
}

impl MathQueries {
    /// Checks the list.
    ///
    /// # Errors
    /// Says which query is at fault and how.
    pub fn new(queries: Vec<Query>) -> Result<Self, DefinitionError> {
        check_queries(&queries)?;
        match queries.iter().filter(|query| query.return_data).count() {
            1 => {}
            count => return Err(DefinitionError::ReturnData { count }),
        }
        let mut periods = queries.iter().filter_map(|query| match &query.source {
            QuerySource::Metric(stat) => Some(stat.period),
            QuerySource::Expression(_) => None,
        });
        let period = periods.next().ok_or(DefinitionError::NoMetric)?;
        if let Some(other) = periods.find(|other| *other != period) {
            return Err(DefinitionError::MixedPeriods { first: period, other });
        }
        Ok(Self { queries, period })
    }

    /// The queries.
    #[must_use]
    pub fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// The period all metrics share, in seconds.
    #[must_use]
    pub fn period(&self) -> u32 {
        self.period
    }

    /// The watched query.
    #[must_use]
    pub fn returned(&self) -> Option<&Query> {
        self.queries.iter().find(|query| query.return_data)
    }
}

/// Checks ids and references of queries that need not belong to an alarm (GetMetricData).
///
/// # Errors
/// Says which query is at fault and how.
pub fn check_queries(queries: &[Query]) -> Result<(), DefinitionError> {
    let mut ids = BTreeSet::new();
    for Query { id, .. } in queries {
        let mut letters = id.bytes();
        let starts_well = letters.next().is_some_and(|first| first.is_ascii_lowercase());
        if !starts_well || !letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(DefinitionError::BadId(id.clone()));
        }
        if !ids.insert(id.as_str()) {
            return Err(DefinitionError::RepeatedId(id.clone()));
        }
    }
    for query in queries {
        if let QuerySource::Expression(expression) = &query.source
            && let Some(unknown) = expression
                .references()
                .into_iter()
                .find(|reference| !ids.contains(reference))
        {
            return Err(DefinitionError::UnknownReference {
                query: query.id.clone(),
                unknown: unknown.to_owned(),
            });
        }
    }
    // With n queries a path longer than n repeats one: peel off what only depends on what is already peeled.
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    for _ in queries {
        for Query { id, source, .. } in queries {
            let ready = match source {
                QuerySource::Metric(_) => true,
                QuerySource::Expression(expression) => expression.references().iter().all(|id| settled.contains(id)),
            };
            if ready {
                settled.insert(id);
            }
        }
    }
    match queries.iter().find(|query| !settled.contains(query.id.as_str())) {
        Some(query) => Err(DefinitionError::Cycle(query.id.clone())),
        None => Ok(()),
    }
}

/// What an alarm looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum Watched {
    /// One metric.
    Metric(MetricStat),
    /// The one returned query of several.
    Math(MathQueries),
}

/// A metric alarm, without its name and actions.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmDefinition {
    /// Metric or metric math.
    pub watched: Watched,
    /// How a datapoint is held against the threshold.
    pub comparison_operator: ComparisonOperator,
    /// The threshold.
    pub threshold: f64,
    /// N of "M of N".
    pub evaluation_periods: u32,
    /// M of "M of N", at most N.
    pub datapoints_to_alarm: u32,
    /// What silence counts as.
    pub treat_missing_data: TreatMissingData,
    /// What a percentile with too few samples does.
    pub low_sample_count: LowSampleCount,
    /// Sliding or on the clock.
    pub evaluation_window: EvaluationWindow,
}

/// Why a definition makes no alarm.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DefinitionError {
    /// An id of the wrong form.
    #[error("query id \"{0}\" must start with a lowercase letter and go on with letters, digits and underscores")]
    BadId(String),
    /// Two queries with one id.
    #[error("query id \"{0}\" is used twice")]
    RepeatedId(String),
    /// An expression uses an id that no query has.
    #[error("the expression of query \"{query}\" uses \"{unknown}\", which is the id of no query")]
    UnknownReference {
        /// The query with the expression.
        query: String,
        /// The id nobody has.
        unknown: String,
    },
    /// Expressions that need each other.
    #[error("the expression of query \"{0}\" depends on itself")]
    Cycle(String),
    /// Not exactly one returned query.
    #[error("an alarm watches exactly one query with ReturnData true, these have {count}")]
    ReturnData {
        /// How many are returned.
        count: usize,
    },
    /// Expressions only.
    #[error("an alarm's queries need at least one metric")]
    NoMetric,
    /// Metrics of different periods.
    #[error("all metrics of an alarm have one period, these have {first} s and {other} s")]
    MixedPeriods {
        /// Period of the first metric.
        first: u32,
        /// A period that differs.
        other: u32,
    },
}

/// Periods that are looked at beyond the evaluation periods. AWS says that the number depends on the period and the
/// resolution and shows two in every example; two explains the three days after which a one-day alarm notices silence.
const EXTRA_PERIODS: usize = 2;

impl AlarmDefinition {
    /// Length of a period in seconds.
    #[must_use]
    pub fn period(&self) -> i64 {
        i64::from(match &self.watched {
            Watched::Metric(stat) => stat.period,
            Watched::Math(queries) => queries.period(),
        })
    }

    /// Seconds between two evaluations: 3,600 if all periods together exceed a day, 10 for periods below a minute, else 60.
    #[must_use]
    pub fn evaluation_interval(&self) -> i64 {
        if self.period() * i64::from(self.evaluation_periods) > DAY {
            HOUR
        } else if self.period() < MINUTE {
            10
        } else {
            MINUTE
        }
    }

    /// The periods that an evaluation at `now` looks at: the evaluation periods and two more, ending at the last boundary of
    /// [`Self::evaluation_interval`] (an alarm over more than a day looks at full hours only), on the clock if so asked.
    #[must_use]
    pub fn evaluation_range(&self, now: i64) -> Window {
        let sliding_end = floor_to(now, self.evaluation_interval());
        let end = match self.evaluation_window {
            EvaluationWindow::Sliding => sliding_end,
            EvaluationWindow::WallClock { utc_offset_seconds } => {
                // 1970 began on a Thursday; the calendar week is taken to begin on Monday.
                let shift = if self.period() == WEEK { 3 * DAY } else { 0 } + utc_offset_seconds;
                floor_to(sliding_end + shift, self.period()) - shift
            }
        };
        let periods = usize::try_from(self.evaluation_periods)
            .unwrap_or(usize::MAX)
            .saturating_add(EXTRA_PERIODS);
        Window::ending_at(end, self.period(), periods)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use jiff::civil::date;
    use jiff::tz::Offset;

    use super::*;

    fn stat(period: u32) -> MetricStat {
        MetricStat {
            metric: MetricId::new("N", "m", []),
            statistic: Statistic::Sum,
            period,
            unit: None,
        }
    }

    #[test]
    fn query_lists_that_make_no_alarm_say_why() {
        let metric = |id: &str| Query::metric(id, stat(60));
        let expression = |id: &str, text: &str| Query::expression(id, text).unwrap();
        for (name, queries, expected) in [
            (
                "id with a capital",
                vec![metric("M1")],
                DefinitionError::BadId("M1".into()),
            ),
            (
                "id with a dash",
                vec![metric("m-1")],
                DefinitionError::BadId("m-1".into()),
            ),
            ("empty id", vec![metric("")], DefinitionError::BadId(String::new())),
            (
                "same id twice",
                vec![metric("m"), metric("m")],
                DefinitionError::RepeatedId("m".into()),
            ),
            (
                "nothing returned",
                vec![metric("m")],
                DefinitionError::ReturnData { count: 0 },
            ),
            (
                "two returned",
                vec![metric("m"), expression("a", "m"), expression("b", "m")],
                DefinitionError::ReturnData { count: 2 },
            ),
            (
                "no metric",
                vec![expression("e", "TIME_SERIES(1)")],
                DefinitionError::NoMetric,
            ),
            (
                "unknown reference",
                vec![metric("m"), expression("e", "m + x")],
                DefinitionError::UnknownReference {
                    query: "e".into(),
                    unknown: "x".into(),
                },
            ),
            (
                "cycle",
                vec![metric("m"), expression("a", "b + m"), expression("b", "a")],
                DefinitionError::Cycle("a".into()),
            ),
            (
                "two periods",
                vec![metric("m"), Query::metric("n", stat(300)), expression("e", "m + n")],
                DefinitionError::MixedPeriods { first: 60, other: 300 },
            ),
        ] {
            assert_eq!(MathQueries::new(queries), Err(expected), "{name}");
        }
    }

    #[test]
    fn windows_end_where_cloudwatch_says() {
        let at = |day, hour, minute| {
            let time = date(2024, 5, day).at(hour, minute, 30, 0);
            Offset::UTC.to_timestamp(time).unwrap().as_second()
        };
        let on = |day, hour, minute| at(day, hour, minute) - 30;
        let wall = |utc_offset_seconds| EvaluationWindow::WallClock { utc_offset_seconds };
        let sliding = EvaluationWindow::Sliding;
        // 2024-05-08 is a Wednesday.
        for (name, period, periods, window, now, end) in [
            (
                "a sliding window ends at the minute",
                300,
                1,
                sliding,
                at(8, 11, 6),
                on(8, 11, 6),
            ),
            (
                "ten seconds for high resolution",
                10,
                3,
                sliding,
                at(8, 11, 6),
                on(8, 11, 6) + 30,
            ),
            (
                "one day is still evaluated every minute",
                3_600,
                24,
                sliding,
                at(8, 10, 3),
                on(8, 10, 3),
            ),
            (
                "more than a day looks at full hours",
                3_600,
                25,
                sliding,
                at(8, 10, 3),
                on(8, 10, 0),
            ),
            (
                "wall clock ends at the period",
                300,
                1,
                wall(0),
                at(8, 11, 6),
                on(8, 11, 5),
            ),
            ("wall clock day", 86_400, 1, wall(0), at(8, 11, 6), on(8, 0, 0)),
            (
                "wall clock day in India",
                86_400,
                1,
                wall(19_800),
                at(8, 11, 6),
                on(7, 18, 30),
            ),
            (
                "wall clock week begins on Monday",
                604_800,
                1,
                wall(0),
                at(8, 11, 6),
                on(6, 0, 0),
            ),
        ] {
            let alarm = AlarmDefinition {
                watched: Watched::Metric(stat(period)),
                comparison_operator: ComparisonOperator::GreaterThanThreshold,
                threshold: 0.0,
                evaluation_periods: periods,
                datapoints_to_alarm: 1,
                treat_missing_data: TreatMissingData::Missing,
                low_sample_count: LowSampleCount::Evaluate,
                evaluation_window: window,
            };
            let range = alarm.evaluation_range(now);
            assert_eq!(range.end(), end, "{name}");
            assert_eq!(range.periods, periods as usize + 2, "{name}");
        }
    }

    #[test]
    fn spellings_are_cloudwatchs() {
        for state in [StateValue::Ok, StateValue::Alarm, StateValue::InsufficientData] {
            assert_eq!(StateValue::parse(state.as_str()), Some(state), "{state}");
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str(), "{state}");
        }
        for text in ["missing", "notBreaching", "breaching", "ignore"] {
            assert_eq!(TreatMissingData::parse(text).unwrap().as_str(), text, "{text}");
        }
        assert_eq!(ComparisonOperator::parse("GreaterThanUpperThreshold"), None);
    }
}
