//! What breaks while reading and writing: overcome, or named. Never a success that is none.

use std::time::Duration;

use aws_front::{Effect, Rule};
use dump_format::payload::Compression;
use mongo_emulator::{Fault, FaultKind, code};
use mongodb::bson::{DateTime, doc};
use serde_json::json;

use crate::dump::{Dump, Made, bytes, compress};
use crate::world::World;

/// Parts of about 100 KB that do not compress, so that bodies can be cut.
fn dump() -> Dump {
    let mut dice = fastrand::Rng::with_seed(7);
    let documents = (0..200).map(|id| {
        let noise: Vec<u8> = std::iter::repeat_with(|| dice.u8(..)).take(2_000).collect();
        let noise = mongodb::bson::Binary {
            subtype: mongodb::bson::spec::BinarySubtype::Generic,
            bytes: noise,
        };
        bytes(&doc! {"_id": id, "noise": noise})
    });
    let mut dump = Dump::of(vec![Made::collection("shop.orders", documents.collect())]);
    dump.documents_per_part = 50;
    dump
}

fn readings() -> Dump {
    let options = doc! {"timeseries": {"timeField": "t"}};
    let documents = (0..200).map(|number| bytes(&doc! {"t": DateTime::from_millis(number), "v": number}));
    Dump::of(vec![Made::time_series("shop.readings", &options, documents.collect())])
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_break_off_are_gone_on_with_and_no_document_comes_twice() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    let part = Rule::on("GetObject").path("/data/");
    world
        .front
        .script(part.clone().times(3).effect(Effect::CutBody(30_000)));
    world.front.script(part.clone().times(1).effect(Effect::CutBody(0)));
    world.front.script(part.clone().times(1).effect(Effect::Reset));
    world.front.script(part.clone().times(1).effect(Effect::slow_down()));
    world
        .front
        .script(part.times(1).effect(Effect::refusal(500, "InternalError", "try again")));
    world.front.script(
        Rule::on("GetObject")
            .path("/meta/")
            .times(1)
            .effect(Effect::CutBody(10)),
    );
    world.front.script(
        Rule::on("GetObject")
            .path("latest.json")
            .times(2)
            .effect(Effect::LoseAnswer),
    );
    world
        .front
        .script(Rule::on("ListObjectsV2").times(1).effect(Effect::slow_down()));
    let answer = world.handle(&world.event("restore")).await.unwrap();
    assert_eq!((answer.inserted, answer.present), (200, 0));
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_comes_is_a_named_failure_and_the_same_command_goes_on() {
    let mut world = World::start().await;
    world.settings.limits.attempts = 3;
    let dump = dump();
    world.store(&dump).await;
    world.front.script(
        Rule::on("GetObject")
            .path("00001-00000")
            .always()
            .effect(Effect::CutBody(0)),
    );
    let (name, message) = world.refused(&world.event("restore")).await;
    assert_eq!(name, "SourceUnreadable");
    assert!(message.contains("was interrupted"), "{message}");
    world.front.clear();
    let answer = world.handle(&world.event("restore")).await.unwrap();
    assert!(answer.resumed);
    assert_eq!(answer.inserted, 200, "the earlier run's are counted");
    world.assert_restored(&dump);
    assert_eq!(
        world
            .front
            .calls()
            .iter()
            .filter(|call| call.path.contains("/data/"))
            .count(),
        2,
        "two parts were there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_that_says_no_is_named() {
    let world = World::start().await;
    world.store(&dump()).await;
    world
        .front
        .script(Rule::on("GetObject").path("/data/").always().effect(Effect::denied()));
    let (name, message) = world.refused(&world.event("restore")).await;
    assert_eq!(name, "SourceUnreadable");
    assert!(message.contains("AccessDenied"), "{message}");
    let mut event = world.event("dry_run");
    event["source"]["bucket"] = json!("no-such-bucket");
    let (name, message) = world.refused(&event).await;
    assert_eq!(name, "SourceUnreadable");
    assert!(message.contains("NoSuchBucket"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_altered_on_the_way_is_noticed_and_read_again() {
    for place in [1, 50, 99] {
        let world = World::start().await;
        let dump = dump();
        world.store(&dump).await;
        world.front.script(
            Rule::on("GetObject")
                .path("/data/")
                .after(1)
                .times(1)
                .effect(Effect::AlterBody(place)),
        );
        world.handle(&world.event("restore")).await.unwrap();
        world.assert_restored(&dump);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_part_is_a_named_failure_whatever_the_damage_is() {
    let dump = dump();
    let objects = dump.objects();
    let key = dump.part_key("shop.orders", 0, 1);
    let (_, stored) = objects.iter().find(|(of, _)| *of == key).unwrap();
    let mut altered = stored.clone();
    altered[40_000] ^= 1;
    let lines = |text: &[u8]| compress(Compression::Zstd, text);
    let cut = stored[..stored.len() - 1].to_vec();
    for (what, body, expected) in [
        ("altered", Some(altered), "DumpDamaged"),
        // These differ in size, which the listing shows already.
        ("cut", Some(cut), "DumpNotComplete"),
        (
            "other lines",
            Some(lines(b"{\"_id\":{\"$numberInt\":\"1\"}}\n")),
            "DumpNotComplete",
        ),
        ("gone", None, "DumpNotComplete"),
    ] {
        let world = World::start().await;
        world.store(&dump).await;
        match body {
            Some(body) => world.put(&key, body).await,
            None => world.delete(&key).await,
        }
        let mut event = world.event("restore");
        event["dump_id"] = json!(dump.run);
        let (name, message) = world.refused(&event).await;
        assert_eq!(name, expected, "{what}: {message}");
        assert!(message.contains("00000-00001.jsonl.zst"), "{what}: {message}");
    }
}

/// A flipped bit may have become a document before it was noticed, and that document is ours to put right.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_goes_on_when_a_damaged_part_is_whole_again() {
    let dump = Dump::of(vec![Made::numbered("shop.orders", 40)]);
    let world = World::start().await;
    world.store(&dump).await;
    let key = dump.part_key("shop.orders", 0, 0);
    let whole = world.get(&key).await;
    let lines = String::from_utf8(zstd::decode_all(&whole[..]).unwrap()).unwrap();
    let lines = lines.replace("name 7\"", "name 8\"");
    let mut altered = zstd::encode_all(lines.as_bytes(), 19).unwrap();
    // The size stays: what is missing is filled with a frame that a decoder skips.
    let filling = whole.len().checked_sub(altered.len() + 8).unwrap();
    altered.extend_from_slice(&0x184D_2A50_u32.to_le_bytes());
    altered.extend_from_slice(&u32::try_from(filling).unwrap().to_le_bytes());
    altered.resize(whole.len(), 0);
    world.put(&key, altered).await;
    assert_eq!(world.refused(&world.event("restore")).await.0, "DumpDamaged");
    world.put(&key, whole).await;
    world.handle(&world.event("restore")).await.unwrap();
    world.assert_restored(&dump);
}

/// A dump whose manifest fits its parts' sizes but not what is in one of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_part_with_other_documents_than_the_manifest_says_is_a_named_failure() {
    let good = Dump::of(vec![Made::numbered("shop.orders", 40)]);
    for (what, lines, words) in [
        ("fewer documents", String::new(), "number of documents"),
        ("no line", "hunter2\n".to_owned(), "line 1 cannot be read: byte 0"),
        (
            "an open line",
            r#"{"_id":{"$numberInt":"1"}}"#.to_owned(),
            "its last line has no end",
        ),
        (
            "an unknown wrapper",
            "{\"_id\":{\"$hunter2\":\"1\"}}\n".to_owned(),
            "line 1 cannot be read",
        ),
    ] {
        let world = World::start().await;
        world.store(&good).await;
        let key = good.part_key("shop.orders", 0, 0);
        let stored = world.get(&key).await;
        // The size stays: what is missing is filled with a frame that a decoder skips.
        let mut body = compress(Compression::Zstd, lines.as_bytes());
        let filling = stored.len() - body.len() - 8;
        body.extend_from_slice(&0x184D_2A50_u32.to_le_bytes());
        body.extend_from_slice(&u32::try_from(filling).unwrap().to_le_bytes());
        body.resize(stored.len(), 0);
        world.put(&key, body).await;
        let (name, message) = world.refused(&world.event("restore")).await;
        assert_eq!(name, "DumpDamaged", "{what}");
        assert!(
            message.contains(words) && !message.contains("hunter2"),
            "{what}: {message}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fails_for_a_while_is_waited_for() {
    let insert = |kind| Fault {
        command: "insert".to_owned(),
        namespace: "shop.orders".to_owned(),
        skip: 1,
        times: Some(2),
        kind,
        ..Fault::default()
    };
    let refuse = |code| FaultKind::Refuse {
        code,
        message: "dup key: { a: \"hunter2\" }".to_owned(),
        labels: Vec::new(),
    };
    for kind in [
        FaultKind::ConnectionReset,
        FaultKind::AcceptThenReset,
        FaultKind::InsertThenReset { documents: 13 },
        FaultKind::ResetMidReply,
        FaultKind::WriteConcern {
            code: code::WRITE_CONCERN_FAILED,
        },
        FaultKind::AcceptThenRefuse {
            code: code::INTERRUPTED_AT_SHUTDOWN,
        },
        refuse(code::NOT_WRITABLE_PRIMARY),
        refuse(code::PRIMARY_STEPPED_DOWN),
        refuse(code::INTERRUPTED_AT_SHUTDOWN),
    ] {
        let world = World::start().await;
        let dump = dump();
        world.store(&dump).await;
        world.mongo.fault(insert(kind.clone()));
        let answer = world.handle(&world.event("restore")).await.unwrap();
        assert_eq!(answer.inserted + answer.present, 200, "{kind:?}");
        world.assert_restored(&dump);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_writes_is_safe_to_repeat() {
    for command in [
        "create",
        "createIndexes",
        "update",
        "delete",
        "drop",
        "dropDatabase",
        "listCollections",
        "find",
    ] {
        let world = World::start().await;
        let mut dump = dump();
        dump.made[0] = dump.made[0].clone().index(&doc! {"v": 2, "key": {"a": 1}, "name": "a"});
        world.store(&dump).await;
        world.mongo.fault(Fault {
            command: command.to_owned(),
            times: Some(2),
            kind: FaultKind::AcceptThenReset,
            ..Fault::default()
        });
        let mut event = world.event("restore");
        event["conflict"] = json!("drop");
        world
            .handle(&event)
            .await
            .unwrap_or_else(|failed| panic!("{command}: {failed}"));
        world.assert_restored(&dump);
        assert_eq!(world.mongo.indexes("shop", "orders").len(), 2, "{command}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_never_comes_is_given_up_and_asked_for_again() {
    let mut world = World::start().await;
    world.settings.limits.command_timeout = Duration::from_millis(500);
    let dump = dump();
    world.store(&dump).await;
    for (command, kind) in [
        ("insert", FaultKind::AcceptThenHang),
        ("insert", FaultKind::StallMidReply),
        ("create", FaultKind::Hang),
        ("find", FaultKind::StallMidReply),
    ] {
        world.mongo.fault(Fault {
            command: command.to_owned(),
            times: Some(1),
            kind,
            ..Fault::default()
        });
    }
    world.handle(&world.event("restore")).await.unwrap();
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_election_is_waited_for() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    let gate = world.mongo.gate(mongo_emulator::Gate {
        command: "insert".to_owned(),
        namespace: "shop.orders".to_owned(),
        skip: 2,
        before: true,
    });
    let event = world.event("restore");
    let (answer, ()) = tokio::join!(world.handle(&event), async {
        gate.reached().await;
        world.mongo.step_down();
        gate.open();
        tokio::time::sleep(Duration::from_millis(300)).await;
        world.mongo.step_up();
    });
    answer.unwrap();
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_away_or_says_no_is_named_without_its_words() {
    let mut world = World::start().await;
    world.settings.limits.attempts = 2;
    world.store(&dump()).await;
    for (kind, expected, words) in [
        (FaultKind::ConnectionReset, "TargetUnreachable", "the connection failed"),
        (
            FaultKind::Refuse {
                code: code::UNAUTHORIZED,
                message: "hunter2".to_owned(),
                labels: Vec::new(),
            },
            "TargetRefused",
            "code 13",
        ),
        (
            FaultKind::Refuse {
                code: code::ATLAS_ERROR,
                message: "hunter2".to_owned(),
                labels: Vec::new(),
            },
            "TargetRefused",
            "8000",
        ),
    ] {
        world.mongo.clear_faults();
        world.mongo.fault(Fault {
            command: "insert".to_owned(),
            kind,
            ..Fault::default()
        });
        let (name, message) = world.refused(&world.event("restore")).await;
        assert_eq!(name, expected, "{message}");
        assert!(message.contains(words) && !message.contains("hunter2"), "{message}");
    }
    world.mongo.clear_faults();
    world.handle(&world.event("restore")).await.unwrap();
    world.assert_restored(&dump());
}

#[tokio::test(flavor = "multi_thread")]
async fn measurements_have_no_ids_so_doubt_begins_the_collection_anew() {
    for kind in [
        FaultKind::AcceptThenReset,
        FaultKind::InsertThenReset { documents: 7 },
        FaultKind::WriteConcern {
            code: code::WRITE_CONCERN_FAILED,
        },
    ] {
        let world = World::start().await;
        let dump = readings();
        world.store(&dump).await;
        world.mongo.fault(Fault {
            command: "insert".to_owned(),
            namespace: "shop.readings".to_owned(),
            skip: 3,
            times: Some(1),
            kind: kind.clone(),
            ..Fault::default()
        });
        world
            .handle(&world.event("restore"))
            .await
            .unwrap_or_else(|failed| panic!("{kind:?}: {failed}"));
        world.assert_restored(&dump);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_go_missing_after_they_were_acknowledged_are_noticed() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    let gate = world.mongo.gate(mongo_emulator::Gate {
        command: "update".to_owned(),
        skip: 4,
        ..Default::default()
    });
    let event = world.event("restore");
    let (failed, ()) = tokio::join!(world.refused(&event), async {
        gate.reached().await;
        world.mongo.delete_raw("shop", "orders", &dump.made[0].documents[3]);
        gate.open();
    });
    assert_eq!(failed.0, "ContentDiffers");
    assert!(
        failed.1.contains("shop.orders has 199 documents instead of 200"),
        "{}",
        failed.1
    );
}
