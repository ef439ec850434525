//! What MongoDB does while it is read.

use std::time::Duration;

use dump_format::key::Object;
use dump_format::manifest::{Consistency, NoSnapshot, Outcome, SkipReason};
use dump_format::payload::{Action, ReadConcern};
use mongo_emulator::{Corpus, Fault, FaultKind, Gate, Ids, MongoEmulator, Options, Tls, Topology, User, code};
use mongodb::bson::rawdoc;

use crate::world::{World, complete, name};

/// Enough for several batches.
fn students(world: &mut World, ids: Ids) {
    world.limits.batch_bytes = 40_000;
    let corpus = Corpus {
        documents: 400,
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

fn refusal(code: i32) -> FaultKind {
    FaultKind::Refuse {
        code,
        message: "a secret document".to_owned(),
        labels: Vec::new(),
    }
}

fn skipped(manifest: &dump_format::manifest::Manifest) -> Vec<(String, SkipReason, Option<i32>)> {
    let skipped = manifest.skipped().iter();
    skipped
        .map(|it| (it.namespace.to_string(), it.reason, it.code))
        .collect()
}

#[tokio::test]
async fn reading_goes_on_after_whatever_passes_without_a_document_lost_or_doubled() {
    let transient = [
        code::CURSOR_NOT_FOUND,
        code::MAX_TIME_MS_EXPIRED,
        code::QUERY_PLAN_KILLED,
        code::PRIMARY_STEPPED_DOWN,
        code::NOT_WRITABLE_PRIMARY,
        code::INTERRUPTED_AT_SHUTDOWN,
        code::INTERRUPTED_DUE_TO_REPL_STATE_CHANGE,
        code::EXCEEDED_TIME_LIMIT,
    ];
    let kinds = transient.into_iter().map(refusal).chain([
        FaultKind::KillCursor,
        FaultKind::ConnectionReset,
        FaultKind::AcceptThenReset,
        FaultKind::ResetMidReply,
        FaultKind::EmptyBatch,
        FaultKind::SlowReply { delay_ms: 5 },
    ]);
    let dumps = kinds.map(|kind| async move {
        let mut world = World::start().await;
        students(&mut world, Ids::Mixed);
        world.mongo.fault(fault("getMore", 2, 3, kind.clone()));
        world.mongo.fault(fault("find", 1, 1, kind.clone()));
        let report = complete(world.dump().await);
        assert_eq!(report.documents, 400, "{kind:?}");
        assert!(matches!(report.consistency, Consistency::Snapshot { .. }), "{kind:?}");
        world.assert_equal_to_the_deployment().await;
    });
    futures::future::join_all(dumps).await;
}

#[tokio::test]
async fn an_answer_that_never_comes_is_given_up_and_asked_for_again() {
    for kind in [FaultKind::Hang, FaultKind::AcceptThenHang, FaultKind::StallMidReply] {
        let mut world = World::start().await;
        students(&mut world, Ids::Int64);
        world.limits.reply = Duration::from_millis(400);
        world.mongo.fault(fault("getMore", 3, 1, kind.clone()));
        complete(world.dump().await);
        world.assert_equal_to_the_deployment().await;
    }
}

#[tokio::test]
async fn a_server_that_stays_away_is_a_failure_and_what_is_finished_is_kept() {
    let mut world = World::start().await;
    students(&mut world, Ids::ObjectId);
    world.limits.read_attempts = 3;
    world.limits.reply = Duration::from_millis(700);
    world.mongo.insert_raw("a", "first", rawdoc! { "_id": 1 }.into_bytes());
    let gate = world.mongo.gate(Gate {
        command: "getMore".to_owned(),
        namespace: "school.*".to_owned(),
        skip: 4,
        before: true,
    });
    let away = async {
        gate.reached().await;
        world.mongo.go_away();
        gate.open();
    };
    let (failed, ()) = tokio::join!(world.dump(), away);
    assert_eq!(name(failed), "MongoUnreachable");
    assert_eq!(world.metric("Failed"), [1.0]);
    assert!(world.manifest().await.is_none());
    // The object under way ended where reading did.
    let state = world.json(&world.key(Object::State)).await;
    assert_eq!(state["ranges"]["1"]["parts"].as_array().unwrap().len(), 1);

    world.mongo.come_back();
    let report = complete(world.dump().await);
    assert_eq!((report.documents, report.parts), (401, 3));
    world.assert_equal_to_the_deployment().await;
}

#[tokio::test]
async fn a_snapshot_that_gets_too_old_is_followed_by_majority_and_the_manifest_says_so() {
    let mut world = World::start().await;
    students(&mut world, Ids::Mixed);
    world
        .mongo
        .insert_raw("school", "apples", rawdoc! { "_id": 1 }.into_bytes());
    world
        .mongo
        .fault(fault("getMore", 2, 1, refusal(code::SNAPSHOT_TOO_OLD)));
    let report = complete(world.dump().await);
    let too_old = Consistency::PerRange {
        reason: NoSnapshot::TooOld,
        code: Some(code::SNAPSHOT_TOO_OLD),
    };
    assert_eq!(report.consistency, too_old);
    let manifest = world.manifest().await.unwrap();
    let read: Vec<_> = manifest
        .collections()
        .iter()
        .map(|it| it.ranges[0].read_concern)
        .collect();
    assert_eq!(read, [ReadConcern::Snapshot, ReadConcern::Majority]);
    world.assert_equal_to_the_deployment().await;
}

#[tokio::test]
async fn a_snapshot_is_one_whatever_is_written_meanwhile() {
    let mut world = World::start().await;
    students(&mut world, Ids::Int64);
    let before = world.mongo.documents("school", "students");
    let gate = world.mongo.gate(Gate {
        command: "getMore".to_owned(),
        namespace: "school.*".to_owned(),
        skip: 1,
        before: true,
    });
    let change = async {
        gate.reached().await;
        for document in &before[100..300] {
            world.mongo.delete_raw("school", "students", document);
        }
        world
            .mongo
            .insert_raw("school", "students", rawdoc! { "_id": 1_000_000_i64 }.into_bytes());
        world.mongo.fault(fault("getMore", 0, 1, FaultKind::KillCursor));
        gate.open();
    };
    let (dumped, ()) = tokio::join!(world.dump(), change);
    assert!(matches!(complete(dumped).consistency, Consistency::Snapshot { .. }));
    assert!(world.restored().await["school.students"] == before);
}

#[tokio::test]
async fn without_snapshots_ranges_are_read_with_majority_and_the_manifest_says_why() {
    let cases = [
        (
            Topology::Standalone,
            "snapshot",
            NoSnapshot::NotSupported,
            Some(code::NOT_A_REPLICA_SET),
        ),
        (Topology::default(), "majority", NoSnapshot::NotAsked, None),
    ];
    for (topology, read_concern, reason, code) in cases {
        let options = Options {
            topology,
            ..Options::default()
        };
        let mut world = World::with(options).await;
        students(&mut world, Ids::ObjectId);
        world.fields.read_concern = read_concern.to_owned();
        world.mongo.fault(fault("getMore", 1, 2, FaultKind::KillCursor));
        let report = complete(world.dump().await);
        assert_eq!(
            report.consistency,
            Consistency::PerRange { reason, code },
            "{read_concern}"
        );
        world.assert_equal_to_the_deployment().await;
    }
}

#[tokio::test]
async fn a_collection_that_vanishes_makes_the_dump_incomplete_and_never_short() {
    for is_renamed in [false, true] {
        let mut world = World::start().await;
        students(&mut world, Ids::ObjectId);
        world.fields.read_concern = "majority".to_owned();
        world
            .mongo
            .insert_raw("school", "zebras", rawdoc! { "_id": 1 }.into_bytes());
        let gate = world.mongo.gate(Gate {
            command: "getMore".to_owned(),
            namespace: "school.students".to_owned(),
            skip: 2,
            before: true,
        });
        let vanish = async {
            gate.reached().await;
            assert!(world.mongo.drop_collection("school", "students"));
            if is_renamed {
                // Another collection has the name now.
                world
                    .mongo
                    .insert_raw("school", "students", rawdoc! { "_id": 7 }.into_bytes());
            }
            gate.open();
        };
        let (failed, ()) = tokio::join!(world.dump(), vanish);
        let failure = failed.unwrap_err();
        assert_eq!(failure.name, "DumpIncomplete");
        assert!(failure.message.contains("school.students"), "{}", failure.message);
        let manifest = world.manifest().await.unwrap();
        assert_eq!(manifest.outcome(), Outcome::Incomplete);
        let [(namespace, reason, _)] = &skipped(&manifest)[..] else {
            panic!("{:?}", manifest.skipped());
        };
        assert_eq!((namespace.as_str(), *reason), ("school.students", SkipReason::Vanished));
        assert_eq!(manifest.totals().documents, 1);
        assert!(world.latest().await.is_none());
        assert_eq!(world.metric("Failed"), [1.0]);
        // A doubled event cannot make it better.
        assert_eq!(name(world.dump().await), "DumpIncomplete");
    }
}

#[tokio::test]
async fn what_is_dropped_after_the_snapshots_time_is_still_dumped() {
    let mut world = World::start().await;
    students(&mut world, Ids::ObjectId);
    let before = world.mongo.documents("school", "students");
    let gate = world.mongo.gate(Gate {
        command: "getMore".to_owned(),
        namespace: "school.students".to_owned(),
        skip: 2,
        before: true,
    });
    let vanish = async {
        gate.reached().await;
        world.mongo.drop_collection("school", "students");
        gate.open();
    };
    let (dumped, ()) = tokio::join!(world.dump(), vanish);
    complete(dumped);
    assert!(world.restored().await["school.students"] == before);
}

#[tokio::test]
async fn a_collection_emptied_meanwhile_is_dumped_as_far_as_it_was_there() {
    let mut world = World::start().await;
    students(&mut world, Ids::ObjectId);
    world.fields.read_concern = "majority".to_owned();
    let before = world.mongo.documents("school", "students");
    let gate = world.mongo.gate(Gate {
        command: "getMore".to_owned(),
        namespace: "school.*".to_owned(),
        skip: 2,
        before: true,
    });
    let empty = async {
        gate.reached().await;
        for document in &before {
            world.mongo.delete_raw("school", "students", document);
        }
        gate.open();
    };
    let (dumped, ()) = tokio::join!(world.dump(), empty);
    let report = complete(dumped);
    assert!((1..400).contains(&report.documents), "{report:?}");
    let restored = world.restored().await;
    assert!(before.starts_with(&restored["school.students"]));
}

#[tokio::test]
async fn documents_are_read_from_secondaries_unless_the_connection_string_says_otherwise() {
    for (option, mode) in [("", "secondaryPreferred"), ("&readPreference=nearest", "nearest")] {
        let mongo = MongoEmulator::start(Options::default()).unwrap();
        let uri = format!("{}{option}", mongo.uri());
        let mut world = World::before(mongo, &uri).await;
        students(&mut world, Ids::ObjectId);
        complete(world.dump().await);
        let calls = world.mongo.calls();
        // The first asks the primary for the time of the snapshot.
        let read = calls.iter().filter(|call| call.command == "find").skip(1);
        let modes: std::collections::BTreeSet<_> = read.map(|call| call.read_preference.as_deref()).collect();
        assert_eq!(modes, [Some(mode)].into(), "{option}");
    }
}

#[tokio::test]
async fn what_is_created_meanwhile_is_named_and_is_no_gap() {
    let mut world = World::start().await;
    students(&mut world, Ids::ObjectId);
    let gate = world.mongo.gate(Gate {
        command: "getMore".to_owned(),
        namespace: "school.*".to_owned(),
        skip: 0,
        before: true,
    });
    let create = async {
        gate.reached().await;
        world
            .mongo
            .insert_raw("school", "teachers", rawdoc! { "_id": 1 }.into_bytes());
        gate.open();
    };
    let (dumped, ()) = tokio::join!(world.dump(), create);
    complete(dumped);
    let manifest = world.manifest().await.unwrap();
    assert_eq!(
        skipped(&manifest),
        [("school.teachers".to_owned(), SkipReason::Created, None)]
    );
}

#[tokio::test]
async fn what_the_user_may_not_read_is_named_with_the_servers_code() {
    for code in [code::UNAUTHORIZED, code::ATLAS_ERROR] {
        let mut world = World::start().await;
        students(&mut world, Ids::ObjectId);
        world
            .mongo
            .insert_raw("secret", "notes", rawdoc! { "_id": 1 }.into_bytes());
        world
            .mongo
            .insert_raw("vault", "keys", rawdoc! { "_id": 1 }.into_bytes());
        for (command, namespace) in [("find", "secret.notes"), ("listCollections", "vault")] {
            world.mongo.fault(Fault {
                command: command.to_owned(),
                namespace: namespace.to_owned(),
                kind: refusal(code),
                ..Fault::default()
            });
        }
        let failure = world.dump().await.unwrap_err();
        assert_eq!(failure.name, "DumpIncomplete");
        assert!(!failure.message.contains("a secret document"));
        let manifest = world.manifest().await.unwrap();
        let expected = [
            ("secret.notes".to_owned(), SkipReason::NotAllowed, Some(code)),
            ("vault.*".to_owned(), SkipReason::NotAllowed, Some(code)),
        ];
        assert_eq!(skipped(&manifest), expected);
        assert_eq!(manifest.totals().documents, 400);
    }
}

/// A server does not list a database on which the user has no rights at all.
#[tokio::test]
async fn what_include_names_and_nobody_shows_is_a_gap() {
    let mut world = World::start().await;
    students(&mut world, Ids::ObjectId);
    let include = [
        "school.*",
        "school.studnets",
        "billing.*",
        "vault.keys",
        "vault*.x",
        "school.z*",
        "*.students",
    ];
    world.fields.include = include.map(str::to_owned).into();
    let failure = world.dump().await.unwrap_err();
    assert_eq!(failure.name, "DumpIncomplete");
    let manifest = world.manifest().await.unwrap();
    assert_eq!(manifest.outcome(), Outcome::Incomplete);
    let absent = ["billing.*", "school.studnets", "vault.*"];
    let expected = absent.map(|namespace| (namespace.to_owned(), SkipReason::Absent, None));
    assert_eq!(skipped(&manifest), expected);
    assert_eq!(world.latest().await, None);
}

#[tokio::test]
async fn a_collection_that_cannot_be_read_to_its_end_is_left_out_with_the_code() {
    let mut world = World::start().await;
    students(&mut world, Ids::ObjectId);
    world.limits.read_attempts = 3;
    world
        .mongo
        .insert_raw("school", "apples", rawdoc! { "_id": 1 }.into_bytes());
    let always = Fault {
        times: None,
        namespace: "school.students".to_owned(),
        ..fault("getMore", 3, 1, refusal(code::QUERY_PLAN_KILLED))
    };
    world.mongo.fault(always.clone());
    // The first asks for the snapshot's time, and the second gives the first documents.
    world.mongo.fault(Fault {
        command: "find".to_owned(),
        skip: 1,
        ..always
    });
    assert_eq!(name(world.dump().await), "DumpIncomplete");
    let manifest = world.manifest().await.unwrap();
    let expected = [(
        "school.students".to_owned(),
        SkipReason::Failed,
        Some(code::QUERY_PLAN_KILLED),
    )];
    assert_eq!(skipped(&manifest), expected);
}

#[tokio::test]
async fn a_view_whose_source_is_gone_is_named_also_behind_another_view() {
    let world = World::start().await;
    world
        .mongo
        .insert_raw("shop", "orders", rawdoc! { "_id": 1 }.into_bytes());
    for (name, on) in [("good", "orders"), ("lost", "nothing"), ("behind", "lost")] {
        world
            .mongo
            .create("shop", name, rawdoc! { "viewOn": on, "pipeline": [] }.into_bytes());
    }
    assert_eq!(name(world.dump().await), "DumpIncomplete");
    let manifest = world.manifest().await.unwrap();
    let expected = [
        ("shop.behind".to_owned(), SkipReason::Broken, None),
        ("shop.lost".to_owned(), SkipReason::Broken, None),
        ("shop.system.views".to_owned(), SkipReason::System, None),
    ];
    assert_eq!(skipped(&manifest), expected);
    assert_eq!(manifest.collections().len(), 2);
}

#[tokio::test]
async fn a_range_without_an_order_begins_again_after_a_failure() {
    let mut world = World::start().await;
    world.mongo.create(
        "logs",
        "ring",
        rawdoc! { "capped": true, "size": 1_000_000 }.into_bytes(),
    );
    for id in 0..4_000 {
        world
            .mongo
            .insert_raw("logs", "ring", rawdoc! { "_id": 4_000 - id, "text": "x" }.into_bytes());
    }
    world.limits.batch_bytes = 1 << 14;
    world.mongo.fault(Fault {
        namespace: "logs.ring".to_owned(),
        ..fault("getMore", 2, 2, FaultKind::KillCursor)
    });
    complete(world.dump().await);
    assert!(world.restored().await["logs.ring"] == world.mongo.documents("logs", "ring"));
}

fn user(password: &str) -> User {
    User::new("dump", password)
}

#[tokio::test]
async fn a_refused_login_is_named_and_a_secret_rotated_meanwhile_is_read_again() {
    let options = Options {
        users: vec![user("hunter2")],
        ..Options::default()
    };
    let mut world = World::with(options).await;
    students(&mut world, Ids::ObjectId);
    world.limits.read_attempts = 3;
    // Rotated in the database only.
    world.mongo.set_user(user("hunter3"));
    let failure = world.dump().await.unwrap_err();
    assert_eq!(failure.name, "MongoLoginRefused");
    assert!(!failure.message.contains("hunter"), "{}", failure.message);

    let gate = world.mongo.gate(Gate {
        command: "saslContinue".to_owned(),
        ..Gate::default()
    });
    let rotate = async {
        gate.reached().await;
        let uri = world.mongo.uri_of(&user("hunter3"));
        world.set_secret(&serde_json::json!({ "uri": uri }).to_string()).await;
        gate.open();
    };
    let (dumped, ()) = tokio::join!(world.dump(), rotate);
    complete(dumped);
    world.assert_equal_to_the_deployment().await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_trusted_is_no_connection() {
    let folder = tempfile::tempdir().unwrap();
    for (tls, is_good) in [(Tls::Valid, true), (Tls::Expired, false), (Tls::OtherHost, false)] {
        let options = Options {
            tls: Some(tls),
            ..Options::default()
        };
        let mongo = MongoEmulator::start(options).unwrap();
        let authority = folder.path().join("ca.pem");
        std::fs::write(&authority, mongo.ca_pem().unwrap()).unwrap();
        let uri = format!(
            "{}&tlsCAFile={}&serverSelectionTimeoutMS=300",
            mongo.uri(),
            authority.display()
        );
        let mut world = World::before(mongo, &uri).await;
        students(&mut world, Ids::ObjectId);
        world.limits.read_attempts = 2;
        let result = world.handle(Action::Dump).await;
        if is_good {
            complete(result);
        } else {
            assert_eq!(name(result), "MongoUnreachable", "{tls:?}");
        }
    }
}
