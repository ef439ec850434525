//! Which dump is taken.

use dump_format::key::Object;
use mongo_restore::DumpState;
use serde_json::json;

use crate::dump::{Dump, Made};
use crate::world::World;

const IDS: [&str; 5] = [
    "20260506T180000Z-00000a",
    "20260506T120000Z-00000b",
    "20260430T180000Z-00000c",
    "20251231T180000Z-00000d",
    "20251231T120000Z-00000e",
];

/// The first is the newest; the number of documents tells them apart.
fn dump(at: usize) -> Dump {
    let documents = i32::try_from(at + 1).unwrap();
    Dump::of(vec![Made::numbered("shop.orders", documents)]).at(IDS[at])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_that_is_complete_and_all_there_is_taken_and_the_others_are_named() {
    let world = World::start().await;
    // The newest is still being copied, the next has a gap, of the third the manifest is cut, the fourth never ended.
    let newest = dump(0);
    world.store(&newest).await;
    world.delete(&newest.part_key("shop.orders", 0, 0)).await;
    for (key, body) in dump(1).with_a_gap().objects() {
        world.put(&key, body).await;
    }
    for (key, mut body) in dump(2).objects() {
        if key.ends_with("manifest.json") {
            body.truncate(100);
        }
        world.put(&key, body).await;
    }
    for (key, body) in dump(3).objects() {
        if !key.ends_with("manifest.json") {
            world.put(&key, body).await;
        }
    }
    for (key, body) in dump(4).objects() {
        world.put(&key, body).await;
    }
    let answer = world.handle(&world.event("restore")).await.unwrap();
    assert_eq!(answer.used.to_string(), IDS[4]);
    let passed_over: Vec<_> = answer
        .passed_over
        .iter()
        .map(|dump| (dump.run.to_string(), dump.state, dump.missing))
        .collect();
    let expected = [
        (IDS[0].to_owned(), DumpState::Replicating, 1),
        (IDS[1].to_owned(), DumpState::Incomplete, 0),
        (IDS[2].to_owned(), DumpState::Damaged, 0),
        (IDS[3].to_owned(), DumpState::NoManifest, 1),
    ];
    assert_eq!(passed_over, expected);
    assert_eq!(world.mongo.documents("shop", "orders").len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_is_not_the_one_latest_names_is_not_taken() {
    let world = World::start().await;
    world.store(&dump(1)).await;
    world.store(&dump(0)).await;
    // Somebody's manifest of the same run, consistent in itself.
    let other = Dump::of(vec![Made::numbered("shop.orders", 1), Made::numbered("shop.other", 0)]).at(IDS[0]);
    for (key, body) in other.objects() {
        world.put(&key, body).await;
    }
    let answer = world.handle(&world.event("dry_run")).await.unwrap();
    assert_eq!(answer.used.to_string(), IDS[1]);
    assert_eq!(answer.passed_over[0].state, DumpState::Damaged);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_usable_pointer_the_manifests_are_walked() {
    let world = World::start().await;
    for at in [1, 2] {
        world.store(&dump(at)).await;
    }
    let (pointer, _) = dump(1).latest();
    for broken in [Some(b"{".to_vec()), Some(br#"{"version":2}"#.to_vec()), None] {
        match broken {
            Some(bytes) => world.put(&pointer, bytes).await,
            None => world.delete(&pointer).await,
        }
        let answer = world.handle(&world.event("dry_run")).await.unwrap();
        assert_eq!(answer.used.to_string(), IDS[1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_complete_dump_the_failure_says_what_there_is() {
    let world = World::start().await;
    let (name, message) = world.refused(&world.event("dry_run")).await;
    assert_eq!(
        (name, message.as_str()),
        ("NoCompleteDump", "no complete dump is below mongo/main/")
    );
    for (key, body) in dump(0).with_a_gap().objects() {
        world.put(&key, body).await;
    }
    let (name, message) = world.refused(&world.event("dry_run")).await;
    assert_eq!(name, "NoCompleteDump");
    assert!(message.contains("20260506T180000Z-00000a, is incomplete"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_that_is_named_is_taken_or_refused_and_no_other_is() {
    let world = World::start().await;
    world.store(&dump(1)).await;
    world.store(&dump(0)).await;
    let mut event = world.event("dry_run");
    event["dump_id"] = json!(IDS[1]);
    assert_eq!(world.handle(&event).await.unwrap().used.to_string(), IDS[1]);
    world
        .delete(&dump(1).key(Object::Meta(dump(1).made[0].namespace())))
        .await;
    let (name, message) = world.refused(&event).await;
    assert_eq!(name, "DumpNotComplete");
    assert!(
        message.contains("1 objects are not there, meta/shop/orders.json among them"),
        "{message}"
    );
    event["dump_id"] = json!(IDS[2]);
    assert_eq!(world.refused(&event).await.0, "DumpNotFound");
    // A dump with a gap is restored when it is named, and the answer reports the gap.
    let gap = dump(3).with_a_gap();
    for (key, body) in gap.objects() {
        world.put(&key, body).await;
    }
    event["dump_id"] = json!(IDS[3]);
    event["mode"] = json!("restore");
    let answer = world.handle(&event).await.unwrap();
    assert_eq!(answer.not_in_dump.len(), 1);
}
