//! A policy from its JSON.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::condition::Condition;
use crate::context::Context;
use crate::error::{PolicyError, RequestError};
use crate::pattern::Pattern;
use crate::principal::{Grant, Named};
use crate::request::Request;

/// A policy as AWS would store it.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    name: String,
    statements: Vec<Statement>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    /// The `Sid`, or `statement 2`.
    pub(crate) name: String,
    pub(crate) allows: bool,
    /// None in a policy of an identity: "the principal is implicitly the identity where the policy is attached".
    principals: Option<Vec<Named>>,
    actions: Choice,
    /// None in a role's trust policy, which is about its role.
    resources: Option<Choice>,
    conditions: Vec<Condition>,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`: "explicitly matches everything except the specified list".
#[derive(Debug, Clone, PartialEq)]
struct Choice {
    patterns: Vec<Pattern>,
    negated: bool,
}

impl Choice {
    fn matches(&self, text: &str, context: &Context) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(text, context)) != self.negated
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Identity,
    Resource,
    Trust,
}

impl Policy {
    /// A policy without principals: of a user or role, a permissions boundary, a session.
    ///
    /// # Errors
    /// AWS refuses it, or it has what is not evaluated here.
    pub fn identity(name: &str, json: &str) -> Result<Self, PolicyError> {
        Self::parse(Kind::Identity, name, json)
    }

    /// A policy with principals: of a bucket, key, topic, queue, function, API, VPC endpoint.
    ///
    /// # Errors
    /// As [`Self::identity`].
    pub fn resource(name: &str, json: &str) -> Result<Self, PolicyError> {
        Self::parse(Kind::Resource, name, json)
    }

    /// A role's trust policy, which has principals and no resource.
    ///
    /// # Errors
    /// As [`Self::identity`].
    pub fn trust(name: &str, json: &str) -> Result<Self, PolicyError> {
        Self::parse(Kind::Trust, name, json)
    }

    /// The name that it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The statements that are about a request, and what each gives or takes.
    pub(crate) fn about(&self, request: &Request) -> Result<Vec<(&Statement, Grant)>, RequestError> {
        let mut found = Vec::new();
        for statement in &self.statements {
            if let Some(grant) = statement.grant(request)? {
                found.push((statement, grant));
            }
        }
        Ok(found)
    }

    fn parse(kind: Kind, name: &str, json: &str) -> Result<Self, PolicyError> {
        let refused = |(at, why)| PolicyError {
            policy: name.to_owned(),
            at,
            why,
        };
        let whole = || "the document".to_owned();
        let policy: Value = serde_json::from_str(json).map_err(|error| refused((whole(), error.to_string())))?;
        let policy = policy
            .as_object()
            .ok_or_else(|| refused((whole(), "it is no object".to_owned())))?;
        let statements = read(policy, kind).map_err(refused)?;
        Ok(Self {
            name: name.to_owned(),
            statements,
        })
    }
}

impl Statement {
    /// What the statement gives or takes, where it is about the request.
    fn grant(&self, request: &Request) -> Result<Option<Grant>, RequestError> {
        let grant = match &self.principals {
            None => Some(Grant::Account),
            Some(named) => named.iter().filter_map(|named| named.grant(&request.principal)).max(),
        };
        // "The prefix and the action name are case insensitive."
        let action = request.action.to_ascii_lowercase();
        let is_about = self.actions.matches(&action, &request.context)
            && self
                .resources
                .as_ref()
                .is_none_or(|resources| resources.matches(&request.resource, &request.context));
        if grant.is_none() || !is_about {
            return Ok(None);
        }
        for condition in &self.conditions {
            if !condition.holds(&request.context)? {
                return Ok(None);
            }
        }
        Ok(grant)
    }
}

/// Where, and why.
type Refusal = (String, String);

fn read(policy: &Map<String, Value>, kind: Kind) -> Result<Vec<Statement>, Refusal> {
    only(policy, &["Version", "Id", "Statement"], "the document")?;
    // "If you don't include the Version element and set it to an appropriate version date, variables like ${aws:username} are treated
    // as literal strings in the policy."
    let variables = match policy.get("Version").map(|version| version.as_str()) {
        Some(Some("2012-10-17")) => true,
        None | Some(Some("2008-10-17")) => false,
        Some(_) => return Err(("Version".to_owned(), "it is 2012-10-17 or 2008-10-17".to_owned())),
    };
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement @ Value::Object(_)) => std::slice::from_ref(statement),
        _ => return Err(("Statement".to_owned(), "there is none".to_owned())),
    };
    if statements.is_empty() {
        return Err(("Statement".to_owned(), "there is none".to_owned()));
    }
    let mut sids = BTreeSet::new();
    let mut read = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        let at = format!("Statement[{index}]");
        let statement = statement
            .as_object()
            .ok_or_else(|| (at.clone(), "it is no object".to_owned()))?;
        if let Some(sid) = statement
            .get("Sid")
            .and_then(Value::as_str)
            .filter(|sid| !sid.is_empty())
            && !sids.insert(sid)
        {
            return Err((at, format!("another statement has the Sid {sid} too")));
        }
        read.push(
            read_statement(statement, kind, variables, index).map_err(|(part, why)| (format!("{at}{part}"), why))?,
        );
    }
    Ok(read)
}

fn read_statement(
    statement: &Map<String, Value>,
    kind: Kind,
    variables: bool,
    index: usize,
) -> Result<Statement, Refusal> {
    let mut known = vec!["Sid", "Effect", "Action", "NotAction", "Condition"];
    // "You cannot use the Principal element in an identity-based policy."
    if kind != Kind::Identity {
        known.push("Principal");
    }
    // a trust policy with a resource is refused: "Has prohibited field Resource"
    if kind != Kind::Trust {
        known.extend(["Resource", "NotResource"]);
    }
    only(statement, &known, "")?;
    let sid = statement
        .get("Sid")
        .and_then(Value::as_str)
        .filter(|sid| !sid.is_empty());
    let allows = match statement.get("Effect").and_then(Value::as_str) {
        Some("Allow") => true,
        Some("Deny") => false,
        _ => return Err((".Effect".to_owned(), "it is Allow or Deny".to_owned())),
    };
    let actions = choice(statement, "Action", |text| match text.split_once(':') {
        Some((service, name)) if !service.is_empty() && !name.is_empty() && !service.contains('*') => {
            Pattern::like(&text.to_ascii_lowercase(), false)
        }
        None if text == "*" => Pattern::like(text, false),
        _ => Err(format!("{text:?} is no action, such as s3:GetObject")),
    })?;
    let resources = if kind == Kind::Trust {
        None
    } else {
        Some(choice(statement, "Resource", |text| {
            if text != "*" && !text.starts_with("arn:") {
                return Err(format!("{text:?} is no ARN"));
            }
            Pattern::resource(text, variables)
        })?)
    };
    let principals = if kind == Kind::Identity {
        None
    } else {
        Some(principals(statement.get("Principal")).map_err(|why| (".Principal".to_owned(), why))?)
    };
    let conditions = conditions(statement.get("Condition"), variables).map_err(|why| (".Condition".to_owned(), why))?;
    Ok(Statement {
        name: sid.map_or_else(|| format!("statement {}", index + 1), str::to_owned),
        allows,
        principals,
        actions,
        resources,
        conditions,
    })
}

/// `Action` or `NotAction`, and so on: "Statements must include either".
fn choice(
    statement: &Map<String, Value>,
    element: &str,
    parse: impl Fn(&str) -> Result<Pattern, String>,
) -> Result<Choice, Refusal> {
    let not = format!("Not{element}");
    let (name, value, negated) = match (statement.get(element), statement.get(&not)) {
        (Some(value), None) => (element, value, false),
        (None, Some(value)) => (not.as_str(), value, true),
        (None, None) => return Err((String::new(), format!("it has neither {element} nor {not}"))),
        (Some(_), Some(_)) => return Err((String::new(), format!("it has both {element} and {not}"))),
    };
    let at = |why| (format!(".{name}"), why);
    let texts = texts(value).map_err(at)?;
    if texts.is_empty() {
        return Err(at("it is empty".to_owned()));
    }
    let patterns = texts
        .iter()
        .map(|text| parse(text))
        .collect::<Result<_, _>>()
        .map_err(at)?;
    Ok(Choice { patterns, negated })
}

fn principals(element: Option<&Value>) -> Result<Vec<Named>, String> {
    match element {
        Some(Value::String(all)) if all == "*" => Ok(vec![Named::Everyone]),
        Some(Value::Object(kinds)) if !kinds.is_empty() => {
            let mut named = Vec::new();
            for (kind, values) in kinds {
                for value in texts(values)? {
                    named.push(Named::parse(kind, &value)?);
                }
            }
            if named.is_empty() {
                return Err("it names nobody".to_owned());
            }
            Ok(named)
        }
        Some(other) => Err(format!("{other} names nobody")),
        None => Err("it is missing, or NotPrincipal is used, which is not evaluated here".to_owned()),
    }
}

fn conditions(element: Option<&Value>, variables: bool) -> Result<Vec<Condition>, String> {
    let mut read = Vec::new();
    let Some(element) = element else {
        return Ok(read);
    };
    let operators = element.as_object().ok_or("it is no object")?;
    for (operator, keys) in operators {
        let keys = keys.as_object().ok_or_else(|| format!("{operator} is no object"))?;
        for (key, values) in keys {
            read.push(Condition::parse(operator, key, &texts(values)?, variables)?);
        }
    }
    Ok(read)
}

/// A value or a list of them, as text.
fn texts(value: &Value) -> Result<Vec<String>, String> {
    let one = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        other => Err(format!("{other} is no text")),
    };
    match value {
        Value::Array(values) => values.iter().map(one).collect(),
        value => Ok(vec![one(value)?]),
    }
}

fn only(object: &Map<String, Value>, known: &[&str], at: &str) -> Result<(), Refusal> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err((
            at.to_owned(),
            format!("{key} is no element of this kind of policy that is evaluated here"),
        )),
        None => Ok(()),
    }
}
