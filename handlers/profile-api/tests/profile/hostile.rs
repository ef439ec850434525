//! Requests that are not meant well, each with the answer that it gets. What the kit refuses before any handler sees it is tested there
//! (api-kit/tests/kit/hostile); here is one case of each of its steps, and what this function refuses itself.

use serde_json::{Value, json};

use crate::world::{NONE, OTHER, SUBJECT, World, by, change, delete, get, header, patch, send};

type Change = fn(&mut Value);

#[derive(Debug, Clone, Copy)]
enum Route {
    Get,
    Patch,
    Delete,
}

use Route::{Delete, Get, Patch};

/// Name, the route it is sent to, what is done to a good request, status and name of the problem.
const CASES: &[(&str, Route, Change, i64, &str)] = &[
    (
        "no claims",
        Get,
        |e| e["requestContext"]["authorizer"] = Value::Null,
        401,
        "unauthenticated",
    ),
    (
        "an access token",
        Get,
        |e| e["requestContext"]["authorizer"]["claims"]["token_use"] = "access".into(),
        401,
        "unauthenticated",
    ),
    (
        "no If-Match",
        Patch,
        |e| no_header(e, "If-Match"),
        428,
        "precondition-required",
    ),
    (
        "a stale If-Match",
        Patch,
        |e| header(e, "If-Match", &["\"0123456789abcdef01234567\""]),
        412,
        "precondition-failed",
    ),
    (
        "the tag of nothing",
        Patch,
        |e| header(e, "If-Match", &[NONE]),
        412,
        "precondition-failed",
    ),
    (
        "any tag",
        Patch,
        |e| header(e, "If-Match", &["*"]),
        400,
        "invalid-parameter",
    ),
    (
        "an empty If-Match",
        Patch,
        |e| header(e, "If-Match", &[""]),
        400,
        "invalid-parameter",
    ),
    (
        "an If-Match without quotation marks",
        Patch,
        |e| header(e, "If-Match", &["0123456789abcdef"]),
        400,
        "invalid-parameter",
    ),
    (
        "an If-Match that is an operator",
        Patch,
        |e| header(e, "If-Match", &["{\"$ne\":null}"]),
        400,
        "invalid-parameter",
    ),
    (
        "a tag that is an operator",
        Patch,
        |e| header(e, "If-Match", &["\"$ne\""]),
        412,
        "precondition-failed",
    ),
    (
        "an If-Match that is too long",
        Patch,
        |e| header(e, "If-Match", &[&format!("\"{}\"", "a".repeat(63))]),
        400,
        "invalid-parameter",
    ),
    (
        "two If-Match",
        Patch,
        |e| header(e, "If-Match", &[NONE, "\"1\""]),
        400,
        "invalid-parameter",
    ),
    (
        "an If-Match with bytes that are no ASCII",
        Patch,
        |e| header(e, "If-Match", &["\"é\""]),
        400,
        "invalid-parameter",
    ),
    (
        "a key twice",
        Patch,
        |e| text(e, r#"{"name":"A","name":"B"}"#),
        400,
        "duplicate-key",
    ),
    (
        "$set",
        Patch,
        |e| body(e, json!({ "$set": { "name": "A" } })),
        400,
        "invalid-body",
    ),
    (
        "a date of a calendar that is none",
        Patch,
        |e| body(e, json!({ "birth_date": "1990-02-30" })),
        422,
        "unprocessable",
    ),
    (
        "a date to come",
        Patch,
        |e| body(e, json!({ "birth_date": "9999-12-31" })),
        422,
        "unprocessable",
    ),
    (
        "a date of long ago",
        Patch,
        |e| body(e, json!({ "birth_date": "0001-01-01" })),
        422,
        "unprocessable",
    ),
    (
        "a time zone that is none",
        Patch,
        |e| body(e, json!({ "time_zone": "Mars/Olympus_Mons" })),
        422,
        "unprocessable",
    ),
    (
        "a null byte in a name",
        Patch,
        |e| body(e, json!({ "name": "A\u{0}" })),
        422,
        "unprocessable",
    ),
    (
        "an escape sequence in a name",
        Patch,
        |e| body(e, json!({ "name": "\u{1b}]0;A\u{7}" })),
        422,
        "unprocessable",
    ),
    (
        "an override of the direction in a name",
        Patch,
        |e| body(e, json!({ "name": "A\u{202e}gnp.exe" })),
        422,
        "unprocessable",
    ),
    (
        "a name of blanks",
        Patch,
        |e| body(e, json!({ "name": " \u{2003} " })),
        422,
        "unprocessable",
    ),
    (
        "half an address",
        Patch,
        |e| body(e, json!({ "address": { "city": "A" } })),
        400,
        "invalid-body",
    ),
    (
        "a filter to erase by",
        Delete,
        |e| text(e, "{\"_id\":{\"$ne\":null}}"),
        400,
        "unexpected-body",
    ),
    (
        "the id of somebody else in the query",
        Get,
        |e| query(e, "user", OTHER),
        400,
        "unknown-parameter",
    ),
    (
        "somebody else's path",
        Get,
        |e| e["resource"] = json!(format!("/profile/{OTHER}")),
        404,
        "not-found",
    ),
];

fn no_header(event: &mut Value, name: &str) {
    for headers in ["headers", "multiValueHeaders"] {
        event[headers].as_object_mut().unwrap().remove(name);
    }
}

fn body(event: &mut Value, body: Value) {
    event["body"] = body.to_string().into();
}

fn text(event: &mut Value, text: &str) {
    event["body"] = text.into();
}

fn query(event: &mut Value, name: &str, value: &str) {
    event["queryStringParameters"] = json!({ name: value });
    event["multiValueQueryStringParameters"] = json!({ name: [value] });
}

#[tokio::test]
async fn every_hostile_request_gets_its_own_answer_and_changes_nothing() {
    let world = World::start().await;
    let function = world.function();
    change(&function, OTHER, &json!({ "name": "hunter2" })).await;
    let tag = change(&function, SUBJECT, &json!({ "name": "hunter3" })).await;
    let before = (world.document(SUBJECT).await, world.document(OTHER).await);
    let mut names: Vec<_> = CASES.iter().map(|(case, ..)| case).collect();
    names.sort();
    names.dedup();
    assert!(names.len() == CASES.len() && CASES.len() > 20);
    for (case, route, change, status, name) in CASES {
        let mut event = match route {
            Get => get(),
            // Changes nothing if it is taken.
            Patch => patch(tag.tag(), &json!({ "name": "hunter3" })),
            Delete => delete(),
        };
        if !matches!(route, Delete) {
            assert_eq!(
                send(&function, &event).await.status,
                200,
                "the good request before {case}"
            );
        }
        change(&mut event);
        let sent = send(&function, &event).await;
        sent.is_problem(*status, name, case);
        let text = sent.body.to_string();
        assert!(!text.contains("hunter") && !text.contains(OTHER), "{case}: {text}");
    }
    assert_eq!((world.document(SUBJECT).await, world.document(OTHER).await), before);
}

/// What names somebody else in a header or in another claim is read by nobody.
#[tokio::test]
async fn nothing_but_the_sub_says_whose_profile_it_is() {
    let world = World::start().await;
    let function = world.function();
    change(&function, OTHER, &json!({ "name": "Bob" })).await;
    change(&function, SUBJECT, &json!({ "name": "Ada" })).await;
    let mut event = get();
    for name in [
        "X-User",
        "X-Amzn-Oidc-Identity",
        "Cognito-Identity-Id",
        "X-HTTP-Method-Override",
        "X-Original-URL",
    ] {
        header(&mut event, name, &[OTHER]);
    }
    event["pathParameters"] = json!({ "id": OTHER, "sub": OTHER });
    event["stageVariables"] = json!({ "sub": OTHER });
    event["path"] = json!(format!("/profile/{OTHER}"));
    let claims = &mut event["requestContext"]["authorizer"]["claims"];
    claims["username"] = OTHER.into();
    claims["cognito:username"] = OTHER.into();
    event["requestContext"]["identity"] = json!({ "cognitoIdentityId": OTHER, "user": OTHER });
    assert_eq!(send(&function, &event).await.body, json!({ "name": "Ada" }));
    assert_eq!(send(&function, &by(OTHER, get())).await.body, json!({ "name": "Bob" }));
}
