//! The real binary: killed at every step, and watched while it eats.

use std::process::Command;

use aws_front::{Effect, GateHandle, Rule};
use dump_format::key::Key;
use dump_format::payload::Action;
use lambda_emulator::Ended;
use mongo_emulator::Corpus;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, rawdoc};

use crate::function::Function;
use crate::world::World;

const MIB: u64 = 1 << 20;

/// A collection that fits into a put and, if asked for, one of two parts: noise, which nothing makes smaller.
async fn world(is_large: bool) -> World {
    let world = World::start().await;
    world.mongo.generate(
        "school",
        "apples",
        Corpus {
            documents: 50,
            odd_every: Some(5),
            ..Corpus::default()
        },
    );
    let mut dice = fastrand::Rng::with_seed(7);
    for id in 0..if is_large { 9 } else { 0 } {
        let mut bytes = vec![0; 1 << 20];
        dice.fill(&mut bytes);
        let noise = Binary {
            subtype: BinarySubtype::Generic,
            bytes,
        };
        world
            .mongo
            .insert_raw("school", "noise", rawdoc! { "_id": id, "noise": noise }.into_bytes());
    }
    world
}

/// The time passes that a dead owner's lease needs to end.
async fn wait_for_the_lease(world: &World) {
    let key = world.location().render(&Key::Lease);
    if world.get(&key).await.is_some() {
        let mut lease = world.json(&key).await;
        lease["until"] = "2026-01-01T00:00:00Z".into();
        world.put(&key, lease.to_string().into_bytes()).await;
    }
}

/// Kills the function when a call arrives, or when it is carried out and not answered yet, and sends the event again.
async fn killed_at(operation: &str, path: &str, after: u32) {
    let is_large = operation.contains("Upload");
    for is_done in [false, true] {
        let step = format!("{operation} {path} {after} done: {is_done}");
        let world = world(is_large).await;
        let event = world.event(Action::Dump).render();
        let gate = GateHandle::default();
        let effect = if is_done {
            Effect::HoldAnswer(gate.clone())
        } else {
            Effect::HoldRequest(gate.clone())
        };
        world
            .front
            .script(Rule::on(operation).path(path).after(after).effect(effect));
        let mut function = Function::start(&world.front.url()).await;
        function.send(event.clone());
        gate.reached().await;
        function.kill().await;
        world.front.clear();

        wait_for_the_lease(&world).await;
        let mut next = Function::start(&world.front.url()).await;
        let Ended::Answer(answer) = next.invoke(event).await else {
            panic!("{step}");
        };
        assert!(
            ["complete", "already_complete"].contains(&answer["outcome"].as_str().unwrap()),
            "{step}: {answer}"
        );
        world.assert_equal_to_the_deployment().await;
        assert_eq!(world.latest().await.unwrap().run, world.run(), "{step}");
        next.kill().await;
        let counted: f64 = function
            .metric("Completed")
            .await
            .iter()
            .chain(&next.metric("Completed").await)
            .sum();
        assert!(counted >= 1.0, "{step}: no completion was counted");
    }
}

#[tokio::test]
async fn killed_before_the_first_document_the_same_event_finishes() {
    killed_at("AssumeRole", "", 0).await;
    killed_at("PutObject", "lease.json", 0).await;
    killed_at("GetSecretValue", "", 0).await;
    killed_at("PutObject", "/meta/", 0).await;
    killed_at("PutObject", "plan.json", 0).await;
}

#[tokio::test]
async fn killed_among_documents_the_same_event_finishes() {
    killed_at("PutObject", "/data/", 0).await;
    killed_at("CreateMultipartUpload", "", 0).await;
    killed_at("UploadPart", "", 1).await;
    killed_at("CompleteMultipartUpload", "", 0).await;
    killed_at("PutObject", "state.json", 0).await;
}

#[tokio::test]
async fn killed_after_the_last_document_the_same_event_finishes() {
    killed_at("PutObject", "manifest.json", 0).await;
    killed_at("GetObject", "manifest.json", 1).await;
    killed_at("PutObject", "latest.json", 0).await;
    // The lease's end.
    killed_at("PutObject", "lease.json", 1).await;
}

#[tokio::test]
async fn memory_does_not_grow_with_the_collection() {
    let world = World::start().await;
    world.mongo.generate(
        "school",
        "students",
        Corpus {
            documents: 60_000,
            ..Corpus::default()
        },
    );
    let function = Function::start(&world.front.url()).await;
    let Ended::Answer(answer) = function.invoke(world.event(Action::Dump).render()).await else {
        panic!("failed");
    };
    assert_eq!(answer["documents"], 60_000);
    let peak = function.peak_memory();
    assert!(peak < 70_000_000, "{} MiB", peak / MIB);
}

#[tokio::test]
async fn documents_of_the_largest_size_pass() {
    let world = World::start().await;
    world.mongo.generate(
        "school",
        "books",
        Corpus {
            documents: 4,
            document_bytes: 16 << 20,
            ..Corpus::default()
        },
    );
    let function = Function::start(&world.front.url()).await;
    let Ended::Answer(answer) = function.invoke(world.event(Action::Dump).render()).await else {
        panic!("failed");
    };
    assert_eq!(answer["documents"], 4);
    world.assert_equal_to_the_deployment().await;
    let peak = function.peak_memory();
    assert!(peak < 300 * MIB, "{} MiB", peak / MIB);
}

#[tokio::test]
async fn failures_have_their_name_for_lambda_and_their_metric_in_the_log() {
    let world = World::start().await;
    let mut function = Function::start(&world.front.url()).await;
    let Ended::Error(name, _) = function.invoke(world.event(Action::Dump).render()).await else {
        panic!("no failure");
    };
    assert_eq!(name, "DumpEmpty");
    let Ended::Error(name, _) = function.invoke("{}".to_owned()).await else {
        panic!("no failure");
    };
    assert_eq!(name, "EventInvalid");
    function.kill().await;
    assert_eq!(function.metric("Failed").await, [1.0]);
}

#[test]
fn started_by_hand_it_says_what_it_is() {
    for (arguments, code) in [(&[][..], 2), (&["--help"][..], 0), (&["dump"][..], 2)] {
        let output = Command::new(env!("CARGO_BIN_EXE_mongo-dump"))
            .args(arguments)
            .env_remove("AWS_LAMBDA_RUNTIME_API")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(
            text.contains("AWS Lambda function") && text.contains("mongo-restore"),
            "{text}"
        );
    }
}
