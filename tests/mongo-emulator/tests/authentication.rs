//! Who may call, and over which wire.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use mongo_emulator::{Fault, FaultKind, MongoEmulator, Options, Tls, User, code as codes};
use mongodb::Client;
use mongodb::bson::doc;
use mongodb::error::ErrorKind;
use mongodb::options::AuthMechanism;
use support::{A_WHILE, client, code, options, start};
use tokio::time::timeout;

fn user() -> User {
    User::new("re@der", "s3cret/%:@")
}

fn guarded() -> MongoEmulator {
    MongoEmulator::start(Options {
        users: vec![user()],
        ..Options::default()
    })
    .unwrap()
}

#[tokio::test]
async fn both_mechanisms_let_in_who_knows_the_password() {
    let emulator = guarded();
    for mechanism in [None, Some(AuthMechanism::ScramSha1), Some(AuthMechanism::ScramSha256)] {
        let mut options = options(&emulator.uri()).await;
        options.credential.as_mut().unwrap().mechanism = mechanism.clone();
        let client = Client::with_options(options).unwrap();
        let status = client
            .database("admin")
            .run_command(doc! { "connectionStatus": 1 })
            .await
            .unwrap();
        let users = status
            .get_document("authInfo")
            .unwrap()
            .get_array("authenticatedUsers")
            .unwrap();
        assert_eq!(
            users[0].as_document().unwrap(),
            &doc! { "user": "re@der", "db": "admin" },
            "{mechanism:?}"
        );
    }
    let log = format!("{:?}", emulator.calls());
    assert!(
        !log.contains("s3cret") && !format!("{:?}", user()).contains("s3cret"),
        "{log}"
    );
    assert!(!log.contains("saslStart"), "the first message comes with hello: {log}");
}

#[tokio::test]
async fn whoever_proves_nothing_or_something_wrong_is_refused() {
    let emulator = guarded();
    let anonymous = emulator.uri().replace(
        &emulator.uri()["mongodb://".len()..=emulator.uri().rfind('@').unwrap()],
        "",
    );
    let client = Client::with_options(options(&anonymous).await).unwrap();
    let error = client.list_database_names().await.unwrap_err();
    assert_eq!(code(&error), Some(codes::UNAUTHORIZED), "{error}");
    for (case, wrong) in [
        (
            "password",
            User {
                password: "other".into(),
                ..user()
            },
        ),
        (
            "name",
            User {
                name: "other".into(),
                ..user()
            },
        ),
        (
            "database",
            User {
                database: "other".into(),
                ..user()
            },
        ),
    ] {
        let client = Client::with_options(options(&emulator.uri_of(&wrong)).await).unwrap();
        let error = client.list_database_names().await.unwrap_err();
        assert!(
            matches!(error.kind.as_ref(), ErrorKind::Authentication { .. }),
            "{case}: {error}"
        );
    }
}

#[tokio::test]
async fn a_password_changed_meanwhile_counts_for_connections_to_come() {
    let emulator = guarded();
    let client = client(&emulator).await;
    client.list_database_names().await.unwrap();
    emulator.set_user(User {
        password: "rotated".into(),
        ..user()
    });
    client.list_database_names().await.unwrap();
    emulator.close_connections();
    // The first errors may be that connections are gone.
    let refused = async {
        loop {
            let listed = client.list_database_names().await;
            if listed.is_err_and(|error| matches!(error.kind.as_ref(), ErrorKind::Authentication { .. })) {
                return;
            }
        }
    };
    timeout(A_WHILE, refused).await.unwrap();
    let renewed = support::client(&emulator).await;
    renewed.list_database_names().await.unwrap();
}

#[tokio::test]
async fn authentication_can_be_refused_on_demand() {
    let emulator = guarded();
    emulator.fault(Fault {
        command: "saslContinue".into(),
        kind: FaultKind::Refuse {
            code: codes::AUTHENTICATION_FAILED,
            message: String::new(),
            labels: vec![],
        },
        ..Fault::default()
    });
    let client = client(&emulator).await;
    let error = client.list_database_names().await.unwrap_err();
    assert!(
        matches!(error.kind.as_ref(), ErrorKind::Authentication { .. }),
        "{error}"
    );
    emulator.clear_faults();
    client.list_database_names().await.unwrap();
}

