//! Trees to series.

use std::collections::BTreeMap;

use super::parser::{Filler, Function, Kind, Node, Operator};
use super::{MathError, QueryError};
use crate::definition::{Query, QuerySource};
use crate::history::History;
use crate::window::Window;

type Points = Vec<Option<f64>>;

/// What a node is worth.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    /// `None`: a division by zero, which drops whatever is computed with it.
    Scalar(Option<f64>),
    Series(Points),
    List(Vec<Points>),
}

impl Value {
    fn name(&self) -> &'static str {
        match self {
            Self::Scalar(_) => "a number",
            Self::Series(_) => "one time series",
            Self::List(_) => "several time series",
        }
    }
}

/// The series an expression may use, all over the same window.
struct MathContext<'a> {
    window: Window,
    series: BTreeMap<&'a str, Points>,
    /// Ids of metrics, in the order of the request, for `METRICS()`.
    metrics: Vec<&'a str>,
}

/// The series of every query over `window`, by id.
///
/// # Errors
/// An expression that cannot be evaluated; the id says which.
pub fn evaluate_queries<'a>(
    queries: &'a [Query],
    history: &History,
    window: Window,
) -> Result<BTreeMap<&'a str, Vec<Option<f64>>>, QueryError> {
    let mut context = MathContext {
        window,
        series: BTreeMap::new(),
        metrics: Vec::new(),
    };
    for query in queries {
        if let QuerySource::Metric(stat) = &query.source {
            context.series.insert(&query.id, history.series(stat, window));
            context.metrics.push(&query.id);
        }
    }
    let mut waiting: Vec<&Query> = queries
        .iter()
        .filter(|query| matches!(query.source, QuerySource::Expression(_)))
        .collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for query in waiting {
            let QuerySource::Expression(expression) = &query.source else {
                continue;
            };
            if expression.references().iter().all(|id| context.series.contains_key(id)) {
                let points = context.evaluate(&expression.root).map_err(|source| QueryError {
                    id: query.id.clone(),
                    source,
                })?;
                context.series.insert(&query.id, points);
            } else {
                later.push(query);
            }
        }
        if later.len() == before {
            let stuck = later[0];
            return Err(QueryError {
                id: stuck.id.clone(),
                source: MathError::UnknownId(stuck.id.clone()),
            });
        }
        waiting = later;
    }
    Ok(context.series)
}

