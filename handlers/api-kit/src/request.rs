//! A request that is valid by the contract.

use std::collections::BTreeMap;

use api_contract::{Access, Body, Condition, Contract, Handler, Place, Route};
use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambda_kit::Deadline;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::caller::Caller;
use crate::json::{self, JsonError};
use crate::problem::{Kind, Problem};
use crate::schema;

/// Bytes of a body. Our choice: the largest that the contract allows, with 75 checksums and everything escaped, has 20 KiB.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// What a handler gets: the caller may call the route, and parameters and body are as the contract says.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which operation of the contract it is.
    pub route: &'static Route,
    /// Who calls.
    pub caller: Caller,
    /// API Gateway's id of the request, in the answer and the log.
    pub request_id: String,
    /// When Lambda ends the invocation.
    pub deadline: Deadline,
    administrator: bool,
    parameters: BTreeMap<&'static str, String>,
    body: Value,
}

impl Request {
    /// Whether the caller is in the administrators' group, on a route that others may call, too.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        self.administrator
    }

    /// A path, query or header parameter, by its name in the contract.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The body as JSON; null where the route takes none.
    #[must_use]
    pub fn body(&self) -> &Value {
        &self.body
    }

    /// The body as a type of the handler's.
    ///
    /// # Errors
    /// A value that the schema allows and the type does not, such as 1.0 where a whole number is meant.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_value(self.body.clone()).map_err(|_| {
            Problem::new(Kind::InvalidBody).detail("Write whole numbers without a decimal point or an exponent.")
        })
    }

    pub(crate) fn of(
        event: &ApiGatewayProxyRequest,
        handler: Handler,
        admin_group: &str,
        request_id: &str,
        deadline: Deadline,
    ) -> Result<Self, Problem> {
        let resource = event.resource.as_deref().unwrap_or_default();
        let route = route(handler, event.http_method.as_str(), resource)?;
        let caller = Caller::of(event).ok_or_else(|| Problem::new(Kind::Unauthenticated))?;
        let administrator = caller.is_in(admin_group);
        if route.access == Access::Administrator && !administrator {
            let problem = Problem::new(Kind::Forbidden).detail("Only administrators can do this.");
            return Err(match caller.unread_groups() {
                Some(reason) => problem.cause(reason),
                None => problem,
            });
        }
        condition(event, route)?;
        let parameters = parameters(event, route)?;
        let body = match &route.body {
            Some(taken) => body(event, taken)?,
            None if event.body.as_deref().is_some_and(|body| !body.is_empty()) => {
                return Err(Problem::new(Kind::UnexpectedBody));
            }
            None => Value::Null,
        };
        Ok(Self {
            route,
            caller,
            request_id: request_id.to_owned(),
            deadline,
            administrator,
            parameters,
            body,
        })
    }
}

/// Methods of a resource, whichever function serves them: a browser's preflight asks one function about all.
pub(crate) fn methods(resource: &str) -> String {
    listed(|route| route.path == resource)
}

/// With commas between.
fn listed(which: impl Fn(&Route) -> bool) -> String {
    let methods = Contract::embedded().routes().iter().filter(|route| which(route));
    methods
        .map(|route| route.method.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn route(handler: Handler, method: &str, resource: &str) -> Result<&'static Route, Problem> {
    let route = Contract::embedded().route(method, resource);
    route.filter(|route| route.handler == handler).ok_or_else(|| {
        let methods = listed(|route| route.handler == handler && route.path == resource);
        if methods.is_empty() {
            Problem::new(Kind::NotFound)
        } else {
            Problem {
                allow: Some(self::methods(resource)),
                ..Problem::new(Kind::MethodNotAllowed).detail(format!("The route supports {methods}."))
            }
        }
    })
}

/// A condition that is not looked at is a change that its client did not want. `If-Unmodified-Since` says nothing of what has no
/// `Last-Modified`, and nothing here has one (RFC 9110, 13.1.4).
fn condition(event: &ApiGatewayProxyRequest, route: &Route) -> Result<(), Problem> {
    let refused: &[&str] = match route.condition {
        Condition::Ignored => &[],
        Condition::Optional | Condition::Required => &["if-none-match"],
        Condition::Refused => &["if-none-match", "if-match"],
    };
    if refused.iter().all(|name| headers(event, name).is_empty()) {
        return Ok(());
    }
    Err(Problem::new(Kind::PreconditionFailed).detail(match route.condition {
        Condition::Refused => "This resource has no version. Send the request without If-Match and If-None-Match.",
        _ => "This route supports only If-Match. Send the request without If-None-Match.",
    }))
}

fn parameters(
    event: &ApiGatewayProxyRequest,
    route: &'static Route,
) -> Result<BTreeMap<&'static str, String>, Problem> {
    let query = query(event);
    let mut found = BTreeMap::new();
    let mut invalid = Problem::new(Kind::InvalidParameter);
    for parameter in &route.parameters {
        let given: Vec<&str> = match parameter.place {
            Place::Path => event
                .path_parameters
                .get(&parameter.name)
                .map(String::as_str)
                .into_iter()
                .collect(),
            Place::Query => query
                .iter()
                .filter(|(name, _)| *name == parameter.name)
                .map(|(_, value)| *value)
                .collect(),
            Place::Header => headers(event, &parameter.name),
        };
        let [text] = given[..] else {
            if given.len() > 1 {
                invalid = invalid.error(&parameter.name, "must not be repeated");
            } else if parameter.required {
                invalid = invalid.error(&parameter.name, "this is missing");
            }
            continue;
        };
        let errors = schema::parameter_violations(&route.operation, parameter, text);
        if errors.is_empty() {
            found.insert(parameter.name.as_str(), text.to_owned());
        } else if parameter.place == Place::Path {
            // No such thing can be, so there is none.
            return Err(Problem::new(Kind::NotFound));
        }
        invalid.errors.extend(errors);
    }
    if !invalid.errors.is_empty() {
        return Err(invalid);
    }
    let of_route = |name: &str| {
        let mut parameters = route.parameters.iter();
        parameters.any(|parameter| parameter.place == Place::Query && parameter.name == name)
    };
    if query.iter().any(|(name, _)| !of_route(name)) {
        let known = route
            .parameters
            .iter()
            .filter(|parameter| parameter.place == Place::Query);
        let known: Vec<_> = known.map(|parameter| parameter.name.as_str()).collect();
        let detail = if known.is_empty() {
            "The route has no query parameters.".to_owned()
        } else {
            format!("It has {}.", known.join(", "))
        };
        return Err(Problem::new(Kind::UnknownParameter).detail(detail));
    }
    Ok(found)
}