#[tokio::test]
async fn tls_is_for_those_who_trust_the_authority() {
    let folder = tempfile::tempdir().unwrap();
    let connect = async |emulator: &MongoEmulator, trusts: &str| {
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, trusts).unwrap();
        let uri = format!("{}&tlsCAFile={}", emulator.uri(), file.display());
        let mut options = options(&uri).await;
        options.server_selection_timeout = Some(Duration::from_millis(300));
        let client = Client::with_options(options).unwrap();
        client.list_database_names().await.is_ok()
    };
    let with = |tls| {
        MongoEmulator::start(Options {
            tls: Some(tls),
            users: vec![user()],
            ..Options::default()
        })
        .unwrap()
    };
    let valid = with(Tls::Valid);
    assert!(connect(&valid, valid.ca_pem().unwrap()).await);
    let other = with(Tls::OtherHost);
    assert!(!connect(&valid, other.ca_pem().unwrap()).await, "another authority");
    assert!(!connect(&other, other.ca_pem().unwrap()).await, "another host");
    let expired = with(Tls::Expired);
    assert!(!connect(&expired, expired.ca_pem().unwrap()).await, "expired");
    assert_eq!(start().ca_pem(), None);
}

fn app(name: &str, roles: &[(&str, &str)]) -> User {
    User {
        roles: roles
            .iter()
            .map(|(role, database)| ((*role).to_owned(), (*database).to_owned()))
            .collect(),
        ..User::new(name, "old")
    }
}

async fn command(client: &Client, command: mongodb::bson::Document) -> Result<mongodb::bson::Document, Option<i32>> {
    let answer = client.database("admin").run_command(command).await;
    answer.map_err(|error| code(&error))
}

#[tokio::test]
async fn a_password_changed_by_a_command_counts_for_connections_to_come_and_old_ones_stay_signed_in() {
    let emulator = guarded();
    let admin = support::client(&emulator).await;
    emulator.set_user(app("app", &[("readWrite", "school")]));
    let old = app("app", &[]);
    let signed_in = Client::with_uri_str(emulator.uri_of(&old)).await.unwrap();
    signed_in.list_database_names().await.unwrap();
    command(&admin, doc! { "updateUser": "app", "pwd": "new" })
        .await
        .unwrap();
    signed_in.list_database_names().await.unwrap();
    let late = Client::with_uri_str(emulator.uri_of(&old)).await.unwrap();
    assert!(late.list_database_names().await.is_err());
    let new = User {
        password: "new".into(),
        ..old
    };
    let renewed = Client::with_uri_str(emulator.uri_of(&new)).await.unwrap();
    let status = command(&renewed, doc! { "connectionStatus": 1 }).await.unwrap();
    let roles = status
        .get_document("authInfo")
        .unwrap()
        .get_array("authenticatedUserRoles");
    assert_eq!(
        roles.unwrap()[0].as_document().unwrap(),
        &doc! { "role": "readWrite", "db": "school" }
    );
    let log = format!("{:?}", emulator.calls());
    assert!(!log.contains("\"new\""), "{log}");
}

#[tokio::test]
async fn users_are_made_shown_and_changed_by_administrators_alone() {
    let emulator = guarded();
    let admin = support::client(&emulator).await;
    emulator.set_user(app("app", &[("readWrite", "school")]));
    let shown = command(&admin, doc! { "usersInfo": { "user": "app", "db": "admin" } })
        .await
        .unwrap();
    let users = shown.get_array("users").unwrap();
    let roles = users[0].as_document().unwrap().get_array("roles").unwrap().clone();
    let missing = command(&admin, doc! { "usersInfo": "nobody" }).await.unwrap();
    assert!(missing.get_array("users").unwrap().is_empty());
    let create = doc! { "createUser": "app_clone", "pwd": "p", "roles": roles, "writeConcern": { "w": "majority" } };
    command(&admin, create.clone()).await.unwrap();
    assert_eq!(command(&admin, create).await, Err(Some(codes::USER_EXISTS)));
    let unknown = command(&admin, doc! { "updateUser": "nobody", "pwd": "p" }).await;
    assert_eq!(unknown, Err(Some(codes::USER_NOT_FOUND)));
    let nothing = command(&admin, doc! { "updateUser": "app" }).await;
    assert_eq!(nothing, Err(Some(codes::BAD_VALUE)));

    let clone = User {
        password: "p".into(),
        ..app("app_clone", &[])
    };
    let other = Client::with_uri_str(emulator.uri_of(&clone)).await.unwrap();
    for refused in [
        doc! { "updateUser": "app", "pwd": "p" },
        doc! { "createUser": "third", "pwd": "p", "roles": [] },
        doc! { "usersInfo": "app" },
    ] {
        assert_eq!(command(&other, refused).await, Err(Some(codes::UNAUTHORIZED)));
    }
    let own = command(&other, doc! { "usersInfo": "app_clone" }).await.unwrap();
    assert_eq!(own.get_array("users").unwrap().len(), 1);
}
