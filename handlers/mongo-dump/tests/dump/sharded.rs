//! A sharded cluster, read through a router.

use std::time::Duration;

use aws_front::{Effect, Rule};
use dump_format::manifest::{Consistency, Topology as Seen};
use lambda_kit::Deadline;
use mongo_dump::Answer;
use mongo_emulator::{Corpus, Fault, FaultKind, Ids, Options, Topology};
use mongodb::bson::{RawDocumentBuf, rawdoc};

use crate::world::{World, complete};

async fn world(shards: u32) -> World {
    let options = Options {
        topology: Topology::Sharded,
        shards,
        ..Options::default()
    };
    let mut world = World::with(options).await;
    world.limits.batch_bytes = 40_000;
    world
}

fn students(world: &World, documents: u64, ids: Ids) {
    let corpus = Corpus {
        documents,
        ids,
        ..Corpus::default()
    };
    world.mongo.generate("school", "students", corpus);
}

fn fault(command: &str, skip: u32, times: u32, kind: FaultKind) -> Fault {
    Fault {
        command: command.to_owned(),
        namespace: "school.*".to_owned(),
        skip,
        times: Some(times),
        kind,
        ..Fault::default()
    }
}

#[tokio::test]
async fn a_cursor_that_is_lost_on_a_router_loses_no_document() {
    for shards in [2, 3] {
        for read_concern in ["snapshot", "majority"] {
            let mut world = world(shards).await;
            students(&world, 400, Ids::Mixed);
            world.fields.read_concern = read_concern.to_owned();
            world.mongo.fault(fault("getMore", 2, 3, FaultKind::KillCursor));
            world.mongo.fault(fault("getMore", 9, 1, FaultKind::ResetMidReply));
            let report = complete(world.dump().await);
            assert_eq!(report.documents, 400, "{shards} shards, {read_concern}");
            let snapshot = matches!(report.consistency, Consistency::Snapshot { .. });
            assert_eq!(snapshot, read_concern == "snapshot");
            assert_eq!(world.manifest().await.unwrap().header().server.topology, Seen::Sharded);
            world.assert_equal_to_the_deployment().await;
        }
    }
}

#[tokio::test]
async fn a_handover_on_a_router_loses_no_document() {
    for shards in [2, 3] {
        let mut world = world(shards).await;
        students(&world, 400, Ids::ObjectId);
        let accepted = Effect::Answer {
            status: 202,
            body: String::new(),
        };
        world.front.script(Rule::on("Invoke").always().effect(accepted));
        // The time ends while a batch is waited for.
        let gate = world.mongo.gate(mongo_emulator::Gate {
            command: "getMore".to_owned(),
            namespace: "school.*".to_owned(),
            skip: 3,
            before: true,
        });
        world.deadline = Deadline::after(Duration::from_secs(8));
        let answer = world.dump().await;
        assert!(matches!(answer, Ok(Answer::HandedOver { .. })), "{answer:?}");
        gate.open();
        world.deadline = Deadline::NONE;
        let report = complete(world.dump().await);
        assert_eq!(report.documents, 400, "{shards} shards");
        world.assert_equal_to_the_deployment().await;
    }
}

fn twins(world: &World, shards: i32) {
    for id in 0..200 {
        world.mongo.insert_raw(
            "school",
            "students",
            rawdoc! { "_id": id, "text": "x".repeat(900) }.into_bytes(),
        );
    }
    for id in [0, 39, 40, 41, 100, 199] {
        for shard in 1..shards {
            let twin = rawdoc! { "_id": id, "shard": shard, "text": "x".repeat(900) };
            world.mongo.insert_raw("school", "students", twin.into_bytes());
        }
    }
    // Equal in the index, with other bytes.
    world.mongo.insert_raw(
        "school",
        "students",
        rawdoc! { "_id": 150_i64, "text": "y" }.into_bytes(),
    );
}

#[tokio::test]
async fn documents_of_two_shards_with_one_id_are_all_dumped_and_named() {
    for (shards, expected) in [(2_i32, 7_u64), (3, 13)] {
        for lost in [false, true] {
            let world = world(u32::try_from(shards).unwrap()).await;
            twins(&world, shards);
            if lost {
                // Batches end anywhere among the twins.
                for skip in [0, 1, 2, 3, 4] {
                    world.mongo.fault(fault("getMore", skip, 1, FaultKind::KillCursor));
                }
            }
            let report = complete(world.dump().await);
            let all = 200 + expected;
            assert_eq!(report.documents, all, "{shards} shards, lost {lost}");
            world.assert_equal_to_the_deployment().await;
            let manifest = world.manifest().await.unwrap();
            let twins = manifest.collections()[0].twins.clone().expect("they are named");
            assert_eq!(twins.documents, expected);
            let mut ids: Vec<_> = twins.ids.iter().map(|id| doc_id(&id.0)).collect();
            ids.dedup();
            assert_eq!(ids, [0, 39, 40, 41, 100, 150, 199]);
        }
    }
}

