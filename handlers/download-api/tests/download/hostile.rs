//! Requests that are not meant well, each with the answer that it gets.

use serde_json::{Value, json};

use crate::world::{ID, World, get_event, list_event, send};

type Change = fn(&mut Value);

/// Name, the route it is sent to, what is done to a good request, status and name of the problem.
const CASES: [(&str, Route, Change, i64, &str); 44] = [
    (
        "no claims",
        Route::List,
        |e| e["requestContext"]["authorizer"] = Value::Null,
        401,
        "unauthenticated",
    ),
    (
        "empty claims",
        Route::Get,
        |e| e["requestContext"]["authorizer"]["claims"] = json!({}),
        401,
        "unauthenticated",
    ),
    (
        "an access token",
        Route::Get,
        |e| claim(e, "token_use", json!("access")),
        401,
        "unauthenticated",
    ),
    (
        "a sub that is an operator",
        Route::List,
        |e| claim(e, "sub", json!({ "$ne": null })),
        401,
        "unauthenticated",
    ),
    (
        "a sub that is a list",
        Route::Get,
        |e| claim(e, "sub", json!(["a", "b"])),
        401,
        "unauthenticated",
    ),
    (
        "a sub with a line break",
        Route::List,
        |e| claim(e, "sub", json!("a\r\nb")),
        401,
        "unauthenticated",
    ),
    (
        "claims of another authorizer",
        Route::List,
        |e| e["requestContext"]["authorizer"] = json!({ "principalId": "a" }),
        401,
        "unauthenticated",
    ),
    (
        "a limit of 0",
        Route::List,
        |e| query(e, "limit", "0"),
        400,
        "invalid-parameter",
    ),
    (
        "a limit of 101",
        Route::List,
        |e| query(e, "limit", "101"),
        400,
        "invalid-parameter",
    ),
    (
        "a negative limit",
        Route::List,
        |e| query(e, "limit", "-1"),
        400,
        "invalid-parameter",
    ),
    (
        "a limit beyond any integer",
        Route::List,
        |e| query(e, "limit", "99999999999999999999"),
        400,
        "invalid-parameter",
    ),
    (
        "a limit that is no integer",
        Route::List,
        |e| query(e, "limit", "1e1"),
        400,
        "invalid-parameter",
    ),
    (
        "a limit that is an operator",
        Route::List,
        |e| query(e, "limit", "{\"$gt\":0}"),
        400,
        "invalid-parameter",
    ),
    (
        "an empty limit",
        Route::List,
        |e| query(e, "limit", ""),
        400,
        "invalid-parameter",
    ),
    (
        "two limits",
        Route::List,
        |e| queries(e, "limit", &["1", "2"]),
        400,
        "invalid-parameter",
    ),
    (
        "a course that is an operator",
        Route::List,
        |e| query(e, "course", "{\"$ne\":null}"),
        400,
        "invalid-parameter",
    ),
    (
        "a course that is an expression",
        Route::List,
        |e| query(e, "course", ".*"),
        400,
        "invalid-parameter",
    ),
    (
        "a course with a null byte",
        Route::List,
        |e| query(e, "course", "algebra\u{0}"),
        400,
        "invalid-parameter",
    ),
    (
        "a course in other letters",
        Route::List,
        |e| query(e, "course", "аlgebra"),
        400,
        "invalid-parameter",
    ),
    (
        "a course of 65 letters",
        Route::List,
        |e| query(e, "course", &"a".repeat(65)),
        400,
        "invalid-parameter",
    ),
    (
        "an empty course",
        Route::List,
        |e| query(e, "course", ""),
        400,
        "invalid-parameter",
    ),
    (
        "two courses",
        Route::List,
        |e| queries(e, "course", &["algebra", "physics"]),
        400,
        "invalid-parameter",
    ),
    (
        "a course as a list of PHP's",
        Route::List,
        |e| query(e, "course[$ne]", "x"),
        400,
        "unknown-parameter",
    ),
    (
        "an operator as a parameter",
        Route::List,
        |e| query(e, "$where", "sleep(1000)"),
        400,
        "unknown-parameter",
    ),
    (
        "a parameter that the route has not",
        Route::List,
        |e| query(e, "visibility", "administrators"),
        400,
        "unknown-parameter",
    ),
    (
        "a parameter in capitals",
        Route::List,
        |e| query(e, "Course", "algebra"),
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
        "a body with a list",
        Route::List,
        |e| e["body"] = "{}".into(),
        400,
        "unexpected-body",
    ),
    (
        "a body with a file",
        Route::Get,
        |e| e["body"] = "a=b".into(),
        400,
        "unexpected-body",
    ),
    (
        "a version of another's",
        Route::Get,
        |e| query(e, "versionId", "x"),
        400,
        "unknown-parameter",
    ),
    (
        "a disposition of the client's",
        Route::Get,
        |e| query(e, "response-content-disposition", "inline"),
        400,
        "unknown-parameter",
    ),
    (
        "an id that climbs",
        Route::Get,
        |e| id(e, "../../../etc/passwd"),
        404,
        "not-found",
    ),
    (
        "an id in capitals",
        Route::Get,
        |e| id(e, &ID.to_uppercase()),
        404,
        "not-found",
    ),
    (
        "an id that is an operator",
        Route::Get,
        |e| id(e, "{\"$gt\":\"\"}"),
        404,
        "not-found",
    ),
    (
        "an id with a line break",
        Route::Get,
        |e| id(e, &format!("{ID}\n")),
        404,
        "not-found",
    ),
    ("an empty id", Route::Get, |e| id(e, ""), 404, "not-found"),
    (
        "a delete, which is another function's",
        Route::Get,
        |e| method(e, "DELETE"),
        405,
        "method-not-allowed",
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

fn claim(event: &mut Value, name: &str, value: Value) {
    event["requestContext"]["authorizer"]["claims"][name] = value;
}

fn query(event: &mut Value, name: &str, value: &str) {
    queries(event, name, &[value]);
}

fn queries(event: &mut Value, name: &str, values: &[&str]) {
    event["queryStringParameters"] = json!({ name: values.last() });
    event["multiValueQueryStringParameters"] = json!({ name: values });
}

fn id(event: &mut Value, id: &str) {
    event["pathParameters"]["id"] = id.into();
}

fn method(event: &mut Value, method: &str) {
    event["httpMethod"] = method.into();
    event["requestContext"]["httpMethod"] = method.into();
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
