//! The SNS message and the EventBridge event of a transition, as servers on 127.0.0.1 get them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant, UNIX_EPOCH};

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, StateValue, Tag};
use cloudwatch_emulator::{Clock, Emulator, ManualClock, Options};
use serde_json::{Value, json};
use support::{TOPIC, client, errors_alarm};

const DEADLINE: Duration = Duration::from_secs(20);

/// One request: its Authorization header, its body and the form in it.
struct Published {
    authorization: String,
    body: Vec<u8>,
    form: BTreeMap<String, String>,
}

impl Published {
    fn message(&self) -> Value {
        serde_json::from_str(&self.form["Message"]).unwrap()
    }
}

/// A service that answers each request with the next of these statuses, and a body behind `|`, and the last one for ever.
fn sns(statuses: &'static [&'static str]) -> (String, Receiver<Published>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel();
    // It ends with the test, when the receiver is dropped or the process ends.
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut reader = BufReader::new(stream.unwrap());
            let (mut length, mut authorization) = (0, String::new());
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim();
                if line.is_empty() {
                    break;
                }
                let (name, value) = line.split_once(": ").unwrap_or((line, ""));
                match name.to_ascii_lowercase().as_str() {
                    "content-length" => length = value.parse().unwrap(),
                    "authorization" => authorization = value.to_owned(),
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let form = form_urlencoded::parse(&body).into_owned().collect();
            let status = statuses.get(number).or(statuses.last()).unwrap();
            let (status, taken) = status.split_once('|').unwrap_or((status, ""));
            let length = taken.len();
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{taken}");
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
            let published = Published {
                authorization,
                body,
                form,
            };
            if sender.send(published).is_err() {
                return;
            }
        }
    });
    (address, receiver)
}

