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
