//! What each route of the contract does with a condition, RFC 9110, 13.

use api_contract::{Condition, Contract, Route};
use serde_json::{Value, json};

use crate::world::{World, event, upload};

/// A good request of a route, with these headers.
fn request(route: &Route, headers: &[(&str, &str)]) -> Value {
    let content_type = route
        .body
        .as_ref()
        .map(|body| ("Content-Type", body.content_type.as_str()));
    let headers: Vec<_> = content_type.into_iter().chain(headers.iter().copied()).collect();
    let mut event = event(&route.method, &route.path, &headers);
    event["pathParameters"] = json!({ "id": "0".repeat(32) });
    event["body"] = match route.operation.as_str() {
        "createFile" => upload().to_string().into(),
        "patchProfile" => json!({ "name": "Ada" }).to_string().into(),
        _ => Value::Null,
    };
    event
}

#[tokio::test]
async fn a_change_is_not_made_where_its_condition_is_not_looked_at() {
    for route in Contract::embedded().routes() {
        let world = World::of(route.handler);
        let sent = world.serve(&request(route, &[])).await;
        assert_eq!(sent.status, 201, "{}: {:?}", route.operation, sent.body);
        let refused = |header: &str| match route.condition {
            Condition::Ignored => false,
            Condition::Refused => true,
            Condition::Optional | Condition::Required => header == "If-None-Match",
        };
        for (header, value) in [
            ("If-Match", "\"a1\""),
            ("if-match", "\"a1\""),
            ("If-None-Match", "\"a1\""),
            ("If-None-Match", "*"),
        ] {
            let sent = world.serve(&request(route, &[(header, value)])).await;
            let name = if header == "if-match" { "If-Match" } else { header };
            if refused(name) {
                assert_eq!(sent.status, 412, "{} {header}", route.operation);
                sent.is_problem("precondition-failed");
            } else {
                assert_eq!(sent.status, 201, "{} {header}: {:?}", route.operation, sent.body);
            }
        }
        // No answer has a Last-Modified, and of what has none these two say nothing (RFC 9110, 13.1.3 and 13.1.4).
        for header in ["If-Modified-Since", "If-Unmodified-Since"] {
            let sent = world
                .serve(&request(route, &[(header, "Sat, 29 Oct 1994 19:43:31 GMT")]))
                .await;
            assert_eq!(sent.status, 201, "{} {header}: {:?}", route.operation, sent.body);
        }
    }
}
