//! Scripted failures, gates and the record of calls.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use atlas_emulator::{AtlasEmulator, Fault, FaultKind, Gate};
use serde_json::{Value, json};
use support::{A_WHILE, CREATE, Client, G, LIST, V, start, start_with};
use tokio::time::timeout;

fn once(kind: FaultKind) -> Fault {
    Fault {
        times: Some(1),
        kind,
        ..Fault::default()
    }
}

fn show(path: &str, times: u32, members: Value) -> Fault {
    Fault {
        method: "GET".into(),
        path: path.into(),
        times: Some(times),
        kind: FaultKind::Show {
            members: members.as_object().unwrap().clone(),
        },
        ..Fault::default()
    }
}

fn create_body() -> Value {
    json!({ "providerName": "AWS", "region": "EU_WEST_1" })
}

fn services(emulator: &AtlasEmulator) -> usize {
    emulator.project(G).snapshot().services.len()
}

/// Outcomes of the authenticated calls.
fn outcomes(emulator: &AtlasEmulator) -> Vec<String> {
    let calls = emulator.calls().into_iter().filter(|call| call.authenticated);
    calls.map(|call| call.outcome).collect()
}

const SERVICE: &str = "/groups/*/privateEndpoint/AWS/endpointService/*";
const ENDPOINT: &str = "/groups/*/privateEndpoint/AWS/endpointService/*/endpoint/*";