fn doc_id(id: &[u8]) -> i64 {
    let id: mongodb::bson::Document = RawDocumentBuf::from_bytes(id.to_vec()).unwrap().try_into().unwrap();
    assert_eq!(id.len(), 1);
    id.get_i32("_id").map_or_else(|_| id.get_i64("_id").unwrap(), i64::from)
}

/// With every batch of another size, each document comes once: also where an object or an invocation ends between twins.
#[tokio::test]
async fn objects_may_end_between_documents_with_one_id() {
    for (batch_bytes, lost_at) in [
        (950, 0),
        (950, 3),
        (950, 4),
        (1_900, 2),
        (2_850, 1),
        (2_850, 2),
        (40_000, 0),
    ] {
        let mut world = world(2).await;
        world.limits.batch_bytes = batch_bytes;
        world.limits.object_bytes = 1;
        for id in 0..12 {
            for twin in [0, 1] {
                let document = rawdoc! { "_id": id, "twin": twin, "text": "x".repeat(900) };
                world.mongo.insert_raw("school", "students", document.into_bytes());
            }
        }
        world.mongo.fault(fault("getMore", lost_at, 1, FaultKind::KillCursor));
        let report = complete(world.dump().await);
        assert_eq!(report.documents, 24, "{batch_bytes}");
        world.assert_equal_to_the_deployment().await;
        let manifest = world.manifest().await.unwrap();
        assert_eq!(manifest.collections()[0].twins.as_ref().unwrap().documents, 12);
    }
}

/// Between two attempts one of two twins is changed: nobody can tell which of them was given, and neither is lost.
#[tokio::test]
async fn a_twin_that_changes_while_the_cursor_is_lost_hides_no_other() {
    let mut world = world(2).await;
    world.fields.read_concern = "majority".to_owned();
    world.limits.batch_bytes = 950;
    for (id, n) in [(1, 0), (2, 0), (2, 1), (3, 0)] {
        world.mongo.insert_raw(
            "school",
            "students",
            rawdoc! { "_id": id, "n": n, "text": "x".repeat(900) }.into_bytes(),
        );
    }
    let gate = world.mongo.gate(mongo_emulator::Gate {
        command: "getMore".to_owned(),
        namespace: "school.*".to_owned(),
        skip: 1,
        before: true,
    });
    let change = async {
        gate.reached().await;
        // The first of the twins, whichever was given.
        let changed = rawdoc! { "_id": 2, "n": 7, "text": "z".repeat(900) };
        assert!(world.mongo.replace_raw("school", "students", changed.as_bytes()));
        world.mongo.fault(fault("getMore", 0, 1, FaultKind::KillCursor));
        gate.open();
    };
    let (dumped, ()) = tokio::join!(world.dump(), change);
    complete(dumped);
    let restored = &world.restored().await["school.students"];
    let found: std::collections::BTreeSet<_> = restored
        .iter()
        .map(|document| {
            let document = RawDocumentBuf::from_bytes(document.clone()).unwrap();
            (document.get_i32("_id").unwrap(), document.get_i32("n").unwrap())
        })
        .collect();
    for expected in [(1, 0), (2, 1), (3, 0)] {
        assert!(found.contains(&expected), "{expected:?}: {found:?}");
    }
    assert!(found.contains(&(2, 0)) || found.contains(&(2, 7)), "{found:?}");
}

#[tokio::test]
async fn a_sort_is_sent_and_hint_and_min_with_it() {
    let world = world(2).await;
    students(&world, 50, Ids::Int64);
    complete(world.dump().await);
    let manifest = world.manifest().await.unwrap();
    assert!(manifest.collections()[0].twins.is_none());
    let restored = &world.restored().await["school.students"];
    let ids: Vec<_> = restored
        .iter()
        .map(|document| {
            let document = RawDocumentBuf::from_bytes(document.clone()).unwrap();
            document.get_i64("_id").unwrap()
        })
        .collect();
    assert!(ids.is_sorted(), "{ids:?}");
}
