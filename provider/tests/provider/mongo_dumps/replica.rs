//! A replica's bucket, where a manifest may be there before its parts.

use serde_json::Value;

use crate::mongo_dumps::world::{TestDump, World};

#[tokio::test]
async fn a_manifest_without_all_its_objects_is_replicating_and_passed_over_with_a_warning() {
    let world = World::start().await;
    let (older, newer) = (TestDump::at(1_778_000_000), TestDump::at(1_778_090_400));
    world.dump(&older).await;
    let objects = newer.objects();
    world.put(&newer.manifest_key(), newer.manifest().render()).await;
    world.point_at(&newer).await;
    for there in 0..objects.len() {
        let missing = objects.len() - there;
        let (state, warning) = world.with_a_warning(world.config()).await;
        let dump = &state["dumps"][0];
        assert_eq!(dump["status"], "replicating");
        assert_eq!(dump["missing_objects"], missing);
        assert_eq!(state["dumps"][1]["status"], "complete");
        assert_eq!(state["latest"]["run_id"], older.run().to_string());
        assert_eq!(
            (warning.path.as_str(), warning.summary.as_str()),
            ("latest", "Newer dumps are not complete yet.")
        );
        let words = match missing {
            1 => format!("{}: 1 object is missing", newer.run()),
            missing => format!("{}: {missing} objects are missing", newer.run()),
        };
        assert!(warning.detail.contains(&words), "{}", warning.detail);
        assert!(warning.detail.contains(&older.run().to_string()), "{}", warning.detail);
        let (key, bytes) = &objects[there];
        world.put(key, bytes.clone()).await;
    }
    let state = world.quietly(world.config()).await;
    assert_eq!(state["latest"]["run_id"], newer.run().to_string());
    assert_eq!(state["latest"]["missing_objects"], Value::Null);
}

#[tokio::test]
async fn an_object_of_another_size_is_missing() {
    let world = World::start().await;
    let dump = TestDump::at(1_778_000_000);
    world.dump(&dump).await;
    world.put(&dump.objects()[0].0, "part").await;
    let (state, warning) = world.with_a_warning(world.config()).await;
    assert_eq!(state["dumps"][0]["missing_objects"], 1);
    assert_eq!(state["latest"], Value::Null);
    assert!(
        warning.detail.contains("There is no complete dump"),
        "{}",
        warning.detail
    );
}

#[tokio::test]
async fn what_is_replicating_and_older_than_the_latest_is_no_warning() {
    let world = World::start().await;
    let (older, newer) = (TestDump::at(1_778_000_000), TestDump::at(1_778_090_400));
    world.put(&older.manifest_key(), older.manifest().render()).await;
    world.dump(&newer).await;
    let state = world.quietly(world.config()).await;
    assert_eq!(state["dumps"][1]["status"], "replicating");
    assert_eq!(state["latest"]["run_id"], newer.run().to_string());
}

#[tokio::test]
async fn an_incomplete_dump_whose_objects_are_on_their_way_is_replicating_first() {
    let world = World::start().await;
    let dump = TestDump {
        gap: true,
        ..TestDump::at(1_778_000_000)
    };
    world.put(&dump.manifest_key(), dump.manifest().render()).await;
    let (state, _) = world.with_a_warning(world.config()).await;
    assert_eq!(state["dumps"][0]["status"], "replicating");
    world.put_all(dump.objects()).await;
    let state = world.quietly(world.config()).await;
    assert_eq!(state["dumps"][0]["status"], "incomplete");
}
