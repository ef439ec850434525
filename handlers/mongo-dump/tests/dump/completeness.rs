//! Complete means complete: what is hidden, named, moved, too old or too slow is never left out in silence.

use std::time::Duration;

use dump_format::key::Object;
use dump_format::manifest::{Consistency, Kind, NoSnapshot, Outcome, SkipReason};
use dump_format::payload::Action;
use lambda_kit::Deadline;
use mongo_emulator::{Corpus, Fault, FaultKind, Gate, Ids, Options, Topology, code};
use mongodb::bson::{RawDocument, rawdoc};

use crate::world::{World, complete, name, shown};

fn students(world: &mut World) {
    world.limits.batch_bytes = 40_000;
    let corpus = Corpus {
        documents: 400,
        ids: Ids::ObjectId,
        ..Corpus::default()
    };
    world.mongo.generate("school", "students", corpus);
}

fn refuse(command: &str, namespace: &str, skip: u32, times: u32, code: i32) -> Fault {
    Fault {
        command: command.to_owned(),
        namespace: namespace.to_owned(),
        skip,
        times: Some(times),
        kind: FaultKind::Refuse {
            code,
            message: String::new(),
            labels: Vec::new(),
        },
        ..Fault::default()
    }
}

fn insert(world: &World, database: &str, collection: &str, id: i32) {
    world
        .mongo
        .insert_raw(database, collection, rawdoc! { "_id": id }.into_bytes());
}

fn skipped(manifest: &dump_format::manifest::Manifest) -> Vec<(String, SkipReason)> {
    let skipped = manifest.skipped().iter();
    skipped.map(|it| (it.namespace.to_string(), it.reason)).collect()
}

#[tokio::test]
async fn a_database_that_the_user_is_not_told_of_is_a_gap_where_a_pattern_may_mean_it() {
    for (include, exclude, is_gap) in [
        ("*", None, true),
        ("*.students", None, true),
        ("sch*", None, true),
        ("school.*", None, false),
        ("*", Some("vault.*"), true),
    ] {
        let mut world = World::start().await;
        students(&mut world);
        insert(&world, "vault", "keys", 1);
        world.mongo.hide("vault");
        world.fields.include = vec![include.to_owned()];
        world.fields.exclude = exclude.map(str::to_owned).into_iter().collect();
        let result = world.dump().await;
        let manifest = world.manifest().await.unwrap();
        if is_gap {
            assert_eq!(name(result), "DumpIncomplete", "{include}");
            assert_eq!(manifest.outcome(), Outcome::Incomplete);
            assert!(skipped(&manifest).contains(&("*.*".to_owned(), SkipReason::NotAllowed)));
            assert!(world.latest().await.is_none());
        } else {
            complete(result);
        }
        assert_eq!(
            manifest.totals().documents,
            400,
            "what can be read is dumped all the same"
        );
    }
}

#[tokio::test]
async fn what_include_names_and_is_never_dumped_is_a_gap() {
    for (include, exclude, gap) in [
        ("admin.groups", None, Some("admin.*")),
        ("admin.*", None, Some("admin.*")),
        ("school.system.js", None, Some("school.system.js")),
        ("*.system.js", None, Some("school.system.js")),
        ("*", None, None),
        ("*.groups", None, None),
        ("admin.groups", Some("admin.*"), None),
        ("school.system.js", Some("*.system.*"), None),
    ] {
        let mut world = World::start().await;
        students(&mut world);
        insert(&world, "admin", "groups", 1);
        insert(&world, "school", "system.js", 1);
        insert(&world, "__mdb_internal_search", "indexes", 1);
        world.fields.include = vec!["school.students".to_owned(), include.to_owned()];
        world.fields.exclude = exclude.map(str::to_owned).into_iter().collect();
        let result = world.dump().await;
        let manifest = world.manifest().await.unwrap();
        let named: Vec<_> = skipped(&manifest)
            .into_iter()
            .filter(|(_, reason)| reason.is_a_gap())
            .collect();
        match gap {
            Some(gap) => {
                assert_eq!(name(result), "DumpIncomplete", "{include}");
                assert_eq!(named, [(gap.to_owned(), SkipReason::SystemNamed)], "{include}");
            }
            None => {
                complete(result);
                assert_eq!(named, [], "{include}");
            }
        }
        let cloud = ("__mdb_internal_search.*".to_owned(), SkipReason::System);
        assert!(skipped(&manifest).contains(&cloud));
    }
}

