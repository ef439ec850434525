//! What no handler is to see: each with its exact status and problem.

mod download;
mod profile;
mod upload;

use api_contract::Handler;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{World, create_file, event, upload};

/// Name, a good request, what is done to it, status and name of the problem.
type Case = (&'static str, fn() -> Value, fn(&mut Value), i64, &'static str);

/// Each is refused before the handler of an API sees it, and the good request before it is not.
async fn refused(handler: Handler, cases: &[Case]) {
    let world = World::of(handler);
    let mut names: Vec<_> = cases.iter().map(|(name, ..)| name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "each has a name of its own");
    let mut taken = Vec::new();
    for (name, good, change, status, problem) in cases {
        let mut event = good();
        assert_eq!(world.serve(&event).await.status, 201, "the good request before {name}");
        change(&mut event);
        let sent = world.serve(&event).await;
        if sent.status == *status {
            sent.is_problem(problem);
        } else {
            taken.push((name, sent.status));
        }
    }
    assert_eq!(taken, [], "another answer than it should get");
}

fn with(pointer: &str, value: Value) -> Value {
    let mut event = create_file();
    *event.pointer_mut(pointer).unwrap() = value;
    event
}

fn with_body(body: &str) -> Value {
    with("/body", json!(body))
}

fn with_field(field: &str, value: Value) -> Value {
    let mut body = upload();
    body[field] = value;
    with_body(&body.to_string())
}

fn with_content_type(value: Value) -> Value {
    let mut event = with("/multiValueHeaders/Content-Type", value);
    event["headers"] = json!({});
    event
}

fn with_query(query: Value) -> Value {
    with("/multiValueQueryStringParameters", query)
}

fn with_id(id: &str) -> Value {
    let mut event = event("DELETE", "/files/{id}", &[]);
    event["pathParameters"] = json!({ "id": id });
    event
}

