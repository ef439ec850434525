//! Requests that are not meant well, each with the answer that it gets.

use serde_json::{Value, json};

use crate::world::{NOBODYS, World, announcement, bytes, complete_event, create_event, delete_event, keyed, send};

#[derive(Clone, Copy)]
enum Route {
    Create,
    Complete,
    Delete,
}
use Route::{Complete, Create, Delete};

/// Name, the route it is sent to, what is done to a good request, status and name of the problem.
type Case = (&'static str, Route, fn(&mut Value), i64, &'static str);

const WHO: [Case; 10] = [
    (
        "no claims",
        Create,
        |e| e["requestContext"]["authorizer"] = Value::Null,
        401,
        "unauthenticated",
    ),
    (
        "claims of another authorizer",
        Delete,
        |e| e["requestContext"]["authorizer"] = json!({ "principalId": "a" }),
        401,
        "unauthenticated",
    ),
    (
        "an access token",
        Create,
        |e| claim(e, "token_use", json!("access")),
        401,
        "unauthenticated",
    ),
    (
        "a sub that is an operator",
        Create,
        |e| claim(e, "sub", json!({ "$ne": null })),
        401,
        "unauthenticated",
    ),
    (
        "a student",
        Create,
        |e| claim(e, "cognito:groups", json!("student")),
        403,
        "forbidden",
    ),
    (
        "a student who completes",
        Complete,
        |e| claim(e, "cognito:groups", json!("student")),
        403,
        "forbidden",
    ),
    (
        "a student who deletes",
        Delete,
        |e| claim(e, "cognito:groups", json!("student")),
        403,
        "forbidden",
    ),
    (
        "no groups",
        Create,
        |e| claim(e, "cognito:groups", Value::Null),
        403,
        "forbidden",
    ),
    (
        "a group that only looks like it",
        Create,
        |e| claim(e, "cognito:groups", json!("x, admin")),
        403,
        "forbidden",
    ),
    (
        "groups as a list",
        Create,
        |e| claim(e, "cognito:groups", json!(["admin"])),
        403,
        "forbidden",
    ),
];

const WHERE: [Case; 10] = [
    ("an id that is none", Complete, |e| id(e, "../files"), 404, "not-found"),
    (
        "an id in large letters",
        Delete,
        |e| id(e, &"A".repeat(32)),
        404,
        "not-found",
    ),
    (
        "an id that is an operator",
        Delete,
        |e| id(e, "{\"$ne\":null}"),
        404,
        "not-found",
    ),
    (
        "an id with a null byte",
        Delete,
        |e| id(e, &format!("{}\u{0}", &NOBODYS[1..])),
        404,
        "not-found",
    ),
    ("an id of nobody's", Complete, |e| id(e, NOBODYS), 404, "not-found"),
    (
        "an unknown resource",
        Create,
        |e| e["resource"] = json!("/admin"),
        404,
        "not-found",
    ),
    (
        "a method of another handler",
        Create,
        |e| e["httpMethod"] = json!("GET"),
        405,
        "method-not-allowed",
    ),
    (
        "a method that nobody has",
        Delete,
        |e| e["httpMethod"] = json!("PATCH"),
        405,
        "method-not-allowed",
    ),
    (
        "a query",
        Create,
        |e| e["multiValueQueryStringParameters"] = json!({ "acl": ["public-read"] }),
        400,
        "unknown-parameter",
    ),
    (
        "a body where none is taken",
        Delete,
        |e| e["body"] = json!("{}"),
        400,
        "unexpected-body",
    ),
];