impl MathContext<'_> {
    fn evaluate(&self, root: &Node) -> Result<Points, MathError> {
        match self.value(root)? {
            Value::Series(points) => Ok(points),
            other => Err(MathError::NotOneSeries { what: other.name() }),
        }
    }

    fn value(&self, node: &Node) -> Result<Value, MathError> {
        match &node.kind {
            Kind::Number(number) => Ok(Value::Scalar(Some(*number))),
            Kind::Id(id) => self
                .series
                .get(id.as_str())
                .cloned()
                .map(Value::Series)
                .ok_or_else(|| MathError::UnknownId(id.clone())),
            Kind::List(nodes) => self.list(nodes, node.at),
            Kind::Metrics(filter) => Ok(Value::List(
                self.metrics
                    .iter()
                    .filter(|id| filter.as_ref().is_none_or(|part| id.contains(part.as_str())))
                    .filter_map(|id| self.series.get(id).cloned())
                    .collect(),
            )),
            Kind::Negate(inner) => Ok(map(self.value(inner)?, |value| Some(-value))),
            Kind::Binary(operator, left, right) => {
                combine(&self.value(left)?, &self.value(right)?, |a, b| operator.apply(a, b)).ok_or(
                    MathError::Operands {
                        what: "two lists of different lengths",
                        at: node.at,
                    },
                )
            }
            Kind::Fill(series, filler) => self.fill(series, filler, node.at),
            Kind::Call(Function::If, arguments) => self.choose(arguments, node.at),
            Kind::Call(Function::Period, _) => Ok(Value::Scalar(Some(seconds(self.window.period)))),
            Kind::Call(function, arguments) => self.call(*function, &arguments[0], node.at),
            Kind::Unevaluated(name, _) => Err(MathError::UnsupportedFunction {
                name: (*name).to_owned(),
                at: node.at,
            }),
        }
    }

    fn list(&self, nodes: &[Node], at: usize) -> Result<Value, MathError> {
        let mut all = Vec::new();
        for node in nodes {
            match self.value(node)? {
                Value::Series(points) => all.push(points),
                Value::List(several) => all.extend(several),
                Value::Scalar(_) => {
                    return Err(MathError::Arguments {
                        function: "a list",
                        takes: "series only",
                        at,
                    });
                }
            }
        }
        Ok(Value::List(all))
    }

    fn call(&self, function: Function, argument: &Node, at: usize) -> Result<Value, MathError> {
        let value = self.value(argument)?;
        let refused = || {
            let (function, takes) = function.signature();
            MathError::Arguments { function, takes, at }
        };
        if let (Function::TimeSeries, Value::Scalar(scalar)) = (function, &value) {
            return Ok(Value::Series(vec![*scalar; self.window.periods]));
        }
        if matches!(value, Value::Scalar(_)) || function == Function::TimeSeries {
            return Err(refused());
        }
        let period = seconds(self.window.period);
        Ok(match function {
            Function::Abs => map(value, |value| Some(value.abs())),
            Function::Ceil => map(value, |value| Some(value.ceil())),
            Function::Floor => map(value, |value| Some(value.floor())),
            Function::Diff => each_series(value, |points| differences(points, |change, _| change)),
            Function::Rate => each_series(value, |points| {
                differences(points, |change, periods| change / (periods * period))
            }),
            _ => reduce(function, value),
        })
    }

    fn fill(&self, series: &Node, filler: &Filler, at: usize) -> Result<Value, MathError> {
        const TAKES: &str = "series and a number, a series, REPEAT or LINEAR";
        let refused = || MathError::Arguments {
            function: "FILL",
            takes: TAKES,
            at,
        };
        let value = self.value(series)?;
        if matches!(value, Value::Scalar(_)) {
            return Err(refused());
        }
        Ok(match filler {
            Filler::Repeat => each_series(value, repeat),
            Filler::Linear => each_series(value, interpolate),
            Filler::With(node) => match self.value(node)? {
                Value::Scalar(with) => each_series(value, |points| points.iter().map(|point| point.or(with)).collect()),
                Value::Series(with) => each_series(value, |points| {
                    points.iter().zip(&with).map(|(point, with)| point.or(*with)).collect()
                }),
                Value::List(_) => return Err(refused()),
            },
        })
    }

    /// IF(condition, yes, no).
    fn choose(&self, arguments: &[Node], at: usize) -> Result<Value, MathError> {
        let mut values = arguments.iter().map(|argument| self.value(argument));
        let (condition, yes) = (values.next().transpose()?, values.next().transpose()?);
        let no = values.next().transpose()?;
        let (Some(condition), Some(yes)) = (condition, yes) else {
            return Err(if_arguments(at));
        };
        if [Some(&condition), Some(&yes), no.as_ref()]
            .iter()
            .any(|value| matches!(value, Some(Value::List(_))))
        {
            return Err(if_arguments(at));
        }
        let silence = || Value::Series(vec![None; self.window.periods]);
        match condition {
            Value::Scalar(None) => Ok(silence()),
            Value::Scalar(Some(truth)) => Ok(if truth != 0.0 { yes } else { no.unwrap_or_else(silence) }),
            Value::Series(truths) => Ok(Value::Series(
                truths
                    .iter()
                    .enumerate()
                    .map(|(index, truth)| match (truth, &yes, &no) {
                        (None, _, _) => None,
                        // The guide: 0 where the condition holds and the chosen series is silent.
                        (Some(truth), Value::Series(points), _) if *truth != 0.0 => Some(points[index].unwrap_or(0.0)),
                        (Some(truth), Value::Scalar(scalar), _) if *truth != 0.0 => *scalar,
                        (Some(_), _, Some(Value::Series(points))) => points[index],
                        (Some(_), _, Some(Value::Scalar(scalar))) => *scalar,
                        _ => None,
                    })
                    .collect(),
            )),
            Value::List(_) => Err(if_arguments(at)),
        }
    }
}

