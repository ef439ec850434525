//! Scripted failures, gates, quotas and the record of calls, through the Rust SDK.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use aws_sdk_cloudwatch::config::retry::RetryConfig;
use aws_sdk_cloudwatch::error::SdkError;
use cloudwatch_emulator::{Emulator, Fault, FaultKind, Gate, Options, StaleReads};
use support::{ACCOUNT, REGION, client, client_of, errors_alarm, refusal};

fn fault(operation: &str, kind: FaultKind) -> Fault {
    Fault {
        operation: operation.to_owned(),
        kind,
        ..Fault::default()
    }
}

fn outcomes(emulator: &Emulator) -> Vec<String> {
    emulator.calls().into_iter().map(|call| call.outcome).collect()
}

/// The SDK's own retries, with short pauses.
fn retrying(emulator: &Emulator) -> aws_sdk_cloudwatch::Client {
    let retries = RetryConfig::standard()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(1));
    client_of(emulator, ACCOUNT, REGION, retries)
}

#[tokio::test]
async fn faults_have_the_codes_clients_know() {
    for (kind, code) in [
        (FaultKind::Throttle, "Throttling"),
        (FaultKind::AccessDenied, "AccessDenied"),
        (FaultKind::InternalError, "InternalServiceError"),
        (FaultKind::ValidationError, "ValidationError"),
    ] {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        emulator.fail(fault("*", kind));
        let client = client(&emulator);
        let case = format!("{kind:?}");
        assert_eq!(refusal(errors_alarm(&client, "a").send().await, &case).0, code);
        assert_eq!(refusal(client.describe_alarms().send().await, &case).0, code);
        assert!(emulator.alarms(ACCOUNT, REGION).is_empty(), "{case}");
        assert_eq!(outcomes(&emulator), [code, code]);
        emulator.clear_faults();
        errors_alarm(&client, "a").send().await.unwrap();
    }
}

#[tokio::test]
async fn the_sdk_tries_again_after_a_throttle_an_internal_error_and_a_closed_connection() {
    for (kind, outcome) in [
        (FaultKind::Throttle, "Throttling"),
        (FaultKind::InternalError, "InternalServiceError"),
        (FaultKind::ConnectionReset, "connection reset"),
        (FaultKind::AcceptThenReset, "ok, then connection reset"),
    ] {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        emulator.fail(Fault {
            times: Some(2),
            ..fault("PutMetricAlarm", kind)
        });
        errors_alarm(&retrying(&emulator), "a").send().await.unwrap();
        assert_eq!(outcomes(&emulator), [outcome, outcome, "ok"]);
    }
}

#[tokio::test]
async fn a_closed_connection_is_no_answer_and_only_one_of_two_kinds_did_the_work() {
    for (kind, exists) in [(FaultKind::ConnectionReset, false), (FaultKind::AcceptThenReset, true)] {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        emulator.fail(fault("PutMetricAlarm", kind));
        let error = errors_alarm(&client(&emulator), "a").send().await.unwrap_err();
        assert!(matches!(error, SdkError::DispatchFailure(_)), "{kind:?}: {error:?}");
        assert_eq!(emulator.alarm(ACCOUNT, REGION, "a").is_some(), exists, "{kind:?}");
    }
}

#[tokio::test]
async fn a_fault_skips_counts_and_looks_at_the_alarms_name() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    emulator.fail(Fault {
        alarm_name: Some("edu/".to_owned()),
        skip: 1,
        times: Some(2),
        ..fault("PutMetricAlarm", FaultKind::ValidationError)
    });
    for name in ["edu/a", "other", "edu/b", "edu/c", "edu/d"] {
        let _refused_or_not = errors_alarm(&client, name).send().await;
    }
    client.describe_alarms().alarm_names("edu/a").send().await.unwrap();
    let calls = emulator.calls();
    let seen: Vec<_> = calls
        .iter()
        .map(|call| (call.names[0].as_str(), call.outcome.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("edu/a", "ok"),
            ("other", "ok"),
            ("edu/b", "ValidationError"),
            ("edu/c", "ValidationError"),
            ("edu/d", "ok"),
            ("edu/a", "ok"),
        ]
    );
    assert!(
        calls
            .iter()
            .all(|call| call.account == ACCOUNT && call.region == REGION && call.at_ms > 0)
    );
    assert!(calls.is_sorted_by_key(|call| call.at_ms));
    emulator.clear_calls();
    assert!(emulator.calls().is_empty());
}