/// The `listCollections` of the database that is held, from the first: the list before the time, and the list after it.
#[tokio::test]
async fn a_rename_while_the_dump_is_planned_hides_nothing() {
    for (command, skip) in [("find", 0), ("listCollections", 1)] {
        for read_concern in ["snapshot", "majority"] {
            if (command, read_concern) == ("find", "majority") {
                // There is no time that is asked for.
                continue;
            }
            let mut world = World::start().await;
            students(&mut world);
            world.fields.read_concern = read_concern.to_owned();
            insert(&world, "school", "apples", 1);
            let before = world.mongo.documents("school", "students");
            let gate = world.mongo.gate(Gate {
                command: command.to_owned(),
                namespace: "school*".to_owned(),
                skip,
                // After the time, and before the second list.
                before: command == "listCollections",
            });
            let rename = async {
                gate.reached().await;
                assert!(
                    world
                        .mongo
                        .rename_collection(("school", "students"), ("school", "pupils"))
                );
                gate.open();
            };
            let (dumped, ()) = tokio::join!(world.dump(), rename);
            let report = complete(dumped);
            assert_eq!(report.documents, 401, "{command} {read_concern}");
            assert!(world.restored().await["school.pupils"] == before);
        }
    }
}

#[tokio::test]
async fn renames_without_end_while_the_dump_is_planned_are_a_gap() {
    let mut world = World::start().await;
    students(&mut world);
    world.limits.read_pause = Duration::from_millis(32);
    insert(&world, "school", "apples", 1);
    let gate = |world: &World| {
        world.mongo.gate(Gate {
            command: "listCollections".to_owned(),
            namespace: "school".to_owned(),
            skip: 0,
            before: true,
        })
    };
    let rename = async {
        let mut next = gate(&world);
        for n in 0..12 {
            let held = next;
            held.reached().await;
            next = gate(&world);
            let name = |n: usize| {
                if n == 0 {
                    "students".to_owned()
                } else {
                    format!("students{n}")
                }
            };
            world
                .mongo
                .rename_collection(("school", &name(n)), ("school", &name(n + 1)));
            held.open();
        }
        next.open();
    };
    let failed = tokio::select! {
        failed = world.dump() => failed,
        () = async { rename.await; std::future::pending().await } => unreachable!(),
    };
    assert_eq!(name(failed), "DumpIncomplete");
    let manifest = world.manifest().await.unwrap();
    assert!(
        skipped(&manifest)
            .iter()
            .any(|(namespace, reason)| { namespace.starts_with("school.students") && *reason == SkipReason::Vanished }),
        "{:?}",
        manifest.skipped()
    );
}

#[tokio::test]
async fn list_and_time_are_asked_of_the_primary() {
    let mut world = World::start().await;
    students(&mut world);
    complete(world.dump().await);
    let calls = world.mongo.calls();
    let mut asked = calls
        .iter()
        .filter(|call| ["listDatabases", "listCollections"].contains(&call.command.as_str()))
        .chain(calls.iter().find(|call| call.command == "find"));
    // Drivers send no read preference where it is primary.
    assert!(asked.all(|call| call.read_preference.as_deref().is_none_or(|mode| mode == "primary")));
}