fn if_arguments(at: usize) -> MathError {
    let (function, takes) = Function::If.signature();
    MathError::Arguments { function, takes, at }
}

/// A period as a number; CloudWatch's longest is a day short of 2^32 seconds, far within f64's exact range.
fn seconds(period: i64) -> f64 {
    i32::try_from(period).map_or(f64::MAX, f64::from)
}

impl Operator {
    /// `None` drops the datapoint: division by zero, or a result beyond f64.
    fn apply(self, a: f64, b: f64) -> Option<f64> {
        let truth = |holds: bool| f64::from(u8::from(holds));
        let result = match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide if b == 0.0 => return None,
            Self::Divide => a / b,
            Self::Power => a.powf(b),
            Self::Equal => truth(a == b),
            Self::NotEqual => truth(a != b),
            Self::Less => truth(a < b),
            Self::LessOrEqual => truth(a <= b),
            Self::Greater => truth(a > b),
            Self::GreaterOrEqual => truth(a >= b),
            Self::And => truth(a != 0.0 && b != 0.0),
            Self::Or => truth(a != 0.0 || b != 0.0),
        };
        Some(result).filter(|result| result.is_finite())
    }
}

fn map(value: Value, function: impl Fn(f64) -> Option<f64>) -> Value {
    match value {
        Value::Scalar(scalar) => Value::Scalar(scalar.and_then(function)),
        series => each_series(series, |points| {
            points.iter().map(|point| point.and_then(&function)).collect()
        }),
    }
}

/// Applies `function` to the series of a value; numbers stay.
fn each_series(value: Value, function: impl Fn(&[Option<f64>]) -> Points) -> Value {
    match value {
        Value::Scalar(scalar) => Value::Scalar(scalar),
        Value::Series(points) => Value::Series(function(&points)),
        Value::List(several) => Value::List(several.iter().map(|points| function(points)).collect()),
    }
}

/// Combines two values; `None` for two lists of different lengths.
fn combine(left: &Value, right: &Value, apply: impl Fn(f64, f64) -> Option<f64> + Copy) -> Option<Value> {
    let series = |a: &[Option<f64>], b: &[Option<f64>]| -> Points {
        let at = |(a, b): (&Option<f64>, &Option<f64>)| match (a, b) {
            (None, None) => None,
            (a, b) => apply(a.unwrap_or(0.0), b.unwrap_or(0.0)),
        };
        a.iter().zip(b).map(at).collect()
    };
    let with_scalar = |points: &[Option<f64>], scalar: Option<f64>, scalar_first: bool| -> Points {
        let one = |point: &Option<f64>| {
            let (point, scalar) = ((*point)?, scalar?);
            if scalar_first {
                apply(scalar, point)
            } else {
                apply(point, scalar)
            }
        };
        points.iter().map(one).collect()
    };
    Some(match (left, right) {
        (Value::Scalar(a), Value::Scalar(b)) => Value::Scalar(a.zip(*b).and_then(|(a, b)| apply(a, b))),
        (Value::Series(a), Value::Series(b)) => Value::Series(series(a, b)),
        (Value::Series(a), Value::Scalar(b)) => Value::Series(with_scalar(a, *b, false)),
        (Value::Scalar(a), Value::Series(b)) => Value::Series(with_scalar(b, *a, true)),
        (Value::List(all), Value::Scalar(b)) => Value::List(all.iter().map(|a| with_scalar(a, *b, false)).collect()),
        (Value::Scalar(a), Value::List(all)) => Value::List(all.iter().map(|b| with_scalar(b, *a, true)).collect()),
        (Value::List(all), Value::Series(b)) => Value::List(all.iter().map(|a| series(a, b)).collect()),
        (Value::Series(a), Value::List(all)) => Value::List(all.iter().map(|b| series(a, b)).collect()),
        (Value::List(a), Value::List(b)) if a.len() == b.len() => {
            Value::List(a.iter().zip(b).map(|(a, b)| series(a, b)).collect())
        }
        (Value::List(_), Value::List(_)) => return None,
    })
}

