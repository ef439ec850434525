//! Tokens to a tree, by recursive descent.

use super::MathError;
use super::lexer::{Token, tokens};

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    text: String,
    pub(super) root: Node,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// Position of the token that made the node.
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Number(f64),
    Id(String),
    List(Vec<Node>),
    Negate(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
    Fill(Box<Node>, Filler),
    Metrics(Option<String>),
    /// A function of [`UNSUPPORTED`], with those of its arguments that are values.
    Unevaluated(&'static str, Vec<Node>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filler {
    Repeat,
    Linear,
    With(Box<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Function {
    Sum,
    Min,
    Max,
    Avg,
    Abs,
    Ceil,
    Floor,
    Diff,
    Rate,
    Period,
    TimeSeries,
    If,
}

/// Functions of CloudWatch's that are not evaluated here ("Functions supported for metric math").
const UNSUPPORTED: [&str; 24] = [
    "ANOMALY_DETECTION_BAND",
    "DATAPOINT_COUNT",
    "DATE",
    "DAY",
    "DB_PERF_INSIGHTS",
    "DIFF_TIME",
    "EPOCH",
    "FIRST",
    "HOUR",
    "INSIGHT_RULE_METRIC",
    "LAMBDA",
    "LAST",
    "LOG",
    "LOG10",
    "METRIC_COUNT",
    "MINUTE",
    "MONTH",
    "REMOVE_EMPTY",
    "RUNNING_SUM",
    "SERVICE_QUOTA",
    "SLICE",
    "SORT",
    "STDDEV",
    "YEAR",
];

/// Characters an expression may have (API reference, MetricDataQuery).
const MAX_LENGTH: usize = 2_048;

/// Levels of nesting; our choice: more than a readable expression has, and far less than a thread of 2 MiB holds.
const MAX_DEPTH: usize = 50;

/// Binary operators by how tightly they bind, loosest first.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[("OR", Operator::Or), ("||", Operator::Or)],
    &[("AND", Operator::And), ("&&", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<", Operator::Less),
        ("<=", Operator::LessOrEqual),
        (">", Operator::Greater),
        (">=", Operator::GreaterOrEqual),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide)],
];

impl Expression {
    /// Parses an expression that this crate can evaluate.
    ///
    /// # Errors
    /// As [`Self::read`], and for each of CloudWatch's functions that is not evaluated here.
    pub fn parse(text: &str) -> Result<Self, MathError> {
        let expression = Self::read(text)?;
        match expression.root.first_unevaluated() {
            Some((name, at)) => Err(MathError::UnsupportedFunction {
                name: name.to_owned(),
                at,
            }),
            None => Ok(expression),
        }
    }

    /// Reads an expression by CloudWatch's grammar, whether or not this crate can evaluate it.
    ///
    /// # Errors
    /// What CloudWatch refuses: names the position, counted in characters from 1.
    pub fn read(text: &str) -> Result<Self, MathError> {
        let length = text.chars().count();
        if length > MAX_LENGTH {
            return Err(MathError::TooLong { length });
        }
        let mut parser = Parser {
            tokens: tokens(text)?,
            next: 0,
            depth: 0,
        };
        let root = parser.binary(0)?;
        match parser.peek() {
            Token::End => Ok(Self {
                text: text.to_owned(),
                root,
            }),
            _ => Err(parser.expected("an operator or the end")),
        }
    }

    /// The text it was parsed from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Ids the expression uses, each once, in order of appearance. `METRICS()` uses none by name.
    #[must_use]
    pub fn references(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        self.root.collect_ids(&mut ids);
        ids
    }

    /// Whether the expression calls one of CloudWatch's functions that this crate does not evaluate, such as `ANOMALY_DETECTION_BAND`.
    #[must_use]
    pub fn calls_unevaluated(&self, name: &str) -> bool {
        self.root.calls(name)
    }
}

impl Node {
    /// Nodes directly below this one.
    fn children(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Number(_) | Kind::Metrics(_) | Kind::Id(_) => Vec::new(),
            Kind::List(nodes) | Kind::Call(_, nodes) | Kind::Unevaluated(_, nodes) => nodes.iter().collect(),
            Kind::Negate(node) => vec![node],
            Kind::Binary(_, left, right) => vec![left, right],
            Kind::Fill(series, Filler::With(node)) => vec![series, node],
            Kind::Fill(series, Filler::Repeat | Filler::Linear) => vec![series],
        }
    }

    fn first_unevaluated(&self) -> Option<(&'static str, usize)> {
        match &self.kind {
            Kind::Unevaluated(name, _) => Some((name, self.at)),
            _ => self.children().into_iter().find_map(Self::first_unevaluated),
        }
    }

    fn calls(&self, function: &str) -> bool {
        matches!(&self.kind, Kind::Unevaluated(name, _) if *name == function)
            || self.children().into_iter().any(|child| child.calls(function))
    }

    fn collect_ids<'a>(&'a self, ids: &mut Vec<&'a str>) {
        match &self.kind {
            Kind::Id(id) if !ids.contains(&id.as_str()) => ids.push(id),
            _ => {
                for child in self.children() {
                    child.collect_ids(ids);
                }
            }
        }
    }
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.next.min(self.tokens.len() - 1)].0
    }

    fn position(&self) -> usize {
        self.tokens[self.next.min(self.tokens.len() - 1)].1
    }

    fn expected(&self, expected: &'static str) -> MathError {
        MathError::Expected {
            expected,
            found: self.peek().describe(),
            at: self.position(),
        }
    }

    fn accept(&mut self, symbol: &str) -> bool {
        let here = matches!(self.peek(), Token::Symbol(found) if *found == symbol);
        self.next += usize::from(here);
        here
    }

    fn require(&mut self, symbol: &str, expected: &'static str) -> Result<(), MathError> {
        if self.accept(symbol) {
            Ok(())
        } else {
            Err(self.expected(expected))
        }
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, MathError>) -> Result<T, MathError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(MathError::TooDeep { at: self.position() });
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn binary(&mut self, level: usize) -> Result<Node, MathError> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        loop {
            let operator = operators.iter().find(|(spelling, _)| match self.peek() {
                Token::Symbol(symbol) => symbol == spelling,
                Token::Name(name) => name == spelling,
                _ => false,
            });
            let Some((_, operator)) = operator else { return Ok(left) };
            let at = self.position();
            self.next += 1;
            let right = self.deeper(|parser| parser.binary(level + 1))?;
            left = Node {
                at,
                kind: Kind::Binary(*operator, Box::new(left), Box::new(right)),
            };
        }
    }

    fn unary(&mut self) -> Result<Node, MathError> {
        let at = self.position();
        if self.accept("-") {
            let node = self.deeper(Self::unary)?;
            return Ok(Node {
                at,
                kind: Kind::Negate(Box::new(node)),
            });
        }
        let base = self.primary()?;
        let at = self.position();
        if self.accept("^") {
            let exponent = self.deeper(Self::unary)?;
            return Ok(Node {
                at,
                kind: Kind::Binary(Operator::Power, Box::new(base), Box::new(exponent)),
            });
        }
        Ok(base)
    }

    fn primary(&mut self) -> Result<Node, MathError> {
        let at = self.position();
        let token = self.peek().clone();
        match token {
            Token::Number(number) => {
                self.next += 1;
                Ok(Node {
                    at,
                    kind: Kind::Number(number),
                })
            }
            Token::Name(name) => {
                self.next += 1;
                if self.accept("(") {
                    return self.deeper(|parser| parser.call(&name, at));
                }
                if name.starts_with(|first: char| first.is_ascii_lowercase()) {
                    return Ok(Node {
                        at,
                        kind: Kind::Id(name),
                    });
                }
                self.next -= 1;
                Err(self.expected("an id, which starts with a lowercase letter, a number, a function or \"(\""))
            }
            Token::Symbol("(") => {
                self.next += 1;
                let node = self.deeper(|parser| parser.binary(0))?;
                self.require(")", "\")\"")?;
                Ok(node)
            }
            Token::Symbol("[") => {
                self.next += 1;
                let nodes = self.deeper(|parser| parser.arguments("]", "\",\" or \"]\""))?;
                if nodes.is_empty() {
                    return Err(MathError::Arguments {
                        function: "a list",
                        takes: "at least one series",
                        at,
                    });
                }
                Ok(Node {
                    at,
                    kind: Kind::List(nodes),
                })
            }
            _ => Err(self.expected("a value")),
        }
    }

    fn arguments(&mut self, close: &str, expected: &'static str) -> Result<Vec<Node>, MathError> {
        let mut nodes = Vec::new();
        if self.accept(close) {
            return Ok(nodes);
        }
        loop {
            nodes.push(self.binary(0)?);
            if self.accept(close) {
                return Ok(nodes);
            }
            self.require(",", expected)?;
        }
    }

    fn call(&mut self, name: &str, at: usize) -> Result<Node, MathError> {
        let function = match name {
            "SEARCH" => return Err(MathError::Search { at }),
            "METRICS" => return self.metrics(at),
            "FILL" => return self.fill(at),
            "SUM" => Function::Sum,
            "MIN" => Function::Min,
            "MAX" => Function::Max,
            "AVG" => Function::Avg,
            "ABS" => Function::Abs,
            "CEIL" => Function::Ceil,
            "FLOOR" => Function::Floor,
            "DIFF" => Function::Diff,
            "RATE" => Function::Rate,
            "PERIOD" => Function::Period,
            "TIME_SERIES" => Function::TimeSeries,
            "IF" => Function::If,
            _ => return self.unevaluated(name, at),
        };
        let arguments = self.arguments(")", "\",\" or \")\"")?;
        let fits = match function {
            Function::If => (2..=3).contains(&arguments.len()),
            Function::Period => matches!(arguments.as_slice(), [Node { kind: Kind::Id(_), .. }]),
            _ => arguments.len() == 1,
        };
        if !fits {
            let (function, takes) = function.signature();
            return Err(MathError::Arguments { function, takes, at });
        }
        Ok(Node {
            at,
            kind: Kind::Call(function, arguments),
        })
    }

    /// A function that is read and not evaluated. Besides values it may take texts and words: `SORT(METRICS(), AVG, DESC, 3)`.
    fn unevaluated(&mut self, name: &str, at: usize) -> Result<Node, MathError> {
        const EXPECTED: &str = "\",\" or \")\"";
        let Some(name) = UNSUPPORTED.into_iter().find(|known| *known == name) else {
            return Err(MathError::UnknownFunction {
                name: name.to_owned(),
                at,
            });
        };
        let mut nodes = Vec::new();
        if !self.accept(")") {
            loop {
                if self.is_word() {
                    self.next += 1;
                } else {
                    nodes.push(self.binary(0)?);
                }
                if self.accept(")") {
                    break;
                }
                self.require(",", EXPECTED)?;
            }
        }
        Ok(Node {
            at,
            kind: Kind::Unevaluated(name, nodes),
        })
    }

    /// Whether a text, or a capital name that is no call, stands here.
    fn is_word(&self) -> bool {
        let is_call = matches!(self.tokens.get(self.next + 1), Some((Token::Symbol("("), _)));
        match self.peek() {
            Token::Text(_) => true,
            Token::Name(name) => !is_call && name.starts_with(|first: char| first.is_ascii_uppercase()),
            _ => false,
        }
    }

    fn metrics(&mut self, at: usize) -> Result<Node, MathError> {
        let filter = match self.peek().clone() {
            Token::Text(text) => {
                self.next += 1;
                Some(text)
            }
            _ => None,
        };
        self.require(")", "a quoted part of an id or \")\"")?;
        Ok(Node {
            at,
            kind: Kind::Metrics(filter),
        })
    }

    fn fill(&mut self, at: usize) -> Result<Node, MathError> {
        let series = self.binary(0)?;
        self.require(",", "\",\" and what FILL fills with")?;
        let filler = match self.peek() {
            Token::Name(name) if name == "REPEAT" => Some(Filler::Repeat),
            Token::Name(name) if name == "LINEAR" => Some(Filler::Linear),
            _ => None,
        };
        let filler = match filler {
            Some(keyword) => {
                self.next += 1;
                keyword
            }
            None => Filler::With(Box::new(self.binary(0)?)),
        };
        self.require(")", "\")\"")?;
        Ok(Node {
            at,
            kind: Kind::Fill(Box::new(series), filler),
        })
    }
}

impl Function {
    pub(super) fn signature(self) -> (&'static str, &'static str) {
        match self {
            Self::Sum => ("SUM", "one series or one list of series"),
            Self::Min => ("MIN", "one series or one list of series"),
            Self::Max => ("MAX", "one series or one list of series"),
            Self::Avg => ("AVG", "one series or one list of series"),
            Self::Abs => ("ABS", "one series or one list of series"),
            Self::Ceil => ("CEIL", "one series or one list of series"),
            Self::Floor => ("FLOOR", "one series or one list of series"),
            Self::Diff => ("DIFF", "one series or one list of series"),
            Self::Rate => ("RATE", "one series or one list of series"),
            Self::Period => ("PERIOD", "the id of one metric"),
            Self::TimeSeries => ("TIME_SERIES", "one number"),
            Self::If => (
                "IF",
                "a condition, a value and perhaps another value, each a series or a number",
            ),
        }
    }
}