#[tokio::test]
async fn a_snapshot_that_is_refused_once_is_asked_for_again_and_the_metric_says_what_came_of_it() {
    // The first find asks for the time, and the second reads.
    for (skip, times, is_snapshot) in [(0, 1, true), (1, 1, true), (1, 2, false), (0, 2, false)] {
        let mut world = World::start().await;
        students(&mut world);
        world
            .mongo
            .fault(refuse("find", "school.*", skip, times, code::SNAPSHOT_UNAVAILABLE));
        let report = complete(world.dump().await);
        let unavailable = Consistency::PerRange {
            reason: NoSnapshot::Unavailable,
            code: Some(code::SNAPSHOT_UNAVAILABLE),
        };
        if is_snapshot {
            assert!(matches!(report.consistency, Consistency::Snapshot { .. }), "{report:?}");
        } else {
            assert_eq!(report.consistency, unavailable, "{skip} {times}");
        }
        assert_eq!(world.metric("Snapshot"), [f64::from(u8::from(is_snapshot))]);
        world.assert_equal_to_the_deployment().await;
    }
    let mut world = World::start().await;
    students(&mut world);
    world.fields.read_concern = "majority".to_owned();
    complete(world.dump().await);
    assert_eq!(world.metric("Snapshot"), [0.0; 0], "nobody asked for one");
}

#[tokio::test]
async fn an_event_that_requires_a_snapshot_fails_where_there_is_none() {
    // A standalone has none.
    let mut world = World::with(Options {
        topology: Topology::Standalone,
        ..Options::default()
    })
    .await;
    students(&mut world);
    world.require_snapshot = true;
    let failure = world.dump().await.unwrap_err();
    assert_eq!(failure.name, "SnapshotMissing");
    assert!(failure.message.contains("code 123"), "{}", failure.message);
    assert!(world.manifest().await.is_none());

    // One that gets too old in the middle.
    let mut world = World::start().await;
    students(&mut world);
    world.require_snapshot = true;
    let gate = world.mongo.gate(Gate {
        command: "getMore".to_owned(),
        namespace: "school.*".to_owned(),
        skip: 2,
        before: true,
    });
    let expire = async {
        gate.reached().await;
        world.mongo.expire_snapshots();
        world.mongo.fault(Fault {
            command: "getMore".to_owned(),
            namespace: "school.*".to_owned(),
            times: Some(1),
            kind: FaultKind::KillCursor,
            ..Fault::default()
        });
        gate.open();
    };
    let (failed, ()) = tokio::join!(world.dump(), expire);
    let failure = failed.unwrap_err();
    assert_eq!(failure.name, "SnapshotMissing");
    assert!(failure.message.contains("school.students"), "{}", failure.message);
    assert!(world.manifest().await.is_none());
    assert_eq!(world.metric("Failed"), [1.0]);

    // And a whole one.
    let mut world = World::start().await;
    students(&mut world);
    world.require_snapshot = true;
    complete(world.dump().await);
}

#[tokio::test]
async fn ranges_are_as_large_as_is_read_in_a_quarter_of_the_window() {
    let mut world = World::with(Options {
        // With 15 MiB a second a range has 3.75 MiB.
        snapshot_history: Duration::from_secs(1),
        ..Options::default()
    })
    .await;
    let corpus = Corpus {
        documents: 15_000,
        document_bytes: 1 << 10,
        ..Corpus::default()
    };
    world.mongo.generate("school", "films", corpus);
    world.limits.least_range_bytes = 1;
    world.limits.reply = Duration::from_secs(60);
    let count = async |world: &World| {
        let json = shown(&world.handle(Action::Plan).await.unwrap());
        json["ranges"].as_array().unwrap().len()
    };
    assert_eq!(count(&world).await, 4);
    // Nothing hurries without a snapshot.
    world.fields.read_concern = "majority".to_owned();
    world.scheduled += 3_600;
    world.mongo.clear_calls();
    let lease = world.location().render(&dump_format::key::Key::Lease);
    world
        .s3
        .delete_object()
        .bucket(&world.bucket)
        .key(&lease)
        .send()
        .await
        .unwrap();
    assert_eq!(count(&world).await, 1);
}

