//! When a call is tried again, for how long, and what it says when it gives up.

use crate::support::{PROJECT, Reply, SERVICE, Server, api_key, client, config, json, project, refusal};
use atlas_client::{AtlasApi, AtlasError, AtlasRegion, EndpointServiceId, HttpAtlas, RetryPolicy, TransportError};
use std::time::{Duration, Instant, SystemTime};

fn patient(server: &Server, per_attempt: Duration, budget: Duration) -> HttpAtlas {
    let config = config(&server.url, api_key())
        .with_per_attempt_timeout(per_attempt)
        .with_call_budget(budget);
    HttpAtlas::new(config).unwrap()
}

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn every_failure_that_may_pass_is_tried_again() {
    for (case, failure) in [
        (
            "429 without Retry-After",
            refusal(429, "RATE_LIMITED_TOKEN_BUCKET", "-"),
        ),
        ("429 with Retry-After", refusal(429, "-", "-").with("Retry-After", "0")),
        (
            "429 with an odd Retry-After",
            refusal(429, "-", "-").with("Retry-After", "soon"),
        ),
        ("500", refusal(500, "UNEXPECTED_ERROR", "-")),
        ("502 of a proxy", json(502, "<html>")),
        ("503", refusal(503, "SERVICE_UNAVAILABLE", "-")),
        ("504 without body", json(504, "")),
        ("reset before the answer", Reply::Reset),
        ("reset within the body", Reply::ResetMidBody),
        ("cut within the body", Reply::Cut),
        ("cut without a length", Reply::CutWithoutLength),
        ("an empty answer", json(200, "")),
        ("silence", Reply::Silence),
        ("silence within the body", Reply::SilenceAfterHead),
    ] {
        let per_attempt = if case.starts_with("silence") { SHORT } else { LONG };
        let server = Server::scripted([failure.clone(), failure, json(200, "[]")]).await;
        let list = patient(&server, per_attempt, LONG)
            .list_endpoint_services(&project())
            .await;
        assert_eq!(list.ok(), Some(vec![]), "{case}");
        assert_eq!(server.seen().len(), 3, "{case}");
    }
}

