//! The three kinds of expression.

use std::fmt;
use std::str::FromStr;

use crate::{At, Cron, ParseError, Rate};

/// When a schedule runs.
///
/// Parsed by [`str::parse`]; shown as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// Again and again after a fixed time.
    Rate(Rate),
    /// At local times of a calendar.
    Cron(Box<Cron>),
    /// Once.
    At(At),
}

impl FromStr for Expression {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let (kind, rest) = text
            .split_once('(')
            .ok_or_else(|| ParseError::UnknownKind { seen: text.to_owned() })?;
        let inside = || {
            rest.strip_suffix(')')
                .filter(|inside| !inside.contains(['(', ')']))
                .ok_or_else(|| ParseError::Brackets { seen: text.to_owned() })
        };
        match kind {
            "rate" => Rate::parse(inside()?).map(Self::Rate),
            "cron" => Cron::parse(inside()?).map(|cron| Self::Cron(Box::new(cron))),
            "at" => At::parse(inside()?).map(Self::At),
            _ => Err(ParseError::UnknownKind { seen: text.to_owned() }),
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate(rate) => write!(f, "rate({rate})"),
            Self::Cron(cron) => write!(f, "cron({cron})"),
            Self::At(at) => write!(f, "at({at})"),
        }
    }
}
