//! HTTP digest and service accounts, as a client that is careful meets them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use atlas_emulator::{AtlasEmulator, Credentials, Fault, FaultKind};
use serde_json::{Value, json};
use support::{
    ACCEPT, Answer, Client, G, LIST, basic, digest, exchange, parameter, start, start_with, token, token_answer,
};

fn target() -> String {
    format!("/api/atlas/v2/groups/{G}{LIST}")
}

async fn get_with(emulator: &AtlasEmulator, authorization: &str) -> Answer {
    let headers = [("accept", ACCEPT), ("authorization", authorization)];
    exchange(&emulator.base_url(), "GET", &target(), &headers, "")
        .await
        .unwrap()
}

async fn challenge(emulator: &AtlasEmulator) -> String {
    let answer = exchange(&emulator.base_url(), "GET", &target(), &[("accept", ACCEPT)], "")
        .await
        .unwrap();
    answer.header("www-authenticate").unwrap().to_owned()
}

fn answer_to(challenge: &str, count: u32) -> String {
    digest(challenge, &Credentials::default(), count, "GET", &target())
}

/// Status, and what the new challenge says of the old nonce.
fn verdict(answer: &Answer) -> (u16, Option<bool>) {
    let challenge = answer.header("www-authenticate");
    (
        answer.status,
        challenge.map(|challenge| challenge.ends_with("stale=true")),
    )
}

fn outcomes(emulator: &AtlasEmulator) -> Vec<String> {
    emulator.calls().into_iter().map(|call| call.outcome).collect()
}

fn fault(kind: FaultKind) -> Fault {
    Fault {
        times: Some(1),
        kind,
        ..Fault::default()
    }
}

#[tokio::test]
async fn a_nonce_serves_many_counts_but_each_once() {
    let emulator = start();
    let challenge = challenge(&emulator).await;
    for count in [1, 2, 5, 4] {
        assert_eq!(
            verdict(&get_with(&emulator, &answer_to(&challenge, count)).await),
            (200, None),
            "{count}"
        );
    }
    assert_eq!(
        verdict(&get_with(&emulator, &answer_to(&challenge, 2)).await),
        (401, Some(false))
    );
    assert_eq!(
        verdict(&get_with(&emulator, &answer_to(&challenge, 6)).await),
        (200, None)
    );
}

