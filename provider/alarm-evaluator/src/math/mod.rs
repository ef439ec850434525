//! Metric math: the expressions of `Metrics` lists.
//!
//! Modelled: `+ - * / ^`, unary minus, parentheses, `== != < <= > >=`, `AND && OR ||`, `IF`, `FILL` (value, series, `REPEAT`,
//! `LINEAR`), `SUM MIN MAX AVG` of a series or a list, `ABS CEIL FLOOR DIFF RATE`, `PERIOD`, `TIME_SERIES`, `METRICS`.
//! `SEARCH` is refused, as CloudWatch refuses it in alarms. CloudWatch's other functions are read ([`Expression::read`]) and not
//! evaluated ([`Expression::parse`] refuses them by name).
//!
//! Missing values, all from "Using metric math":
//! - two series are combined timestamp by timestamp; where one of them is silent it counts as 0, where both are silent there is
//!   no datapoint. A series without any datapoint therefore counts as 0 wherever the other one speaks;
//! - a series and a number give datapoints only where the series has them;
//! - a division by zero drops that datapoint, also when the zero is a missing value;
//! - `IF` drops where its condition is missing; a missing first value counts as 0, a missing second one drops.
//!
//! `FILL` fills every period that was asked for, also of a series without any datapoint, so nothing stays missing behind
//! `FILL(m, 0)`. `REPEAT` leaves what comes before the first datapoint, `LINEAR` also what comes after the last.

mod eval;
mod lexer;
mod parser;

pub use eval::evaluate_queries;
pub use parser::Expression;

/// Why an expression cannot be read or evaluated. `at` counts characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MathError {
    /// A character that starts no token.
    #[error("unexpected character '{found}' at position {at}")]
    Character {
        /// The character.
        found: char,
        /// Position.
        at: usize,
    },
    /// A number that is none.
    #[error("\"{text}\" at position {at} is not a number")]
    Number {
        /// The text.
        text: String,
        /// Position.
        at: usize,
    },
    /// A text without its closing quote.
    #[error("the text that starts at position {at} is not closed")]
    OpenText {
        /// Position of the opening quote.
        at: usize,
    },
    /// The wrong token.
    #[error("expected {expected} at position {at}, found {found}")]
    Expected {
        /// What could stand here.
        expected: &'static str,
        /// What stands here.
        found: String,
        /// Position.
        at: usize,
    },
    /// More than CloudWatch takes.
    #[error("the expression has {length} characters; CloudWatch takes 2048")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// Deeper nesting than is evaluated here: 50 levels.
    #[error("the expression nests too deeply at position {at}")]
    TooDeep {
        /// Position.
        at: usize,
    },
    /// SEARCH gives many series, an alarm watches one.
    #[error(
        "SEARCH at position {at} is not allowed in alarms: it returns many time series, but an alarm evaluates \
        one"
    )]
    Search {
        /// Position.
        at: usize,
    },
    /// A function of CloudWatch's that is not evaluated here.
    #[error("function {name} at position {at} is a CloudWatch function that this provider does not support")]
    UnsupportedFunction {
        /// Its name.
        name: String,
        /// Position.
        at: usize,
    },
    /// A function nobody knows.
    #[error("unknown function {name} at position {at}; functions are written in capitals")]
    UnknownFunction {
        /// Its name.
        name: String,
        /// Position.
        at: usize,
    },
    /// Too many or too few arguments, or one of the wrong kind.
    #[error("{function} at position {at} takes {takes}")]
    Arguments {
        /// The function.
        function: &'static str,
        /// What it takes.
        takes: &'static str,
        /// Position.
        at: usize,
    },
    /// Operands that do not combine.
    #[error("the operator at position {at} cannot combine {what}")]
    Operands {
        /// The two kinds.
        what: &'static str,
        /// Position.
        at: usize,
    },
    /// The result is a number or several series.
    #[error("the expression returns {what}; it must return one time series")]
    NotOneSeries {
        /// What it returns.
        what: &'static str,
    },
    /// An id that no query has.
    #[error("\"{0}\" is the id of no query")]
    UnknownId(String),
}

/// A query that cannot be evaluated; CloudWatch's counterpart is the evaluation state `EVALUATION_ERROR`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("query \"{id}\" cannot be evaluated")]
pub struct QueryError {
    /// The query with the expression.
    pub id: String,
    /// What is wrong with it.
    pub source: MathError,
}
