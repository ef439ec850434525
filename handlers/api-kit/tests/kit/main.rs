//! Requests as API Gateway sends them, good and hostile, through the kit of every handler.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conditions;
mod hostile;
mod log;
mod world;

use std::time::Duration;

use api_kit::{Answer, Kind, Problem};
use lambda_kit::Deadline;
use serde_json::{Value, json};
use world::{World, create_file, event};

#[tokio::test]
async fn a_valid_request_reaches_the_handler_with_caller_parameters_and_body() {
    let world = World::new();
    let reply = world.serve(&create_file()).await;
    assert_eq!(reply.status, 201);
    let seen = reply.json();
    assert_eq!(seen["operation"], "createFile");
    assert_eq!(seen["subject"], "9f1c2d3e");
    assert_eq!(seen["key"], "0123456789");
    assert_eq!(seen["body"]["name"], "notes.pdf");
    assert_eq!(reply.header("x-request-id"), Some("request-1"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn a_body_in_base64_is_the_same_body() {
    use base64::Engine as _;
    let mut event = create_file();
    let plain = event["body"].as_str().unwrap().to_owned();
    event["body"] = base64::engine::general_purpose::STANDARD.encode(plain).into();
    event["isBase64Encoded"] = true.into();
    assert_eq!(World::new().serve(&event).await.status, 201);
}

#[tokio::test]
async fn every_request_gives_one_metric_with_the_name_of_its_operation() {
    let world = World::new();
    world.serve(&create_file()).await;
    world.serve(&event("DELETE", "/elsewhere", &[])).await;
    world.fail(Kind::Internal);
    world.serve(&create_file()).await;
    let metrics: Vec<Value> = world.metrics();
    let told = |line: &Value| {
        let numbers = ["Requests", "ClientErrors", "ServerErrors"].map(|name| line[name].as_f64().unwrap());
        (line["Operation"].as_str().unwrap().to_owned(), numbers)
    };
    let expected = [
        ("createFile".to_owned(), [1.0, 0.0, 0.0]),
        ("unknown".to_owned(), [1.0, 1.0, 0.0]),
        ("createFile".to_owned(), [1.0, 0.0, 1.0]),
    ];
    assert_eq!(metrics.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(metrics[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Lectern/Api");
}

#[tokio::test]
async fn a_service_behind_that_is_gone_says_when_to_come_back() {
    let world = World::new();
    world.fail(Kind::Unavailable);
    let reply = world.serve(&create_file()).await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("5")));
    reply.is_problem("unavailable");
    // What our log knows is not for the client.
    assert!(!reply.body.unwrap().contains("10.0.0.1"));
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_answered_before_lambda_ends_it() {
    let world = World::new();
    world.hang();
    let deadline = Deadline::after(Duration::from_millis(600));
    let reply = world.serve_until(&create_file(), deadline).await.unwrap();
    reply.is_problem("unavailable");
}

#[tokio::test]
async fn a_handler_that_panics_is_answered_and_counted() {
    let world = World::new();
    world.panic();
    let reply = world.serve(&create_file()).await;
    assert_eq!(reply.status, 500);
    reply.is_problem("internal");
    assert_eq!(world.metrics()[0]["ServerErrors"], 1.0);
    assert_eq!(world.metrics()[0]["Operation"], "createFile");
}

/// API Gateway sends none; other gateways and tests of functions do.
#[tokio::test]
async fn a_list_without_a_value_is_a_parameter_that_was_not_sent() {
    let world = World::of(api_contract::Handler::DownloadApi);
    for query in [
        json!({ "limit": [] }),
        json!({ "limit": [], "course": ["algebra"] }),
        json!({ "nothing": [] }),
        json!({ "limit": null }),
    ] {
        for name in ["multiValueQueryStringParameters", "queryStringParameters"] {
            let mut event = event("GET", "/files", &[]);
            event[name] = query.clone();
            let sent = world.serve(&event).await;
            assert_eq!(sent.status, 201, "{name} {query}: {:?}", sent.body);
        }
    }
    // Where one of the two has the value, it counts.
    let mut event = event("GET", "/files", &[]);
    event["multiValueQueryStringParameters"] = json!({ "limit": [] });
    event["queryStringParameters"] = json!({ "limit": "many" });
    world.serve(&event).await.is_problem("invalid-parameter");
}

#[tokio::test]
async fn who_is_no_administrator_because_of_a_group_s_name_is_so_for_a_reason_that_is_logged() {
    let world = World::new();
    for (groups, told) in [
        ("admin,de.wikipedia-editors", true),
        ("admin,", true),
        ("admin editors", true),
        ("student", false),
    ] {
        let log = log::Log::capture();
        let mut event = create_file();
        event["requestContext"]["authorizer"]["claims"]["cognito:groups"] = json!(groups);
        let sent = world.serve(&event).await;
        sent.is_problem("forbidden");
        let lines = log.text();
        assert_eq!(lines.contains("cognito:groups"), told, "{groups}: {lines}");
        assert!(lines.contains("request-1"), "{lines}");
        for person in ["9f1c2d3e", "wikipedia", "admin", "editors"] {
            assert!(!lines.contains(person), "{person}: {lines}");
        }
        assert!(
            !sent.body.unwrap().contains("cognito"),
            "the reason is not for the client"
        );
    }
}

#[tokio::test]
async fn a_method_that_a_route_does_not_have_is_answered_with_those_that_it_has() {
    let sent = World::new().serve(&event("PUT", "/files", &[])).await;
    assert_eq!((sent.status, sent.header("allow")), (405, Some("GET, POST")));
    sent.is_problem("method-not-allowed");
    let sent = World::new().serve(&event("PUT", "/elsewhere", &[])).await;
    assert_eq!((sent.status, sent.header("allow")), (404, None));
}

#[tokio::test]
async fn a_page_of_a_known_origin_may_call_and_no_other() {
    let world = World::new();
    for (origin, allowed) in [
        (Some("https://learn.example.com"), Some("https://learn.example.com")),
        (Some("https://evil.example.com"), None),
        (Some("https://learn.example.com.evil.com"), None),
        (Some("null"), None),
        (None, None),
    ] {
        let mut request = create_file();
        let mut preflight = event("OPTIONS", "/files", &[]);
        for event in [&mut request, &mut preflight] {
            if let Some(origin) = origin {
                event["multiValueHeaders"]["origin"] = json!([origin]);
            }
        }
        // A preflight carries no token.
        preflight["requestContext"]["authorizer"] = Value::Null;
        let reply = world.serve(&request).await;
        assert_eq!(reply.header("access-control-allow-origin"), allowed, "{origin:?}");
        assert_eq!(reply.header("vary"), Some("Origin"));
        let reply = world.serve(&preflight).await;
        assert_eq!(reply.status, 204);
        assert_eq!(reply.header("access-control-allow-origin"), allowed, "{origin:?}");
        assert_eq!(
            reply.header("access-control-allow-methods"),
            allowed.map(|_| "GET, POST"),
            "{origin:?}"
        );
    }
}

#[tokio::test]
async fn an_event_that_is_not_api_gateways_is_refused_by_name() {
    for event in [
        json!({}),
        json!(null),
        json!("text"),
        json!({ "version": "2.0", "routeKey": "POST /files", "requestContext": { "http": { "method": "POST" } } }),
        json!({ "action": "dump" }),
        json!({ "httpMethod": "POST", "requestContext": {} }),
    ] {
        let failure = World::new().serve_until(&event, Deadline::NONE).await.unwrap_err();
        assert_eq!(failure.name, "NotAnApiEvent", "{event}");
    }
}

#[test]
fn problems_have_names_and_statuses_of_their_own() {
    let mut names: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Kind::ALL.len());
    // README's table is what clients read.
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    for kind in Kind::ALL {
        let row = format!("| `{}` | {} |", kind.name(), kind.status());
        assert!(readme.contains(&row), "handlers/README.md lacks {row}");
    }
    assert!(Problem::new(Kind::Conflict).retry_after().is_none());
    assert!(
        Answer::json(200, &f64::NAN).is_ok(),
        "JSON has no NaN, serde_json says null"
    );
}
