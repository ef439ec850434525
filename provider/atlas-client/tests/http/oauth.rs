//! Service accounts: one token for many calls, renewed in time, given back at the end.

use crate::support::{Reply, Seen, Server, config, json, project, refusal, service_account};
use atlas_client::{AtlasApi, AtlasError, HttpAtlas};
use base64::Engine;
use std::time::Duration;

const TOKEN: &str = "POST /api/oauth/token";

fn client(server: &Server) -> HttpAtlas {
    HttpAtlas::new(config(&server.url, service_account())).unwrap()
}

fn token(value: &str, expires_in: u64) -> Reply {
    json(
        200,
        &format!(r#"{{"access_token":"{value}","expires_in":{expires_in},"token_type":"Bearer","scope":"x"}}"#),
    )
}

/// What each request shows: the token, or what it asks for.
fn steps(server: &Server) -> Vec<String> {
    let step = |request: &Seen| match request.line().as_str() {
        TOKEN => "token".to_owned(),
        "POST /api/oauth/revoke" => "revoke".to_owned(),
        _ => request.header("authorization").unwrap().to_owned(),
    };
    server.seen().iter().map(step).collect()
}

#[tokio::test]
async fn one_token_serves_many_calls_and_is_asked_for_as_atlas_wants() {
    let server = Server::scripted([token("t1", 3600), json(200, "[]"), json(200, "[]")]).await;
    let client = client(&server);
    client.list_endpoint_services(&project()).await.unwrap();
    client.list_endpoint_services(&project()).await.unwrap();
    assert_eq!(steps(&server), ["token", "Bearer t1", "Bearer t1"]);
    let asked = &server.seen()[0];
    assert_eq!(asked.body, "grant_type=client_credentials");
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(asked.header("accept"), Some("application/json"));
    let basic = asked.header("authorization").unwrap().strip_prefix("Basic ").unwrap();
    let basic = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(basic).unwrap()).unwrap();
    assert_eq!(basic, "mdb_sa_id_1:mdb_sa_sk_not%2Fto%2Bbe+seen");
}

#[tokio::test]
async fn parallel_calls_share_one_token() {
    let server = Server::new(|request, _| {
        if request.line() == TOKEN {
            token("t1", 3600)
        } else {
            json(200, "[]")
        }
    })
    .await;
    let client = client(&server);
    let project = project();
    futures::future::try_join_all((0..20).map(|_| client.list_endpoint_services(&project)))
        .await
        .unwrap();
    assert_eq!(steps(&server).iter().filter(|step| *step == "token").count(), 1);
    assert_eq!(server.seen().len(), 21);
}

#[tokio::test]
async fn a_call_dropped_while_it_asks_for_the_token_leaves_the_way_free() {
    let server = Server::scripted([Reply::Silence, token("t1", 3600), json(200, "[]")]).await;
    let client = client(&server);
    let project = project();
    let dropped = async {
        while server.seen().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        _ = client.list_endpoint_services(&project) => unreachable!("the server is silent"),
        () = dropped => {}
    }
    client.list_endpoint_services(&project).await.unwrap();
    assert_eq!(steps(&server), ["token", "token", "Bearer t1"]);
}

#[tokio::test]
async fn a_token_at_its_end_is_renewed_before_it_is_used() {
    let server = Server::scripted([token("t1", 0), json(200, "[]"), token("t2", 3600), json(200, "[]")]).await;
    let client = client(&server);
    client.list_endpoint_services(&project()).await.unwrap();
    client.list_endpoint_services(&project()).await.unwrap();
    assert_eq!(steps(&server), ["token", "Bearer t1", "token", "Bearer t2"]);
}

