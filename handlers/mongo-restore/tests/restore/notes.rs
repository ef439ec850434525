//! What a restore notes in the target costs no more than what it restores.

use mongodb::bson::doc;

use crate::dump::{Dump, Made};
use crate::world::World;

/// Commands that wrote notes, and their bytes, for a restore of `collections` collections of one document.
async fn notes(collections: usize) -> (usize, usize) {
    let world = World::start().await;
    let index = doc! {"v": 2, "key": {"name": 1}, "name": "name"};
    let made = (0..collections).map(|number| Made::numbered(&format!("shop.c{number:05}"), 1).index(&index));
    let dump = Dump::of(made.collect());
    world.store(&dump).await;
    world.handle(&world.event("restore")).await.unwrap();
    world.assert_restored(&dump);
    let calls = world.mongo.calls().into_iter();
    let notes: Vec<_> = calls
        .filter(|call| call.namespace.starts_with("lectern_restore"))
        .filter(|call| ["insert", "update", "delete"].contains(&call.command.as_str()))
        .collect();
    (notes.len(), notes.iter().map(|call| call.request_bytes).sum())
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_grow_with_the_namespaces_and_not_with_their_square() {
    let (few, few_bytes) = notes(40).await;
    let (many, many_bytes) = notes(160).await;
    // Three steps of each namespace, and the restore's own beginning, with room for a renewed lease on a slow machine.
    assert!(many <= 3 * 160 + 20, "{many} notes");
    assert!(many <= 4 * few, "{few}, then {many} notes");
    assert!(many_bytes <= 160 * 1_500 + 20_000, "{many_bytes} bytes");
    assert!(2 * many_bytes <= 9 * few_bytes, "{few_bytes}, then {many_bytes} bytes");
}