/// API Gateway gives the query twice: once with the last value of each name, once with all of them.
fn query(event: &ApiGatewayProxyRequest) -> Vec<(&str, &str)> {
    let all: Vec<_> = event.multi_value_query_string_parameters.iter().collect();
    if all.is_empty() {
        return event.query_string_parameters.iter().collect();
    }
    all
}

/// The same of headers. A value that is not visible ASCII is none that a parameter here can have.
fn headers<'a>(event: &'a ApiGatewayProxyRequest, name: &str) -> Vec<&'a str> {
    let readable = |value: &'a aws_lambda_events::http::HeaderValue| value.to_str().unwrap_or("\u{0}");
    let all: Vec<_> = event.multi_value_headers.get_all(name).iter().map(readable).collect();
    if all.is_empty() {
        return event.headers.get_all(name).iter().map(readable).collect();
    }
    all
}

pub(crate) fn header<'a>(event: &'a ApiGatewayProxyRequest, name: &str) -> Option<&'a str> {
    headers(event, name).into_iter().next()
}

fn body(event: &ApiGatewayProxyRequest, taken: &Body) -> Result<Value, Problem> {
    let given = headers(event, "content-type");
    if !matches!(given[..], [one] if is_type(one, &taken.content_type)) {
        return Err(Problem::new(Kind::UnsupportedMediaType).detail(format!("Send {} in UTF-8.", taken.content_type)));
    }
    let sent = event.body.as_deref().unwrap_or_default();
    let too_large = || Problem::new(Kind::BodyTooLarge).detail(format!("The maximum size is {MAX_BODY_BYTES} bytes."));
    let malformed = |detail: String| Problem::new(Kind::MalformedBody).detail(detail);
    let decoded;
    let text = if event.is_base64_encoded {
        // Four characters are three bytes.
        if sent.len() / 4 * 3 > MAX_BODY_BYTES + 3 {
            return Err(too_large());
        }
        let bytes = STANDARD
            .decode(sent)
            .map_err(|_| malformed("The body is not UTF-8.".to_owned()))?;
        decoded = String::from_utf8(bytes).map_err(|_| malformed("The body is not UTF-8.".to_owned()))?;
        decoded.as_str()
    } else {
        sent
    };
    if text.len() > MAX_BODY_BYTES {
        return Err(too_large());
    }
    let value = json::parse(text).map_err(|error| match error {
        JsonError::Malformed { .. } => malformed(sentence(error)),
        JsonError::DuplicateKey { .. } => Problem::new(Kind::DuplicateKey).detail(sentence(error)),
        JsonError::TooDeep => Problem::new(Kind::InvalidBody).detail(sentence(error)),
    })?;
    let errors = schema::violations(&taken.schema, &value);
    if errors.is_empty() {
        return Ok(value);
    }
    Err(Problem {
        errors,
        ..Problem::new(Kind::InvalidBody)
    })
}

fn sentence(error: JsonError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
        .unwrap_or_default()
}

/// Whether a Content-Type is this one, in UTF-8 or without saying so.
fn is_type(header: &str, content_type: &str) -> bool {
    let mut parts = header.split(';').map(str::trim);
    let same = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case(content_type));
    same && parts.all(|parameter| {
        parameter.split_once('=').is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("charset") && value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    })
}