#[tokio::test]
async fn refusals_have_the_statuses_and_codes_of_atlas_and_nothing_is_done() {
    let other = FaultKind::Refuse {
        status: 405,
        error_code: "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES".into(),
        detail: String::new(),
    };
    for (kind, status, code, retry_after) in [
        (FaultKind::InternalError, 500, "UNEXPECTED_ERROR", None),
        (
            FaultKind::Throttle {
                retry_after_seconds: Some(3),
            },
            429,
            "RATE_LIMITED_TOKEN_BUCKET",
            Some("3"),
        ),
        (
            FaultKind::Throttle {
                retry_after_seconds: None,
            },
            429,
            "RATE_LIMITED_TOKEN_BUCKET",
            None,
        ),
        (
            FaultKind::Unavailable {
                retry_after_seconds: Some(2),
            },
            503,
            "SERVICE_UNAVAILABLE",
            Some("2"),
        ),
        (
            FaultKind::Unavailable {
                retry_after_seconds: None,
            },
            503,
            "SERVICE_UNAVAILABLE",
            None,
        ),
        (FaultKind::NoCapacity, 400, "ATLAS_GENERAL_ERROR", None),
        (FaultKind::NotAuthorized, 401, "USER_UNAUTHORIZED", None),
        (
            FaultKind::IpAddressNotOnAccessList,
            403,
            "IP_ADDRESS_NOT_ON_ACCESS_LIST",
            None,
        ),
        (FaultKind::RoleTooLow, 403, "USER_UNAUTHORIZED", None),
        (FaultKind::NotFound, 404, "RESOURCE_NOT_FOUND", None),
        (FaultKind::NotAcceptable, 406, "NOT_ACCEPTABLE", None),
        (FaultKind::VersionGone, 410, "VERSION_GONE", None),
        (other, 405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES", None),
    ] {
        let emulator = start();
        emulator.fault(once(kind.clone()));
        let client = Client::new(&emulator);
        let refused = client.post(CREATE, create_body()).await;
        assert_eq!(
            (refused.status, refused.error_code().as_str()),
            (status, code),
            "{kind:?}"
        );
        assert_eq!(refused.header("retry-after"), retry_after, "{kind:?}");
        assert_eq!(refused.header("content-type"), Some("application/json"), "{kind:?}");
        assert_eq!(services(&emulator), 0, "{kind:?}");
        assert_eq!(outcomes(&emulator), [code]);
        assert_eq!(client.post(CREATE, create_body()).await.status, 201, "{kind:?}");
    }
}

#[tokio::test]
async fn well_known_refusals_say_what_atlas_says() {
    let emulator = start();
    let client = Client::new(&emulator);
    for (kind, detail, parameters) in [
        (
            FaultKind::NoCapacity,
            "Reason: No Capacity.".to_owned(),
            json!(["No Capacity"]),
        ),
        (
            FaultKind::IpAddressNotOnAccessList,
            "IP address 127.0.0.1 is not allowed to access this resource.".to_owned(),
            json!(["127.0.0.1"]),
        ),
        (
            FaultKind::Throttle {
                retry_after_seconds: Some(9),
            },
            format!(
                "Rate limit exceeded for api/atlas/v2/groups/{G}{CREATE}. Please retry after 9 seconds. \
                 Request capacity: 10. Refill rate: 5 per 60 seconds."
            ),
            json!([format!("api/atlas/v2/groups/{G}{CREATE}"), 9, 10, 5, 60]),
        ),
    ] {
        emulator.fault(once(kind));
        let refused = client.post(CREATE, create_body()).await.json();
        assert_eq!(
            (&refused["detail"], &refused["parameters"]),
            (&json!(detail), &parameters)
        );
    }
}

#[tokio::test]
async fn proxies_answer_for_atlas_with_a_page_or_with_nothing() {
    let emulator = start();
    emulator.fault(once(FaultKind::BadGateway));
    emulator.fault(once(FaultKind::EmptyBadGateway));
    let client = Client::new(&emulator);
    let page = client.get(LIST).await;
    assert_eq!((page.status, page.header("content-type")), (502, Some("text/html")));
    assert!(page.body.starts_with("<html>"), "{page:?}");
    let empty = client.get(LIST).await;
    assert_eq!(
        (empty.status, empty.header("content-type"), empty.body.as_str()),
        (502, None, "")
    );
}

#[tokio::test]
async fn what_was_lost_on_the_way_was_done_or_not() {
    for (kind, outcome, done) in [
        (FaultKind::ConnectionReset, "connection reset", 0),
        (FaultKind::AcceptThenReset, "ok, then connection reset", 1),
        (FaultKind::ResetMidBody, "ok, then connection reset", 1),
    ] {
        let emulator = start();
        emulator.fault(once(kind.clone()));
        let broken = Client::new(&emulator)
            .try_call("POST", CREATE, create_body())
            .await
            .unwrap_err();
        let began = broken.0.contains("\"cloudProvider\"");
        assert_eq!(began, kind == FaultKind::ResetMidBody, "{kind:?}: {broken:?}");
        assert_eq!(services(&emulator), done, "{kind:?}");
        assert_eq!(outcomes(&emulator), [outcome]);
        assert_eq!(emulator.calls()[1].status, None, "{kind:?}");
    }
    let emulator = start();
    emulator.fault(once(FaultKind::AcceptThenInternalError));
    let client = Client::new(&emulator);
    let lost = client.post(CREATE, create_body()).await;
    assert_eq!((lost.status, lost.error_code().as_str()), (500, "UNEXPECTED_ERROR"));
    assert_eq!(client.get(LIST).await.json().as_array().unwrap().len(), 1);
    assert_eq!(outcomes(&emulator), ["ok, then UNEXPECTED_ERROR", "ok"]);
}

#[tokio::test]
async fn some_answers_never_come() {
    for (kind, done) in [(FaultKind::Hang, 0), (FaultKind::AcceptThenHang, 1)] {
        let emulator = start();
        emulator.fault(once(kind.clone()));
        let client = Client::new(&emulator);
        let waited = timeout(A_WHILE, client.try_call("POST", CREATE, create_body())).await;
        assert!(waited.is_err(), "{kind:?}: {waited:?}");
        assert_eq!(services(&emulator), done, "{kind:?}");
        assert!(outcomes(&emulator)[0].ends_with("never answered"));
        assert_eq!(client.get(LIST).await.status, 200, "others are answered");
    }
}

#[tokio::test]
async fn slow_answers_are_whole() {
    let emulator = start();
    let client = Client::new(&emulator);
    let service = client.ready_service("EU_WEST_1").await;
    let quick = client.get(&service).await.body;
    emulator.fault(once(FaultKind::SlowBody { delay_ms: 10 }));
    emulator.fault(once(FaultKind::Delay { delay_ms: 40 }));
    for _ in 0..2 {
        let began = Instant::now();
        let slow = client.get(&service).await;
        assert!(began.elapsed() >= Duration::from_millis(40));
        assert_eq!(slow.body, quick);
    }
}

#[tokio::test]
async fn a_fault_looks_at_method_and_path_and_skips_and_counts() {
    let emulator = start();
    let client = Client::new(&emulator);
    let service = client.ready_service("EU_WEST_1").await;
    emulator.clear_calls();
    emulator.fault(Fault {
        method: "get".into(),
        path: SERVICE.into(),
        skip: 1,
        times: Some(2),
        ..Fault::default()
    });
    let mut statuses = Vec::new();
    for path in [&service, LIST, &service, &service, &service, LIST] {
        statuses.push(client.get(path).await.status);
    }
    assert_eq!(statuses, [200, 200, 500, 500, 200, 200]);
    let calls = emulator.calls();
    assert!(calls.is_sorted_by_key(|call| call.at_ms));
    assert_eq!(calls[1].path, format!("/api/atlas/v2/groups/{G}{service}"));
    assert_eq!(
        (calls[1].method.as_str(), calls[1].status, calls[5].status),
        ("GET", Some(200), Some(500))
    );
    emulator.fault(Fault::default());
    assert_eq!(client.delete(&service).await.status, 500);
    emulator.clear_faults();
    assert_eq!(client.delete(&service).await.status, 202);
}

#[tokio::test]
async fn chance_is_the_same_every_time() {
    let run = async |seed| {
        let emulator = start();
        emulator.fault(Fault {
            probability: 0.5,
            seed,
            ..Fault::default()
        });
        let client = Client::new(&emulator);
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(client.get(LIST).await.status);
        }
        statuses
    };
    let first = run(1).await;
    assert_eq!(run(1).await, first);
    assert_ne!(run(2).await, first);
    let failed = first.iter().filter(|status| **status == 500).count();
    assert!((8..=32).contains(&failed), "{failed} of 40");
}

