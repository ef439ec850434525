//! What a target refuses, or a dump has lost, keeps nothing else out.

use mongo_emulator::{Fault, FaultKind, code};
use mongo_restore::Failed;
use mongo_restore::answer::{Answer, Outcome};
use mongodb::bson::{Bson, DateTime, doc};
use serde_json::{Value, json};

use crate::dump::{Dump, Made, bytes};
use crate::world::{World, sorted};

/// Eight collections in the way of which nothing is, and one more.
fn with(one_more: Made) -> Dump {
    let index = doc! {"v": 2, "key": {"name": 1}, "name": "name"};
    let ttl = doc! {"v": 2, "key": {"at": 1}, "name": "ttl", "expireAfterSeconds": 3600};
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let good = names.map(|name| Made::numbered(&format!("shop.{name}"), 50).index(&index).index(&ttl));
    let mut made = good.to_vec();
    made.push(one_more);
    made.sort_by_key(|made| made.collection.clone());
    Dump::of(made)
}

fn assert_good_ones_are_there(world: &World, dump: &Dump) {
    for made in dump.made.iter().filter(|made| made.collection.len() == 1) {
        let found = sorted(world.mongo.documents("shop", &made.collection));
        assert!(found == sorted(made.documents.clone()), "{}", made.collection);
        assert_eq!(
            world.mongo.indexes("shop", &made.collection).len(),
            3,
            "{}",
            made.collection
        );
    }
}

async fn in_part(world: &World, event: &Value) -> (Answer, String) {
    let Failed { failure, answer } = world.handle(event).await.unwrap_err();
    assert_eq!(failure.name, "RestoredInPart", "{}", failure.message);
    let answer = *answer.unwrap();
    assert_eq!(answer.outcome, Outcome::RestoredInPart);
    (answer, failure.message)
}

fn without(mut event: Value, name: &str) -> Value {
    event["namespaces"] = json!({"include": ["*"], "exclude": [name]});
    event
}