#[tokio::test]
async fn a_delayed_call_is_answered_late() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    emulator.fail(fault("DescribeAlarms", FaultKind::Delay { delay_ms: 80 }));
    let start = Instant::now();
    client(&emulator).describe_alarms().send().await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn a_gate_holds_one_call_after_or_before_its_work() {
    for (before, done_while_held) in [(false, true), (true, false)] {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        let client = client(&emulator);
        let gate = emulator.gate(Gate {
            operation: "PutMetricAlarm".to_owned(),
            skip: 1,
            before,
        });
        errors_alarm(&client, "first").send().await.unwrap();
        assert!(!gate.is_reached(), "before: {before}");
        let held = tokio::spawn(errors_alarm(&client, "held").send());
        gate.reached().await;
        assert_eq!(
            emulator.alarm(ACCOUNT, REGION, "held").is_some(),
            done_while_held,
            "before: {before}"
        );
        errors_alarm(&client, "later").send().await.unwrap();
        assert!(!held.is_finished(), "before: {before}");
        gate.open();
        held.await.unwrap().unwrap();
        assert!(emulator.alarm(ACCOUNT, REGION, "held").is_some(), "before: {before}");
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_before_a_gate_never_had_its_work_done() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    let gate = emulator.gate(Gate {
        operation: "PutMetricAlarm".to_owned(),
        skip: 0,
        before: true,
    });
    let held = tokio::spawn(errors_alarm(&client, "held").send());
    gate.reached().await;
    held.abort();
    assert!(held.await.unwrap_err().is_cancelled());
    // The server sees the closed connection before it serves a later one.
    errors_alarm(&client, "later").send().await.unwrap();
    gate.open();
    errors_alarm(&client, "last").send().await.unwrap();
    let names: Vec<_> = emulator
        .alarms(ACCOUNT, REGION)
        .into_iter()
        .map(|alarm| alarm.name)
        .collect();
    assert_eq!(names, ["last", "later"]);
    assert_eq!(emulator.calls()[0].outcome, "in progress");
}

#[tokio::test]
async fn quotas_throttle_the_fourth_put_of_a_second_and_the_sdk_waits_it_out() {
    let emulator = Emulator::start(Options {
        enforce_quotas: true,
        ..Options::default()
    })
    .await
    .unwrap();
    let client = client(&emulator);
    let mut refused = 0;
    for number in 0..6 {
        if errors_alarm(&client, &format!("a{number}")).send().await.is_err() {
            refused += 1;
        }
    }
    assert!((1..=3).contains(&refused), "{refused}");
    assert!(outcomes(&emulator).contains(&"Throttling".to_owned()));

    let retries = RetryConfig::standard()
        .with_max_attempts(10)
        .with_initial_backoff(Duration::from_millis(200));
    let patient = client_of(&emulator, ACCOUNT, REGION, retries);
    for number in 6..10 {
        errors_alarm(&patient, &format!("a{number}")).send().await.unwrap();
    }
}

#[tokio::test]
async fn several_emulators_run_side_by_side_and_leave_their_port() {
    let first = Emulator::start(Options::default()).await.unwrap();
    let second = Emulator::start(Options::default()).await.unwrap();
    assert_ne!(first.endpoint_url(), second.endpoint_url());
    errors_alarm(&client(&first), "a").send().await.unwrap();
    assert!(second.alarms(ACCOUNT, REGION).is_empty());
    let address = first.endpoint_url().trim_start_matches("http://").to_owned();
    drop(first);
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn stale_reads_show_the_alarms_as_they_were_when_they_were_scripted() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = client(&emulator);
    errors_alarm(&client, "before").send().await.unwrap();
    emulator.read_stale(StaleReads {
        operation: "DescribeAlarms".to_owned(),
        skip: 1,
        times: 2,
    });
    errors_alarm(&client, "after").send().await.unwrap();
    client.delete_alarms().alarm_names("before").send().await.unwrap();
    let mut shown = Vec::new();
    for _ in 0..4 {
        let page = client.describe_alarms().send().await.unwrap();
        let names = page
            .metric_alarms()
            .iter()
            .filter_map(|alarm| alarm.alarm_name().map(str::to_owned));
        shown.push(names.collect::<Vec<_>>());
    }
    assert_eq!(shown, [["after"], ["before"], ["before"], ["after"]]);
    assert_eq!(
        emulator.alarms(ACCOUNT, REGION).len(),
        1,
        "the library shows what is true"
    );
}