#[tokio::test]
async fn a_digest_that_is_not_exactly_right_is_wrong_and_not_stale() {
    let emulator = start();
    let keys = Credentials::default();
    let wrong_key = Credentials {
        private_key: "other".into(),
        ..keys.clone()
    };
    let unknown = Credentials {
        public_key: "other".into(),
        ..keys.clone()
    };
    let url = target();
    type Make<'a> = Box<dyn Fn(&str) -> String + 'a>;
    let cases: [(&str, Make<'_>); 6] = [
        (
            "key",
            Box::new(|challenge| digest(challenge, &wrong_key, 1, "GET", &url)),
        ),
        (
            "user",
            Box::new(|challenge| digest(challenge, &unknown, 1, "GET", &url)),
        ),
        (
            "method",
            Box::new(|challenge| digest(challenge, &keys, 1, "POST", &url)),
        ),
        (
            "path",
            Box::new(|challenge| digest(challenge, &keys, 1, "GET", &format!("{url}?pageNum=1"))),
        ),
        (
            "count",
            Box::new(|challenge| digest(challenge, &keys, 1, "GET", &url).replace("nc=00000001", "nc=1")),
        ),
        (
            "qop",
            Box::new(|challenge| digest(challenge, &keys, 1, "GET", &url).replace("qop=auth, ", "")),
        ),
    ];
    for (case, make) in cases {
        let challenge = challenge(&emulator).await;
        let refused = get_with(&emulator, &make(&challenge)).await;
        assert_eq!(verdict(&refused), (401, Some(false)), "{case}");
        assert_eq!(
            refused.json()["detail"],
            "You are not authorized for this resource.",
            "{case}"
        );
    }
    let log = format!("{:?}", emulator.calls());
    assert!(!log.contains("response") && !log.contains(&keys.private_key), "{log}");
}

#[tokio::test]
async fn a_nonce_that_is_old_used_up_or_unknown_is_stale() {
    let emulator = start_with(|profile| profile.max_nonce_count = 3);
    let first = challenge(&emulator).await;
    assert_eq!(verdict(&get_with(&emulator, &answer_to(&first, 2)).await), (200, None));
    let used_up = get_with(&emulator, &answer_to(&first, 3)).await;
    assert_eq!(verdict(&used_up), (401, Some(true)));
    let next = used_up.header("www-authenticate").unwrap();
    assert_ne!(parameter(next, "nonce"), parameter(&first, "nonce"));
    assert_eq!(verdict(&get_with(&emulator, &answer_to(next, 1)).await), (200, None));

    let made_up = answer_to(&first, 1).replace(parameter(&first, "nonce").unwrap(), "bm9uY2U=");
    assert_eq!(verdict(&get_with(&emulator, &made_up).await), (401, Some(true)));

    emulator.change_profile(|profile| profile.nonce_age_ms = 0);
    let old = challenge(&emulator).await;
    assert_eq!(
        verdict(&get_with(&emulator, &answer_to(&old, 1)).await),
        (401, Some(true))
    );
}

#[tokio::test]
async fn nonces_expire_and_digests_are_refused_on_demand() {
    let emulator = start();
    emulator.fault(fault(FaultKind::NonceExpired));
    let first = challenge(&emulator).await;
    let expired = get_with(&emulator, &answer_to(&first, 1)).await;
    assert_eq!(verdict(&expired), (401, Some(true)));
    // For good, not only for that call.
    assert_eq!(
        verdict(&get_with(&emulator, &answer_to(&first, 2)).await),
        (401, Some(true))
    );
    let next = expired.header("www-authenticate").unwrap().to_owned();
    emulator.fault(fault(FaultKind::DigestRefused));
    assert_eq!(
        verdict(&get_with(&emulator, &answer_to(&next, 1)).await),
        (401, Some(false))
    );
    assert_eq!(verdict(&get_with(&emulator, &answer_to(&next, 1)).await), (200, None));
    assert_eq!(
        outcomes(&emulator),
        ["challenge", "stale nonce", "stale nonce", "USER_UNAUTHORIZED", "ok"]
    );
}

#[tokio::test]
async fn challenges_come_without_qop_or_with_another_realm() {
    let emulator = start();
    emulator.fault(fault(FaultKind::ChallengeWithoutQop));
    let old_style = challenge(&emulator).await;
    assert_eq!(parameter(&old_style, "qop"), None);
    assert_eq!(
        verdict(&get_with(&emulator, &answer_to(&old_style, 1)).await),
        (200, None)
    );
    let answered_with_qop = digest(
        &format!("{old_style}, qop=\"auth\""),
        &Credentials::default(),
        1,
        "GET",
        &target(),
    );
    assert_eq!(
        verdict(&get_with(&emulator, &answered_with_qop).await),
        (401, Some(false))
    );

    emulator.fault(fault(FaultKind::ChallengeRealm {
        realm: "Another Realm".into(),
    }));
    let other = challenge(&emulator).await;
    assert_eq!(parameter(&other, "realm"), Some("Another Realm"));
    assert_eq!(verdict(&get_with(&emulator, &answer_to(&other, 1)).await), (200, None));
    let with_the_old_realm = answer_to(&other.replace("Another Realm", "MMS Public API"), 2);
    assert_eq!(
        verdict(&get_with(&emulator, &with_the_old_realm).await),
        (401, Some(false))
    );
    assert_eq!(parameter(&challenge(&emulator).await, "realm"), Some("MMS Public API"));
}

#[tokio::test]
async fn a_fault_before_authentication_strikes_the_challenge_only() {
    let emulator = start();
    for kind in [
        FaultKind::Unavailable {
            retry_after_seconds: Some(7),
        },
        FaultKind::Delay { delay_ms: 1 },
    ] {
        emulator.fault(Fault {
            before_authentication: true,
            ..fault(kind)
        });
    }
    let client = Client::new(&emulator);
    let unavailable = client.get(LIST).await;
    assert_eq!(
        (unavailable.status, unavailable.header("retry-after")),
        (503, Some("7"))
    );
    // A delayed call without a proof is still only challenged.
    assert_eq!(client.get(LIST).await.status, 200);
    assert_eq!(outcomes(&emulator), ["SERVICE_UNAVAILABLE", "USER_UNAUTHORIZED", "ok"]);
    assert!(!emulator.calls()[1].authenticated);
}

#[tokio::test]
async fn a_service_accounts_token_is_as_good_as_a_key() {
    let emulator = start();
    let keys = Credentials::default();
    let answer = token_answer(&emulator, &basic(&keys.client_id, &keys.client_secret)).await;
    assert_eq!(answer.status, 200);
    let members: Vec<_> = answer.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, ["access_token", "expires_in", "token_type"]);
    assert_eq!(
        (&answer.json()["expires_in"], &answer.json()["token_type"]),
        (&json!(3600), &json!("Bearer"))
    );
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(get_with(&emulator, &format!("Bearer {token}")).await.status, 200);
    let refused = get_with(&emulator, "Bearer made-up").await;
    assert_eq!(
        verdict(&refused),
        (401, None),
        "a bad token is not challenged for a digest"
    );

    // RFC 6749 has both escaped before they are encoded.
    let escaped = |text: &str| text.replace('_', "%5F");
    let again = token_answer(
        &emulator,
        &basic(&escaped(&keys.client_id), &escaped(&keys.client_secret)),
    )
    .await;
    assert_eq!(again.status, 200);
    for (id, secret) in [
        (keys.client_id.as_str(), "other"),
        ("other", keys.client_secret.as_str()),
    ] {
        assert_eq!(token_answer(&emulator, &basic(id, secret)).await.status, 401);
    }
    assert_eq!(token_answer(&emulator, "Basic ?").await.status, 401);
}

