//! The emulator as a process, and its controls over HTTP.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use atlas_emulator::{AtlasEmulator, Credentials, Options};
use serde_json::{Value, json};
use support::{ACCEPT, CREATE, Client, G, LIST, V, digest, exchange, start};

/// A process that does not outlive its test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn spawn(arguments: &[&str]) -> (Process, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atlas-emulator"));
    let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
    (Process(child), ready["base_url"].as_str().unwrap().to_owned())
}

async fn control(base_url: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let answer = exchange(base_url, method, &format!("/_emulator/{path}"), &[], &body)
        .await
        .unwrap();
    let json = serde_json::from_str(&answer.body).unwrap_or(Value::String(answer.body));
    (answer.status, json)
}

#[tokio::test]
async fn the_process_says_where_it_listens_and_ends_on_either_signal() {
    const PROJECT: &str = "aaaaaaaaaaaaaaaaaaaaaaaa";
    for signal in ["INT", "TERM"] {
        let (mut process, base_url) = spawn(&[
            "--project",
            PROJECT,
            "--looks",
            "0",
            "--public-key",
            "me",
            "--private-key",
            "mine",
        ]);
        assert!(base_url.starts_with("http://127.0.0.1:"), "{base_url}");
        let keys = Credentials {
            public_key: "me".to_owned(),
            private_key: "mine".to_owned(),
            ..Credentials::default()
        };
        let target = format!("/api/atlas/v2/groups/{PROJECT}{LIST}");
        let challenged = exchange(&base_url, "GET", &target, &[], "").await.unwrap();
        let challenge = challenged.header("www-authenticate").unwrap();
        let authorization = digest(challenge, &keys, 1, "GET", &target);
        let headers = [("accept", ACCEPT), ("authorization", authorization.as_str())];
        let answer = exchange(&base_url, "GET", &target, &headers, "").await.unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (200, "[]"));
        assert_eq!(
            control(&base_url, "GET", "projects", Value::Null).await.1,
            json!([PROJECT])
        );

        let mut kill = Command::new("kill");
        assert!(
            kill.args(["-s", signal, &process.0.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        let begin = Instant::now();
        let ended = loop {
            match process.0.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(begin.elapsed() < Duration::from_secs(20), "SIG{signal}: still there"),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        assert!(ended.success(), "SIG{signal}: {ended}");
    }
}

#[test]
fn a_port_that_is_taken_is_an_error_that_names_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_atlas-emulator"));
    let output = command.args(["--port", &port.to_string()]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && message.contains(&port.to_string()),
        "{message}"
    );
    assert!(
        AtlasEmulator::start(Options {
            port,
            ..Options::default()
        })
        .is_err()
    );
}

#[test]
fn help_names_every_control() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atlas-emulator"));
    let output = command.arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let readme = include_str!("../README.md");
    for control in [
        "calls",
        "faults",
        "gates/ID",
        "profile",
        "tokens",
        "projects/ID/clusters/NAME",
        "projects/ID/services/SID/endpoints/VPCE",
        "projects/ID/access-list/VALUE",
        "projects/ID/regional-mode",
        "projects/ID/vpc-peering",
    ] {
        assert!(help.contains(control), "--help: {control}");
        assert!(readme.contains(control), "README.md: {control}");
    }
}

#[tokio::test]
async fn projects_are_changed_over_http() {
    let emulator = start();
    let base_url = emulator.base_url();
    let ask = async |method: &str, path: &str, body: Value| control(&base_url, method, path, body).await;
    let done = (200, json!({}));
    let project = "projects/bbbbbbbbbbbbbbbbbbbbbbbb";
    assert_eq!(ask("GET", project, Value::Null).await.0, 404);
    assert_eq!(ask("PUT", project, Value::Null).await, done);
    let cluster = json!({ "name": "c", "regions": ["EU_WEST_1"], "sharded": true });
    assert_eq!(ask("POST", &format!("{project}/clusters"), cluster).await, done);
    let (_, service) = ask("POST", &format!("{project}/services"), json!({ "region": "EU_WEST_1" })).await;
    let service = format!("{project}/services/{}", service["id"].as_str().unwrap());
    assert_eq!(
        ask("POST", &format!("{service}/endpoints"), json!({ "id": V })).await,
        done
    );
    let rejected = json!({ "connectionStatus": "REJECTED" });
    assert_eq!(ask("PATCH", &format!("{service}/endpoints/{V}"), rejected).await, done);
    assert_eq!(ask("PATCH", &service, json!({ "status": "FOO" })).await, done);
    let entry = json!({ "cidrBlock": "10.0.0.0/8", "comment": "x" });
    assert_eq!(ask("POST", &format!("{project}/access-list"), entry).await, done);
    assert_eq!(ask("POST", &format!("{project}/access-list"), json!({})).await.0, 400);
    for switch in ["regional-mode", "vpc-peering"] {
        assert_eq!(
            ask("PUT", &format!("{project}/{switch}"), json!({ "enabled": true })).await,
            done
        );
    }
    let (_, snapshot) = ask("GET", project, Value::Null).await;
    assert_eq!(snapshot["regional_mode"], true);
    assert_eq!(snapshot["services"][0]["status"], "FOO");
    assert_eq!(snapshot["services"][0]["endpoints"][0]["connection_status"], "REJECTED");
    assert_eq!(snapshot["clusters"][0]["state_name"], "IDLE");
    assert_eq!(
        snapshot["access_list"],
        json!([{ "value": "10.0.0.0/8", "comment": "x", "delete_after_date": null }])
    );
    for path in [
        format!("{service}/endpoints/{V}"),
        service.clone(),
        format!("{project}/access-list/10.0.0.0%2F8"),
        format!("{project}/clusters/c"),
    ] {
        assert_eq!(ask("DELETE", &path, Value::Null).await, done, "{path}");
        assert_eq!(ask("DELETE", &path, Value::Null).await.0, 404, "{path}");
    }
    assert_eq!(
        ask("POST", &format!("{project}/clusters"), json!({ "nmae": "c" }))
            .await
            .0,
        400
    );
    assert_eq!(ask("GET", "nothing", Value::Null).await.0, 404);
    assert_eq!(ask("GET", &format!("{project}/nothing"), Value::Null).await.0, 404);
    assert!(emulator.calls().is_empty(), "controls are no calls");
    assert_eq!(
        exchange(&base_url, "GET", "/elsewhere", &[], "").await.unwrap().status,
        404
    );
}

#[tokio::test]
async fn faults_gates_profile_and_calls_are_there_over_http() {
    let emulator = start();
    let base_url = emulator.base_url();
    let ask = async |method: &str, path: &str, body: Value| control(&base_url, method, path, body).await;
    let client = Client::new(&emulator);
    for fault in [
        json!({ "fault": "throttle", "retry_after_seconds": 1, "times": 1 }),
        json!({ "fault": "show", "members": { "status": "FOO" }, "method": "GET", "path": "/groups/**", "times": 1, "skip": 1 }),
        json!({ "fault": "internal_error", "probability": 0.0, "seed": 3 }),
    ] {
        assert_eq!(ask("POST", "faults", fault).await.0, 200);
    }
    assert_eq!(ask("POST", "faults", json!({ "fault": "unheard_of" })).await.0, 400);
    assert_eq!(client.get(LIST).await.status, 429);
    let service = client.service("EU_WEST_1").await;
    assert_eq!(client.member(&service, "status").await, "INITIATING");
    assert_eq!(client.member(&service, "status").await, "FOO");
    assert_eq!(ask("POST", "faults", json!({ "fault": "unavailable" })).await.0, 200);
    assert_eq!(ask("DELETE", "faults", Value::Null).await.0, 200);
    assert_eq!(client.get(LIST).await.status, 200);

    let (_, calls) = ask("GET", "calls", Value::Null).await;
    let log = calls.to_string();
    assert!(!log.contains("Digest") && !log.contains("providerName"), "{log}");
    let outcomes: Vec<_> = calls
        .as_array()
        .unwrap()
        .iter()
        .filter(|call| call["authenticated"] == true)
        .collect();
    assert_eq!(outcomes[0]["outcome"], "RATE_LIMITED_TOKEN_BUCKET");
    assert_eq!(
        (&outcomes[1]["status"], &outcomes[1]["method"]),
        (&json!(201), &json!("POST"))
    );
    assert_eq!(ask("DELETE", "calls", Value::Null).await.0, 200);
    assert_eq!(ask("GET", "calls", Value::Null).await.1, json!([]));

    let (status, profile) = ask("PATCH", "profile", json!({ "described_statuses": true })).await;
    assert_eq!(
        (status, &profile["described_statuses"], &profile["ready_status"]),
        (200, &json!(true), &json!("AVAILABLE"))
    );
    assert_eq!(ask("GET", "profile", Value::Null).await.1, profile);
    assert_eq!(
        ask("PATCH", "profile", json!({ "describedStatuses": true })).await.0,
        400
    );
    assert_eq!(client.delete(&service).await.status, 204);

    let gate = json!({ "method": "POST", "path": "/groups/*/privateEndpoint/endpointService" });
    assert_eq!(ask("POST", "gates", gate).await.1, json!({ "id": 1 }));
    assert_eq!(ask("GET", "gates/1", Value::Null).await.1, json!({ "reached": false }));
    let body = json!({ "providerName": "AWS", "region": "US_EAST_1" });
    let held = tokio::spawn(async move { client.post(CREATE, body).await.status });
    while ask("GET", "gates/1", Value::Null).await.1 != json!({ "reached": true }) {
        tokio::task::yield_now().await;
    }
    assert!(
        emulator
            .project(G)
            .snapshot()
            .services
            .iter()
            .any(|service| service.region == "US_EAST_1")
    );
    assert_eq!(ask("DELETE", "gates/1", Value::Null).await.0, 200);
    assert_eq!(held.await.unwrap(), 200);
    assert_eq!(ask("GET", "gates/2", Value::Null).await.0, 404);

    let token = support::token(&emulator).await;
    assert_eq!(ask("DELETE", "tokens", Value::Null).await.0, 200);
    let authorization = format!("Bearer {token}");
    let headers = [("accept", ACCEPT), ("authorization", authorization.as_str())];
    let target = format!("/api/atlas/v2/groups/{G}{LIST}");
    assert_eq!(
        exchange(&base_url, "GET", &target, &headers, "").await.unwrap().status,
        401
    );
}