fn cases() -> Vec<(&'static str, Value, i64, &'static str)> {
    let groups = "/requestContext/authorizer/claims/cognito:groups";
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(40), "]".repeat(40));
    let mut with_body_on_delete = with_id(&"a".repeat(32));
    with_body_on_delete["body"] = json!("{}");
    vec![
        (
            "a path that is no route",
            event("GET", "/etc/passwd", &[]),
            404,
            "not-found",
        ),
        (
            "another handler's route",
            event("GET", "/profile", &[]),
            404,
            "not-found",
        ),
        (
            "a method that the path has elsewhere",
            event("GET", "/files", &[]),
            405,
            "method-not-allowed",
        ),
        (
            "a method that nobody has",
            event("TRACE", "/files", &[]),
            405,
            "method-not-allowed",
        ),
        (
            "no authorizer",
            with("/requestContext/authorizer", json!(null)),
            401,
            "unauthenticated",
        ),
        (
            "no claims",
            with("/requestContext/authorizer", json!({})),
            401,
            "unauthenticated",
        ),
        (
            "claims of a Lambda authorizer",
            with("/requestContext/authorizer", json!({ "lambda": { "sub": "u" } })),
            401,
            "unauthenticated",
        ),
        (
            "no subject",
            with("/requestContext/authorizer/claims/sub", json!(null)),
            401,
            "unauthenticated",
        ),
        (
            "a subject that is an object",
            with("/requestContext/authorizer/claims/sub", json!({ "$ne": 1 })),
            401,
            "unauthenticated",
        ),
        ("a student", with(groups, json!("student")), 403, "forbidden"),
        ("no group", with(groups, json!(null)), 403, "forbidden"),
        (
            "a group that holds the name after a comma and a blank",
            with(groups, json!("x, admin")),
            403,
            "forbidden",
        ),
        ("a group in brackets", with(groups, json!("[admin]")), 403, "forbidden"),
        ("a group in capitals", with(groups, json!("ADMIN")), 403, "forbidden"),
        ("a path up", with_id("../../secrets"), 404, "not-found"),
        ("a path up, escaped", with_id("..%2F..%2Fsecrets"), 404, "not-found"),
        (
            "an id with a NUL",
            with_id("0123456789abcdef0123456789abcde\u{0}"),
            404,
            "not-found",
        ),
        (
            "an id that goes on in another line",
            with_id("0123456789abcdef0123456789abcdef\n"),
            404,
            "not-found",
        ),
        ("an id in capitals", with_id(&"A".repeat(32)), 404, "not-found"),
        ("an id with an operator", with_id("[$ne]=1"), 404, "not-found"),
        (
            "an unknown query parameter",
            with_query(json!({ "debug": ["1"] })),
            400,
            "unknown-parameter",
        ),
        (
            "a header parameter twice",
            with(
                "/multiValueHeaders/Idempotency-Key",
                json!(["0123456789", "0123456780"]),
            ),
            400,
            "invalid-parameter",
        ),
        (
            "a key that is too short",
            with("/multiValueHeaders/Idempotency-Key", json!(["1"])),
            400,
            "invalid-parameter",
        ),
        (
            "a key with a line break",
            with("/multiValueHeaders/Idempotency-Key", json!(["0123456789\u{e9}"])),
            400,
            "invalid-parameter",
        ),
        (
            "a body where none is taken",
            with_body_on_delete,
            400,
            "unexpected-body",
        ),
        (
            "no content type",
            with_content_type(json!([])),
            415,
            "unsupported-media-type",
        ),
        (
            "a form",
            with_content_type(json!(["application/x-www-form-urlencoded"])),
            415,
            "unsupported-media-type",
        ),
        (
            "a content type twice",
            with_content_type(json!(["application/json", "text/plain"])),
            415,
            "unsupported-media-type",
        ),
        (
            "another charset",
            with_content_type(json!(["application/json; charset=utf-16"])),
            415,
            "unsupported-media-type",
        ),
        (
            "a content type that only begins so",
            with_content_type(json!(["application/jsonp"])),
            415,
            "unsupported-media-type",
        ),
        (
            "a patch to a route of none",
            with_content_type(json!(["application/merge-patch+json"])),
            415,
            "unsupported-media-type",
        ),
        ("no body", with("/body", json!(null)), 400, "malformed-body"),
        ("an empty body", with_body(""), 400, "malformed-body"),
        ("half a body", with_body("{\"name\":"), 400, "malformed-body"),
        ("two bodies", with_body("{}{}"), 400, "malformed-body"),
        (
            "a body with a byte order mark",
            with_body("\u{feff}{}"),
            400,
            "malformed-body",
        ),
        (
            "a lone surrogate",
            with_body(r#"{"name":"\ud800"}"#),
            400,
            "malformed-body",
        ),
        (
            "a number that none can hold",
            with_body(r#"{"size":1e999}"#),
            400,
            "malformed-body",
        ),
        ("a key twice", with_body(r#"{"size":1,"size":2}"#), 400, "duplicate-key"),
        (
            "a key twice, once escaped",
            with_body(r#"{"size":1,"\u0073ize":2}"#),
            400,
            "duplicate-key",
        ),
        ("a deep body", with_body(&deep), 400, "invalid-body"),
        (
            "a body of 64 KiB and one",
            with_body(&format!("\"{}\"", "a".repeat(64 * 1024))),
            413,
            "body-too-large",
        ),
        ("a list", with_body("[]"), 400, "invalid-body"),
        ("null", with_body("null"), 400, "invalid-body"),
        (
            "an operator for a name",
            with_field("name", json!({ "$gt": "" })),
            400,
            "invalid-body",
        ),
        (
            "an operator for a key",
            with_field("$where", json!("sleep(1000)")),
            400,
            "invalid-body",
        ),
        (
            "a key with a dot",
            with_field("visibility.x", json!(1)),
            400,
            "invalid-body",
        ),
        (
            "a prototype",
            with_field("__proto__", json!({ "admin": true })),
            400,
            "invalid-body",
        ),
        (
            "a status of one's own",
            with_field("status", json!("available")),
            400,
            "invalid-body",
        ),
        ("text for a size", with_field("size", json!("1")), 400, "invalid-body"),
        ("nothing to upload", with_field("size", json!(0)), 400, "invalid-body"),
        ("less than nothing", with_field("size", json!(-1)), 400, "invalid-body"),
        ("half a byte", with_field("size", json!(1.5)), 400, "invalid-body"),
        (
            "more than 5 GB",
            with_field("size", json!(5_000_000_001_u64)),
            400,
            "invalid-body",
        ),
        (
            "a name without end",
            with_field("name", json!("a".repeat(256))),
            400,
            "invalid-body",
        ),
        (
            "a content type with a line break",
            with_field("content_type", json!("text/plain\r\nx: y")),
            400,
            "invalid-body",
        ),
        (
            "a content type with a parameter",
            with_field("content_type", json!("text/html;charset=x")),
            400,
            "invalid-body",
        ),
        (
            "a course that is a path",
            with_field("course", json!("../algebra")),
            400,
            "invalid-body",
        ),
        (
            "a visibility that nobody has",
            with_field("visibility", json!("root")),
            400,
            "invalid-body",
        ),
        (
            "a checksum that is none",
            with_field("sha256", json!("A".repeat(44))),
            400,
            "invalid-body",
        ),
        (
            "too many parts",
            with_field("part_sha256", json!(vec!["A".repeat(43) + "="; 76])),
            400,
            "invalid-body",
        ),
    ]
}

#[tokio::test]
async fn every_hostile_request_is_refused_with_its_status_and_problem() {
    let cases = cases();
    assert!(cases.len() >= 60);
    let world = World::new();
    for (name, event, status, problem) in cases {
        let sent = world.serve(&event).await;
        assert_eq!(sent.status, status, "{name}: {:?}", sent.body);
        sent.is_problem(problem);
    }
}

/// A client sees which field is wrong and what it has to be, and never what it sent, which may be personal.
#[tokio::test]
async fn a_problem_names_the_fields_and_quotes_no_value() {
    let mut body = upload();
    body["name"] = json!({ "secret": "Ada Lovelace" });
    body["course"] = json!("../Ada Lovelace");
    let sent = World::new().serve(&with_body(&body.to_string())).await;
    let problem = sent.json();
    let mut fields: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(fields, ["/course", "/name"]);
    assert!(!sent.body.unwrap().contains("Lovelace"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Nothing that a client can send is a fault of ours.
    #[test]
    fn any_text_as_body_parameter_or_header_is_an_answer_below_500(
        body in ".{0,200}",
        id in ".{0,40}",
        key in ".{0,40}",
        content_type in "[ -~]{0,40}",
        base64 in any::<bool>(),
        groups in ".{0,20}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let world = World::new();
        let mut event = create_file();
        event["body"] = json!(body);
        event["isBase64Encoded"] = json!(base64);
        event["multiValueHeaders"] = json!({ "Content-Type": [content_type], "Idempotency-Key": [key] });
        let mut delete = with_id(&id);
        delete["requestContext"]["authorizer"]["claims"]["cognito:groups"] = json!(groups);
        delete["multiValueQueryStringParameters"] = json!({ (key.clone()): [body] });
        for event in [event, delete] {
            // A header that HTTP cannot carry is one that API Gateway cannot send: such an event is refused as none of its own.
            if let Ok(sent) = runtime.block_on(world.serve_until(&event, lambda_kit::Deadline::NONE)) {
                prop_assert!(sent.status < 500, "{:?}", sent.body);
            }
        }
    }
}
