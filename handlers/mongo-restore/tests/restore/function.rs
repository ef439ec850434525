//! The real binary as a Lambda function.

use std::time::Duration;

use lambda_emulator::{Ended, LambdaEmulator};
use mongo_emulator::{Fault, FaultKind, Gate};
use mongodb::bson::{DateTime, doc};
use serde_json::{Value, json};

use crate::dump::{Dump, Made, bytes};
use crate::process::{Running, command, end, start};
use crate::world::World;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:restore:live";

/// Less than the margin: every step is followed by a handover.
const SHORT: Duration = Duration::from_secs(50);
const LONG: Duration = Duration::from_secs(900);
const PATIENCE: Duration = Duration::from_secs(60);

fn dump() -> Dump {
    let options = doc! {"timeseries": {"timeField": "t"}};
    let readings = (0..90).map(|number| bytes(&doc! {"t": DateTime::from_millis(number), "v": number}));
    Dump::of(vec![
        Made::numbered("shop.orders", 130).index(&doc! {"v": 2, "key": {"name": 1}, "name": "name", "unique": true}),
        Made::time_series("shop.readings", &options, readings.collect()),
        Made::view("shop.view", &doc! {"viewOn": "orders", "pipeline": []}),
    ])
}

/// The binary as Lambda starts it, with an argument that only a command line would read.
fn started(lambda: &LambdaEmulator, world: &World) -> Running {
    let mut command = command(&[
        ("AWS_ENDPOINT_URL", &world.front.url()),
        ("AWS_ENDPOINT_URL_LAMBDA", &lambda.endpoint_url()),
        ("LECTERN_LOG", "trace"),
    ]);
    command.envs(lambda.environment()).arg("--ignored");
    start(command)
}

/// Waits until `number` invocations have ended.
async fn ended(lambda: &LambdaEmulator, number: usize) -> Vec<Ended> {
    tokio::time::timeout(PATIENCE, lambda.ended(number)).await.unwrap()
}