#[tokio::test]
async fn states_are_shown_that_are_none() {
    let emulator = start();
    let client = Client::new(&emulator);
    let (service, endpoint) = client.ready_endpoint("EU_WEST_1", V).await;
    emulator.fault(show(
        SERVICE,
        1,
        json!({ "status": "FAILED", "errorMessage": "broken" }),
    ));
    emulator.fault(show(SERVICE, 1, json!({ "status": "FOO" })));
    emulator.fault(show(SERVICE, 1, json!({ "endpointServiceName": null })));
    let failed = client.get(&service).await.json();
    assert_eq!(
        (&failed["status"], &failed["errorMessage"]),
        (&json!("FAILED"), &json!("broken"))
    );
    assert_eq!(client.member(&service, "status").await, "FOO");
    let nameless = client.get(&service).await.json();
    assert_eq!(
        (&nameless["status"], &nameless["endpointServiceName"]),
        (&json!("AVAILABLE"), &Value::Null)
    );
    assert!(client.member(&service, "endpointServiceName").await.is_string());

    for status in ["REJECTED", "VERIFIED"] {
        emulator.fault(show(ENDPOINT, 1, json!({ "connectionStatus": status })));
        let shown = client.get(&endpoint).await.json();
        assert_eq!(
            (&shown["connectionStatus"], &shown["errorMessage"]),
            (&json!(status), &Value::Null)
        );
    }
    assert_eq!(client.member(&endpoint, "connectionStatus").await, "AVAILABLE");
    emulator.fault(show(
        "/groups/*/privateEndpoint/AWS/endpointService",
        1,
        json!({ "status": "FOO" }),
    ));
    assert_eq!(client.get(LIST).await.json()[0]["status"], "FOO");
    emulator.fault(once(FaultKind::Omit {
        members: vec!["errorMessage".into(), "supportedRemoteRegions".into()],
    }));
    let lean = client.get(&service).await.json();
    assert_eq!(
        (lean.get("errorMessage"), lean.get("supportedRemoteRegions")),
        (None, None)
    );
    emulator.fault(once(FaultKind::Omit {
        members: vec!["errorCode".into()],
    }));
    assert_eq!(
        client
            .get(&format!("{LIST}/{}", "0".repeat(24)))
            .await
            .json()
            .get("errorCode"),
        None
    );
}

