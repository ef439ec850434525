//! Memory stays where it is, however large the dump.

use mongo_emulator::{Corpus, MongoEmulator, Options};

use crate::dump::{Dump, Made};
use crate::process::{peak_kib, start};
use crate::world::World;

/// Peak memory of the real binary while it restores `documents` documents of 10 kB, in parts of 1,000: even the small dump has two parts, so
/// that the next part is read ahead while one is decoded, as in a large dump.
async fn peak(documents: u64) -> u64 {
    let world = World::start().await;
    let source = MongoEmulator::start(Options::default()).unwrap();
    let corpus = Corpus {
        documents,
        document_bytes: 10_000,
        ..Corpus::default()
    };
    source.generate("a", "b", corpus);
    let mut dump = Dump::of(vec![Made::collection("shop.orders", source.documents("a", "b"))]);
    dump.documents_per_part = 1_000;
    world.store(&dump).await;
    // The note's removal is the last thing it does.
    let held = world.mongo.gate(mongo_emulator::Gate {
        command: "drop".to_owned(),
        namespace: "lectern_restore.*".to_owned(),
        before: true,
        ..Default::default()
    });
    let running = start(world.command("restore", &[]));
    held.reached().await;
    let peak = peak_kib(running.id()).unwrap();
    held.open();
    peak
}

#[tokio::test(flavor = "multi_thread")]
async fn four_times_the_documents_take_the_same_memory_below_70_mb() {
    let (small, large) = (peak(2_000).await, peak(8_000).await);
    assert!(large < 70_000, "{large} KiB");
    assert!(large < small + 12_000, "{small} KiB, then {large} KiB");
}
