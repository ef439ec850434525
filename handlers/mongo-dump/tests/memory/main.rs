//! The memory of the real binary, in a program of its own: Cargo runs those one after another, and beside other tests, which take the
//! processor away from it, more waits in it to be sent.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "of what it shares with the other tests it needs a part")]

#[path = "../dump/function.rs"]
mod function;
#[path = "../dump/world.rs"]
mod world;

use dump_format::payload::Action;
use lambda_emulator::Ended;
use mongo_emulator::Corpus;

use crate::function::Function;
use crate::world::World;

const MIB: u64 = 1 << 20;

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
