//! What the emulators rely on, with a service of one word.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use emulator_kit::response::{broken_off, whole};
use emulator_kit::{CallLog, Faults, Gates, HttpResponse, Listener, Script, ScriptedFault, admin, http};
use http_body_util::BodyExt as _;
use hyper::{Response, StatusCode};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Scripted {
    word: String,
    #[serde(default)]
    skip: u32,
    #[serde(default)]
    times: Option<u32>,
    #[serde(default = "certain")]
    chance: f64,
    #[serde(default)]
    seed: u64,
}

fn certain() -> f64 {
    1.0
}

fn on(word: &str) -> Scripted {
    Scripted {
        word: word.to_owned(),
        skip: 0,
        times: None,
        chance: 1.0,
        seed: 0,
    }
}

impl Script for Scripted {
    type Call<'a> = &'a str;

    fn is_for(&self, call: &&str) -> bool {
        self.word == *call
    }

    fn skip(&mut self) -> &mut u32 {
        &mut self.skip
    }
}

impl ScriptedFault for Scripted {
    type Effect = u64;

    fn times(&mut self) -> &mut Option<u32> {
        &mut self.times
    }

    fn dice(&mut self) -> Option<(f64, &mut u64)> {
        Some((self.chance, &mut self.seed))
    }

    fn effect(&self) -> u64 {
        self.seed
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Call {
    word: String,
}

#[test]
fn a_fault_lets_calls_pass_and_then_strikes_so_many_of_its_own() {
    let faults = Faults::default();
    faults.add(Scripted {
        skip: 2,
        times: Some(2),
        seed: 7,
        ..on("put")
    });
    let struck: Vec<_> = ["put", "get", "put", "put", "get", "put", "put"]
        .iter()
        .map(|call| faults.strike(call).is_some())
        .collect();
    assert_eq!(struck, [false, false, false, true, false, true, false]);
}

#[test]
fn of_two_faults_the_older_decides_and_the_younger_does_not_count_the_call() {
    let faults = Faults::default();
    for seed in [1, 2] {
        faults.add(Scripted {
            times: Some(1),
            seed,
            ..on("put")
        });
    }
    assert_eq!([(); 3].map(|()| faults.strike(&"put")), [Some(1), Some(2), None]);
    faults.add(on("put"));
    faults.clear();
    assert_eq!(faults.strike(&"put"), None);
}

#[test]
fn chance_is_the_same_for_the_same_seed() {
    let run = |seed| {
        let faults = Faults::default();
        faults.add(Scripted {
            chance: 0.5,
            seed,
            ..on("put")
        });
        (0..64).map(|_| faults.strike(&"put").is_some()).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
    assert!((16..=48).contains(&run(1).iter().filter(|struck| **struck).count()));
}

#[tokio::test]
async fn a_gate_holds_one_call_until_it_is_opened() {
    let gates = Arc::new(Gates::default());
    let gate = gates.add(Scripted { skip: 1, ..on("put") });
    gates.pass(&"put").await;
    gates.pass(&"get").await;
    assert!(!gate.is_reached());
    let held = tokio::spawn({
        let gates = Arc::clone(&gates);
        async move { gates.pass(&"put").await }
    });
    gate.reached().await;
    gates.pass(&"put").await;
    assert!(!held.is_finished());
    gate.open();
    held.await.unwrap();
}

#[tokio::test]
async fn a_gate_that_was_opened_before_any_call_holds_none() {
    let gates = Gates::default();
    gates.add(on("put")).open();
    gates.pass(&"put").await;
}

async fn text(response: HttpResponse) -> (StatusCode, String) {
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn the_controls_script_faults_and_gates_and_show_the_calls() {
    let (calls, faults, gates) = (
        CallLog::default(),
        Faults::<Scripted>::default(),
        Gates::<Scripted>::default(),
    );
    let control = |method: &str, path: &[&str], body: &str| {
        admin::route((&calls, &faults, &gates), method, path, body.as_bytes()).unwrap()
    };
    let ok = |text: &str| (StatusCode::OK, text.to_owned());

    let number = calls.arrived(Call { word: "get".into() });
    calls.change(number, |call| call.word = "put".into());
    assert_eq!(text(control("GET", &["calls"], "")).await, ok(r#"[{"word":"put"}]"#));
    assert_eq!(text(control("DELETE", &["calls"], "")).await, ok("{}"));
    calls.change(number, |call| call.word = "nobody's".into());
    assert_eq!(calls.calls(), []);

    assert_eq!(text(control("GET", &["faults"], "")).await, ok("[]"));
    assert_eq!(text(control("POST", &["faults"], r#"{"word":"put"}"#)).await, ok("{}"));
    let listed = text(control("GET", &["faults"], "")).await.1;
    assert!(listed.starts_with(r#"[{"word":"put","skip":0"#), "{listed}");
    assert_eq!(faults.strike(&"put"), Some(0));
    assert_eq!(text(control("DELETE", &["faults"], "")).await, ok("{}"));
    assert_eq!(faults.strike(&"put"), None);
    let (status, why) = text(control("POST", &["faults"], "{}")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(why.contains("word"), "{why}");

    assert_eq!(
        text(control("POST", &["gates"], r#"{"word":"put"}"#)).await,
        ok(r#"{"id":1}"#)
    );
    assert_eq!(
        text(control("GET", &["gates", "1"], "")).await,
        ok(r#"{"reached":false}"#)
    );
    assert_eq!(text(control("DELETE", &["gates", "1"], "")).await, ok("{}"));
    gates.pass(&"put").await;
    for unknown in ["0", "2", "one"] {
        let (status, _) = text(control("GET", &["gates", unknown], "")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{unknown}");
    }
    assert!(admin::route((&calls, &faults, &gates), "GET", &["alarms"], b"").is_none());
}

/// All that a server sends to one request.
fn sent(address: std::net::SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: kit\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut bytes = Vec::new();
    // A reset is an end too.
    stream.read_to_end(&mut bytes).ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_server_answers_until_it_is_dropped() {
    let listener = Listener::bind(0).unwrap();
    let address = listener.address();
    let answer = |_| async { Ok::<_, Infallible>(Response::new(whole("here".into()))) };
    let server = listener.serve("kit", http::connections(answer)).unwrap();
    assert!(sent(address).ends_with("here"));
    assert!(Listener::bind(address.port()).is_err(), "the port is taken");
    drop(server);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_body_breaks_off_where_it_is_told_to() {
    let listener = Listener::bind(0).unwrap();
    let address = listener.address();
    let answer = |_| async { Ok::<_, Infallible>(Response::new(broken_off("half of it".into()))) };
    let _server = listener.serve("kit", http::connections(answer)).unwrap();
    let sent = sent(address);
    assert!(sent.contains("half of it"), "{sent}");
    assert!(!sent.ends_with("0\r\n\r\n"), "the body ends well: {sent}");
}
