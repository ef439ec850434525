//! The operators of the `Condition` element.
//!
//! "If your policy has multiple condition operators or multiple keys attached to a single condition operator, the conditions are
//! evaluated using a logical AND. If a single condition operator includes multiple values for one key, that condition is evaluated
//! using a logical OR; with a negated matching condition operator, a logical NOR."

use std::net::IpAddr;

use ipnet::IpNet;

use crate::context::Context;
use crate::error::RequestError;
use crate::pattern::{ArnPattern, Pattern};

/// One key under one operator.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    key: String,
    test: Test,
    negated: bool,
    if_exists: bool,
    set: Set,
}

/// How a key with several values is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    None,
    ForAllValues,
    ForAnyValue,
}

/// What the policy's values are, as the operator compares them.
#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// `StringEquals`: "Exact matching, case sensitive"; `StringLike`: with wildcards.
    Text(Vec<Pattern>),
    /// `StringEqualsIgnoreCase`, in lower case.
    IgnoreCase(Vec<Pattern>),
    /// `ArnEquals` and `ArnLike`: "These behave identically."
    Arn(Vec<ArnPattern>),
    Numeric(Relation, Vec<f64>),
    Bool(Vec<bool>),
    IpAddress(Vec<IpNet>),
    /// Whether the key has to be missing.
    Null(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

impl Relation {
    #[allow(clippy::float_cmp, reason = "the guide's equality of decimals as they are written")]
    fn holds(self, request: f64, policy: f64) -> bool {
        match self {
            Self::Equals => request == policy,
            Self::LessThan => request < policy,
            Self::LessThanEquals => request <= policy,
            Self::GreaterThan => request > policy,
            Self::GreaterThanEquals => request >= policy,
        }
    }
}

impl Condition {
    /// Reads one key under an operator such as `ForAnyValue:StringLikeIfExists`.
    ///
    /// # Errors
    /// The operator is not known here, or it cannot compare one of the values; the error says which.
    pub fn parse(operator: &str, key: &str, values: &[String], variables: bool) -> Result<Self, String> {
        let (set, rest) = if let Some(rest) = operator.strip_prefix("ForAllValues:") {
            (Set::ForAllValues, rest)
        } else if let Some(rest) = operator.strip_prefix("ForAnyValue:") {
            (Set::ForAnyValue, rest)
        } else {
            (Set::None, operator)
        };
        let (base, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |base| (base, true));
        // "You can use a policy variable for Condition values in any condition that involves the string operators or the ARN
        // operators. You can't use a policy variable with other operators."
        let has_variable = values.iter().any(|value| value.contains("${"));
        if variables && has_variable && !base.starts_with("String") && !base.starts_with("Arn") {
            return Err(format!("{operator} on {key} takes no policy variable"));
        }
        let (test, negated) = match base {
            "StringEquals" | "StringNotEquals" => (
                Test::Text(each(values, |value| Pattern::exact(value, variables))?),
                base == "StringNotEquals",
            ),
            "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase" => (
                Test::IgnoreCase(each(values, |value| {
                    if value.contains("${") && variables {
                        return Err("policy variables are not evaluated under IgnoreCase here".to_owned());
                    }
                    Pattern::exact(&value.to_lowercase(), variables)
                })?),
                base == "StringNotEqualsIgnoreCase",
            ),
            "StringLike" | "StringNotLike" => (
                Test::Text(each(values, |value| Pattern::like(value, variables))?),
                base == "StringNotLike",
            ),
            "ArnEquals" | "ArnLike" | "ArnNotEquals" | "ArnNotLike" => (
                Test::Arn(each(values, |value| ArnPattern::parse(value, variables))?),
                base.starts_with("ArnNot"),
            ),
            "NumericEquals" | "NumericNotEquals" => (numeric(Relation::Equals, values)?, base == "NumericNotEquals"),
            "NumericLessThan" => (numeric(Relation::LessThan, values)?, false),
            "NumericLessThanEquals" => (numeric(Relation::LessThanEquals, values)?, false),
            "NumericGreaterThan" => (numeric(Relation::GreaterThan, values)?, false),
            "NumericGreaterThanEquals" => (numeric(Relation::GreaterThanEquals, values)?, false),
            "Bool" => (Test::Bool(each(values, boolean)?), false),
            "IpAddress" | "NotIpAddress" => (Test::IpAddress(each(values, network)?), base == "NotIpAddress"),
            // "You can add IfExists to the end of any condition operator name except the Null condition."
            "Null" if !if_exists && set == Set::None => match values {
                [value] => (Test::Null(boolean(value)?), false),
                _ => return Err(format!("Null on {key} takes one value")),
            },
            _ => return Err(format!("the operator {operator} is not evaluated here")),
        };
        Ok(Self {
            key: key.to_owned(),
            test,
            negated,
            if_exists,
            set,
        })
    }

    /// Whether the condition holds for a request with these keys.
    ///
    /// # Errors
    /// A value of the key cannot be compared, or there are several and the operator has no set qualifier.
    pub fn holds(&self, context: &Context) -> Result<bool, RequestError> {
        let values = context.get(&self.key);
        if let Test::Null(wanted) = &self.test {
            // "true (the key doesn't exist - it is null) or false (the key exists and its value is not null)"
            return Ok(values.is_none() == *wanted);
        }
        let Some(values) = values else {
            return Ok(self.holds_without_key());
        };
        // "If the key values in the request resolve to an empty data set (for example, an empty string), a condition operator modified
        // by ForAllValues returns true, and a condition operator modified by ForAnyValue returns false."
        let is_empty = values.iter().all(String::is_empty);
        match (self.set, values) {
            (Set::ForAllValues | Set::ForAnyValue, _) if is_empty => Ok(self.set == Set::ForAllValues),
            // "true if every member of the request set is a member of the condition key set"
            (Set::ForAllValues, _) => values
                .iter()
                .try_fold(true, |all, value| Ok(all & self.holds_for(value, context)?)),
            // "true if at least one member of the set of request values matches at least one member of the set of condition values"
            (Set::ForAnyValue, _) => values
                .iter()
                .try_fold(false, |any, value| Ok(any | self.holds_for(value, context)?)),
            (Set::None, [value]) => self.holds_for(value, context),
            (Set::None, _) => Err(RequestError::SeveralValues {
                key: self.key.clone(),
                count: values.len(),
            }),
        }
    }

    fn holds_without_key(&self) -> bool {
        match self.set {
            // "It also returns true if there are no keys in the request."
            Set::ForAllValues => true,
            // "If the key is not present, evaluate the condition element as true."
            _ if self.if_exists => true,
            // "returns false ... if the key doesn't exist"
            Set::ForAnyValue => false,
            // "If the key that you specify in a policy condition is not present in the request context, the values do not match and the
            // condition is false. If the policy condition requires that the key is not matched, such as StringNotLike or ArnNotLike,
            // and the right key is not present, the condition is true."
            Set::None => self.negated,
        }
    }

    fn holds_for(&self, value: &str, context: &Context) -> Result<bool, RequestError> {
        let incomparable = |wanted| RequestError::NotComparable {
            key: self.key.clone(),
            value: value.to_owned(),
            wanted,
        };
        let any = match &self.test {
            Test::Text(patterns) => patterns.iter().any(|pattern| pattern.matches(value, context)),
            Test::IgnoreCase(patterns) => {
                let value = value.to_lowercase();
                patterns.iter().any(|pattern| pattern.matches(&value, context))
            }
            Test::Arn(patterns) => patterns.iter().any(|pattern| pattern.matches(value, context)),
            Test::Numeric(relation, numbers) => {
                let value: f64 = value.parse().map_err(|_| incomparable("number"))?;
                numbers.iter().any(|number| relation.holds(value, *number))
            }
            Test::Bool(wanted) => wanted.contains(&boolean(value).map_err(|_| incomparable("boolean"))?),
            Test::IpAddress(networks) => {
                let address: IpAddr = value.parse().map_err(|_| incomparable("address"))?;
                networks.iter().any(|network| network.contains(&address))
            }
            // decided by the caller, which has no value to ask about
            Test::Null(wanted) => !wanted,
        };
        Ok(any != self.negated)
    }
}

fn each<T>(values: &[String], parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    values.iter().map(|value| parse(value)).collect()
}

fn numeric(relation: Relation, values: &[String]) -> Result<Test, String> {
    let number = |value: &str| value.parse().map_err(|_| format!("{value:?} is no number"));
    Ok(Test::Numeric(relation, each(values, number)?))
}

fn boolean(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("{value:?} is neither true nor false")),
    }
}

/// "If you specify an IP address without the associated routing prefix, IAM uses the default prefix value of /32."
fn network(value: &str) -> Result<IpNet, String> {
    let address = value.parse::<IpAddr>().map(IpNet::from);
    address
        .or_else(|_| value.parse())
        .map_err(|_| format!("{value:?} is no range of addresses"))
}
