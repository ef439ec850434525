//! The law: what is called complete is what the source held at the time that the manifest states, on every topology, whatever
//! happened while it was dumped. Without a snapshot it is what no change touched, and nothing that never was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use aws_front::{Effect, Rule};
use dump_format::manifest::Consistency;
use dump_format::payload::Action;
use futures::StreamExt as _;
use futures::future::{join_all, select};
use lambda_kit::Deadline;
use mongo_dump::Answer;
use mongo_emulator::{Fault, FaultKind, Gate, MongoEmulator, Options, Topology};
use mongodb::bson::rawdoc;

use crate::world::World;

const DATABASE: &str = "school";
const NAMES: [&str; 4] = ["algebra", "botany", "chemistry", "drama"];
/// Each has its own cloud's bucket and its own deployment; most of its time it waits.
const SIDE_BY_SIDE: usize = 6;
const CASES: u64 = 36;
/// A run that never gets to its end is no counterexample, and too many of them would leave nothing to see.
const PATIENCE: Duration = Duration::from_secs(120);

/// Something that a client does while the dump runs.
#[derive(Debug, Clone, Copy)]
enum Change {
    Insert(&'static str, i32),
    Replace(&'static str, i32),
    Delete(&'static str, i32),
    Rename(&'static str, &'static str),
    Drop(&'static str),
    Create(&'static str),
}

/// Something that goes wrong.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    LostCursor(u32),
    LostConnection(u32),
    Killed(u32),
    HandedOver,
    SnapshotGone(u32),
    LateWriter,
}

#[derive(Debug)]
struct Case {
    shards: u32,
    snapshot: bool,
    /// Each with the command that it comes before or after.
    changes: Vec<(Gate, Change)>,
    troubles: Vec<Trouble>,
}

fn gate(command: &str, skip: u32, before: bool) -> Gate {
    Gate {
        command: command.to_owned(),
        skip,
        before,
        ..Gate::default()
    }
}

impl Case {
    fn of(seed: u64) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed);
        let changes = (0..dice.usize(0..5)).map(|_| {
            let (name, other, id) = (
                dice.choice(NAMES).unwrap_or(NAMES[0]),
                dice.choice(NAMES).unwrap_or(NAMES[0]),
                dice.i32(0..90),
            );
            let change = match dice.u8(0..10) {
                0..=2 => Change::Insert(name, 1_000 + id),
                3 | 4 => Change::Replace(name, id),
                5 | 6 => Change::Delete(name, id),
                7 => Change::Rename(name, other),
                8 => Change::Drop(name),
                _ => Change::Create(name),
            };
            let command = dice.choice(["listCollections", "find", "getMore", "getMore", "getMore"]);
            let gate = gate(command.unwrap_or("find"), dice.u32(0..5), dice.bool());
            (gate, change)
        });
        let changes = changes.collect();
        let troubles = (0..dice.usize(0..4)).map(|_| {
            let skip = dice.u32(0..8);
            match dice.u8(0..8) {
                0 | 1 => Trouble::LostCursor(skip),
                2 => Trouble::LostConnection(skip),
                3 | 4 => Trouble::Killed(skip),
                5 => Trouble::HandedOver,
                6 => Trouble::SnapshotGone(skip),
                _ => Trouble::LateWriter,
            }
        });
        Self {
            troubles: troubles.collect(),
            changes,
            shards: dice.u32(1..4),
            snapshot: dice.u8(0..3) > 0,
        }
    }

    fn options(&self) -> Options {
        let topology = if self.shards == 1 {
            Options::default().topology
        } else {
            Topology::Sharded
        };
        Options {
            topology,
            shards: self.shards,
            ..Options::default()
        }
    }

    fn has(&self, which: impl Fn(&Trouble) -> bool) -> bool {
        self.troubles.iter().any(which)
    }
}

/// Documents by `_id` of every collection.
type Content = BTreeMap<String, BTreeSet<Vec<u8>>>;

fn content(mongo: &MongoEmulator) -> Content {
    let names = mongo.counts().into_keys().filter(|name| name.starts_with(DATABASE));
    names
        .map(|namespace| {
            let (database, collection) = namespace.split_once('.').unwrap();
            let documents = mongo.documents(database, collection).into_iter().collect();
            (namespace.clone(), documents)
        })
        .collect()
}

/// What the deployment held from each time on.
struct History(Mutex<Vec<((u32, u32), Content)>>);

impl History {
    fn begin(mongo: &MongoEmulator) -> Self {
        Self(Mutex::new(vec![(mongo.cluster_time(), content(mongo))]))
    }

    /// Nobody else writes, and one change is made at a time.
    fn make(&self, mongo: &MongoEmulator, change: Change) {
        let mut history = self.0.lock().unwrap();
        let document = |id: i32, v: i32| rawdoc! { "_id": id, "v": v, "text": "x".repeat(150) }.into_bytes();
        match change {
            Change::Insert(name, id) => {
                // A real server takes no second one with this `_id` on a shard.
                mongo.delete_raw(DATABASE, name, &document(id, 0));
                mongo.insert_raw(DATABASE, name, document(id, 0));
            }
            Change::Replace(name, id) => {
                mongo.replace_raw(DATABASE, name, &document(id, 1));
            }
            Change::Delete(name, id) => {
                mongo.delete_raw(DATABASE, name, &document(id, 0));
            }
            Change::Rename(from, to) => {
                mongo.rename_collection((DATABASE, from), (DATABASE, to));
            }
            Change::Drop(name) => {
                mongo.drop_collection(DATABASE, name);
            }
            Change::Create(name) => {
                mongo.create(DATABASE, name, rawdoc! {}.into_bytes());
            }
        }
        history.push((mongo.cluster_time(), content(mongo)));
    }

    fn at(&self, time: (u32, u32)) -> Content {
        let history = self.0.lock().unwrap();
        let then = history.iter().rev().find(|(from, _)| *from <= time);
        then.unwrap().1.clone()
    }

    /// In all of them, and in any of them.
    fn always_and_ever(&self) -> (Content, Content) {
        let history = self.0.lock().unwrap();
        let (mut always, mut ever) = (history[0].1.clone(), history[0].1.clone());
        for (_, content) in history.iter() {
            always.retain(|name, _| content.contains_key(name));
            for (name, documents) in content {
                ever.entry(name.clone()).or_default().extend(documents.iter().cloned());
                if let Some(always) = always.get_mut(name) {
                    always.retain(|document| documents.contains(document));
                }
            }
        }
        (always, ever)
    }
}

/// Puts the troubles in the dump's way that happen by themselves.
fn prepare(world: &World, case: &Case) {
    for trouble in &case.troubles {
        let (skip, kind) = match trouble {
            Trouble::LostCursor(skip) => (*skip, FaultKind::KillCursor),
            Trouble::LostConnection(skip) => (*skip, FaultKind::ResetMidReply),
            Trouble::SnapshotGone(skip) => {
                // 246 SnapshotUnavailable
                let refusal = FaultKind::Refuse {
                    code: 246,
                    message: String::new(),
                    labels: Vec::new(),
                };
                (*skip, refusal)
            }
            _ => continue,
        };
        world.mongo.fault(Fault {
            command: "getMore".to_owned(),
            namespace: format!("{DATABASE}.*"),
            skip,
            times: Some(1),
            kind,
            ..Fault::default()
        });
    }
    if case.has(|trouble| matches!(trouble, Trouble::HandedOver)) {
        let accepted = Effect::Answer {
            status: 202,
            body: String::new(),
        };
        world.front.script(Rule::on("Invoke").always().effect(accepted));
    }
}

/// Runs the dump's invocations one after the other, those that are killed and those that hand over among them, to the end of the
/// run. Whether it is complete.
async fn invoke(world: &World, case: &Case) -> bool {
    let began = Instant::now();
    for trouble in &case.troubles {
        match *trouble {
            Trouble::Killed(skip) => {
                let killed = world.mongo.gate(gate("getMore", skip, true));
                let work = Box::pin(world.dump());
                select(work, Box::pin(killed.reached())).await;
                killed.open();
            }
            Trouble::HandedOver => {
                let mut settings = world.settings().await;
                settings.deadline = Deadline::after(Duration::from_secs(6));
                mongo_dump::handle(&world.event(Action::Dump).render(), &settings)
                    .await
                    .ok();
            }
            _ => {}
        }
    }
    loop {
        match world.dump().await {
            // A killed invocation's lease has to end first.
            Ok(Answer::Busy { .. } | Answer::HandedOver { .. }) if began.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            Ok(Answer::Complete(_) | Answer::AlreadyComplete(_)) => return true,
            _ => return false,
        }
    }
}

/// Whether the dump was complete, and then a snapshot.
async fn holds(seed: u64) -> Option<bool> {
    let case = Case::of(seed);
    let mut world = World::with(case.options()).await;
    world.limits.batch_bytes = 3_000;
    world.limits.object_bytes = 1_500;
    world.limits.lease = Duration::from_secs(4);
    if !case.snapshot {
        world.fields.read_concern = "majority".to_owned();
    }
    if case.has(|trouble| matches!(trouble, Trouble::LateWriter)) {
        world.keep_versions().await;
    }
    for (name, documents) in NAMES.into_iter().zip([90, 40, 5]) {
        for id in 0..documents {
            let document = rawdoc! { "_id": id, "v": 0, "text": "x".repeat(150) };
            world.mongo.insert_raw(DATABASE, name, document.into_bytes());
        }
    }
    let history = History::begin(&world.mongo);
    prepare(&world, &case);
    let gates: Vec<_> = case
        .changes
        .iter()
        .map(|(gate, change)| (world.mongo.gate(gate.clone()), *change))
        .collect();

    let is_complete = {
        // Changes wait for their commands beside the dump, and those whose commands never come are not made.
        let changes = join_all(gates.iter().map(|(gate, change)| async {
            gate.reached().await;
            history.make(&world.mongo, *change);
            gate.open();
        }));
        let changes = async {
            changes.await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            is_complete = invoke(&world, &case) => is_complete,
            () = changes => unreachable!("they wait for ever"),
        }
    };
    if !is_complete {
        return None;
    }
    let manifest = world.manifest().await.unwrap();
    if case.has(|trouble| matches!(trouble, Trouble::LateWriter)) {
        // What a function sent before it lost its lease may arrive when another has ended the run.
        let folder = world.location().run_folder(world.run());
        for part in manifest.parts() {
            let key = format!("{folder}{}", String::from(part.key.clone()));
            world.put(&key, b"late".to_vec()).await;
        }
    }
    let dumped = world.read_back(&manifest).await;
    for (namespace, documents) in &dumped {
        let different: BTreeSet<_> = documents.iter().collect();
        assert_eq!(
            different.len(),
            documents.len(),
            "seed {seed}: {namespace} has a document twice: {case:?}"
        );
    }
    let dumped: Content = dumped
        .into_iter()
        .map(|(namespace, documents)| (namespace, documents.into_iter().collect()))
        .collect();
    let Consistency::Snapshot { cluster_time } = manifest.header().consistency else {
        let (always, ever) = history.always_and_ever();
        for (namespace, documents) in &always {
            let there = dumped
                .get(namespace)
                .unwrap_or_else(|| panic!("seed {seed}: {namespace} is missing: {case:?}"));
            assert!(
                documents.is_subset(there),
                "seed {seed}: {namespace} lacks documents: {case:?}"
            );
        }
        for (namespace, documents) in &dumped {
            let known = ever
                .get(namespace)
                .unwrap_or_else(|| panic!("seed {seed}: {namespace} never was: {case:?}"));
            assert!(
                documents.is_subset(known),
                "seed {seed}: {namespace} has what never was: {case:?}"
            );
        }
        return Some(false);
    };
    let expected = history.at((cluster_time.t, cluster_time.i));
    assert_eq!(
        dumped.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>(),
        "seed {seed}: {case:?}"
    );
    for (namespace, documents) in &expected {
        assert!(dumped[namespace] == *documents, "seed {seed}: {namespace}: {case:?}");
    }
    Some(true)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_complete_is_what_the_source_held_whatever_happened_meanwhile() {
    let ended: Vec<_> = futures::stream::iter(0..CASES)
        .map(holds)
        .buffer_unordered(SIDE_BY_SIDE)
        .collect()
        .await;
    // The law would hold of a dump that is never complete, too.
    let snapshots = ended.iter().filter(|ended| **ended == Some(true)).count();
    let ranges = ended.iter().filter(|ended| **ended == Some(false)).count();
    assert!(snapshots >= 8 && ranges >= 4, "{ended:?}");
}
