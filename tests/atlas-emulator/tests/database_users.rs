//! A project's database users.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use atlas_emulator::{AtlasEmulator, Options, Pace};
use serde_json::{Map, Value, json};
use support::{Client, G, start, start_with};

const LIST: &str = "/databaseUsers";
const USER: &str = "/databaseUsers/admin/app";
const PASSWORD: &str = "correct-horse";

fn user(password: &str) -> Value {
    json!({
        "groupId": G,
        "databaseName": "admin",
        "username": "app",
        "password": password,
        "roles": [{ "roleName": "readWrite", "databaseName": "school" }],
        "scopes": [{ "name": "main", "type": "CLUSTER" }],
    })
}

fn members(user: Value) -> Map<String, Value> {
    user.as_object().unwrap().clone()
}

/// Passwords that clusters let users in by.
fn applied(emulator: &AtlasEmulator) -> Vec<String> {
    let users = emulator.project(G).applied_database_users();
    users.into_iter().map(|user| user.password).collect()
}

#[tokio::test]
async fn a_user_is_made_read_and_changed_and_never_shown_with_its_password() {
    let emulator = start();
    let client = Client::new(&emulator);
    let made = client.post(LIST, user(PASSWORD)).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.header("ratelimit-limit").unwrap(), "10000");
    let shown = made.json();
    let href = shown["links"][0]["href"].as_str().unwrap();
    assert!(href.ends_with(USER), "{href}");
    assert_eq!(
        shown,
        json!({
            "awsIAMType": "NONE", "ldapAuthType": "NONE", "oidcAuthType": "NONE", "x509Type": "NONE",
            "databaseName": "admin",
            "groupId": G,
            "labels": [],
            "links": [{ "href": href, "rel": "self" }],
            "roles": [{ "roleName": "readWrite", "databaseName": "school" }],
            "scopes": [{ "name": "main", "type": "CLUSTER" }],
            "username": "app",
        })
    );
    let changed = client.patch(USER, json!({ "password": "another-horse" })).await;
    assert_eq!((changed.status, changed.json()), (200, shown.clone()));
    assert_eq!(client.get(USER).await.json(), shown);
    let roles = json!([{ "roleName": "read", "databaseName": "school" }]);
    let changed = client.patch(USER, json!({ "roles": roles })).await;
    assert_eq!(
        (&changed.json()["roles"], &changed.json()["scopes"]),
        (&roles, &shown["scopes"])
    );
    assert!(!format!("{:?}", emulator.project(G).applied_database_users()).contains("horse"));
}

#[tokio::test]
async fn clusters_have_a_change_later_than_the_answer() {
    let emulator = start_with(|profile| profile.stuck_states = vec!["PENDING".to_owned()]);
    let client = Client::new(&emulator);
    emulator.project(G).add_database_user(&members(user(PASSWORD))).unwrap();
    assert_eq!(applied(&emulator), [PASSWORD]);
    client.patch(USER, json!({ "password": "another-horse" })).await;
    client.post(LIST, json!({ "groupId": G, "databaseName": "admin", "username": "b", "password": PASSWORD, "roles": user("")["roles"] })).await;
    for _ in 0..3 {
        client.get(USER).await;
        assert_eq!(
            applied(&emulator),
            [PASSWORD],
            "the first as it was, the second not at all"
        );
    }
    assert!(!emulator.project(G).snapshot().database_users[0].is_applied);
    emulator.change_profile(|profile| profile.stuck_states.clear());
    client.get("/databaseUsers/admin/b").await;
    assert_eq!(applied(&emulator), ["another-horse", PASSWORD]);
    // By time, nobody has to look.
    let emulator = AtlasEmulator::start(Options {
        pace: Pace::TimeFactor(0.0),
        ..Options::default()
    });
    let emulator = emulator.unwrap();
    Client::new(&emulator).post(LIST, user(PASSWORD)).await;
    assert_eq!(applied(&emulator), [PASSWORD]);
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let emulator = start();
    let client = Client::new(&emulator);
    emulator.project(G).add_database_user(&members(user(PASSWORD))).unwrap();
    let without = |name: &str| {
        let mut user = members(user(PASSWORD));
        user.remove(name);
        user.insert("username".to_owned(), "other".into());
        Value::Object(user)
    };
    for (method, path, body, status, code) in [
        ("GET", "/databaseUsers/admin/nobody", Value::Null, 404, "USER_NOT_FOUND"),
        ("GET", "/databaseUsers/school/app", Value::Null, 404, "USER_NOT_FOUND"),
        (
            "PATCH",
            "/databaseUsers/admin/nobody",
            json!({ "password": PASSWORD }),
            404,
            "USER_NOT_FOUND",
        ),
        ("PATCH", USER, json!({ "password": "short" }), 400, "INVALID_ATTRIBUTE"),
        ("PATCH", USER, json!({ "password": "password" }), 400, "COMMON_PASSWORD"),
        ("PATCH", USER, json!({ "roles": [] }), 400, "INVALID_ATTRIBUTE"),
        (
            "PATCH",
            USER,
            json!({ "username": "b" }),
            409,
            "DATABASE_USERNAME_CANNOT_BE_CHANGED",
        ),
        (
            "PATCH",
            USER,
            json!({ "awsIAMType": "ROLE" }),
            409,
            "AUTH_TYPE_CANNOT_BE_CHANGED",
        ),
        ("POST", LIST, user(PASSWORD), 409, "USER_ALREADY_EXISTS"),
        ("POST", LIST, without("groupId"), 400, "MISSING_ATTRIBUTE"),
        ("POST", LIST, without("password"), 400, "MISSING_ATTRIBUTE"),
        ("POST", LIST, without("roles"), 400, "MISSING_ATTRIBUTE"),
        ("DELETE", USER, Value::Null, 405, "METHOD_NOT_ALLOWED"),
        (
            "GET",
            "/databaseUsers/admin/app/certs",
            Value::Null,
            404,
            "RESOURCE_NOT_FOUND",
        ),
    ] {
        let answer = client.call(method, path, body).await;
        assert_eq!(
            (answer.status, answer.error_code().as_str()),
            (status, code),
            "{method} {path}"
        );
    }
    assert_eq!(applied(&emulator), [PASSWORD]);
    // A name may have any character.
    let mut odd = members(user(PASSWORD));
    odd.insert("username".to_owned(), "a/b c@d".into());
    emulator.project(G).add_database_user(&odd).unwrap();
    assert_eq!(client.get("/databaseUsers/admin/a%2Fb%20c%40d").await.status, 200);
}
