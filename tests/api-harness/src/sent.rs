//! Events to a function, and what API Gateway would send to the client.

#![allow(clippy::unwrap_used, reason = "what a test's subject breaks is found by panicking")]

use std::collections::HashMap;

use api_contract::Contract;
use api_kit::Reply;
use lambda_kit::{Deadline, Failure, Invocation};
use serde_json::Value;
use serde_json::value::RawValue;

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// HTTP's.
    pub status: i64,
    /// By name in small letters.
    pub headers: HashMap<String, String>,
    /// Null where there is none.
    pub body: Value,
}

impl Sent {
    /// Checks that it is a problem of this status and name.
    ///
    /// # Panics
    /// When it is not, with the case's name.
    pub fn is_problem(&self, status: i64, name: &str, case: &str) {
        assert_eq!(self.status, status, "{case}: {}", self.body);
        assert_eq!(self.body["type"], format!("urn:lectern:problem:{name}"), "{case}");
        assert_eq!(self.headers["content-type"], "application/problem+json", "{case}");
        assert_eq!(api_kit::violations("Problem", &self.body), [], "{case}");
        let retry = (status == 503).then_some("5");
        assert_eq!(self.headers.get("retry-after").map(String::as_str), retry, "{case}");
    }

    /// Fields that a problem names.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().filter_map(|error| error["field"].as_str()).collect()
    }

    /// Id of the file of a ticket.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn id(&self) -> String {
        let id = self.body["file"]["id"].as_str();
        id.unwrap_or_else(|| panic!("no file in {}", self.body)).to_owned()
    }

    /// The entity tag.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.headers["etag"]
    }

    /// A text of the body.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        let text = self.body[field].as_str();
        text.unwrap_or_else(|| panic!("no {field} in {}", self.body))
    }
}

/// Sends an event to a function and checks the answer against the contract: every answer of a route has a schema or is empty, and a
/// problem has the event's request id.
///
/// # Panics
/// When the function fails, or answers what the contract does not say.
pub async fn send<F>(invoke: impl FnOnce(Invocation) -> F, event: &Value) -> Sent
where
    F: Future<Output = Result<Reply, Failure>>,
{
    let invocation = Invocation {
        event: RawValue::from_string(event.to_string()).unwrap(),
        request_id: "lambda-1".to_owned(),
        function_arn: "arn:aws:lambda:us-east-1:000000000000:function:api:live".to_owned(),
        deadline: Deadline::NONE,
    };
    let reply = serde_json::to_value(invoke(invocation).await.unwrap()).unwrap();
    let headers = reply["headers"].as_object().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let body = reply["body"].as_str();
    let sent = Sent {
        status: reply["statusCode"].as_i64().unwrap(),
        headers: headers.map(|(name, value)| (name.clone(), text(value))).collect(),
        body: body.map_or(Value::Null, |body| serde_json::from_str(body).unwrap()),
    };
    let field = |name: &str| event[name].as_str().unwrap_or_default();
    let route = Contract::embedded().route(field("httpMethod"), field("resource"));
    let status = u16::try_from(sent.status).unwrap();
    // What is no route of this function's, although it is one of another's, is not there (404, 405).
    let is_listed = route.is_none_or(|route| route.statuses.contains(&status) || matches!(status, 404 | 405));
    assert!(
        is_listed,
        "{status} is no answer of this route in the contract: {}",
        sent.body
    );
    match route.and_then(|route| route.answers.get(&status)) {
        Some(schema) => assert_eq!(api_kit::violations(schema, &sent.body), [], "{}", sent.body),
        None if status == 204 => assert_eq!(sent.body, Value::Null),
        None => assert_eq!(api_kit::violations("Problem", &sent.body), [], "{}", sent.body),
    }
    if sent.status >= 400 {
        let request_id = &event["requestContext"]["requestId"];
        assert!(
            request_id.is_null() || sent.body["request_id"] == *request_id,
            "{}",
            sent.body
        );
    }
    sent
}