fn refusing(command: &str, namespace: &str, message: &str) -> Fault {
    Fault {
        command: command.to_owned(),
        namespace: namespace.to_owned(),
        kind: FaultKind::Refuse {
            code: code::INVALID_OPTIONS,
            message: message.to_owned(),
            labels: Vec::new(),
        },
        ..Fault::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_that_is_refused_is_named_and_the_others_are_restored() {
    let world = World::start().await;
    let dump = with(Made::numbered("shop.bad", 5));
    world.store(&dump).await;
    world.mongo.fault(refusing(
        "create",
        "shop.bad",
        "the option 'flags' is gone: { secret: \"hunter2\" }",
    ));
    let event = world.event("restore");
    let (answer, message) = in_part(&world, &event).await;
    assert_good_ones_are_there(&world, &dump);
    assert_eq!(answer.inserted, 8 * 50);
    assert!(answer.differences.is_empty(), "{answer:?}");
    let refused = serde_json::to_value(&answer.refused).unwrap();
    assert_eq!(refused[0]["namespace"], "shop.bad");
    for words in [
        "1 of 9 namespaces",
        "shop.bad",
        "72 InvalidOptions",
        "the option 'flags' is gone",
    ] {
        assert!(message.contains(words), "{words}: {message}");
    }
    assert!(!message.contains("hunter2"), "{message}");

    // The same command tries it again and reports the same; without it, the other namespaces are complete, and the restore ends.
    let (again, _) = in_part(&world, &event).await;
    assert_eq!((again.resumed, again.inserted), (true, 8 * 50));
    let answer = world.handle(&without(event, "shop.bad")).await.unwrap();
    assert_eq!((answer.outcome, answer.inserted), (Outcome::Restored, 8 * 50));
    assert_good_ones_are_there(&world, &dump);
    world.assert_nothing_of_its_own();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_restores_what_was_refused_when_it_is_refused_no_longer() {
    for command in ["create", "insert", "find"] {
        let world = World::start().await;
        let dump = with(Made::numbered("shop.bad", 90));
        world.store(&dump).await;
        world.mongo.fault(refusing(command, "shop.bad", ""));
        let event = world.event("restore");
        in_part(&world, &event).await;
        assert_good_ones_are_there(&world, &dump);
        world.mongo.clear_faults();
        world.handle(&event).await.unwrap();
        world.assert_restored(&dump);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_are_refused_are_named_and_the_others_are_restored() {
    let world = World::start().await;
    let mut documents: Vec<_> = (0..100)
        .map(|id| bytes(&doc! {"_id": id, "secret": "hunter2"}))
        .collect();
    documents.insert(3, bytes(&doc! {"_id": [1, 2], "secret": "hunter2"}));
    documents.insert(77, bytes(&doc! {"_id": ["x"], "secret": "hunter2"}));
    let dump = with(Made::collection("shop.bad", documents.clone()));
    world.store(&dump).await;
    let event = world.event("restore");
    let (answer, message) = in_part(&world, &event).await;
    assert_good_ones_are_there(&world, &dump);
    assert_eq!(answer.inserted, 8 * 50 + 100);
    assert_eq!(world.mongo.documents("shop", "bad").len(), 100);
    assert!(answer.differences.is_empty(), "the rest was compared: {answer:?}");
    let refused = serde_json::to_value(&answer.refused).unwrap();
    let text = "The '_id' value cannot be of type array";
    let expected = json!([
        {"id": r#"[{"$numberInt":"1"},{"$numberInt":"2"}]"#, "code": 53, "message": text},
        {"id": r#"["x"]"#, "code": 53, "message": text},
    ]);
    assert_eq!(
        (&refused[0]["documents"], &refused[0]["number"]),
        (&expected, &json!(2))
    );
    for words in ["shop.bad", "2 documents", r#"["x"]"#, "53", text] {
        assert!(message.contains(words), "{words}: {message}");
    }
    assert!(!message.contains("hunter2"), "{message}");
    // Once more they are refused again, and counted once.
    let (again, _) = in_part(&world, &event).await;
    assert_eq!((again.inserted, again.present), (8 * 50, 100));
    assert_eq!(again.refused, answer.refused);
    world.handle(&without(event, "shop.bad")).await.unwrap();
    world.assert_nothing_of_its_own();
}

/// A document that is lost besides those that are refused is no less of a difference.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_beside_refused_documents_is_noticed() {
    let world = World::start().await;
    let mut documents: Vec<_> = (0..30).map(|id| bytes(&doc! {"_id": id})).collect();
    documents.push(bytes(&doc! {"_id": [1]}));
    let dump = Dump::of(vec![Made::collection("shop.bad", documents)]);
    world.store(&dump).await;
    let gate = world.mongo.gate(mongo_emulator::Gate {
        command: "find".to_owned(),
        namespace: "shop.bad".to_owned(),
        before: true,
        ..Default::default()
    });
    let event = world.event("restore");
    let (failed, ()) = tokio::join!(world.handle(&event), async {
        gate.reached().await;
        world.mongo.delete_raw("shop", "bad", &bytes(&doc! {"_id": 5}));
        gate.open();
    });
    let answer = failed.unwrap_err().answer.unwrap();
    assert_eq!((answer.differences.len(), answer.refused.len()), (1, 1), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_and_a_time_series_that_are_refused_keep_nothing_out() {
    for (name, made) in [
        (
            "shop.bad",
            Made::view("shop.bad", &doc! {"viewOn": "a", "pipeline": []}),
        ),
        (
            "shop.bad",
            Made::time_series(
                "shop.bad",
                &doc! {"timeseries": {"timeField": "t"}},
                vec![bytes(&doc! {"t": DateTime::from_millis(0)})],
            ),
        ),
    ] {
        let world = World::start().await;
        let dump = with(made);
        world.store(&dump).await;
        world.mongo.fault(refusing("create", name, ""));
        let (answer, _) = in_part(&world, &world.event("restore")).await;
        assert_good_ones_are_there(&world, &dump);
        assert_eq!(answer.refused[0].namespace, name);
        world.mongo.clear_faults();
        world.handle(&world.event("restore")).await.unwrap();
        world.assert_restored(&dump);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_with_a_refusal_fails_and_leaves_nothing() {
    let world = World::start().await;
    let dump = with(Made::collection(
        "shop.bad",
        vec![bytes(&doc! {"_id": [1]}), bytes(&doc! {"_id": 1})],
    ));
    world.store(&dump).await;
    in_part(&world, &world.event("drill")).await;
    assert!(world.mongo.counts().is_empty(), "{:?}", world.mongo.counts());
}

/// Only what a command of the same kind restored of the same dump is gone on with.
#[tokio::test(flavor = "multi_thread")]
async fn another_command_than_one_with_fewer_namespaces_does_not_go_on() {
    let world = World::start().await;
    let dump = with(Made::numbered("shop.bad", 5));
    world.store(&dump).await;
    world.mongo.fault(refusing("create", "shop.bad", ""));
    let event = world.event("restore");
    in_part(&world, &event).await;
    let newer = dump.clone().at("20260507T000000Z-bbbbbb");
    world.store(&newer).await;
    let mut named = without(event.clone(), "shop.bad");
    named["dump_id"] = json!(newer.run);
    assert_eq!(world.refused(&named).await.0, "TargetNotEmpty");
    let mut deferred = without(event.clone(), "shop.bad");
    deferred["ttl"] = json!("defer");
    assert_eq!(world.refused(&deferred).await.0, "TargetNotEmpty");
    // `latest` is still the dump that it was.
    let answer = world.handle(&without(event, "shop.bad")).await.unwrap();
    assert_eq!(answer.used, dump.run);
}

fn stamp(time: u32) -> Bson {
    Bson::Timestamp(mongodb::bson::Timestamp { time, increment: 0 })
}

fn empty_timestamps() -> Dump {
    Dump::of(vec![
        Made::collection(
            "shop.stamps",
            vec![
                bytes(&doc! {"_id": 1, "at": stamp(0)}),
                bytes(&doc! {"_id": 2, "at": stamp(5)}),
                bytes(&doc! {"_id": stamp(0), "in": {"at": stamp(0)}}),
                bytes(&doc! {"_id": 4, "a": 1, "at": stamp(0), "b": 2}),
            ],
        ),
        Made::time_series(
            "shop.times",
            &doc! {"timeseries": {"timeField": "t"}},
            vec![bytes(&doc! {"t": DateTime::from_millis(0), "at": stamp(0)})],
        ),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_timestamp_comes_back_as_it_was() {
    let world = World::start().await;
    let dump = empty_timestamps();
    world.store(&dump).await;
    world.handle(&world.event("restore")).await.unwrap();
    world.assert_restored(&dump);
    world.handle(&world.event("drill")).await.unwrap();
    // Put back over another document too.
    let other = bytes(&doc! {"_id": 4, "mine": true});
    assert!(world.mongo.replace_raw("shop", "stamps", &other));
    let mut event = world.event("restore");
    event["conflict"] = json!("merge");
    event["namespaces"] = json!({"include": ["shop.stamps"]});
    let answer = world.handle(&event).await.unwrap();
    assert_eq!((answer.replaced, answer.present), (1, 3));
    assert!(
        world
            .mongo
            .documents("shop", "stamps")
            .contains(&dump.made[0].documents[3])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_would_replace_empty_timestamps_is_said_to_and_gets_the_other_documents() {
    let world = World::with(mongo_emulator::Options {
        knows_empty_timestamps: false,
        ..Default::default()
    })
    .await;
    let dump = empty_timestamps();
    world.store(&dump).await;
    let (answer, message) = in_part(&world, &world.event("restore")).await;
    assert_eq!(answer.refused[0].number, 2);
    assert_eq!(
        world.mongo.documents("shop", "stamps"),
        [dump.made[0].documents[1].clone(), dump.made[0].documents[2].clone()]
    );
    for words in ["shop.stamps", "2 documents", "Timestamp(0, 0)", "7.0.13"] {
        assert!(message.contains(words), "{words}: {message}");
    }
    assert!(answer.differences.is_empty(), "{answer:?}");
}

/// A named dump of which one part, or one description, is gone.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_named_dump_has_lost_keeps_nothing_else_out() {
    let dump = with(Made::numbered("shop.bad", 90));
    let meta = dump.key(dump_format::key::Object::Meta(
        dump_format::names::Namespace::new("shop", "bad").unwrap(),
    ));
    for key in [dump.part_key("shop.bad", 0, 1), meta] {
        let world = World::start().await;
        world.store(&dump).await;
        let whole = world.get(&key).await;
        world.delete(&key).await;
        // A collection that exists in its place in the target stays.
        let theirs = bytes(&doc! {"_id": "theirs"});
        world.mongo.insert_raw("shop", "bad", theirs.clone());
        let mut event = world.event("dry_run");
        event["dump_id"] = json!(dump.run);
        let (name, message) = world.refused(&event).await;
        assert_eq!(name, "DumpNotComplete", "{message}");
        assert!(
            message.contains("1 of 9 namespaces cannot be restored") && message.contains("shop.bad"),
            "{message}"
        );
        world.handle(&without(event.clone(), "shop.bad")).await.unwrap();

        event["mode"] = json!("restore");
        event["conflict"] = json!("drop");
        let (answer, message) = in_part(&world, &event).await;
        assert_good_ones_are_there(&world, &dump);
        assert_eq!(world.mongo.documents("shop", "bad"), [theirs]);
        let tail = key.rsplit('/').next().unwrap();
        assert!(
            message.contains("DumpNotComplete") && message.contains(tail),
            "{message}"
        );
        assert_eq!(answer.refused.len(), 1);
        // When replication has come that far, the same command does the rest.
        world.put(&key, whole).await;
        let answer = world.handle(&event).await.unwrap();
        assert_eq!((answer.outcome, answer.resumed), (Outcome::Restored, true));
        world.assert_restored(&dump);
    }
}

/// A part that goes, or is put into an archive, after the dump was chosen.
#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_cannot_be_read_keeps_nothing_else_out() {
    use aws_front::{Effect, Rule};
    for (status, code, name) in [
        (404, "NoSuchKey", "DumpNotComplete"),
        (403, "InvalidObjectState", "SourceUnreadable"),
    ] {
        let world = World::start().await;
        let dump = with(Made::numbered("shop.bad", 90));
        world.store(&dump).await;
        let rule = Rule::on("GetObject").path("bad/00000-00001").always();
        world.front.script(rule.effect(Effect::refusal(status, code, "gone")));
        let (answer, message) = in_part(&world, &world.event("restore")).await;
        assert_good_ones_are_there(&world, &dump);
        assert!(message.contains(name), "{code}: {message}");
        assert_eq!(answer.refused[0].reason.as_ref().unwrap().name, name);
    }
}