const HOW: [Case; 15] = [
    ("no body", Create, |e| e["body"] = Value::Null, 400, "malformed-body"),
    (
        "no JSON",
        Create,
        |e| e["body"] = json!("name=notes.pdf"),
        400,
        "malformed-body",
    ),
    (
        "two documents",
        Create,
        |e| e["body"] = json!("{}{}"),
        400,
        "malformed-body",
    ),
    ("a list", Create, |e| e["body"] = json!("[]"), 400, "invalid-body"),
    (
        "a number that JSON has not",
        Create,
        |e| e["body"] = json!("{\"size\":NaN}"),
        400,
        "malformed-body",
    ),
    (
        "a key twice",
        Create,
        |e| e["body"] = e["body"].as_str().unwrap().replacen('{', "{\"size\":1,", 1).into(),
        400,
        "duplicate-key",
    ),
    (
        "a key twice in other words",
        Create,
        |e| {
            e["body"] = e["body"]
                .as_str()
                .unwrap()
                .replacen('{', "{\"s\\u0069ze\":1,", 1)
                .into()
        },
        400,
        "duplicate-key",
    ),
    (
        "depth",
        Create,
        |e| e["body"] = format!("{{\"name\":{}{}}}", "[".repeat(200), "]".repeat(200)).into(),
        400,
        "invalid-body",
    ),
    (
        "a body of 65 KiB",
        Create,
        |e| body(e, "name", json!("a".repeat(65 * 1024))),
        413,
        "body-too-large",
    ),
    (
        "bytes that are no text",
        Create,
        |e| binary(e, "/w=="),
        400,
        "malformed-body",
    ),
    (
        "another content type",
        Create,
        |e| header(e, "Content-Type", &["text/plain"]),
        415,
        "unsupported-media-type",
    ),
    (
        "no content type",
        Create,
        |e| header(e, "Content-Type", &[]),
        415,
        "unsupported-media-type",
    ),
    (
        "two content types",
        Create,
        |e| header(e, "Content-Type", &["application/json", "text/html"]),
        415,
        "unsupported-media-type",
    ),
    (
        "two idempotency keys",
        Create,
        |e| header(e, "Idempotency-Key", &["key-00001", "key-00002"]),
        400,
        "invalid-parameter",
    ),
    (
        "an idempotency key with blanks",
        Create,
        |e| *e = keyed(e.clone(), "key 00001; x=y"),
        400,
        "invalid-parameter",
    ),
];

const WHAT: [Case; 34] = [
    ("no name", Create, |e| body(e, "name", Value::Null), 400, "invalid-body"),
    (
        "an empty name",
        Create,
        |e| body(e, "name", json!("")),
        400,
        "invalid-body",
    ),
    (
        "a name of 256 letters",
        Create,
        |e| body(e, "name", json!("a".repeat(256))),
        400,
        "invalid-body",
    ),
    (
        "a name that is an operator",
        Create,
        |e| body(e, "name", json!({ "$gt": "" })),
        400,
        "invalid-body",
    ),
    (
        "a name that leaves its folder",
        Create,
        |e| body(e, "name", json!("../../etc/passwd")),
        422,
        "unprocessable",
    ),
    (
        "a name of Windows' paths",
        Create,
        |e| body(e, "name", json!("..\\boot.ini")),
        422,
        "unprocessable",
    ),
    (
        "a name that is a folder",
        Create,
        |e| body(e, "name", json!("..")),
        422,
        "unprocessable",
    ),
    (
        "a name with a header in it",
        Create,
        |e| body(e, "name", json!("a\r\nSet-Cookie: a=b")),
        422,
        "unprocessable",
    ),
    (
        "a name with a null byte",
        Create,
        |e| body(e, "name", json!("a.pdf\u{0}.exe")),
        422,
        "unprocessable",
    ),
    (
        "a name that turns around",
        Create,
        |e| body(e, "name", json!("a\u{202e}fdp.exe")),
        422,
        "unprocessable",
    ),
    (
        "a name that turns in itself",
        Create,
        |e| body(e, "name", json!("a\u{2067}b")),
        422,
        "unprocessable",
    ),
    (
        "a name that is invisible",
        Create,
        |e| body(e, "name", json!("a\u{200b}.pdf")),
        422,
        "unprocessable",
    ),
    (
        "a name with blanks at its end",
        Create,
        |e| body(e, "name", json!("a.exe ")),
        422,
        "unprocessable",
    ),
    (
        "half a character",
        Create,
        |e| e["body"] = json!("{\"name\":\"\\ud800\"}"),
        400,
        "malformed-body",
    ),
    ("size 0", Create, |e| body(e, "size", json!(0)), 400, "invalid-body"),
    (
        "a negative size",
        Create,
        |e| body(e, "size", json!(-1)),
        400,
        "invalid-body",
    ),
    (
        "a size of more than 5 GB",
        Create,
        |e| body(e, "size", json!(5_000_000_001_u64)),
        400,
        "invalid-body",
    ),
    (
        "a size in words",
        Create,
        |e| body(e, "size", json!("5")),
        400,
        "invalid-body",
    ),
    (
        "half a byte",
        Create,
        |e| body(e, "size", json!(1.5)),
        400,
        "invalid-body",
    ),
    (
        "a size with an exponent",
        Create,
        |e| raw(e, "\"size\":5", "\"size\":5e0"),
        400,
        "invalid-body",
    ),
    (
        "a size beyond any integer",
        Create,
        |e| raw(e, "\"size\":5", "\"size\":1e400"),
        400,
        "malformed-body",
    ),
    (
        "a size over the policy",
        Create,
        |e| body(e, "size", json!(100_001)),
        422,
        "unprocessable",
    ),
    (
        "a page",
        Create,
        |e| body(e, "content_type", json!("text/html")),
        422,
        "unprocessable",
    ),
    (
        "a picture that runs",
        Create,
        |e| body(e, "content_type", json!("image/svg+xml")),
        422,
        "unprocessable",
    ),
    (
        "a program",
        Create,
        |e| body(e, "content_type", json!("application/x-msdownload")),
        422,
        "unprocessable",
    ),
    (
        "a type with a parameter",
        Create,
        |e| body(e, "content_type", json!("text/plain; charset=utf-7")),
        400,
        "invalid-body",
    ),
    (
        "a type with a header in it",
        Create,
        |e| body(e, "content_type", json!("a/b\r\nx: y")),
        400,
        "invalid-body",
    ),
    (
        "no checksum",
        Create,
        |e| body(e, "sha256", Value::Null),
        400,
        "invalid-body",
    ),
    (
        "a checksum in hexadecimal",
        Create,
        |e| body(e, "sha256", json!("0".repeat(64))),
        400,
        "invalid-body",
    ),
    (
        "a checksum that nobody writes so",
        Create,
        |e| body(e, "sha256", json!(format!("{}B=", "A".repeat(42)))),
        422,
        "unprocessable",
    ),
    (
        "checksums of parts for one request",
        Create,
        |e| body(e, "part_sha256", json!(vec![format!("{}=", "A".repeat(43)); 2])),
        422,
        "unprocessable",
    ),
    (
        "a course with a path",
        Create,
        |e| body(e, "course", json!("../algebra")),
        400,
        "invalid-body",
    ),
    (
        "a visibility that is not there",
        Create,
        |e| body(e, "visibility", json!("public")),
        400,
        "invalid-body",
    ),
    (
        "a member of the record",
        Create,
        |e| body(e, "status", json!("available")),
        400,
        "invalid-body",
    ),
];

