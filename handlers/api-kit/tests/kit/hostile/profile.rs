//! Requests of the profile API that its contract refuses.

use serde_json::{Value, json};

use super::{Case, refused};

const OTHER: &str = "a1b2c3d4-0000-70a3-9b1e-3f0c2f9f6b11";

const CASES: &[Case] = &[
    (
        "no content type",
        patch,
        |e| no_header(e, "Content-Type"),
        415,
        "unsupported-media-type",
    ),
    (
        "plain JSON",
        patch,
        |e| header(e, "Content-Type", &["application/json"]),
        415,
        "unsupported-media-type",
    ),
    (
        "JSON patch",
        patch,
        |e| header(e, "Content-Type", &["application/json-patch+json"]),
        415,
        "unsupported-media-type",
    ),
    (
        "another charset",
        patch,
        |e| header(e, "Content-Type", &["application/merge-patch+json; charset=utf-16"]),
        415,
        "unsupported-media-type",
    ),
    (
        "another parameter",
        patch,
        |e| header(e, "Content-Type", &["application/merge-patch+json; profile=x"]),
        415,
        "unsupported-media-type",
    ),
    (
        "two content types",
        patch,
        |e| header(e, "Content-Type", &["application/merge-patch+json", "text/plain"]),
        415,
        "unsupported-media-type",
    ),
    ("no body", patch, |e| e["body"] = Value::Null, 400, "malformed-body"),
    ("an empty body", patch, |e| text(e, ""), 400, "malformed-body"),
    (
        "half a body",
        patch,
        |e| text(e, "{\"name\": \"A"),
        400,
        "malformed-body",
    ),
    (
        "two bodies",
        patch,
        |e| text(e, "{\"name\":\"A\"}{\"name\":\"B\"}"),
        400,
        "malformed-body",
    ),
    (
        "a byte order mark",
        patch,
        |e| text(e, "\u{feff}{\"name\":\"A\"}"),
        400,
        "malformed-body",
    ),
    (
        "base64 that is none",
        patch,
        |e| base64(e, "%%%"),
        400,
        "malformed-body",
    ),
    (
        "base64 of what is no UTF-8",
        patch,
        |e| base64(e, "/////w=="),
        400,
        "malformed-body",
    ),
    (
        "base64 of UTF-16",
        patch,
        |e| base64(e, "//57ACIAbgAiADoAMQB9AA=="),
        400,
        "malformed-body",
    ),
    (
        "a lone surrogate",
        patch,
        |e| text(e, r#"{"name":"\ud83d"}"#),
        400,
        "malformed-body",
    ),
    (
        "not a number",
        patch,
        |e| text(e, "{\"name\":NaN}"),
        400,
        "malformed-body",
    ),
    (
        "a key twice, once escaped",
        patch,
        |e| text(e, r#"{"name":"A","n\u0061me":"B"}"#),
        400,
        "duplicate-key",
    ),
    (
        "a key twice within",
        patch,
        |e| text(e, r#"{"address":{"city":"A","city":"B"}}"#),
        400,
        "duplicate-key",
    ),
    (
        "too large",
        patch,
        |e| text(e, &format!("{{\"name\":\"{}\"}}", "a".repeat(70_000))),
        413,
        "body-too-large",
    ),
    (
        "too large in base64",
        patch,
        |e| base64(e, &"AAAA".repeat(30_000)),
        413,
        "body-too-large",
    ),
    (
        "a hundred thousand arrays",
        patch,
        |e| text(e, &format!("{{\"name\":{}", "[".repeat(50_000))),
        400,
        "invalid-body",
    ),
    (
        "deep objects",
        patch,
        |e| text(e, &format!("{}1{}", "{\"address\":".repeat(20), "}".repeat(20))),
        400,
        "invalid-body",
    ),
    ("an empty patch", patch, |e| body(e, json!({})), 400, "invalid-body"),
    (
        "null, which would remove everything",
        patch,
        |e| body(e, Value::Null),
        400,
        "invalid-body",
    ),
    (
        "a list",
        patch,
        |e| body(e, json!([{ "name": "A" }])),
        400,
        "invalid-body",
    ),
    ("a text", patch, |e| body(e, json!("name")), 400, "invalid-body"),
    (
        "$where",
        patch,
        |e| body(e, json!({ "name": { "$where": "sleep(9999)" } })),
        400,
        "invalid-body",
    ),
    (
        "an operator in an address",
        patch,
        |e| body(e, json!({ "address": { "$rename": { "city": "name" } } })),
        400,
        "invalid-body",
    ),
    (
        "a dotted key",
        patch,
        |e| body(e, json!({ "address.city": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a dotted key of the document",
        patch,
        |e| body(e, json!({ "fields.name": "A" })),
        400,
        "invalid-body",
    ),
    (
        "an id of somebody else",
        patch,
        |e| body(e, json!({ "_id": OTHER, "name": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a user",
        patch,
        |e| body(e, json!({ "user": OTHER, "name": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a revision",
        patch,
        |e| body(e, json!({ "revision": "0" })),
        400,
        "invalid-body",
    ),
    (
        "a data key",
        patch,
        |e| body(e, json!({ "data_key": "AAAA" })),
        400,
        "invalid-body",
    ),
    (
        "__proto__",
        patch,
        |e| body(e, json!({ "__proto__": { "admin": true } })),
        400,
        "invalid-body",
    ),
    (
        "constructor within",
        patch,
        |e| body(e, json!({ "notifications": { "constructor": true } })),
        400,
        "invalid-body",
    ),
    (
        "an empty key",
        patch,
        |e| body(e, json!({ "": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a key with a null byte",
        patch,
        |e| body(e, json!({ "name\u{0}": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a key in other letters",
        patch,
        |e| body(e, json!({ "nаme": "A" })),
        400,
        "invalid-body",
    ),
    (
        "a number for a name",
        patch,
        |e| body(e, json!({ "name": 1 })),
        400,
        "invalid-body",
    ),
    (
        "a list for a name",
        patch,
        |e| body(e, json!({ "name": ["A"] })),
        400,
        "invalid-body",
    ),
    (
        "an empty name",
        patch,
        |e| body(e, json!({ "name": "" })),
        400,
        "invalid-body",
    ),
    (
        "a name of 201 letters",
        patch,
        |e| body(e, json!({ "name": "a".repeat(201) })),
        400,
        "invalid-body",
    ),
    (
        "a text for true",
        patch,
        |e| body(e, json!({ "notifications": { "email": "true" } })),
        400,
        "invalid-body",
    ),
    (
        "a telephone number with a line break",
        patch,
        |e| body(e, json!({ "phone": "+442071234567\n" })),
        400,
        "invalid-body",
    ),
    (
        "a telephone number in other digits",
        patch,
        |e| body(e, json!({ "phone": "+٤٤٢٠٧١٢٣٤" })),
        400,
        "invalid-body",
    ),
    (
        "a date with a time",
        patch,
        |e| body(e, json!({ "birth_date": "1990-12-10T00:00:00Z" })),
        400,
        "invalid-body",
    ),
    (
        "a null within a list",
        patch,
        |e| body(e, json!({ "address": { "lines": ["A", null] } })),
        400,
        "invalid-body",
    ),
    (
        "five lines",
        patch,
        |e| body(e, json!({ "address": { "lines": ["A", "B", "C", "D", "E"] } })),
        400,
        "invalid-body",
    ),
    (
        "a locale with a path",
        patch,
        |e| body(e, json!({ "locale": "../en" })),
        400,
        "invalid-body",
    ),
    (
        "a time zone with a path",
        patch,
        |e| body(e, json!({ "time_zone": "../../etc/passwd" })),
        400,
        "invalid-body",
    ),
    (
        "a time zone with an absolute path",
        patch,
        |e| body(e, json!({ "time_zone": "/etc/localtime" })),
        400,
        "invalid-body",
    ),
    (
        "a body where none is taken",
        get,
        |e| text(e, "{}"),
        400,
        "unexpected-body",
    ),
    (
        "an operator in the query",
        export,
        |e| query(e, "_id[$ne]", "x"),
        400,
        "unknown-parameter",
    ),
    (
        "a query to erase by",
        delete,
        |e| query(e, "sub", OTHER),
        400,
        "unknown-parameter",
    ),
    (
        "a method that there is not",
        get,
        |e| method(e, "PUT"),
        405,
        "method-not-allowed",
    ),
    (
        "an export to write to",
        export,
        |e| method(e, "DELETE"),
        405,
        "method-not-allowed",
    ),
    (
        "a path of another function",
        get,
        |e| e["resource"] = "/files".into(),
        404,
        "not-found",
    ),
];

fn get() -> Value {
    serde_json::from_str(include_str!("../../../../profile-api/events/get_profile.json")).unwrap()
}

fn export() -> Value {
    serde_json::from_str(include_str!("../../../../profile-api/events/export_profile.json")).unwrap()
}

fn delete() -> Value {
    serde_json::from_str(include_str!("../../../../profile-api/events/delete_profile.json")).unwrap()
}

fn patch() -> Value {
    serde_json::from_str(include_str!("../../../../profile-api/events/patch_profile.json")).unwrap()
}

fn header(event: &mut Value, name: &str, values: &[&str]) {
    event["headers"][name] = json!(values.last());
    event["multiValueHeaders"][name] = json!(values);
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
async fn the_profile_apis_contract_refuses_each_with_its_status_and_problem() {
    refused(api_contract::Handler::ProfileApi, CASES).await;
}