#[tokio::test]
async fn a_plan_that_takes_too_long_fails_by_name_and_counts() {
    let mut world = World::start().await;
    students(&mut world);
    world.limits.reply = Duration::from_secs(60);
    world.mongo.fault(Fault {
        command: "listIndexes".to_owned(),
        namespace: "school.*".to_owned(),
        kind: FaultKind::Hang,
        ..Fault::default()
    });
    world.deadline = Deadline::after(Duration::from_secs(3));
    let failure = world.dump().await.unwrap_err();
    assert_eq!(failure.name, "OutOfTime");
    assert_eq!(world.metric("Failed"), [1.0]);
    assert!(world.get(&world.key(Object::Plan)).await.is_none());
}

#[tokio::test]
async fn a_collection_whose_sample_takes_too_long_is_not_split_and_is_dumped() {
    let slow = [
        FaultKind::Hang,
        FaultKind::Refuse {
            code: code::MAX_TIME_MS_EXPIRED,
            message: String::new(),
            labels: Vec::new(),
        },
    ];
    // The first aggregation asks for the size, the second takes the sample.
    for (skip, kind) in [0, 1]
        .into_iter()
        .flat_map(|skip| slow.iter().map(move |kind| (skip, kind.clone())))
    {
        let mut world = World::start().await;
        students(&mut world);
        world.limits.range_bytes = 40_000;
        world.limits.reply = Duration::from_secs(2);
        world.mongo.fault(Fault {
            command: "aggregate".to_owned(),
            namespace: "school.students".to_owned(),
            skip,
            kind: kind.clone(),
            ..Fault::default()
        });
        let json = shown(&world.handle(Action::Plan).await.unwrap());
        assert_eq!(json["ranges"].as_array().unwrap().len(), 1, "{kind:?}");
        let asked = world
            .mongo
            .calls()
            .iter()
            .filter(|call| call.command == "aggregate")
            .count();
        assert_eq!(asked, 1 + skip as usize, "once: it would take as long again");
        let range = dump_format::names::Ordinal::new(0).unwrap();
        world.handle(Action::Range(range)).await.unwrap();
        assert_eq!(complete(world.handle(Action::Commit).await).documents, 400);
        world.assert_equal_to_the_deployment().await;
    }
}

async fn heat(options: Options) -> World {
    let mut world = World::with(options).await;
    world.limits.batch_bytes = 40_000;
    let options = rawdoc! { "timeseries": { "timeField": "at" } };
    world.mongo.create("logs", "heat", options.into_bytes());
    for id in 0..300 {
        let bucket = rawdoc! { "_id": id, "control": { "version": 1 }, "data": { "at": "x".repeat(900) } };
        world
            .mongo
            .insert_raw("logs", "system.buckets.heat", bucket.into_bytes());
    }
    world
}

#[tokio::test]
async fn a_time_series_is_dumped_by_its_buckets_and_resumed_like_a_collection() {
    for topology in [Topology::default(), Topology::Sharded] {
        let world = heat(Options {
            topology,
            ..Options::default()
        })
        .await;
        world.mongo.fault(Fault {
            command: "getMore".to_owned(),
            namespace: "logs.system.buckets.heat".to_owned(),
            skip: 2,
            times: Some(3),
            kind: FaultKind::KillCursor,
            ..Fault::default()
        });
        let report = complete(world.dump().await);
        assert!(matches!(report.consistency, Consistency::Snapshot { .. }), "{report:?}");
        let manifest = world.manifest().await.unwrap();
        let [heat] = manifest.collections() else {
            panic!("{:?}", manifest.collections())
        };
        assert_eq!(
            (heat.kind, heat.buckets, heat.totals.documents),
            (Kind::TimeSeries, true, 300)
        );
        let mut there = world.mongo.documents("logs", "system.buckets.heat");
        there.sort();
        let mut restored = world.restored().await["logs.heat"].clone();
        restored.sort();
        assert!(restored == there);
        assert_eq!(world.meta("logs", "heat").await.kind, Kind::TimeSeries);
        // Reading went on: what was given was not read again.
        let finds = world.mongo.calls().iter().filter(|call| call.command == "find").count();
        assert!(finds >= 4, "{finds}");
    }
}