/// Moves the clock of the runtime on; everything after goes at its own pace again.
async fn later(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_token_in_its_last_ten_minutes_goes_on_while_it_cannot_be_renewed() {
    let server = Server::scripted([
        token("t1", 3600),
        json(200, "[]"),
        json(200, "[]"),
        json(503, ""),
        json(200, "[]"),
        json(200, "[]"),
        token("t2", 3600),
        json(200, "[]"),
    ])
    .await;
    let client = client(&server);
    let list = async || client.list_endpoint_services(&project()).await.unwrap();
    list().await;
    later(2900).await;
    list().await;
    later(150).await;
    list().await;
    list().await;
    later(40).await;
    list().await;
    let expected = [
        "token",
        "Bearer t1",
        "Bearer t1",
        "token",
        "Bearer t1",
        "Bearer t1",
        "token",
        "Bearer t2",
    ];
    assert_eq!(steps(&server), expected);
}

#[tokio::test]
async fn a_token_refused_early_is_renewed_once() {
    let refused = || refusal(401, "UNAUTHORIZED", "expired");
    let server = Server::scripted([
        token("t1", 3600),
        json(200, "[]"),
        refused(),
        token("t2", 3600),
        json(200, "[]"),
        refused(),
        token("t3", 3600),
        refused(),
    ])
    .await;
    let client = client(&server);
    client.list_endpoint_services(&project()).await.unwrap();
    client.list_endpoint_services(&project()).await.unwrap();
    let error = client.list_endpoint_services(&project()).await.unwrap_err();
    assert!(matches!(error, AtlasError::Unauthorized { .. }), "{error}");
    let expected = [
        "token",
        "Bearer t1",
        "Bearer t1",
        "token",
        "Bearer t2",
        "Bearer t2",
        "token",
        "Bearer t3",
    ];
    assert_eq!(steps(&server), expected);
}

#[tokio::test]
async fn a_new_token_that_is_refused_is_final() {
    let server = Server::scripted([token("t1", 3600), refusal(401, "UNAUTHORIZED", "-")]).await;
    let error = client(&server).list_endpoint_services(&project()).await.unwrap_err();
    assert!(matches!(error, AtlasError::Unauthorized { .. }), "{error}");
    assert!(error.operation().path.contains("/groups/"), "{error}");
}

#[tokio::test]
async fn a_wrong_secret_is_told_by_the_token_request() {
    let server = Server::scripted([refusal(401, "INVALID_CLIENT", "no such client")]).await;
    let error = client(&server).list_endpoint_services(&project()).await.unwrap_err();
    assert!(matches!(error, AtlasError::Unauthorized { .. }), "{error}");
    assert_eq!(
        error.operation().to_string(),
        "obtain access token (POST /api/oauth/token)"
    );
    assert!(error.advice().contains("secrets expire"));
}

#[tokio::test]
async fn a_token_request_is_tried_again_when_limited_unavailable_or_reset() {
    let server = Server::scripted([
        refusal(429, "RATE_LIMITED", "-"),
        Reply::Reset,
        json(503, ""),
        token("t1", 3600),
        json(200, "[]"),
    ])
    .await;
    client(&server).list_endpoint_services(&project()).await.unwrap();
    assert_eq!(steps(&server), ["token", "token", "token", "token", "Bearer t1"]);
}

#[tokio::test]
async fn a_limit_on_tokens_holds_for_every_call_until_its_time() {
    let server = Server::scripted([refusal(429, "RATE_LIMITED", "-").with("Retry-After", "3000")]).await;
    let client = client(&server);
    for _ in 0..3 {
        let error = client.list_endpoint_services(&project()).await.unwrap_err();
        let AtlasError::Throttled {
            attempts: 1,
            retry_after: Some(wait),
            operation,
        } = error
        else {
            panic!("{error}")
        };
        assert!(
            (Duration::from_secs(2000)..=Duration::from_secs(3000)).contains(&wait),
            "{wait:?}"
        );
        assert_eq!(operation.name, "obtain access token");
    }
    assert_eq!(steps(&server), ["token"]);
}

#[tokio::test]
async fn a_token_answer_that_is_none_is_malformed_and_not_repeated() {
    for body in [
        "[]",
        r#"{"token":"hush-hush"}"#,
        r#"{"access_token":["hush-hush"]}"#,
        r#"{"access_token":"hush-hush","expires_in":"hush-hush"}"#,
        r#"{"access_token":"hush\nhush"}"#,
        "hush-hush",
    ] {
        let server = Server::scripted([json(200, body)]).await;
        let error = client(&server).list_endpoint_services(&project()).await.unwrap_err();
        assert!(matches!(error, AtlasError::Malformed { .. }), "{body}: {error}");
        assert!(!crate::support::everything_shown(&error).contains("hush"), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_without_a_lifetime_serves_for_a_while() {
    let server = Server::scripted([json(200, r#"{"access_token":"t1"}"#), json(200, "[]"), json(200, "[]")]).await;
    let client = client(&server);
    client.list_endpoint_services(&project()).await.unwrap();
    client.list_endpoint_services(&project()).await.unwrap();
    assert_eq!(steps(&server), ["token", "Bearer t1", "Bearer t1"]);
}

#[tokio::test]
async fn closing_gives_the_token_back_once() {
    let server = Server::scripted([token("t1&x", 3600), json(200, "[]"), json(200, "")]).await;
    let client = client(&server);
    client.close().await;
    assert_eq!(steps(&server), [""; 0]);
    client.list_endpoint_services(&project()).await.unwrap();
    client.close().await;
    client.close().await;
    assert_eq!(steps(&server), ["token", "Bearer t1&x", "revoke"]);
    let revoked = &server.seen()[2];
    assert_eq!(revoked.body, "token=t1%26x&token_type_hint=access_token");
    assert_eq!(
        revoked.header("authorization"),
        server.seen()[0].header("authorization")
    );
}

#[tokio::test]
async fn closing_never_fails_and_a_later_call_obtains_another_token() {
    let server = Server::scripted([
        token("t1", 3600),
        json(200, "[]"),
        Reply::Reset,
        token("t2", 3600),
        json(200, "[]"),
    ])
    .await;
    let client = client(&server);
    client.list_endpoint_services(&project()).await.unwrap();
    client.close().await;
    client.list_endpoint_services(&project()).await.unwrap();
    assert_eq!(steps(&server), ["token", "Bearer t1", "revoke", "token", "Bearer t2"]);
}