#[tokio::test]
async fn stuck_states_do_not_end() {
    let emulator = start_with(|profile| profile.stuck_states = vec!["INITIATING".into(), "DELETING".into()]);
    let client = Client::new(&emulator);
    let service = client.service("EU_WEST_1").await;
    for _ in 0..5 {
        assert_eq!(client.member(&service, "status").await, "INITIATING");
    }
    emulator.change_profile(|profile| profile.stuck_states.retain(|state| state != "INITIATING"));
    client.until(&service, "status", "AVAILABLE").await;
    client.delete(&service).await;
    for _ in 0..5 {
        assert_eq!(client.member(&service, "status").await, "DELETING");
        assert_eq!(client.post(CREATE, create_body()).await.status, 409);
    }
    emulator.change_profile(|profile| profile.stuck_states.clear());
    client.until_gone(&service).await;
}

#[tokio::test]
async fn stale_reads_do_not_see_what_was_created_and_still_see_what_was_deleted() {
    let emulator = start_with(|profile| {
        profile.stale_reads_after_create = 2;
        profile.stale_reads_after_delete = 2;
    });
    let client = Client::new(&emulator);
    let service = client.service("EU_WEST_1").await;
    assert_eq!(client.get(&service).await.status, 404);
    assert_eq!(client.get(LIST).await.body, "[]");
    client.until(&service, "status", "AVAILABLE").await;
    client.post(&format!("{service}/endpoint"), json!({ "id": V })).await;
    let endpoint = format!("{service}/endpoint/{V}");
    for status in [404, 404, 200] {
        assert_eq!(client.get(&endpoint).await.status, status);
    }
    client.until(&endpoint, "connectionStatus", "AVAILABLE").await;
    for (path, status) in [(&endpoint, "connectionStatus"), (&service, "status")] {
        assert_eq!(client.delete(path).await.status, 202);
        for shown in ["AVAILABLE", "AVAILABLE", "DELETING"] {
            assert_eq!(client.member(path, status).await, shown, "{path}");
        }
        assert_eq!(client.get(path).await.status, 404);
    }
}