fn claim(event: &mut Value, name: &str, value: Value) {
    event["requestContext"]["authorizer"]["claims"][name] = value;
}

fn id(event: &mut Value, id: &str) {
    event["pathParameters"]["id"] = id.into();
}

fn header(event: &mut Value, name: &str, values: &[&str]) {
    event["headers"][name] = values.last().copied().into();
    event["multiValueHeaders"][name] = json!(values);
    if values.is_empty() {
        event["headers"].as_object_mut().unwrap().remove(name);
    }
}

fn body(event: &mut Value, name: &str, value: Value) {
    let mut body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    body[name] = value;
    event["body"] = body.to_string().into();
}

fn raw(event: &mut Value, from: &str, to: &str) {
    let body = event["body"].as_str().unwrap();
    assert!(body.contains(from), "{body}");
    event["body"] = body.replace(from, to).into();
}

fn binary(event: &mut Value, body: &str) {
    event["body"] = body.into();
    event["isBase64Encoded"] = true.into();
}

#[tokio::test]
async fn every_hostile_request_gets_its_problem_and_changes_nothing() {
    let mut world = World::start().await;
    world.set("LECTERN_UPLOAD_MAX_BYTES", "100000");
    let function = world.function();
    let kept = send(&function, &create_event(&announcement(b"hello"))).await;
    let id = kept.id();
    world.front.clear();
    let cases = WHO.iter().chain(&WHERE).chain(&HOW).chain(&WHAT);
    for (case, route, change, status, problem) in cases {
        let mut event = match route {
            Create => create_event(&announcement(b"hello")),
            Complete => complete_event(&id),
            Delete => delete_event(&id),
        };
        change(&mut event);
        let sent = send(&function, &event).await;
        sent.is_problem(*status, problem, case);
        let text = sent.body.to_string();
        assert!(!text.contains("passwd") && !text.contains("fdp.exe"), "{case}: {text}");
    }
    assert_eq!(world.records().await, 1);
    assert_eq!(world.status(&id).await.as_deref(), Some("pending"));
    assert_eq!(world.front.calls(), [], "nothing of it reached AWS");
}

#[tokio::test]
async fn the_policy_names_each_field() {
    let world = World::start().await;
    let mut announced = announcement(&bytes(1200));
    announced["name"] = json!("a/b");
    announced["content_type"] = json!("text/html");
    announced["part_sha256"].as_array_mut().unwrap().pop();
    let sent = send(&world.function(), &create_event(&announced)).await;
    sent.is_problem(422, "unprocessable", "three fields");
    assert_eq!(sent.fields(), ["/name", "/content_type", "/part_sha256"]);
}