async fn set(client: &aws_sdk_cloudwatch::Client, name: &str, state: StateValue) {
    client
        .set_alarm_state()
        .alarm_name(name)
        .state_value(state)
        .state_reason("by hand")
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_transition_is_published_to_the_topics_of_the_new_state() {
    let (endpoint, published) = sns(&["200 OK"]);
    let clock = ManualClock::new(UNIX_EPOCH + Duration::from_millis(1_790_000_000_123));
    let options = Options {
        sns_endpoint: Some(endpoint),
        clock: Clock::Manual(clock.clone()),
        ..Options::default()
    };
    let emulator = Emulator::start(options).await.unwrap();
    let client = client(&emulator);
    errors_alarm(&client, "edu/errors")
        .alarm_description("what to do")
        .alarm_actions(TOPIC)
        .alarm_actions("arn:aws:lambda:eu-west-1:111122223333:function:page")
        .dimensions(Dimension::builder().name("FunctionName").value("upload").build())
        .datapoints_to_alarm(1)
        .treat_missing_data("notBreaching")
        .tags(Tag::builder().key("k").value("v").build())
        .send()
        .await
        .unwrap();
    clock.advance(Duration::from_secs(60));
    set(&client, "edu/errors", StateValue::Alarm).await;
    let one = published.recv_timeout(DEADLINE).unwrap();
    assert!(
        one.authorization.contains("/eu-west-1/sns/aws4_request"),
        "{}",
        one.authorization
    );
    assert_eq!(one.form["Action"], "Publish");
    assert_eq!(one.form["TopicArn"], TOPIC);
    assert_eq!(one.form["Subject"], r#"ALARM: "edu/errors" in EU (Ireland)"#);
    let expected = json!({
        "AlarmName": "edu/errors",
        "AlarmDescription": "what to do",
        "AWSAccountId": "111122223333",
        "AlarmConfigurationUpdatedTimestamp": "2026-09-21T14:13:20.123+0000",
        "NewStateValue": "ALARM",
        "NewStateReason": "by hand",
        "StateChangeTime": "2026-09-21T14:14:20.123+0000",
        "Region": "EU (Ireland)",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:edu/errors",
        "OldStateValue": "INSUFFICIENT_DATA",
        "OKActions": [],
        "AlarmActions": [TOPIC, "arn:aws:lambda:eu-west-1:111122223333:function:page"],
        "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "Errors",
            "Namespace": "AWS/Lambda",
            "StatisticType": "Statistic",
            "Statistic": "SUM",
            "Unit": null,
            "Dimensions": [{ "value": "upload", "name": "FunctionName" }],
            "Period": 60,
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 0.0,
            "TreatMissingData": "notBreaching",
            "EvaluateLowSampleCountPercentile": "",
        },
    });
    assert_eq!(one.message(), expected);

    // The same state again, a state without actions, and disabled actions publish nothing: the next message is the last one's.
    set(&client, "edu/errors", StateValue::Alarm).await;
    set(&client, "edu/errors", StateValue::Ok).await;
    client
        .disable_alarm_actions()
        .alarm_names("edu/errors")
        .send()
        .await
        .unwrap();
    set(&client, "edu/errors", StateValue::Alarm).await;
    set(&client, "edu/errors", StateValue::Ok).await;
    client
        .enable_alarm_actions()
        .alarm_names("edu/errors")
        .send()
        .await
        .unwrap();
    clock.advance(Duration::from_secs(3600));
    set(&client, "edu/errors", StateValue::Alarm).await;
    let two = published.recv_timeout(DEADLINE).unwrap().message();
    assert_eq!(
        (&two["OldStateValue"], &two["StateChangeTime"]),
        (&json!("OK"), &json!("2026-09-21T15:14:20.123+0000"))
    );
    assert!(emulator.delivery_failures().is_empty());
}

#[tokio::test]
async fn metric_math_and_composite_alarms_have_messages_of_their_own() {
    let (endpoint, published) = sns(&["200 OK"]);
    let emulator = Emulator::start(Options {
        sns_endpoint: Some(endpoint),
        ..Options::default()
    })
    .await
    .unwrap();
    let client = client(&emulator);
    let metric = Metric::builder().namespace("Edu").metric_name("Failed").build();
    let stat = MetricStat::builder().metric(metric).period(300).stat("Sum").build();
    let queries = vec![
        MetricDataQuery::builder()
            .id("x")
            .expression("e*2")
            .label("twice")
            .return_data(true)
            .build(),
        MetricDataQuery::builder()
            .id("e")
            .metric_stat(stat)
            .return_data(false)
            .build(),
    ];
    let put = errors_alarm(&client, "math")
        .set_metric_name(None)
        .set_namespace(None)
        .set_statistic(None)
        .set_period(None);
    put.set_metrics(Some(queries)).ok_actions(TOPIC).send().await.unwrap();
    set(&client, "math", StateValue::Ok).await;
    let message = published.recv_timeout(DEADLINE).unwrap().message();
    let trigger = &message["Trigger"];
    assert_eq!(trigger["Period"], 300);
    assert_eq!(
        trigger["Metrics"],
        json!([
            { "Id": "x", "Expression": "e*2", "Label": "twice", "ReturnData": true },
            {
                "Id": "e",
                "MetricStat": {
                    "Metric": { "Dimensions": [], "MetricName": "Failed", "Namespace": "Edu" },
                    "Period": 300,
                    "Stat": "Sum",
                },
                "ReturnData": false,
            },
        ])
    );
    let name = "x".repeat(200);
    let composite = client
        .put_composite_alarm()
        .alarm_name(&name)
        .alarm_rule("ALARM(math)")
        .alarm_actions(TOPIC);
    composite.send().await.unwrap();
    set(&client, &name, StateValue::Alarm).await;
    let published = published.recv_timeout(DEADLINE).unwrap();
    assert_eq!(published.form["Subject"].len(), 100);
    let message = published.message();
    assert_eq!(message["AlarmRule"], "ALARM(math)");
    assert_eq!(
        message["TriggeringChildren"],
        json!([{ "Arn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:math" }])
    );
    assert!(message.get("Trigger").is_none());
}

#[tokio::test]
async fn a_message_is_tried_three_times_and_then_counted() {
    let (endpoint, published) = sns(&["503 Busy", "503 Busy", "200 OK", "400 Bad Request"]);
    let emulator = Emulator::start(Options {
        sns_endpoint: Some(endpoint),
        ..Options::default()
    })
    .await
    .unwrap();
    let client = client(&emulator);
    errors_alarm(&client, "a")
        .alarm_actions(TOPIC)
        .ok_actions(TOPIC)
        .send()
        .await
        .unwrap();
    set(&client, "a", StateValue::Alarm).await;
    for _ in 0..3 {
        assert_eq!(
            published.recv_timeout(DEADLINE).unwrap().message()["NewStateValue"],
            "ALARM"
        );
    }
    set(&client, "a", StateValue::Ok).await;
    for _ in 0..3 {
        assert_eq!(
            published.recv_timeout(DEADLINE).unwrap().message()["NewStateValue"],
            "OK"
        );
    }
    let start = Instant::now();
    while emulator.delivery_failures().is_empty() {
        assert!(start.elapsed() < DEADLINE, "the failure is not counted");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let failures = emulator.delivery_failures();
    assert_eq!(
        (
            failures.len(),
            failures[0].alarm_name.as_str(),
            failures[0].destination.as_str()
        ),
        (1, "a", TOPIC)
    );
    assert!(failures[0].error.contains("400 Bad Request"), "{}", failures[0].error);
}

#[tokio::test]
async fn every_transition_is_an_event_as_the_user_guide_has_it_whatever_becomes_of_the_actions() {
    let (endpoint, published) = sns(&[r#"200 OK|{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}"#]);
    let clock = ManualClock::new(UNIX_EPOCH + Duration::from_millis(1_790_000_000_123));
    let options = Options {
        events_endpoint: Some(endpoint),
        clock: Clock::Manual(clock.clone()),
        ..Options::default()
    };
    let emulator = Emulator::start(options).await.unwrap();
    let client = client(&emulator);
    errors_alarm(&client, "edu/errors")
        .alarm_description("what to do")
        .actions_enabled(false)
        .dimensions(Dimension::builder().name("FunctionName").value("upload").build())
        .send()
        .await
        .unwrap();
    clock.advance(Duration::from_secs(60));
    set(&client, "edu/errors", StateValue::Alarm).await;
    let one = published.recv_timeout(DEADLINE).unwrap();
    let scope = "Credential=111122223333/";
    assert!(one.authorization.contains(scope), "{}", one.authorization);
    assert!(one.authorization.contains("/eu-west-1/events/aws4_request"));
    let entry: Value = serde_json::from_slice(&one.body).unwrap();
    let entry = &entry["Entries"][0];
    assert_eq!(
        (&entry["Source"], &entry["DetailType"]),
        (&json!("aws.cloudwatch"), &json!("CloudWatch Alarm State Change"))
    );
    let arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:edu/errors";
    assert_eq!(entry["Resources"], json!([arn]));
    let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
    let expected = json!({
        "alarmName": "edu/errors",
        "configuration": {
            "description": "what to do",
            "metrics": [{
                "id": "00000000-0000-4000-8000-000000000000",
                "metricStat": {
                    "metric": { "dimensions": { "FunctionName": "upload" }, "name": "Errors", "namespace": "AWS/Lambda" },
                    "period": 60,
                    "stat": "Sum",
                },
                "returnData": true,
            }],
        },
        "previousState": {
            "reason": "Unchecked: Initial alarm creation",
            "timestamp": "2026-09-21T14:13:20.123+0000",
            "value": "INSUFFICIENT_DATA",
        },
        "state": { "reason": "by hand", "timestamp": "2026-09-21T14:14:20.123+0000", "value": "ALARM" },
    });
    assert_eq!(detail, expected);

    // The same state again is none; a composite alarm says what it follows.
    set(&client, "edu/errors", StateValue::Alarm).await;
    let composite = client.put_composite_alarm().alarm_name("both");
    composite.alarm_rule("ALARM(\"edu/errors\")").send().await.unwrap();
    set(&client, "both", StateValue::Ok).await;
    let two: Value = serde_json::from_slice(&published.recv_timeout(DEADLINE).unwrap().body).unwrap();
    let detail: Value = serde_json::from_str(two["Entries"][0]["Detail"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&detail["alarmName"], &detail["configuration"]),
        (&json!("both"), &json!({ "alarmRule": "ALARM(\"edu/errors\")" }))
    );
    assert!(emulator.delivery_failures().is_empty());
}

#[tokio::test]
async fn an_event_that_eventbridge_refuses_is_tried_again() {
    let (endpoint, published) = sns(&[
        r#"200 OK|{"FailedEntryCount":1,"Entries":[{"ErrorCode":"InternalFailure"}]}"#,
        r#"200 OK|{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}"#,
    ]);
    let emulator = Emulator::start(Options {
        events_endpoint: Some(endpoint),
        ..Options::default()
    })
    .await
    .unwrap();
    let client = client(&emulator);
    errors_alarm(&client, "a").send().await.unwrap();
    set(&client, "a", StateValue::Alarm).await;
    let bodies = [(); 2].map(|()| published.recv_timeout(DEADLINE).unwrap().body);
    assert_eq!(bodies[0], bodies[1]);
    assert!(emulator.delivery_failures().is_empty());
}