#[tokio::test]
async fn connection_strings_are_absent_then_those_of_others_then_there() {
    const CLUSTER: &str = "/groups/*/clusters/*";
    let emulator = start();
    emulator.project(G).add_cluster("c", &["EU_WEST_1"]);
    let client = Client::new(&emulator);
    client.ready_endpoint("EU_WEST_1", V).await;
    for _ in 0..3 {
        client.get("/clusters/c").await;
    }
    for kind in [FaultKind::StringsAbsent, FaultKind::StringsOfOthers] {
        emulator.fault(Fault {
            path: CLUSTER.into(),
            ..once(kind)
        });
    }
    let strings = async || client.member("/clusters/c", "connectionStrings").await;
    let absent = strings().await;
    assert_eq!(
        (absent.get("privateEndpoint"), &absent["awsPrivateLink"]),
        (None, &json!({}))
    );
    let others = strings().await;
    let id = others["privateEndpoint"][0]["endpoints"][0]["endpointId"]
        .as_str()
        .unwrap();
    assert_ne!(id, V);
    assert!(others["awsPrivateLinkSrv"].get(id).is_some() && others["awsPrivateLinkSrv"].get(V).is_none());
    assert_eq!(strings().await["privateEndpoint"][0]["endpoints"][0]["endpointId"], V);

    emulator.fault(show(CLUSTER, 3, json!({ "stateName": "UPDATING" })));
    for state in ["UPDATING", "UPDATING", "UPDATING", "IDLE"] {
        assert_eq!(client.member("/clusters/c", "stateName").await, state);
    }
    emulator.fault(Fault {
        path: "/groups/*/clusters".into(),
        ..once(FaultKind::Unavailable {
            retry_after_seconds: None,
        })
    });
    assert_eq!(client.get("/clusters/c").await.status, 200);
    assert_eq!(client.get("/clusters").await.status, 503);
    assert_eq!(client.get("/clusters").await.status, 200);
}

#[tokio::test]
async fn a_call_is_held_after_its_work_and_survives_its_client() {
    let emulator = start();
    let gate = emulator.gate(Gate {
        method: "POST".into(),
        path: "/groups/*/privateEndpoint/endpointService".into(),
        ..Gate::default()
    });
    let client = Client::new(&emulator);
    let killed = tokio::spawn(async move { client.post(CREATE, create_body()).await });
    gate.reached().await;
    assert!(gate.is_reached());
    assert_eq!(services(&emulator), 1);
    assert_eq!(outcomes(&emulator), ["ok"]);
    killed.abort();
    assert!(killed.await.unwrap_err().is_cancelled());
    // The next one finds what was left behind; the gate was for one call only.
    assert_eq!(Client::new(&emulator).post(CREATE, create_body()).await.status, 409);
    gate.open();
}

#[tokio::test]
async fn a_call_is_held_before_its_work_until_let_go_on() {
    let emulator = start();
    let gate = emulator.gate(Gate {
        skip: 1,
        before: true,
        ..Gate::default()
    });
    let client = Client::new(&emulator);
    assert_eq!(client.get(LIST).await.status, 200, "skipped");
    let held = tokio::spawn(async move { client.post(CREATE, create_body()).await.status });
    gate.reached().await;
    assert_eq!(
        (services(&emulator), outcomes(&emulator)[1].as_str()),
        (0, "in progress")
    );
    gate.open();
    assert_eq!(held.await.unwrap(), 201);
}

#[tokio::test]
async fn work_goes_on_when_the_client_is_gone() {
    let emulator = start();
    let gate = emulator.gate(Gate {
        before: true,
        ..Gate::default()
    });
    let client = Client::new(&emulator);
    let impatient = tokio::spawn(async move { client.post(CREATE, create_body()).await });
    gate.reached().await;
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    // Its connection is closed by now, and this call was served meanwhile.
    assert_eq!(Client::new(&emulator).get(LIST).await.body, "[]");
    gate.open();
    while services(&emulator) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_emulator_ends_with_calls_in_it() {
    let emulator = start();
    let gate = emulator.gate(Gate {
        method: "POST".into(),
        ..Gate::default()
    });
    emulator.fault(Fault {
        method: "GET".into(),
        ..once(FaultKind::Hang)
    });
    let call = |method: &'static str, path: &'static str, body: Value| {
        let client = Client::new(&emulator);
        tokio::spawn(async move { client.try_call(method, path, body).await })
    };
    let held = call("POST", CREATE, create_body());
    gate.reached().await;
    let hanging = call("GET", LIST, Value::Null);
    while outcomes(&emulator) != ["ok", "never answered"] {
        tokio::task::yield_now().await;
    }
    drop(emulator);
    for broken in [held.await.unwrap(), hanging.await.unwrap()] {
        assert!(broken.is_err(), "{broken:?}");
    }
}
