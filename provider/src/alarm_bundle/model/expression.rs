//! What a plan must know about metric math: what an expression is, what is wrong with it, and the ids it uses.

use alarm_evaluator::math::{Expression, MathError};

const BAND: &str = "ANOMALY_DETECTION_BAND";

/// An expression as a bundle sees it.
#[derive(Debug, PartialEq)]
pub(crate) enum Kind {
    /// Metric math that an alarm can have, and the ids it uses.
    Math(Vec<String>),
    /// A query of Metrics Insights.
    Query,
    /// It calls SEARCH, which no alarm can have.
    Search,
    /// It calculates an anomaly detection band.
    Band,
    /// CloudWatch refuses it.
    Invalid(MathError),
}

/// Reads an expression by CloudWatch's grammar.
pub(crate) fn kind(expression: &str) -> Kind {
    if is_query(expression) {
        return Kind::Query;
    }
    match Expression::read(expression) {
        Ok(read) if read.calls_unevaluated(BAND) => Kind::Band,
        Ok(read) => Kind::Math(read.references().into_iter().map(str::to_owned).collect()),
        Err(MathError::Search { .. }) => Kind::Search,
        Err(problem) => Kind::Invalid(problem),
    }
}

/// Whether a text is a query of Metrics Insights: `SELECT ...`.
pub(crate) fn is_query(expression: &str) -> bool {
    let first = expression.split_whitespace().next();
    first.is_some_and(|word| word.eq_ignore_ascii_case("SELECT"))
}

/// Whether a text can be a metric's id: `[a-z][A-Za-z0-9_]*`, at most 255 characters.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() <= 255
        && text.starts_with(|char: char| char.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_read_as_cloudwatch_reads_it() {
        let math = |ids: &[&str]| Kind::Math(ids.iter().map(|id| (*id).to_owned()).collect());
        for (expression, expected) in [
            ("IF(n >= 20, 100 * (1 - s / n))", math(&["n", "s"])),
            ("FILL(m1, 0) + m_2", math(&["m1", "m_2"])),
            ("SUM(METRICS(\"errors\")) / 2e3", math(&[])),
            ("IF(HOUR(m1) < 8, m1)", math(&["m1"])),
            ("SUM(SEARCH('x', 'Sum', 60))", Kind::Search),
            ("select AVG(Errors) from \"AWS/Lambda\"", Kind::Query),
            ("ANOMALY_DETECTION_BAND(m1, 2)", Kind::Band),
            ("m1 - ANOMALY_DETECTION_BAND(m1)", Kind::Band),
        ] {
            assert_eq!(kind(expression), expected, "{expression}");
        }
        for expression in ["TOTALLY(m1 + ", "m1 +", "(m1", "sum(m1)", "m1 m2", "IF(m1)"] {
            assert!(matches!(kind(expression), Kind::Invalid(_)), "{expression}");
        }
    }
}