#[tokio::test]
async fn a_time_series_is_split_like_a_collection() {
    let mut world = heat(Options::default()).await;
    world.limits.range_bytes = 90_000;
    let json = shown(&world.handle(Action::Plan).await.unwrap());
    let ranges = json["ranges"].as_array().unwrap().len();
    assert!(ranges >= 3, "{ranges}");
    for range in 0..ranges {
        let range = dump_format::names::Ordinal::new(u32::try_from(range).unwrap()).unwrap();
        world.handle(Action::Range(range)).await.unwrap();
    }
    assert_eq!(complete(world.handle(Action::Commit).await).documents, 300);
}

#[tokio::test]
async fn without_rights_on_the_buckets_the_measurements_are_read() {
    let world = heat(Options::default()).await;
    let measurement = rawdoc! { "at": 1, "degrees": 21 };
    world.mongo.insert_raw("logs", "heat", measurement.into_bytes());
    world.mongo.fault(Fault {
        command: "find".to_owned(),
        namespace: "logs.system.buckets.heat".to_owned(),
        kind: FaultKind::Refuse {
            code: code::UNAUTHORIZED,
            message: String::new(),
            labels: Vec::new(),
        },
        ..Fault::default()
    });
    complete(world.dump().await);
    let manifest = world.manifest().await.unwrap();
    let heat = &manifest.collections()[0];
    assert_eq!(
        (heat.kind, heat.buckets, heat.totals.documents),
        (Kind::TimeSeries, false, 1)
    );
    assert!(world.restored().await["logs.heat"] == world.mongo.documents("logs", "heat"));
}

#[tokio::test]
async fn shard_keys_and_zones_are_in_the_description() {
    let mut world = World::with(Options {
        topology: Topology::Sharded,
        ..Options::default()
    })
    .await;
    students(&mut world);
    insert(&world, "school", "apples", 1);
    let key = rawdoc! { "school": 1, "_id": "hashed" }.into_bytes();
    let bound = |n: i32| rawdoc! { "school": n, "_id": 0 }.into_bytes();
    let (from, to, end) = (bound(1), bound(2), bound(3));
    let zones: [(&[u8], &[u8], &str); 2] = [(&from, &to, "EU"), (&to, &end, "US")];
    world.mongo.shard_collection("school", "students", &key, &zones);
    complete(world.dump().await);
    let sharding = world.meta("school", "students").await.sharding.unwrap();
    let definition = RawDocument::from_bytes(&sharding.definition.0).unwrap();
    assert_eq!(definition.get_document("key").unwrap().as_bytes(), key);
    let tags = sharding.zones.iter().map(|zone| {
        let zone = RawDocument::from_bytes(&zone.0).unwrap();
        zone.get_str("tag").unwrap()
    });
    assert_eq!(tags.collect::<Vec<_>>(), ["EU", "US"]);
    assert!(world.meta("school", "apples").await.sharding.is_none());

    // Without rights on config the dump is complete, and says that shard keys are not in it.
    world.scheduled += 3_600;
    world.mongo.fault(Fault {
        command: "find".to_owned(),
        namespace: "config.*".to_owned(),
        kind: FaultKind::Refuse {
            code: code::UNAUTHORIZED,
            message: String::new(),
            labels: Vec::new(),
        },
        ..Fault::default()
    });
    complete(world.dump().await);
    assert!(world.meta("school", "students").await.sharding.is_none());
    let manifest = world.manifest().await.unwrap();
    let skipped = manifest
        .skipped()
        .iter()
        .find(|skipped| skipped.reason == SkipReason::ShardKeys);
    let skipped = skipped.map(|skipped| (skipped.namespace.to_string(), skipped.code));
    assert_eq!(
        skipped,
        Some(("config.collections".to_owned(), Some(code::UNAUTHORIZED)))
    );
}
