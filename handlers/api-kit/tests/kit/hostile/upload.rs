//! Requests of the upload API that its contract refuses, and claims that are none, of whatever API.

use serde_json::{Value, json};

use super::{Case, refused};
use crate::world::create_file;

const CASES: &[Case] = &[
    (
        "an access token",
        create,
        |e| claim(e, "token_use", json!("access")),
        401,
        "unauthenticated",
    ),
    (
        "a sub that is an operator",
        create,
        |e| claim(e, "sub", json!({ "$ne": null })),
        401,
        "unauthenticated",
    ),
    (
        "groups as a list",
        create,
        |e| claim(e, "cognito:groups", json!(["admin"])),
        403,
        "forbidden",
    ),
    (
        "an id that is an operator",
        delete,
        |e| id(e, "{\"$ne\":null}"),
        404,
        "not-found",
    ),
    (
        "no JSON",
        create,
        |e| e["body"] = json!("name=notes.pdf"),
        400,
        "malformed-body",
    ),
    (
        "two documents",
        create,
        |e| e["body"] = json!("{}{}"),
        400,
        "malformed-body",
    ),
    (
        "a number that JSON has not",
        create,
        |e| e["body"] = json!("{\"size\":NaN}"),
        400,
        "malformed-body",
    ),
    (
        "bytes that are no text",
        create,
        |e| binary(e, "/w=="),
        400,
        "malformed-body",
    ),
    (
        "an idempotency key with blanks",
        create,
        |e| header(e, "Idempotency-Key", &["key 00001; x=y"]),
        400,
        "invalid-parameter",
    ),
    ("no name", create, |e| body(e, "name", Value::Null), 400, "invalid-body"),
    (
        "an empty name",
        create,
        |e| body(e, "name", json!("")),
        400,
        "invalid-body",
    ),
    (
        "a size with an exponent",
        create,
        |e| raw(e, "\"size\":1", "\"size\":1e0"),
        400,
        "invalid-body",
    ),
    (
        "no checksum",
        create,
        |e| body(e, "sha256", Value::Null),
        400,
        "invalid-body",
    ),
    (
        "a checksum in hexadecimal",
        create,
        |e| body(e, "sha256", json!("0".repeat(64))),
        400,
        "invalid-body",
    ),
    (
        "a sub that is a list",
        create,
        |e| claim(e, "sub", json!(["a", "b"])),
        401,
        "unauthenticated",
    ),
    (
        "a sub with a line break",
        create,
        |e| claim(e, "sub", json!("a\r\nb")),
        401,
        "unauthenticated",
    ),
    (
        "a sub with a null byte",
        create,
        |e| claim(e, "sub", json!("a\u{0}")),
        401,
        "unauthenticated",
    ),
    (
        "an empty sub",
        create,
        |e| claim(e, "sub", json!("")),
        401,
        "unauthenticated",
    ),
    (
        "a sub that is too long",
        create,
        |e| claim(e, "sub", json!("a".repeat(200))),
        401,
        "unauthenticated",
    ),
];

fn create() -> Value {
    create_file()
}

fn delete() -> Value {
    let mut event = crate::world::event("DELETE", "/files/{id}", &[]);
    event["pathParameters"] = json!({ "id": "0123456789abcdef0123456789abcdef" });
    event
}

fn claim(event: &mut Value, name: &str, value: Value) {
    event["requestContext"]["authorizer"]["claims"][name] = value;
}

fn id(event: &mut Value, id: &str) {
    event["pathParameters"]["id"] = id.into();
}

fn header(event: &mut Value, name: &str, values: &[&str]) {
    event["headers"][name] = values.last().copied().into();
    event["multiValueHeaders"][name] = json!(values);
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
async fn the_upload_apis_contract_refuses_each_with_its_status_and_problem() {
    refused(api_contract::Handler::UploadApi, CASES).await;
}
