//! Requests that are not meant well, each with the answer that it gets.

use serde_json::{Value, json};

use crate::world::{NONE, OTHER, SUBJECT, World, by, change, delete, export, get, header, patch, send};

type Change = fn(&mut Value);

#[derive(Debug, Clone, Copy)]
enum Route {
    Get,
    Patch,
    Delete,
    Export,
}

use Route::{Delete, Export, Get, Patch};

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
        "empty claims",
        Patch,
        |e| e["requestContext"]["authorizer"]["claims"] = json!({}),
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
        "a sub that is an operator",
        Delete,
        |e| claim(e, json!({ "$ne": null })),
        401,
        "unauthenticated",
    ),
    (
        "a sub that is a list",
        Export,
        |e| claim(e, json!([SUBJECT, OTHER])),
        401,
        "unauthenticated",
    ),
    (
        "a sub with a null byte",
        Get,
        |e| claim(e, json!(format!("{SUBJECT}\u{0}"))),
        401,
        "unauthenticated",
    ),
    ("an empty sub", Delete, |e| claim(e, json!("")), 401, "unauthenticated"),
    (
        "a sub that is too long",
        Get,
        |e| claim(e, json!("a".repeat(129))),
        401,
        "unauthenticated",
    ),
    (
        "claims of another authorizer",
        Export,
        |e| e["requestContext"]["authorizer"] = json!({ "principalId": SUBJECT }),
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
        "no content type",
        Patch,
        |e| no_header(e, "Content-Type"),
        415,
        "unsupported-media-type",
    ),
    (
        "plain JSON",
        Patch,
        |e| header(e, "Content-Type", &["application/json"]),
        415,
        "unsupported-media-type",
    ),
    (
        "JSON patch",
        Patch,
        |e| header(e, "Content-Type", &["application/json-patch+json"]),
        415,
        "unsupported-media-type",
    ),
    (
        "another charset",
        Patch,
        |e| header(e, "Content-Type", &["application/merge-patch+json; charset=utf-16"]),
        415,
        "unsupported-media-type",
    ),
    (
        "another parameter",
        Patch,
        |e| header(e, "Content-Type", &["application/merge-patch+json; profile=x"]),
        415,
        "unsupported-media-type",
    ),
    (
        "two content types",
        Patch,
        |e| header(e, "Content-Type", &["application/merge-patch+json", "text/plain"]),
        415,
        "unsupported-media-type",
    ),
    ("no body", Patch, |e| e["body"] = Value::Null, 400, "malformed-body"),
    ("an empty body", Patch, |e| text(e, ""), 400, "malformed-body"),
    (
        "half a body",
        Patch,
        |e| text(e, "{\"name\": \"A"),
        400,
        "malformed-body",
    ),
    (
        "two bodies",
        Patch,
        |e| text(e, "{\"name\":\"A\"}{\"name\":\"B\"}"),
        400,
        "malformed-body",
    ),
    (
        "a byte order mark",
        Patch,
        |e| text(e, "\u{feff}{\"name\":\"A\"}"),
        400,
        "malformed-body",
    ),
    (
        "base64 that is none",
        Patch,
        |e| base64(e, "%%%"),
        400,
        "malformed-body",
    ),
    (
        "base64 of what is no UTF-8",
        Patch,
        |e| base64(e, "/////w=="),
        400,
        "malformed-body",
    ),
    (
        "base64 of UTF-16",
        Patch,
        |e| base64(e, "//57ACIAbgAiADoAMQB9AA=="),
        400,
        "malformed-body",
    ),
    (
        "a lone surrogate",
        Patch,
        |e| text(e, r#"{"name":"\ud83d"}"#),
        400,
        "malformed-body",
    ),
    (
        "not a number",
        Patch,
        |e| text(e, "{\"name\":NaN}"),
        400,
        "malformed-body",
    ),
    (
        "a key twice",
        Patch,
        |e| text(e, r#"{"name":"A","name":"B"}"#),
        400,
        "duplicate-key",
    ),
    (
        "a key twice, once escaped",
        Patch,
        |e| text(e, r#"{"name":"A","n\u0061me":"B"}"#),
        400,
        "duplicate-key",
    ),
    (
        "a key twice within",
        Patch,
        |e| text(e, r#"{"address":{"city":"A","city":"B"}}"#),
        400,
        "duplicate-key",
    ),
    (
        "too large",
        Patch,
        |e| text(e, &format!("{{\"name\":\"{}\"}}", "a".repeat(70_000))),
        413,
        "body-too-large",
    ),
    (
        "too large in base64",
        Patch,
        |e| base64(e, &"AAAA".repeat(30_000)),
        413,
        "body-too-large",
    ),
    (
        "a hundred thousand arrays",
        Patch,
        |e| text(e, &format!("{{\"name\":{}", "[".repeat(50_000))),
        400,
        "invalid-body",
    ),
    (
        "deep objects",
        Patch,
        |e| text(e, &format!("{}1{}", "{\"address\":".repeat(20), "}".repeat(20))),
        400,
        "invalid-body",
    ),
    ("an empty patch", Patch, |e| body(e, json!({})), 400, "invalid-body"),
    (
        "null, which would remove everything",
        Patch,
        |e| body(e, Value::Null),
        400,
        "invalid-body",
    ),
    (
        "a list",
        Patch,
        |e| body(e, json!([{ "name": "A" }])),
        400,
        "invalid-body",
    ),
    ("a text", Patch, |e| body(e, json!("name")), 400, "invalid-body"),
    (
        "$set",
        Patch,
        |e| body(e, json!({ "$set": { "name": "A" } })),
        400,
        "invalid-body",
    ),
    (
        "$where",
        Patch,
        |e| body(e, json!({ "name": { "$where": "sleep(9999)" } })),
        400,
        "invalid-body",
    ),
    (
        "an operator in an address",
        Patch,
        |e| body(e, json!({ "address": { "$rename": { "city": "name" } } })),
        400,
        "invalid-body",
    ),
    (
        "a dotted key",
        Patch,
        |e| body(e, json!({ "address.city": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a dotted key of the document",
        Patch,
        |e| body(e, json!({ "fields.name": "A" })),
        400,
        "invalid-body",
    ),
    (
        "an id of somebody else",
        Patch,
        |e| body(e, json!({ "_id": OTHER, "name": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a user",
        Patch,
        |e| body(e, json!({ "user": OTHER, "name": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a revision",
        Patch,
        |e| body(e, json!({ "revision": "0" })),
        400,
        "invalid-body",
    ),
    (
        "a data key",
        Patch,
        |e| body(e, json!({ "data_key": "AAAA" })),
        400,
        "invalid-body",
    ),
    (
        "__proto__",
        Patch,
        |e| body(e, json!({ "__proto__": { "admin": true } })),
        400,
        "invalid-body",
    ),
    (
        "constructor within",
        Patch,
        |e| body(e, json!({ "notifications": { "constructor": true } })),
        400,
        "invalid-body",
    ),
    (
        "an empty key",
        Patch,
        |e| body(e, json!({ "": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a key with a null byte",
        Patch,
        |e| body(e, json!({ "name\u{0}": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a key in other letters",
        Patch,
        |e| body(e, json!({ "nаme": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a number for a name",
        Patch,
        |e| body(e, json!({ "name": 1 })),
        400,
        "invalid-body",
    ),
    (
        "a list for a name",
        Patch,
        |e| body(e, json!({ "name": ["A"] })),
        400,
        "invalid-body",
    ),
    (
        "an empty name",
        Patch,
        |e| body(e, json!({ "name": "" })),
        400,
        "invalid-body",
    ),
    (
        "a name of 201 letters",
        Patch,
        |e| body(e, json!({ "name": "a".repeat(201) })),
        400,
        "invalid-body",
    ),
    (
        "a text for true",
        Patch,
        |e| body(e, json!({ "notifications": { "email": "true" } })),
        400,
        "invalid-body",
    ),
    (
        "a telephone number with a line break",
        Patch,
        |e| body(e, json!({ "phone": "+442071234567\n" })),
        400,
        "invalid-body",
    ),
    (
        "a telephone number in other digits",
        Patch,
        |e| body(e, json!({ "phone": "+٤٤٢٠٧١٢٣٤" })),
        400,
        "invalid-body",
    ),
    (
        "a date with a time",
        Patch,
        |e| body(e, json!({ "birth_date": "1990-12-10T00:00:00Z" })),
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
        "a null within a list",
        Patch,
        |e| body(e, json!({ "address": { "lines": ["A", null] } })),
        400,
        "invalid-body",
    ),
    (
        "five lines",
        Patch,
        |e| body(e, json!({ "address": { "lines": ["A", "B", "C", "D", "E"] } })),
        400,
        "invalid-body",
    ),
    (
        "half an address",
        Patch,
        |e| body(e, json!({ "address": { "city": "A" } })),
        400,
        "invalid-body",
    ),
    (
        "a locale with a path",
        Patch,
        |e| body(e, json!({ "locale": "../en" })),
        400,
        "invalid-body",
    ),
    (
        "a time zone with a path",
        Patch,
        |e| body(e, json!({ "time_zone": "../../etc/passwd" })),
        400,
        "invalid-body",
    ),
    (
        "a time zone with an absolute path",
        Patch,
        |e| body(e, json!({ "time_zone": "/etc/localtime" })),
        400,
        "invalid-body",
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
        "a body where none is taken",
        Get,
        |e| text(e, "{}"),
        400,
        "unexpected-body",
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
        "an operator in the query",
        Export,
        |e| query(e, "_id[$ne]", "x"),
        400,
        "unknown-parameter",
    ),
    (
        "a query to erase by",
        Delete,
        |e| query(e, "sub", OTHER),
        400,
        "unknown-parameter",
    ),
    (
        "a method that there is not",
        Get,
        |e| method(e, "PUT"),
        405,
        "method-not-allowed",
    ),
    (
        "an export to write to",
        Export,
        |e| method(e, "DELETE"),
        405,
        "method-not-allowed",
    ),
    (
        "a path of another function",
        Get,
        |e| e["resource"] = "/files".into(),
        404,
        "not-found",
    ),
    (
        "somebody else's path",
        Get,
        |e| e["resource"] = json!(format!("/profile/{OTHER}")),
        404,
        "not-found",
    ),
];

fn claim(event: &mut Value, value: Value) {
    event["requestContext"]["authorizer"]["claims"]["sub"] = value;
}

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

fn base64(event: &mut Value, text: &str) {
    event["body"] = text.into();
    event["isBase64Encoded"] = true.into();
}

fn query(event: &mut Value, name: &str, value: &str) {
    event["queryStringParameters"] = json!({ name: value });
    event["multiValueQueryStringParameters"] = json!({ name: [value] });
}

fn method(event: &mut Value, method: &str) {
    event["httpMethod"] = method.into();
    event["requestContext"]["httpMethod"] = method.into();
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
    assert!(names.len() == CASES.len() && CASES.len() > 25);
    for (case, route, change, status, name) in CASES {
        let mut event = match route {
            Get => get(),
            // Changes nothing if it is taken.
            Patch => patch(tag.tag(), &json!({ "name": "hunter3" })),
            Delete => delete(),
            Export => export(),
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