/// A series to its number, a list to a series. Silent members count as 0 in SUM and AVG of a list, which the guide says,
/// and not at all in MIN and MAX, where it says nothing.
fn reduce(function: Function, value: Value) -> Value {
    let of = |numbers: &[f64], members: usize| -> Option<f64> {
        if numbers.is_empty() {
            return None;
        }
        let sum: f64 = numbers.iter().sum();
        Some(match function {
            Function::Min => numbers.iter().copied().fold(f64::INFINITY, f64::min),
            Function::Max => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Function::Avg => sum / u32::try_from(members).map_or(f64::MAX, f64::from),
            _ => sum,
        })
    };
    match value {
        Value::List(several) => {
            let length = several.first().map_or(0, Vec::len);
            let at = |index: usize| -> Option<f64> {
                let numbers: Vec<f64> = several.iter().filter_map(|points| points[index]).collect();
                of(&numbers, several.len())
            };
            Value::Series((0..length).map(at).collect())
        }
        Value::Series(points) => {
            let numbers: Vec<f64> = points.into_iter().flatten().collect();
            Value::Scalar(of(&numbers, numbers.len()))
        }
        Value::Scalar(scalar) => Value::Scalar(scalar),
    }
}

/// Differences to the preceding datapoint, with the number of periods between the two.
fn differences(points: &[Option<f64>], of: impl Fn(f64, f64) -> f64) -> Points {
    let mut previous: Option<(u32, f64)> = None;
    (0..)
        .zip(points)
        .map(|(index, point)| {
            let value = (*point)?;
            let before = previous.replace((index, value));
            before.map(|(then, old)| of(value - old, f64::from(index - then)))
        })
        .collect()
}

fn repeat(points: &[Option<f64>]) -> Points {
    let mut last = None;
    points
        .iter()
        .map(|point| {
            last = point.or(last);
            last
        })
        .collect()
}

