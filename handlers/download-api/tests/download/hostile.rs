//! Requests that are not meant well, each with the answer that it gets. What the kit refuses before any handler sees it is tested there
//! (api-kit/tests/kit/hostile); here is one case of each of its steps, and what this function refuses itself.

use serde_json::{Value, json};

use crate::world::{ID, World, get_event, list_event, send};

type Change = fn(&mut Value);

/// Name, the route it is sent to, what is done to a good request, status and name of the problem.
const CASES: [(&str, Route, Change, i64, &str); 11] = [
    (
        "no claims",
        Route::List,
        |e| e["requestContext"]["authorizer"] = Value::Null,
        401,
        "unauthenticated",
    ),
    (
        "a parameter that the route has not",
        Route::List,
        |e| query(e, "visibility", "administrators"),
        400,
        "unknown-parameter",
    ),
    (
        "a cursor of nothing",
        Route::List,
        |e| query(e, "cursor", ""),
        400,
        "invalid-parameter",
    ),
    (
        "a cursor of text",
        Route::List,
        |e| query(e, "cursor", "abc"),
        400,
        "invalid-parameter",
    ),
    (
        "a cursor with padding",
        Route::List,
        |e| query(e, "cursor", &format!("{}==", "A".repeat(30))),
        400,
        "invalid-parameter",
    ),
    (
        "a cursor that is too long",
        Route::List,
        |e| query(e, "cursor", &"A".repeat(129)),
        400,
        "invalid-parameter",
    ),
    (
        "a cursor of JSON",
        Route::List,
        |e| query(e, "cursor", "eyIkZ3QiOiIifQ"),
        400,
        "invalid-parameter",
    ),
    (
        "a cursor before 1970",
        Route::List,
        |e| query(e, "cursor", "____________________________________________"),
        400,
        "invalid-parameter",
    ),
    (
        "a cursor after the year 9999",
        Route::List,
        |e| query(e, "cursor", "f_______AAAAAAAAAAAAAAAAAAAAAAAA"),
        400,
        "invalid-parameter",
    ),
    (
        "a body with a file",
        Route::Get,
        |e| e["body"] = "a=b".into(),
        400,
        "unexpected-body",
    ),
    (
        "a path of another function",
        Route::List,
        |e| e["resource"] = "/profile".into(),
        404,
        "not-found",
    ),
];

#[derive(Debug, Clone, Copy)]
enum Route {
    List,
    Get,
}

fn query(event: &mut Value, name: &str, value: &str) {
    queries(event, name, &[value]);
}

fn queries(event: &mut Value, name: &str, values: &[&str]) {
    event["queryStringParameters"] = json!({ name: values.last() });
    event["multiValueQueryStringParameters"] = json!({ name: values });
}

#[tokio::test]
async fn every_hostile_request_gets_its_own_answer() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("hunter2.pdf", "hello").await;
    let function = world.function();
    for (case, route, change, status, name) in CASES {
        let mut event = match route {
            Route::List => list_event(&[]),
            Route::Get => get_event(ID),
        };
        assert_eq!(
            send(&function, &event).await.status,
            200,
            "the good request before {case}"
        );
        change(&mut event);
        let sent = send(&function, &event).await;
        sent.is_problem(status, name, case);
        assert!(!sent.body.to_string().contains("hunter2"), "{case}: {}", sent.body);
    }
}

/// A client's headers and host have no say in the link, and what it writes into a header comes back nowhere.
#[tokio::test]
async fn headers_of_the_client_change_nothing_in_the_link() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("notes.pdf", "hello").await;
    let function = world.function();
    let mut event = get_event(ID);
    for (name, value) in [
        ("Host", "evil.example.com"),
        ("X-Forwarded-Host", "evil.example.com"),
        ("X-Original-URL", "/files/ffffffffffffffffffffffffffffffff"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-User-Groups", "admin"),
    ] {
        event["multiValueHeaders"][name] = json!([value]);
    }
    let sent = send(&function, &event).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    let host = world.front.url();
    assert!(
        sent.text("url")
            .starts_with(&format!("{host}/{}/files/{ID}?", world.bucket)),
        "{}",
        sent.body
    );
    assert!(!sent.body.to_string().contains("evil") && !format!("{:?}", sent.headers).contains("evil"));
}