/// Waits for the last of a chain of handovers.
async fn chain(lambda: &LambdaEmulator) -> (usize, Ended) {
    for number in 1.. {
        let reported = ended(lambda, number).await;
        let last = reported.last().unwrap();
        if !matches!(last, Ended::Answer(answer) if answer["outcome"] == "handed_over") {
            return (number, last.clone());
        }
    }
    unreachable!("it is never over")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_restored_and_answered() {
    let world = World::start().await;
    world.store(&dump()).await;
    let lambda = LambdaEmulator::start(FUNCTION, LONG).await.unwrap();
    let _function = started(&lambda, &world);
    lambda.send(world.event("restore").to_string());
    let reported = ended(&lambda, 1).await;
    let Ended::Answer(answer) = &reported[0] else {
        panic!("{reported:?}")
    };
    assert_eq!(
        (&answer["outcome"], &answer["inserted"]),
        (&json!("restored"), &json!(220))
    );
    world.assert_restored(&dump());
    // The same process does the next one.
    lambda.send(world.event("restore").to_string());
    let reported = ended(&lambda, 2).await;
    assert!(
        matches!(&reported[1], Ended::Error(name, _) if name == "TargetNotEmpty"),
        "{reported:?}"
    );
    lambda.send(r#"{"version": 9}"#);
    let reported = ended(&lambda, 3).await;
    assert!(
        matches!(&reported[2], Ended::Error(name, _) if name == "EventRefused"),
        "{reported:?}"
    );
    assert!(lambda.invoked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_hands_over_before_each_deadline_and_ends_with_the_same_documents() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    let lambda = LambdaEmulator::start(FUNCTION, SHORT).await.unwrap();
    let _function = started(&lambda, &world);
    lambda.send(world.event("restore").to_string());
    let (hops, last) = chain(&lambda).await;
    let Ended::Answer(answer) = last else {
        panic!("{last:?}")
    };
    assert_eq!(
        (&answer["outcome"], &answer["resumed"]),
        (&json!("restored"), &json!(true))
    );
    assert_eq!((&answer["inserted"], &answer["present"]), (&json!(220), &json!(0)));
    world.assert_restored(&dump);
    // Seven parts, and then indexes, the view, comparisons.
    assert!((8..=20).contains(&hops), "{hops}");
    let invoked = lambda.invoked();
    assert_eq!(invoked.len(), hops - 1);
    for ((function, event), hop) in invoked.iter().zip(1..) {
        assert_eq!(function, FUNCTION);
        let mut expected = world.event("restore");
        expected["resume"] = json!({"run": dump.run, "hop": hop});
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&event[field], value, "{field}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_twice_is_done_once() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    let lambda = LambdaEmulator::start(FUNCTION, SHORT).await.unwrap();
    let _function = started(&lambda, &world);
    lambda.send(world.event("restore").to_string());
    let (hops, _) = chain(&lambda).await;
    let writes = world.writes().len();
    // Lambda's queue delivers at least once.
    let first = lambda.invoked()[0].1.clone();
    lambda.send(first.to_string());
    let reported = ended(&lambda, hops + 1).await;
    assert!(
        matches!(reported.last().unwrap(), Ended::Answer(answer) if answer["outcome"] == "superseded"),
        "{reported:?}"
    );
    assert_eq!(world.writes().len(), writes, "nothing was written");
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_that_fails_is_named_and_the_same_event_goes_on() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    let lambda = LambdaEmulator::start(FUNCTION, SHORT).await.unwrap();
    lambda.refuse_invoke(&[500, 429, 400]);
    let _function = started(&lambda, &world);
    lambda.send(world.event("restore").to_string());
    let reported = ended(&lambda, 1).await;
    assert!(
        matches!(&reported[0], Ended::Error(name, _) if name == "HandoverFailed"),
        "{reported:?}"
    );
    lambda.send(world.event("restore").to_string());
    for number in 2.. {
        let reported = ended(&lambda, number).await;
        let Ended::Answer(answer) = reported.last().unwrap() else {
            panic!("{reported:?}")
        };
        if answer["outcome"] == "restored" {
            break;
        }
        assert_eq!(answer["outcome"], "handed_over");
    }
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_longer_than_an_invocation_is_named_before_lambda_ends_it() {
    let world = World::start().await;
    world.store(&dump()).await;
    world.mongo.fault(Fault {
        command: "insert".to_owned(),
        kind: FaultKind::Hang,
        ..Fault::default()
    });
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(4)).await.unwrap();
    let _function = started(&lambda, &world);
    lambda.send(world.event("restore").to_string());
    let reported = ended(&lambda, 1).await;
    assert!(
        matches!(&reported[0], Ended::Error(name, _) if name == "DeadlineTooShort"),
        "{reported:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_is_killed_is_gone_on_with_by_lambda_s_retry() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    let gate = world.mongo.gate(Gate {
        command: "insert".to_owned(),
        namespace: "shop.readings".to_owned(),
        skip: 1,
        ..Gate::default()
    });
    let lambda = LambdaEmulator::start(FUNCTION, LONG).await.unwrap();
    let function = started(&lambda, &world);
    lambda.send(world.event("restore").to_string());
    gate.reached().await;
    function.kill();
    gate.open();
    world.the_leases_end();
    let _function = started(&lambda, &world);
    lambda.send(world.event("restore").to_string());
    let reported = ended(&lambda, 1).await;
    assert!(
        matches!(&reported[0], Ended::Answer(answer) if answer["outcome"] == "restored"),
        "{reported:?}"
    );
    world.assert_restored(&dump);
}

/// Metrics in a function's output.
fn metrics(stdout: &str) -> Vec<Value> {
    let lines = stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line.get("_aws").is_some()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_reports_what_it_measured_once_even_when_it_was_handed_over() {
    let world = World::start().await;
    world.store(&dump()).await;
    for (left, fails) in [(LONG, false), (SHORT, false), (LONG, true)] {
        let lambda = LambdaEmulator::start(FUNCTION, left).await.unwrap();
        if fails {
            world.mongo.fault(Fault {
                command: "insert".to_owned(),
                kind: FaultKind::Refuse {
                    code: 8000,
                    message: String::new(),
                    labels: Vec::new(),
                },
                ..Fault::default()
            });
        }
        let function = started(&lambda, &world);
        lambda.send(world.event("drill").to_string());
        let (_, last) = chain(&lambda).await;
        assert_eq!(matches!(last, Ended::Error(..)), fails, "{last:?}");
        assert!(world.mongo.counts().is_empty(), "{:?}", world.mongo.counts());
        function.terminate();
        let ended = end(function).await;
        let metrics = metrics(&ended.stdout);
        assert_eq!(metrics.len(), 1, "{metrics:?}");
        let line = &metrics[0];
        assert_eq!(
            line["_aws"]["CloudWatchMetrics"][0]["Namespace"],
            "Lectern/MongoRestore"
        );
        assert_eq!(line["Cluster"], "main");
        let expected = if fails { (0.0, 1.0) } else { (1.0, 0.0) };
        assert_eq!(
            (line["DrillCompleted"].as_f64(), line["DrillFailed"].as_f64()),
            (Some(expected.0), Some(expected.1))
        );
        if fails {
            assert!(line.get("RtoSeconds").is_none());
        } else {
            assert_eq!(
                (&line["Documents"], line["Bytes"].as_f64().unwrap() > 1_000.0),
                (&json!(220.0), true)
            );
            assert!(line["RtoSeconds"].as_f64().unwrap() > 0.0 && line["RpoSeconds"].as_f64().unwrap() > 0.0);
        }
    }
}
