//! Requests that are not meant well, each with the answer that it gets. What the kit refuses before any handler sees it is tested there
//! (api-kit/tests/kit/hostile); here is one case of each of its steps, and what this function refuses itself.

use serde_json::{Value, json};

use crate::world::{NOBODYS, World, announcement, bytes, complete_event, create_event, delete_event, send};

#[derive(Clone, Copy)]
enum Route {
    Create,
    Complete,
    Delete,
}
use Route::{Complete, Create, Delete};

/// Name, the route it is sent to, what is done to a good request, status and name of the problem.
type Case = (&'static str, Route, fn(&mut Value), i64, &'static str);

const CASES: [Case; 24] = [
    (
        "no claims",
        Create,
        |e| e["requestContext"]["authorizer"] = Value::Null,
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
    ("an id of nobody's", Complete, |e| id(e, NOBODYS), 404, "not-found"),
    (
        "a method of another handler",
        Create,
        |e| e["httpMethod"] = json!("GET"),
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
        "a key twice",
        Create,
        |e| e["body"] = e["body"].as_str().unwrap().replacen('{', "{\"size\":1,", 1).into(),
        400,
        "duplicate-key",
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
];

fn claim(event: &mut Value, name: &str, value: Value) {
    event["requestContext"]["authorizer"]["claims"][name] = value;
}

fn id(event: &mut Value, id: &str) {
    event["pathParameters"]["id"] = id.into();
}

fn body(event: &mut Value, name: &str, value: Value) {
    let mut body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    body[name] = value;
    event["body"] = body.to_string().into();
}

#[tokio::test]
async fn every_hostile_request_gets_its_problem_and_changes_nothing() {
    let mut world = World::start().await;
    world.set("LECTERN_UPLOAD_MAX_BYTES", "100000");
    let function = world.function();
    let kept = send(&function, &create_event(&announcement(b"hello"))).await;
    let id = kept.id();
    world.front.clear();
    for (case, route, change, status, problem) in &CASES {
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