fn interpolate(points: &[Option<f64>]) -> Points {
    let mut filled = points.to_vec();
    let known: Vec<(usize, f64)> = points
        .iter()
        .enumerate()
        .filter_map(|(index, point)| point.map(|value| (index, value)))
        .collect();
    for pair in known.windows(2) {
        let [(from, low), (to, high)] = pair else { continue };
        let steps = u32::try_from(to - from).map_or(f64::MAX, f64::from);
        for (step, index) in (0u32..).zip(*from..*to) {
            filled[index] = Some(low + (high - low) * f64::from(step) / steps);
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::super::Expression;
    use super::*;
    use proptest::prelude::*;

    /// Evaluates over named series; `-` in a table is `None`.
    fn run(text: &str, series: &[(&'static str, &[Option<f64>])]) -> Result<Points, MathError> {
        let periods = series.first().map_or(4, |(_, points)| points.len());
        let context = MathContext {
            window: Window {
                start: 0,
                period: 60,
                periods,
            },
            series: series.iter().map(|(id, points)| (*id, points.to_vec())).collect(),
            metrics: series.iter().map(|(id, _)| *id).collect(),
        };
        context.evaluate(&Expression::parse(text)?.root)
    }

    fn points(text: &str) -> Points {
        text.split_whitespace().map(|word| word.parse().ok()).collect()
    }

    #[test]
    fn the_guides_own_tables_hold() {
        let m1 = points("30 20 0 0");
        let m2 = points("20 - 20 -");
        for (expression, expected) in [
            ("(metric1 < metric2)", "0 0 1 0"),
            ("(metric1 >= 30)", "1 0 0 0"),
            ("(metric1 > 15 AND metric2 > 15)", "1 0 0 0"),
        ] {
            let result = run(expression, &[("metric1", &m1), ("metric2", &m2)]);
            assert_eq!(result, Ok(points(expected)), "{expression}");
        }
        let (c, yes, no) = (points("1 1 0 0 -"), points("30 - 0 0 30"), points("0 0 20 - 20"));
        for (expression, expected) in [
            ("IF(metric1, metric2, metric3)", "30 0 20 - -"),
            ("IF(metric1, 5, metric3)", "5 5 20 - -"),
            ("IF(metric1, metric2, 5)", "30 0 5 5 -"),
        ] {
            let result = run(expression, &[("metric1", &c), ("metric2", &yes), ("metric3", &no)]);
            assert_eq!(result, Ok(points(expected)), "{expression}");
        }
    }

    #[test]
    fn missing_values_and_zeros_in_arithmetic() {
        let (a, b, silent) = (points("10 - 4 -"), points("5 2 0 -"), points("- - - -"));
        for (name, expression, expected) in [
            (
                "a missing operand is 0, two missing ones are nothing",
                "a + b",
                "15 2 4 -",
            ),
            ("subtraction", "a - b", "5 -2 4 -"),
            ("division by zero drops the point", "a / b", "2 0 - -"),
            ("division by a missing value drops it too", "b / a", "0.5 - 0 -"),
            (
                "a series without data counts as 0 where the other speaks",
                "a + s",
                "10 - 4 -",
            ),
            ("dividing by a series without data leaves nothing", "a / s", "- - - -"),
            (
                "a number gives points only where the series has them",
                "a * 2",
                "20 - 8 -",
            ),
            ("number first", "100 / a", "10 - 25 -"),
            ("a number divided by zero drops everything", "a + 1 / 0", "- - - -"),
            ("unary minus", "-a", "-10 - -4 -"),
            ("precedence", "1 + a * 2 - 4 / 2", "19 - 7 -"),
            ("left associative", "a - 1 - 2", "7 - 1 -"),
            ("parentheses", "(1 + a) * 2", "22 - 10 -"),
            ("power binds tighter than minus", "-a ^ 2", "-100 - -16 -"),
            ("exponents", "a * 1e1", "100 - 40 -"),
        ] {
            let result = run(expression, &[("a", &a), ("b", &b), ("s", &silent)]);
            assert_eq!(result, Ok(points(expected)), "{name}: {expression}");
        }
    }

    #[test]
    fn fill_leaves_no_hole_it_can_fill() {
        let (holes, silent, other) = (points("- 2 - - 8 -"), points("- - - - - -"), points("1 1 1 - 1 1"));
        for (expression, expected) in [
            ("FILL(m, 0)", "0 2 0 0 8 0"),
            ("FILL(m, -1.5)", "-1.5 2 -1.5 -1.5 8 -1.5"),
            ("FILL(m, REPEAT)", "- 2 2 2 8 8"),
            ("FILL(m, LINEAR)", "- 2 4 6 8 -"),
            ("FILL(m, o)", "1 2 1 - 8 1"),
            ("FILL(m, MIN(m))", "2 2 2 2 8 2"),
            ("FILL(s, 0)", "0 0 0 0 0 0"),
            ("FILL(s, REPEAT)", "- - - - - -"),
            ("SUM(FILL([m, s], 1))", "2 3 2 2 9 2"),
        ] {
            let result = run(expression, &[("m", &holes), ("s", &silent), ("o", &other)]);
            assert_eq!(result, Ok(points(expected)), "{expression}");
        }
    }

    #[test]
    fn functions_of_series_and_lists() {
        let (a, b) = (points("1 - 5 -"), points("3 4 - -"));
        for (expression, expected) in [
            ("SUM([a, b])", "4 4 5 -"),
            ("AVG([a, b])", "2 2 2.5 -"),
            ("MIN([a, b])", "1 4 5 -"),
            ("MAX([a, b])", "3 4 5 -"),
            ("SUM(METRICS())", "4 4 5 -"),
            ("SUM(METRICS(\"b\"))", "3 4 - -"),
            ("SUM([a, b] * 2)", "8 8 10 -"),
            ("SUM(100 / [a, b])", "133.33333333333334 25 20 -"),
            ("a - AVG(a)", "-2 - 2 -"),
            ("TIME_SERIES(MAX(a))", "5 5 5 5"),
            ("a / PERIOD(a)", "0.016666666666666666 - 0.08333333333333333 -"),
            ("DIFF(a)", "- - 4 -"),
            ("RATE(a)", "- - 0.03333333333333333 -"),
            ("ABS(a - 3)", "2 - 2 -"),
            ("CEIL(a / 2) + FLOOR(a / 2)", "1 - 5 -"),
            ("IF(1, a, b)", "1 - 5 -"),
            ("IF(0, a)", "- - - -"),
            ("IF(a >= 2, 100 * b / a)", "- - 0 -"),
            ("a > 2 || b > 3", "0 1 1 -"),
            ("a != 1 && b < 4", "0 0 0 -"),
        ] {
            assert_eq!(
                run(expression, &[("a", &a), ("b", &b)]),
                Ok(points(expected)),
                "{expression}"
            );
        }
    }

    #[test]
    fn errors_name_the_position() {
        let a = points("1 1 1 1");
        for (expression, message) in [
            (
                "a + ",
                "expected a value at position 5, found the end of the expression",
            ),
            ("a $ 1", "unexpected character '$' at position 3"),
            (
                "a 1",
                "expected an operator or the end at position 3, found the number 1",
            ),
            ("(a", "expected \")\" at position 3, found the end of the expression"),
            ("1.2.3 * a", "\"1.2.3\" at position 1 is not a number"),
            (
                "A + 1",
                "expected an id, which starts with a lowercase letter, a number, a function or \"(\" at position 1, found \"A\"",
            ),
            (
                "1 + SEARCH('{AWS/EC2} CPU', 'Sum')",
                "SEARCH at position 5 is not allowed in alarms: it returns many time series, but an alarm evaluates one",
            ),
            (
                "STDDEV(a)",
                "function STDDEV at position 1 is a CloudWatch function that this provider does not support",
            ),
            (
                "sum(a)",
                "unknown function sum at position 1; functions are written in capitals",
            ),
            (
                "IF(a)",
                "IF at position 1 takes a condition, a value and perhaps another value, each a series or a number",
            ),
            ("PERIOD(a * 2)", "PERIOD at position 1 takes the id of one metric"),
            (
                "FILL(1, 0)",
                "FILL at position 1 takes series and a number, a series, REPEAT or LINEAR",
            ),
            (
                "FILL(a)",
                "expected \",\" and what FILL fills with at position 7, found \")\"",
            ),
            ("METRICS('x)", "the text that starts at position 9 is not closed"),
            (
                "[a] + [a, a]",
                "the operator at position 5 cannot combine two lists of different lengths",
            ),
            ("[]", "a list at position 1 takes at least one series"),
            (
                "1 + 1",
                "the expression returns a number; it must return one time series",
            ),
            (
                "SUM(a)",
                "the expression returns a number; it must return one time series",
            ),
            (
                "[a, a]",
                "the expression returns several time series; it must return one time series",
            ),
            ("b", "\"b\" is the id of no query"),
        ] {
            let error = run(expression, &[("a", &a)]).unwrap_err();
            assert_eq!(error.to_string(), message, "{expression}");
        }
    }

    #[test]
    fn functions_that_are_not_evaluated_are_read_with_their_arguments() {
        for (expression, ids) in [
            ("STDDEV(a)", vec!["a"]),
            ("ANOMALY_DETECTION_BAND(m1, 2)", vec!["m1"]),
            ("SUM(SORT(METRICS(), AVG, DESC, 3))", vec![]),
            (
                "INSIGHT_RULE_METRIC(\"rule\", \"MaxContributorValue\") / m1",
                vec!["m1"],
            ),
            ("IF(HOUR(m1) > 19 OR HOUR(m1) < 2, m2)", vec!["m1", "m2"]),
            ("SERVICE_QUOTA(m1) - RUNNING_SUM([m2, m3])", vec!["m1", "m2", "m3"]),
        ] {
            let read = Expression::read(expression).unwrap();
            assert_eq!(read.references(), ids, "{expression}");
            assert!(
                matches!(
                    Expression::parse(expression),
                    Err(MathError::UnsupportedFunction { .. })
                ),
                "{expression}"
            );
        }
        assert!(
            Expression::read("1 + ANOMALY_DETECTION_BAND(m, 2)")
                .unwrap()
                .calls_unevaluated("ANOMALY_DETECTION_BAND")
        );
        for (expression, message) in [
            (
                "STDDEV(a",
                "expected \",\" or \")\" at position 9, found the end of the expression",
            ),
            (
                "STDDEV(a) +",
                "expected a value at position 12, found the end of the expression",
            ),
            (
                "TOTALLY(m1 + ",
                "unknown function TOTALLY at position 1; functions are written in capitals",
            ),
            ("HOUR(m1 m2)", "expected \",\" or \")\" at position 9, found \"m2\""),
        ] {
            assert_eq!(
                Expression::read(expression).unwrap_err().to_string(),
                message,
                "{expression}"
            );
        }
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_crash() {
        for text in [
            "(".repeat(2_000),
            "-".repeat(2_000),
            "[".repeat(2_000),
            "ABS(".repeat(500),
            "HOUR(".repeat(400),
        ] {
            assert!(
                matches!(Expression::parse(&text), Err(MathError::TooDeep { .. })),
                "{}",
                &text[..8]
            );
        }
        let a = points("1 -");
        assert_eq!(run(&vec!["a"; 1_000].join("+"), &[("a", &a)]), Ok(points("1000 -")));
        assert_eq!(
            Expression::parse(&"a".repeat(2_049)),
            Err(MathError::TooLong { length: 2_049 })
        );
    }

    fn any_points() -> impl Strategy<Value = Points> {
        prop::collection::vec(prop::option::of(-1e3..1e3f64), 6)
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-c0-9+*/^<>=&|()\\[\\], .'\"A-Z_-]{0,60}") {
            let a = points("1 - 2 -");
            let _either_way = run(&text, &[("a", &a)]);
        }

        #[test]
        fn addition_and_multiplication_commute(a in any_points(), b in any_points()) {
            let series: [(&str, &[Option<f64>]); 2] = [("a", &a), ("b", &b)];
            prop_assert_eq!(run("a + b", &series), run("b + a", &series));
            prop_assert_eq!(run("a * b", &series), run("b * a", &series));
        }

        #[test]
        fn nothing_is_missing_after_fill(a in any_points()) {
            prop_assert!(run("FILL(a, 0)", &[("a", &a)]).unwrap().iter().all(Option::is_some));
        }

        #[test]
        fn a_ratio_never_is_infinite(a in any_points(), b in any_points()) {
            let ratio = run("100 * a / b", &[("a", &a), ("b", &b)]).unwrap();
            prop_assert!(ratio.into_iter().flatten().all(f64::is_finite));
        }
    }
}
