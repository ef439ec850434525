//! What becomes of each status, and of answers that are none.

use crate::support::{Reply, Server, client, everything_shown, json, project, refusal};
use atlas_client::{AtlasApi, AtlasError};

async fn error_of(reply: Reply) -> AtlasError {
    let server = Server::scripted([reply]).await;
    let error = client(&server).list_endpoint_services(&project()).await.unwrap_err();
    assert_eq!(server.seen().len(), 1, "{error}");
    error
}

#[tokio::test]
async fn the_status_alone_chooses_the_error_and_atlas_words_come_along() {
    type Expected = fn(&AtlasError) -> bool;
    for (status, expected) in [
        (
            400,
            (|error| matches!(error, AtlasError::Refused { status: 400, .. })) as Expected,
        ),
        (401, |error| matches!(error, AtlasError::Unauthorized { .. })),
        (403, |error| {
            matches!(
                error,
                AtlasError::Forbidden {
                    ip_not_on_access_list: false,
                    ..
                }
            )
        }),
        (404, |error| matches!(error, AtlasError::NotFound { .. })),
        (405, |error| matches!(error, AtlasError::Refused { status: 405, .. })),
        (406, |error| matches!(error, AtlasError::NotAcceptable { .. })),
        (409, |error| matches!(error, AtlasError::Conflict { .. })),
        (410, |error| matches!(error, AtlasError::VersionGone { .. })),
        (418, |error| matches!(error, AtlasError::Refused { status: 418, .. })),
        (501, |error| matches!(error, AtlasError::Refused { status: 501, .. })),
    ] {
        // The code of another status, to show that nobody looks at it.
        let error = error_of(refusal(status, "RATE_LIMITED", "Words of Atlas.")).await;
        assert!(expected(&error), "{status}: {error:?}");
        let text = error.to_string();
        assert!(
            text.starts_with("list endpoint services (GET /api/atlas/v2/groups/"),
            "{text}"
        );
        assert!(text.contains("Words of Atlas. (RATE_LIMITED)"), "{text}");
        assert!(!error.advice().is_empty());
        for without_words in ["", "<html>", "null", "[]", "{}"] {
            assert!(
                expected(&error_of(json(status, without_words)).await),
                "{status} {without_words:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_refused_address_has_advice_of_its_own() {
    let detail = "IP address 198.51.100.7 is not allowed to access this resource.";
    let error = error_of(refusal(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST", detail)).await;
    assert!(
        matches!(
            error,
            AtlasError::Forbidden {
                ip_not_on_access_list: true,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.to_string().contains("198.51.100.7"), "{error}");
    assert!(
        error.advice().contains("access list of the API key"),
        "{}",
        error.advice()
    );
    let role = error_of(refusal(403, "USER_UNAUTHORIZED", "-")).await;
    assert!(role.advice().contains("Project Owner"), "{}", role.advice());
}

#[tokio::test]
async fn fields_that_atlas_complains_about_are_named() {
    let body = r#"{"detail":"Bad.","error":400,"errorCode":"VALIDATION_ERROR","badRequestDetail":{"fields":[{"field":"region","description":"unknown"}]}}"#;
    let error = error_of(json(400, body)).await;
    assert!(
        error.to_string().contains("Bad.; region: unknown (VALIDATION_ERROR)"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refusal_without_words_of_atlas_says_what_the_body_is_and_repeats_none_of_it() {
    let page = "<html><head><title> Blocked by the proxy </title></head><body>Authorization: hush</body></html>";
    for (case, reply, told) in [
        (
            "a page",
            Reply::Answer {
                status: 400,
                headers: vec![("Content-Type", "text/html".into())],
                body: page.into(),
            },
            "95 bytes, text/html, titled \"Blocked by the proxy\"",
        ),
        ("nothing", json(400, ""), "the answer has no body"),
        (
            "other JSON",
            json(400, r#"{"token":"hush"}"#),
            "16 bytes, application/json",
        ),
    ] {
        let text = everything_shown(&error_of(reply).await);
        assert!(text.contains(told) && text.contains("HTTP 400"), "{case}: {text}");
        assert!(!text.contains("hush"), "{case}: {text}");
    }
}

#[tokio::test]
async fn a_lack_of_capacity_is_not_called_a_wrong_value() {
    let error = error_of(refusal(400, "ATLAS_GENERAL_ERROR", "Reason: No Capacity.")).await;
    assert!(error.to_string().contains("No Capacity"), "{error}");
    let advice = error.advice();
    assert!(
        advice.contains("missing capacity") && advice.contains("try again later"),
        "{advice}"
    );
}

#[tokio::test]
async fn redirects_are_not_followed_and_their_target_is_named_without_its_path() {
    let elsewhere = Server::scripted([]).await;
    for status in [301, 302, 307, 308] {
        let location = format!("{}/login?ticket=hush", elsewhere.url);
        let error = error_of(json(status, "").with("Location", location)).await;
        assert!(
            matches!(error, AtlasError::Refused { status: got, .. } if got == status),
            "{error:?}"
        );
        let text = everything_shown(&error);
        assert!(text.contains(&elsewhere.url) && !text.contains("hush"), "{text}");
    }
    assert_eq!(elsewhere.lines(), [""; 0]);
}

#[tokio::test]
async fn a_success_that_is_no_answer_of_the_api_is_malformed_and_says_where() {
    for (case, body, words) in [
        ("a page of a proxy", "<html>Sign in</html>", "no JSON at line 1"),
        ("another shape", r#"{"results":[]}"#, "expected a sequence"),
        ("no id", r#"[{"status":"AVAILABLE"}]"#, "[0]: missing field `id`"),
        (
            "an id of another kind",
            r#"[{"id":"service-1"}]"#,
            "not an endpoint service id",
        ),
        (
            "a status that is no text",
            r#"[{"id":"6a1b2c3d4e5f60718293a4b5","status":7}]"#,
            "[0].status",
        ),
    ] {
        let error = error_of(json(200, body)).await;
        assert!(
            matches!(&error, AtlasError::Malformed { reason, .. } if reason.contains(words)),
            "{case}: {error}"
        );
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_the_end() {
    let error = error_of(json(200, &" ".repeat(16 * 1024 * 1024 + 1))).await;
    assert!(
        matches!(&error, AtlasError::Malformed { reason, .. } if reason.contains("longer than")),
        "{error}"
    );
}