#[tokio::test]
async fn the_token_path_wants_a_form_and_the_right_grant() {
    let emulator = start();
    let keys = Credentials::default();
    let authorization = basic(&keys.client_id, &keys.client_secret);
    for (method, content_type, body, status) in [
        (
            "POST",
            "application/json",
            "{\"grant_type\":\"client_credentials\"}",
            415,
        ),
        ("POST", "application/x-www-form-urlencoded", "grant_type=password", 400),
        ("POST", "application/x-www-form-urlencoded", "", 400),
        ("GET", "application/x-www-form-urlencoded", "", 405),
    ] {
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", content_type),
        ];
        let answer = exchange(&emulator.base_url(), method, "/api/oauth/token", &headers, body)
            .await
            .unwrap();
        assert_eq!(answer.status, status, "{method} {content_type} {body}");
    }
}

#[tokio::test]
async fn tokens_end_when_revoked_when_expired_and_on_demand() {
    let emulator = start();
    let keys = Credentials::default();
    let bearer = async || format!("Bearer {}", token(&emulator).await);

    let revoked = bearer().await;
    let authorization = basic(&keys.client_id, &keys.client_secret);
    let form = format!(
        "token={}&token_type_hint=access_token",
        revoked.trim_start_matches("Bearer ")
    );
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let answer = exchange(&emulator.base_url(), "POST", "/api/oauth/revoke", &headers, &form)
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(get_with(&emulator, &revoked).await.status, 401);

    let ended = bearer().await;
    emulator.fault(fault(FaultKind::TokenExpired));
    assert_eq!(get_with(&emulator, &ended).await.status, 401);
    assert_eq!(get_with(&emulator, &ended).await.status, 401, "for good");

    let rotated = bearer().await;
    emulator.revoke_tokens();
    assert_eq!(get_with(&emulator, &rotated).await.status, 401);

    emulator.change_profile(|profile| profile.token_expires_in_seconds = 0);
    let tiny = bearer().await;
    assert_eq!(get_with(&emulator, &tiny).await.status, 401);

    emulator.change_profile(|profile| {
        profile.token_expires_in_seconds = 3600;
        profile.token_lifetime_ms = Some(0);
    });
    let early = token_answer(&emulator, &authorization).await.json();
    assert_eq!(early["expires_in"], 3600);
    let early = format!("Bearer {}", early["access_token"].as_str().unwrap());
    assert_eq!(get_with(&emulator, &early).await.status, 401);
}

#[tokio::test]
async fn tokens_are_limited_per_minute_and_throttled_on_demand() {
    let emulator = start_with(|profile| profile.token_requests_per_minute = 2);
    let keys = Credentials::default();
    let authorization = basic(&keys.client_id, &keys.client_secret);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(token_answer(&emulator, &authorization).await.status);
    }
    assert_eq!(statuses, [200, 200, 429]);
    let limited = token_answer(&emulator, &authorization).await;
    assert_eq!(
        limited.json(),
        json!({
            "detail": "Resource /api/oauth/token is limited to 2 requests every 1 minutes.",
            "error": 429,
            "errorCode": "RATE_LIMITED",
            "parameters": ["/api/oauth/token", 2, 1],
            "reason": "Too Many Requests",
        })
    );
    let emulator = start();
    emulator.fault(Fault {
        path: "/api/oauth/token".into(),
        ..fault(FaultKind::Throttle {
            retry_after_seconds: None,
        })
    });
    let throttled = token_answer(&emulator, &authorization).await;
    assert_eq!(
        (throttled.status, throttled.error_code().as_str()),
        (429, "RATE_LIMITED")
    );
    assert_eq!(throttled.header("retry-after"), None);
    assert_eq!(token_answer(&emulator, &authorization).await.status, 200);
}

#[tokio::test]
async fn without_a_version_in_accept_nothing_is_acceptable() {
    let emulator = start();
    let client = Client::new(&emulator);
    for headers in [&[][..], &[("accept", "application/json")], &[("accept", "*/*")]] {
        let answer = client.try_raw("GET", &target(), headers, Value::Null).await.unwrap();
        assert_eq!(
            (answer.status, answer.error_code().as_str()),
            (406, "NOT_ACCEPTABLE"),
            "{headers:?}"
        );
    }
}
