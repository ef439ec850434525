//! Requests of the download API that its contract refuses.

use serde_json::{Value, json};

use super::{Case, refused};

/// A file's.
const ID: &str = "0123456789abcdef0123456789abcdef";

const CASES: &[Case] = &[
    (
        "a limit of 0",
        list,
        |e| query(e, "limit", "0"),
        400,
        "invalid-parameter",
    ),
    (
        "a limit of 101",
        list,
        |e| query(e, "limit", "101"),
        400,
        "invalid-parameter",
    ),
    (
        "a negative limit",
        list,
        |e| query(e, "limit", "-1"),
        400,
        "invalid-parameter",
    ),
    (
        "a limit beyond any integer",
        list,
        |e| query(e, "limit", "99999999999999999999"),
        400,
        "invalid-parameter",
    ),
    (
        "a limit that is no integer",
        list,
        |e| query(e, "limit", "1e1"),
        400,
        "invalid-parameter",
    ),
    (
        "a limit that is an operator",
        list,
        |e| query(e, "limit", "{\"$gt\":0}"),
        400,
        "invalid-parameter",
    ),
    (
        "an empty limit",
        list,
        |e| query(e, "limit", ""),
        400,
        "invalid-parameter",
    ),
    (
        "two limits",
        list,
        |e| queries(e, "limit", &["1", "2"]),
        400,
        "invalid-parameter",
    ),
    (
        "a course that is an operator",
        list,
        |e| query(e, "course", "{\"$ne\":null}"),
        400,
        "invalid-parameter",
    ),
    (
        "a course that is an expression",
        list,
        |e| query(e, "course", ".*"),
        400,
        "invalid-parameter",
    ),
    (
        "a course with a null byte",
        list,
        |e| query(e, "course", "algebra\u{0}"),
        400,
        "invalid-parameter",
    ),
    (
        "a course in other letters",
        list,
        |e| query(e, "course", "аlgebra"),
        400,
        "invalid-parameter",
    ),
    (
        "a course of 65 letters",
        list,
        |e| query(e, "course", &"a".repeat(65)),
        400,
        "invalid-parameter",
    ),
    (
        "an empty course",
        list,
        |e| query(e, "course", ""),
        400,
        "invalid-parameter",
    ),
    (
        "two courses",
        list,
        |e| queries(e, "course", &["algebra", "physics"]),
        400,
        "invalid-parameter",
    ),
    (
        "a course as a list of PHP's",
        list,
        |e| query(e, "course[$ne]", "x"),
        400,
        "unknown-parameter",
    ),
    (
        "an operator as a parameter",
        list,
        |e| query(e, "$where", "sleep(1000)"),
        400,
        "unknown-parameter",
    ),
    (
        "a parameter in capitals",
        list,
        |e| query(e, "Course", "algebra"),
        400,
        "unknown-parameter",
    ),
    (
        "a body with a list",
        list,
        |e| e["body"] = "{}".into(),
        400,
        "unexpected-body",
    ),
    (
        "a version of another's",
        get,
        |e| query(e, "versionId", "x"),
        400,
        "unknown-parameter",
    ),
    (
        "a disposition of the client's",
        get,
        |e| query(e, "response-content-disposition", "inline"),
        400,
        "unknown-parameter",
    ),
    (
        "an id that climbs",
        get,
        |e| id(e, "../../../etc/passwd"),
        404,
        "not-found",
    ),
    (
        "an id in capitals",
        get,
        |e| id(e, &ID.to_uppercase()),
        404,
        "not-found",
    ),
    (
        "an id that is an operator",
        get,
        |e| id(e, "{\"$gt\":\"\"}"),
        404,
        "not-found",
    ),
    (
        "an id with a line break",
        get,
        |e| id(e, &format!("{ID}\n")),
        404,
        "not-found",
    ),
    ("an empty id", get, |e| id(e, ""), 404, "not-found"),
    (
        "a delete, which is another function's",
        get,
        |e| method(e, "DELETE"),
        405,
        "method-not-allowed",
    ),
];

fn list() -> Value {
    serde_json::from_str(include_str!("../../../../download-api/events/list_files.json")).unwrap()
}

fn get() -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../../../download-api/events/get_file.json")).unwrap();
    id(&mut event, ID);
    event
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
async fn the_download_apis_contract_refuses_each_with_its_status_and_problem() {
    refused(api_contract::Handler::DownloadApi, CASES).await;
}