#[tokio::test]
async fn the_attempts_are_counted_and_the_last_failure_is_told() {
    let server = Server::new(|_, _| refusal(503, "SERVICE_UNAVAILABLE", "Busy.")).await;
    let error = client(&server).list_endpoint_services(&project()).await.unwrap_err();
    assert!(
        matches!(
            error,
            AtlasError::Unavailable {
                attempts: 4,
                status: 503,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("HTTP 503: Busy. (SERVICE_UNAVAILABLE)"),
        "{error}"
    );
    assert_eq!(server.seen().len(), 4);

    let server = Server::new(|_, _| refusal(429, "RATE_LIMITED", "-")).await;
    let error = client(&server).list_endpoint_services(&project()).await.unwrap_err();
    assert!(
        matches!(
            error,
            AtlasError::Throttled {
                attempts: 4,
                retry_after: None,
                ..
            }
        ),
        "{error:?}"
    );

    let server = Server::new(|_, _| Reply::Reset).await;
    let error = client(&server).list_endpoint_services(&project()).await.unwrap_err();
    assert!(
        matches!(
            &error,
            AtlasError::Transport {
                attempts: 4,
                source: TransportError::Http { .. },
                ..
            }
        ),
        "{error:?}"
    );

    let server = Server::new(|_, _| Reply::Cut).await;
    let error = client(&server).list_endpoint_services(&project()).await.unwrap_err();
    assert!(
        matches!(
            &error,
            AtlasError::Transport {
                attempts: 4,
                source: TransportError::Truncated,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_host_that_does_not_listen_is_a_transport_error() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = HttpAtlas::new(config(&url, api_key()))
        .unwrap()
        .list_endpoint_services(&project())
        .await
        .unwrap_err();
    let AtlasError::Transport {
        attempts: 4, source, ..
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(source.to_string(), "could not connect");
}

#[tokio::test]
async fn one_attempt_means_no_retry() {
    let server = Server::scripted([json(503, "")]).await;
    let once = RetryPolicy {
        max_attempts: 1,
        ..RetryPolicy::default()
    };
    let client = HttpAtlas::new(config(&server.url, api_key()).with_retry(once)).unwrap();
    let error = client.list_endpoint_services(&project()).await.unwrap_err();
    assert!(
        matches!(error, AtlasError::Unavailable { attempts: 1, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_wait_longer_than_the_budget_is_not_begun_and_is_told() {
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(7200));
    for (case, header, least, most) in [
        ("seconds", "7200".to_owned(), 7200, 7200),
        ("a date", date, 7000, 7200),
        ("the end of time", u64::MAX.to_string(), u64::MAX, u64::MAX),
    ] {
        for status in [429, 503] {
            let server = Server::scripted([refusal(status, "-", "-").with("Retry-After", header.clone())]).await;
            let error = client(&server).list_endpoint_services(&project()).await.unwrap_err();
            let (AtlasError::Throttled {
                attempts: 1,
                retry_after: Some(wait),
                ..
            }
            | AtlasError::Unavailable {
                attempts: 1,
                retry_after: Some(wait),
                ..
            }) = &error
            else {
                panic!("{case}: {error:?}")
            };
            assert!((least..=most).contains(&wait.as_secs()), "{case}: {wait:?}");
            assert!(error.to_string().contains("; try again in "), "{case}: {error}");
        }
    }
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_is_kept() {
    let server = Server::scripted([refusal(429, "-", "-").with("Retry-After", "1"), json(200, "[]")]).await;
    let started = Instant::now();
    client(&server).list_endpoint_services(&project()).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn silence_ends_each_attempt_and_the_budget_ends_the_call() {
    let server = Server::new(|_, _| Reply::Silence).await;
    let error = patient(&server, SHORT, LONG)
        .list_endpoint_services(&project())
        .await
        .unwrap_err();
    assert!(
        matches!(error, AtlasError::Timeout { attempts: 4, waited, .. } if waited == SHORT),
        "{error:?}"
    );
    assert!(error.to_string().contains("no answer within 100 ms"), "{error}");

    let error = patient(&server, LONG, SHORT)
        .list_endpoint_services(&project())
        .await
        .unwrap_err();
    assert!(
        matches!(error, AtlasError::Timeout { attempts: 1, waited, .. } if waited <= SHORT),
        "{error:?}"
    );
}

#[tokio::test]
async fn pages_share_one_budget() {
    let endless = r#"{"results":[{"cidrBlock":"10.0.0.0/8"}],"links":[{"rel":"next"}]}"#;
    let server = Server::new(|_, _| json(200, endless)).await;
    let error = patient(&server, LONG, Duration::from_millis(300))
        .list_access_list(&project())
        .await
        .unwrap_err();
    assert!(matches!(error, AtlasError::Timeout { .. }), "{error:?}");
}

#[tokio::test]
async fn a_create_that_was_carried_out_unseen_ends_in_a_conflict() {
    let service = format!(r#"{{"id":"{SERVICE}"}}"#);
    for (case, first) in [("reset", Reply::Reset), ("cut", Reply::Cut), ("500", json(500, ""))] {
        let taken = refusal(409, "PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION", "It exists.");
        let server = Server::scripted([first.clone(), taken]).await;
        let region = AtlasRegion::parse("eu-west-1").unwrap();
        let error = client(&server)
            .create_endpoint_service(&project(), &region, &[])
            .await
            .unwrap_err();
        assert!(matches!(error, AtlasError::Conflict { .. }), "{case}: {error}");
        let [one, two] = <[_; 2]>::try_from(server.seen()).unwrap();
        assert_eq!((one.line(), one.body), (two.line(), two.body), "{case}");

        let server = Server::scripted([first, json(201, &service)]).await;
        client(&server)
            .create_endpoint_service(&project(), &region, &[])
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_delete_that_was_carried_out_unseen_is_done() {
    let server = Server::scripted([Reply::Reset, refusal(404, "-", "-")]).await;
    let service = EndpointServiceId::parse(SERVICE).unwrap();
    client(&server)
        .delete_endpoint_service(&project(), &service)
        .await
        .unwrap();
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn where_the_answer_is_not_read_the_status_decides() {
    let server = Server::scripted([Reply::Cut]).await;
    let service = EndpointServiceId::parse(SERVICE).unwrap();
    client(&server)
        .delete_endpoint_service(&project(), &service)
        .await
        .unwrap();
    let path = format!("DELETE /api/atlas/v2/groups/{PROJECT}/privateEndpoint/AWS/endpointService/{SERVICE}");
    assert_eq!(server.lines(), [path]);
}
