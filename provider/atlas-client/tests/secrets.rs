//! Secrets appear in no error, no Debug and no log, down to TRACE and in every crate below.
//!
//! In a process of its own: tracing remembers which events anybody wants, and tests that want none run in threads
//! beside.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "shared with the tests of the http binary")]
#[path = "http/support.rs"]
mod support;

use atlas_client::{AtlasApi, Credentials, HttpAtlas};
use base64::Engine;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use support::{
    CLIENT_SECRET, PRIVATE_KEY, Reply, Server, api_key, config, everything_shown, json, project, refusal,
    service_account,
};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<String>>);

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl<S: tracing::Subscriber> Layer<S> for Captured {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut text = self.0.lock().unwrap();
        write!(text, "\n{} {}", event.metadata().level(), event.metadata().target()).unwrap();
        event.record(&mut Line(&mut text));
    }

    fn on_new_span(&self, attributes: &tracing::span::Attributes<'_>, _: &tracing::span::Id, _: Context<'_, S>) {
        attributes.record(&mut Line(&mut self.0.lock().unwrap()));
    }
}

const TOKEN: &str = "token-not-to-be-seen";
const BODY: &str = "comment-in-a-body";

fn forbidden() -> Vec<String> {
    let basic = base64::engine::general_purpose::STANDARD.encode("mdb_sa_id_1:mdb_sa_sk_not%2Fto%2Bbe+seen");
    [
        PRIVATE_KEY,
        CLIENT_SECRET,
        "mdb_sa_sk",
        TOKEN,
        BODY,
        "Digest username",
        "cnonce",
        "Bearer token",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([basic])
    .collect()
}

fn check(place: &str, text: &str) {
    for secret in forbidden() {
        assert!(!text.contains(&secret), "{secret:?} in {place}: {text}");
    }
}

#[tokio::test]
async fn nothing_that_is_logged_or_shown_has_a_secret_in_it() {
    let captured = Captured::default();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(captured.clone()));
    let challenge = r#"Digest realm="MMS Public API", nonce="n1", algorithm=MD5, qop="auth", stale=false"#;
    for credentials in [api_key(), service_account()] {
        let signs = matches!(credentials, Credentials::ApiKey { .. });
        check("Debug of the credentials", &format!("{credentials:?} {credentials:#?}"));
        for ending in [
            json(201, &format!(r#"{{"comment":"{BODY}"}}"#)),
            refusal(401, "-", "-"),
            refusal(400, "-", "-"),
            json(503, BODY),
            Reply::Reset,
            Reply::Cut,
            json(200, BODY),
        ] {
            let server = Server::new(move |request, _| match request.header("authorization") {
                _ if request.target == "/api/oauth/token" => {
                    json(200, &format!(r#"{{"access_token":"{TOKEN}","expires_in":3600}}"#))
                }
                None if signs => refusal(401, "-", "-").with("WWW-Authenticate", challenge),
                _ => ending.clone(),
            })
            .await;
            let config = config(&server.url, credentials.clone());
            check("Debug of the configuration", &format!("{config:?}"));
            let client = HttpAtlas::new(config).unwrap();
            let value = atlas_client::AccessListValue::parse("10.1.0.0/16").unwrap();
            let entry = atlas_client::AccessListEntry {
                value,
                comment: Some(BODY.into()),
                delete_after_date: None,
            };
            for error in [
                client.put_access_list_entries(&project(), &[entry]).await.err(),
                client.list_endpoint_services(&project()).await.err(),
            ]
            .into_iter()
            .flatten()
            {
                check("an error", &everything_shown(&error));
            }
            check("Debug of the client", &format!("{client:?} {client:#?}"));
            client.close().await;
            assert!(
                server
                    .seen()
                    .iter()
                    .any(|request| request.header("authorization").is_some())
            );
        }
    }
    drop(guard);
    let log = captured.0.lock().unwrap().clone();
    check("the log", &log);
    assert!(log.contains("DEBUG atlas_client::transport"), "{log}");
    for field in [
        "method=\"POST\"",
        "path=/api/atlas/v2/groups/",
        "status=503",
        "attempt=4",
        "wait_ms=",
    ] {
        assert!(log.contains(field), "{field}: {log}");
    }
}
