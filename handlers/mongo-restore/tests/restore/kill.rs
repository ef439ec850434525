//! Killed at every step, and the same command again.

use std::time::Duration;

use mongo_emulator::Gate;
use mongodb::bson::{DateTime, doc};

use crate::dump::{Dump, Made, bytes};
use crate::process::start;
use crate::world::World;

fn dump() -> Dump {
    let options = doc! {"timeseries": {"timeField": "t"}};
    let readings = (0..60).map(|number| bytes(&doc! {"t": DateTime::from_millis(number), "v": number}));
    Dump::of(vec![
        Made::numbered("shop.capped", 50).options(&doc! {"capped": true, "size": 1_048_576}),
        Made::numbered("shop.orders", 130)
            .index(&doc! {"v": 2, "key": {"name": 1}, "name": "name", "unique": true})
            .index(&doc! {"v": 2, "key": {"at": 1}, "name": "ttl", "expireAfterSeconds": 3600}),
        Made::time_series("shop.readings", &options, readings.collect()),
        Made::view("shop.view", &doc! {"viewOn": "orders", "pipeline": []}),
    ])
}

/// Holds a command that is carried out and not answered yet.
fn gate(command: &str, skip: u32) -> Gate {
    Gate {
        command: command.to_owned(),
        skip,
        ..Gate::default()
    }
}

/// Kills the command where the gate holds it; `false`: it came to its end.
async fn killed_at(world: &World, gate: Gate, more: &[&str]) -> bool {
    let held = world.mongo.gate(gate);
    let mut running = start(world.command("restore", more));
    let reached = loop {
        if tokio::time::timeout(Duration::from_millis(20), held.reached())
            .await
            .is_ok()
        {
            break true;
        }
        if running.is_over() {
            break false;
        }
    };
    if reached {
        running.kill();
    }
    held.open();
    world.the_leases_end();
    reached
}

async fn every_step_of(command: &str, more: &[&str]) {
    let mut steps = 0;
    for skip in 0.. {
        let world = World::start().await;
        let dump = dump();
        world.store(&dump).await;
        if more.contains(&"drop") {
            world
                .mongo
                .insert_raw("shop", "orders", bytes(&doc! {"_id": 1, "name": "theirs"}));
        }
        if !killed_at(&world, gate(command, skip), more).await {
            break;
        }
        steps += 1;
        let again = world.run("restore", more).await;
        assert_eq!(again.code, Some(0), "{command} {skip}: {again:?}");
        world.assert_restored(&dump);
        assert_eq!(world.mongo.indexes("shop", "orders").len(), 3, "{command} {skip}");
        assert!(world.mongo.options("shop", "view").is_some(), "{command} {skip}");
    }
    assert!(steps > 0, "{command} is never sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_killed_at_an_insert_goes_on() {
    every_step_of("insert", &[]).await;
}

/// The content before a note is the content after the command before it, and the other tests kill at that command.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_killed_after_a_note_goes_on() {
    every_step_of("update", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_killed_while_it_makes_collections_and_indexes_goes_on() {
    every_step_of("create", &[]).await;
    every_step_of("createIndexes", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_killed_while_it_drops_goes_on() {
    every_step_of("drop", &["--conflict", "drop"]).await;
    every_step_of("insert", &["--conflict", "drop"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_killed_while_it_cleans_up_is_over() {
    // The documents are there and compared: the note is gone, so the same command meets a target that is not empty.
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    let drop = Gate {
        namespace: "lectern_restore.*".to_owned(),
        ..gate("drop", 0)
    };
    assert!(killed_at(&world, drop, &[]).await);
    assert_eq!(world.run("verify", &[]).await.code, Some(0));
    let again = world.run("restore", &[]).await;
    assert!(again.stderr.contains("TargetNotEmpty"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_killed_twice_goes_on() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    for skip in [3, 0, 0] {
        assert!(killed_at(&world, gate("insert", skip), &[]).await);
    }
    assert_eq!(world.run("restore", &[]).await.code, Some(0));
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_goes_on_with_its_own_dump_when_there_is_a_newer_one() {
    let world = World::start().await;
    let dump = dump();
    world.store(&dump).await;
    assert!(killed_at(&world, gate("insert", 2), &[]).await);
    let newer = Dump::of(vec![Made::numbered("shop.orders", 3)]).at("20260507T000000Z-bbbbbb");
    world.store(&newer).await;
    let again = world.run("restore", &[]).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(again.json()["used"], dump.run.to_string());
    assert_eq!(again.json()["resumed"], true);
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_command_does_not_take_over_what_a_killed_one_left() {
    let world = World::start().await;
    world.store(&dump()).await;
    assert!(killed_at(&world, gate("insert", 2), &[]).await);
    let other = world.run("restore", &["--ttl", "defer"]).await;
    assert_eq!(other.code, Some(1));
    assert!(other.stderr.contains("TargetNotEmpty"), "{other:?}");
}

/// What the note says of a namespace is not believed a second time: somebody may have dropped it since.
#[tokio::test(flavor = "multi_thread")]
async fn a_collection_that_went_between_two_commands_is_never_passed_over() {
    let mut steps = 0;
    for skip in 0.. {
        let world = World::start().await;
        let dump = dump();
        world.store(&dump).await;
        if !killed_at(&world, gate("update", skip), &[]).await {
            break;
        }
        steps += 1;
        let client = mongodb::Client::with_uri_str(world.mongo.uri()).await.unwrap();
        let orders = client.database("shop").collection::<mongodb::bson::Document>("orders");
        orders.drop().await.unwrap();
        let again = world.run("restore", &[]).await;
        if again.code == Some(0) {
            world.assert_restored(&dump);
        } else {
            assert!(again.stderr.contains("ContentDiffers"), "{skip}: {again:?}");
        }
    }
    assert!(steps > 5, "{steps}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_took_the_place_of_a_killed_one_leaves_nothing_to_go_on_with() {
    let world = World::start().await;
    world.store(&dump()).await;
    assert!(killed_at(&world, gate("insert", 2), &[]).await);
    let drop = world.run("restore", &["--conflict", "drop"]).await;
    assert_eq!(drop.code, Some(0), "{drop:?}");
    let first = world.run("restore", &[]).await;
    assert!(first.stderr.contains("TargetNotEmpty"), "{first:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_was_left_for_days_is_not_gone_on_with() {
    let world = World::start().await;
    world.store(&dump()).await;
    assert!(killed_at(&world, gate("insert", 2), &[]).await);
    let days_ago = 25 * 3_600_000;
    world.change_leases("killed", |state| {
        state["seen_ms"] = (state["seen_ms"].as_u64().unwrap() - days_ago).into();
    });
    let again = world.run("restore", &[]).await;
    assert!(again.stderr.contains("TargetNotEmpty"), "{again:?}");
}
