//! The emulator as a process, its admin endpoints, and the wire itself.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cloudwatch_emulator::{Emulator, Options};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use support::{ACCOUNT, REGION, client, errors_alarm};

/// A process that does not outlive its test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn start(arguments: &[&str]) -> (Process, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloudwatch-emulator"));
    let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .trim()
        .strip_prefix("listening on http://")
        .unwrap_or_else(|| panic!("{line:?}"));
    (Process(child), address.to_owned())
}

/// Sends one request and reads the answer: status and body.
fn http(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\nconnection: close\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(b"\r\n").unwrap();
    stream.write_all(body).unwrap();
    // CBOR is no text, but its strings are.
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn control(address: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let (status, answer) = http(address, method, &format!("/_emulator/{path}"), &[], body.as_bytes());
    (status, serde_json::from_str(&answer).unwrap_or(Value::String(answer)))
}

const DESCRIBE: &[u8] = b"Action=DescribeAlarms&Version=2010-08-01";

#[test]
fn the_process_says_where_it_listens_and_ends_on_either_signal() {
    for signal in ["INT", "TERM"] {
        let (mut process, address) = start(&["--account-id", "123123123123"]);
        let form = b"Action=GetCallerIdentity&Version=2011-06-15";
        let (status, body) = http(&address, "POST", "/", &[], form);
        assert_eq!(status, 200, "{body}");
        assert!(body.contains("<Account>123123123123</Account>"), "{body}");
        let killed = Command::new("kill")
            .args(["-s", signal, &process.0.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        let start = Instant::now();
        let ended = loop {
            match process.0.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(start.elapsed() < Duration::from_secs(20), "SIG{signal}: still there"),
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(ended.success(), "SIG{signal}: {ended}");
    }
}

#[tokio::test]
async fn calls_alarms_faults_and_gates_are_there_over_http() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let address = emulator.endpoint_url().trim_start_matches("http://").to_owned();
    let ask = |method: &'static str, path: &'static str, body: Value| {
        let address = address.clone();
        tokio::task::spawn_blocking(move || control(&address, method, path, &body))
    };
    let client = client(&emulator);
    let fault = json!({ "operation": "PutMetricAlarm", "times": 1, "fault": "delay", "delay_ms": 1 });
    assert_eq!(ask("POST", "faults", fault).await.unwrap().0, 200);
    let fault = json!({ "operation": "PutMetricAlarm", "skip": 1, "times": null, "fault": "access_denied" });
    assert_eq!(ask("POST", "faults", fault).await.unwrap().0, 200);
    let (_, gate) = ask(
        "POST",
        "gates",
        json!({ "operation": "DescribeAlarms", "skip": 0, "before": true }),
    )
    .await
    .unwrap();
    assert_eq!(gate, json!({ "id": 1 }));
    for name in ["a", "b", "c"] {
        let _refused_or_not = errors_alarm(&client, name).send().await;
    }
    let (_, calls) = ask("GET", "calls", Value::Null).await.unwrap();
    let outcomes: Vec<_> = calls.as_array().unwrap().iter().map(|call| &call["outcome"]).collect();
    assert_eq!(outcomes, ["ok", "ok", "AccessDenied"]);
    assert_eq!(calls[0]["operation"], "PutMetricAlarm");
    assert_eq!(
        (&calls[0]["names"], &calls[0]["account"], &calls[0]["region"]),
        (&json!(["a"]), &json!(ACCOUNT), &json!(REGION))
    );
    assert!(calls[0]["at_ms"].is_u64());
    assert_eq!(ask("DELETE", "calls", Value::Null).await.unwrap().0, 200);
    assert_eq!(ask("DELETE", "faults", Value::Null).await.unwrap().0, 200);
    errors_alarm(&client, "c").send().await.unwrap();

    let (_, alarms) = ask("GET", "alarms?account=111122223333&region=eu-west-1", Value::Null)
        .await
        .unwrap();
    let names: Vec<_> = alarms
        .as_array()
        .unwrap()
        .iter()
        .map(|alarm| &alarm["AlarmName"])
        .collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(
        (&alarms[0]["MetricName"], &alarms[0]["StateValue"]),
        (&json!("Errors"), &json!("INSUFFICIENT_DATA"))
    );

    let held = tokio::spawn(client.describe_alarms().send());
    let start = Instant::now();
    while ask("GET", "gates/1", Value::Null).await.unwrap().1 != json!({ "reached": true }) {
        assert!(start.elapsed() < Duration::from_secs(20), "the gate is not reached");
    }
    assert!(!held.is_finished());
    assert_eq!(ask("DELETE", "gates/1", Value::Null).await.unwrap().0, 200);
    held.await.unwrap().unwrap();

    for (method, path, body, status) in [
        ("GET", "gates/7", Value::Null, 404),
        ("POST", "faults", json!({ "fault": "fire" }), 400),
        ("POST", "gates", json!([]), 400),
        ("GET", "alarms", Value::Null, 400),
        ("GET", "nothing", Value::Null, 404),
        ("GET", "delivery-failures", Value::Null, 200),
    ] {
        assert_eq!(ask(method, path, body).await.unwrap().0, status, "{method} {path}");
    }
}

#[tokio::test]
async fn requests_may_be_compressed_and_nonsense_is_refused() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let address = emulator.endpoint_url().trim_start_matches("http://").to_owned();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(DESCRIBE).unwrap();
    let gzip = gzip.finish().unwrap();
    let answers = tokio::task::spawn_blocking(move || {
        let operation = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
        [
            (
                "gzip",
                "/",
                vec![("content-encoding", "gzip")],
                gzip,
                200,
                "<DescribeAlarmsResult>",
            ),
            (
                "no gzip",
                "/",
                vec![("content-encoding", "gzip")],
                DESCRIBE.to_vec(),
                400,
                "<Code>MalformedInput</Code>",
            ),
            (
                "brotli",
                "/",
                vec![("content-encoding", "br")],
                DESCRIBE.to_vec(),
                400,
                "br is not supported",
            ),
            (
                "no action",
                "/",
                vec![],
                b"Version=2010-08-01".to_vec(),
                400,
                "<Code>MalformedInput</Code>",
            ),
            (
                "no number",
                "/",
                vec![],
                [DESCRIBE, b"&MaxRecords=x"].concat(),
                400,
                "is no integer",
            ),
            ("no CBOR", operation, vec![], b"\xff".to_vec(), 400, "MalformedInput"),
            ("CBOR of nothing", operation, vec![], Vec::new(), 200, "MetricAlarms"),
            ("another path", "/alarms", vec![], Vec::new(), 404, "neither"),
        ]
        .map(|(case, path, headers, body, status, part)| {
            let answer = http(&address, "POST", path, &headers, &body);
            (case, answer, status, part)
        })
    });
    for (case, (status, body), expected, part) in answers.await.unwrap() {
        assert_eq!(status, expected, "{case}: {body}");
        assert!(body.contains(part), "{case}: {body}");
    }
}

/// "breaching" takes minutes without data for bad ones, of which a clock that is moved on has some at once.
#[tokio::test]
async fn minutes_pass_when_the_clock_is_moved_on_over_http() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let address = emulator.endpoint_url().trim_start_matches("http://").to_owned();
    let client = client(&emulator);
    let alarm = errors_alarm(&client, "silent").evaluation_periods(5);
    alarm.treat_missing_data("breaching").send().await.unwrap();
    let datum = aws_sdk_cloudwatch::types::MetricDatum::builder()
        .metric_name("Errors")
        .value(0.0)
        .build();
    let put = client.put_metric_data().namespace("AWS/Lambda").metric_data(datum);
    put.send().await.unwrap();
    let state = |after: u64| {
        let address = address.clone();
        let advance = move || {
            let order = json!({ "advance_seconds": after });
            control(&address, "POST", "clock", &order)
        };
        let advanced = tokio::task::spawn_blocking(advance);
        let emulator = &emulator;
        async move {
            assert_eq!(advanced.await.unwrap().0, 200);
            emulator.evaluate_now();
            emulator
                .alarm(ACCOUNT, REGION, "silent")
                .unwrap()
                .state
                .value
                .as_str()
                .to_owned()
        }
    };
    // One minute later the data point still counts, and 20 minutes later it does not.
    assert_eq!(state(60).await, "OK");
    assert_eq!(state(1200).await, "ALARM");
    let refused = tokio::task::spawn_blocking(move || control(&address, "POST", "clock", &json!({ "seconds": 1 })));
    assert_eq!(refused.await.unwrap().0, 400);
}
