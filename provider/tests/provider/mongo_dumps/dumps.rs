//! What the data source reports about existing dumps.

use dump_format::key::Key;
use serde_json::{Value, json};
use tfplugin6_harness::UNKNOWN;

use crate::mongo_dumps::world::{HOUR, TYPE, TestDump, World, location, now, runs, with};

#[tokio::test]
async fn an_empty_bucket_has_no_dumps_and_no_age() {
    let world = World::start().await;
    let state = world.quietly(world.config()).await;
    assert_eq!(state["id"], format!("{}/mongo/main", world.bucket));
    assert_eq!(state["region"], "us-east-1");
    assert_eq!(state["limit"], Value::Null);
    assert_eq!(state["dumps"], json!([]));
    assert_eq!(state["latest"], Value::Null);
    assert_eq!(state["age_seconds"], Value::Null);
}

#[tokio::test]
async fn dumps_are_listed_newest_first_with_all_that_their_manifests_say() {
    let world = World::start().await;
    // Days, months and years apart, and two on one day.
    let dumps = [0, 6, 24, 24 * 40, 24 * 400].map(|hours| TestDump::at(1_778_090_400 - hours * HOUR));
    for dump in &dumps {
        world.dump(dump).await;
    }
    world.point_at(&dumps[0]).await;
    // What else is below the prefix is not the dump's.
    for key in [
        "mongo/main/lease.json",
        "mongo/main/2026/05/06/notes.txt",
        "mongo/main/2026/05/06/20260506T180000Z-ZZZZZZ/manifest.json",
        "mongo/main/2026/05/07/20260506T180000Z-1a2b3c/manifest.json",
        "mongo/main/old/05/06/x/manifest.json",
        "mongo/main2/2026/05/06/20260506T180000Z-1a2b3c/manifest.json",
    ] {
        world.put(key, "{}").await;
    }
    let state = world.quietly(world.config()).await;
    let ids = dumps.iter().map(|dump| dump.run().to_string());
    assert_eq!(runs(&state), ids.collect::<Vec<_>>());
    let (run, folder) = (dumps[0].run(), dumps[0].folder());
    let newest = json!({
        "run_id": run.to_string(),
        "status": "complete",
        "started": "2026-05-06T18:00:02Z",
        "finished": "2026-05-06T18:01:00Z",
        "scheduled_time": "2026-05-06T18:00:00Z",
        "documents": 20,
        "bytes": 12,
        "consistency": "snapshot",
        "cluster_time": "2026-05-06T18:00:01Z",
        "manifest_key": format!("{folder}manifest.json"),
        "uri": format!("s3://{}/mongo/main/2026/05/06/{run}", world.bucket),
        "missing_objects": null,
        "tool": "mongo-dump 0.1.0",
    });
    assert_eq!(state["dumps"][0], newest);
    assert_eq!(state["latest"], newest);
}

#[tokio::test]
async fn the_age_counts_from_the_cluster_time_and_without_one_from_the_start() {
    let world = World::start().await;
    let begun = now();
    world.dump(&TestDump::at(begun - 5 * HOUR)).await;
    let state = world.quietly(world.config()).await;
    let age = state["age_seconds"].as_i64().unwrap();
    assert!((5 * HOUR - 1..=now() - begun + 5 * HOUR).contains(&age), "{age}");

    let per_range = TestDump {
        snapshot: false,
        ..TestDump::at(begun - 3 * HOUR)
    };
    world.dump(&per_range).await;
    let state = world.quietly(world.config()).await;
    assert_eq!(state["latest"]["consistency"], "per_range");
    assert_eq!(state["latest"]["cluster_time"], Value::Null);
    let age = state["age_seconds"].as_i64().unwrap();
    assert!((3 * HOUR - 2..=now() - begun + 3 * HOUR).contains(&age), "{age}");

    // Clocks differ, and no age is below zero.
    world.dump(&TestDump::at(begun + 24 * HOUR)).await;
    assert_eq!(world.quietly(world.config()).await["age_seconds"], 0);
}

#[tokio::test]
async fn only_a_complete_dump_is_the_latest() {
    let world = World::start().await;
    let complete = TestDump::at(1_778_000_000);
    let incomplete = TestDump {
        gap: true,
        ..TestDump::at(1_778_090_400)
    };
    let empty = TestDump {
        parts: 0,
        ..TestDump::at(1_778_100_000)
    };
    for dump in [&complete, &incomplete, &empty] {
        world.dump(dump).await;
    }
    let state = world.quietly(world.config()).await;
    let statuses: Vec<_> = (0..3).map(|at| state["dumps"][at]["status"].clone()).collect();
    assert_eq!(statuses, ["empty", "incomplete", "complete"]);
    assert_eq!(state["latest"]["run_id"], complete.run().to_string());
}

#[tokio::test]
async fn a_run_without_a_manifest_is_not_there_and_does_not_count() {
    let world = World::start().await;
    let dumps = [1_778_000_000, 1_778_010_000].map(TestDump::at);
    world.dump(&dumps[0]).await;
    world.put_all(dumps[1].objects()).await;
    let state = world.quietly(with(&world.config(), "limit", json!(1))).await;
    assert_eq!(runs(&state), [dumps[0].run().to_string()]);
}

#[tokio::test]
async fn the_latest_is_found_beyond_the_limit_where_the_pointer_leads_to_it() {
    let world = World::start().await;
    let complete = TestDump::at(1_778_000_000);
    world.dump(&complete).await;
    for day in 1..4 {
        world
            .dump(&TestDump {
                gap: true,
                ..TestDump::at(1_778_000_000 + day * 24 * HOUR)
            })
            .await;
    }
    let config = with(&world.config(), "limit", json!(2));
    assert_eq!(world.quietly(config.clone()).await["latest"], Value::Null);
    world.point_at(&complete).await;
    let state = world.quietly(config).await;
    assert_eq!(runs(&state).len(), 2);
    assert_eq!(state["latest"]["run_id"], complete.run().to_string());
}

#[tokio::test]
async fn a_pointer_that_does_not_fit_is_a_warning() {
    let world = World::start().await;
    let (older, newer) = (TestDump::at(1_778_000_000), TestDump::at(1_778_090_400));
    world.dump(&older).await;
    let pointer = location().render(&Key::Latest);

    world.point_at(&newer).await;
    let (state, nowhere) = world.with_a_warning(world.config()).await;
    assert_eq!(nowhere.summary, "latest.json does not match the dumps.");
    assert!(nowhere.detail.contains(&newer.run().to_string()) && nowhere.detail.contains("no manifest"));
    assert_eq!(state["latest"]["run_id"], older.run().to_string());

    world.dump(&newer).await;
    world.quietly(world.config()).await;
    let mut replaced = newer.manifest().render();
    replaced.push(b'\n');
    world.put(&newer.manifest_key(), replaced).await;
    let (state, other) = world.with_a_warning(world.config()).await;
    assert!(
        other.detail.contains("SHA-256") && other.detail.contains(&newer.run().to_string()),
        "{other:?}"
    );
    assert_eq!(state["latest"]["run_id"], newer.run().to_string());
    let (_, beyond) = world.with_a_warning(with(&world.config(), "limit", json!(1))).await;
    assert_eq!(beyond.detail, other.detail);

    world.put(&pointer, r#"{"version":2}"#).await;
    let (_, unknown) = world.with_a_warning(world.config()).await;
    assert!(
        unknown.detail.contains(&pointer) && unknown.detail.contains("version 2"),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn a_manifest_that_cannot_be_read_is_a_warning_with_its_key_and_no_dump() {
    let world = World::start().await;
    let good = TestDump::at(1_778_000_000);
    world.dump(&good).await;
    let bad = TestDump::at(1_778_090_400);
    let text = String::from_utf8(bad.manifest().render()).unwrap();
    let foreign = TestDump::at(1_778_111_111).manifest().render();
    for (case, bytes, words) in [
        ("no JSON", b"<html>".to_vec(), "not a JSON object"),
        ("nothing", Vec::new(), "not a JSON object"),
        (
            "a version to come",
            text.replace("\"version\": 1", "\"version\": 2").into_bytes(),
            "version 2 is not known",
        ),
        (
            "a contradiction",
            text.replace("\"documents\": 20", "\"documents\": 21").into_bytes(),
            "contradicts itself",
        ),
        (
            "cut off",
            text.as_bytes()[..text.len() / 2].to_vec(),
            "not a JSON object",
        ),
        (
            "an unknown field",
            text.replace("\"tool\":", "\"colour\": 1,\n  \"tool\":").into_bytes(),
            "colour",
        ),
        ("another run's", foreign, "belongs to run 20260506T"),
    ] {
        world.put(&bad.manifest_key(), bytes).await;
        let (state, warning) = world.with_a_warning(world.config()).await;
        assert_eq!(warning.summary, "Manifests cannot be read.", "{case}");
        assert!(
            warning.detail.contains(&bad.manifest_key()),
            "{case}: {}",
            warning.detail
        );
        assert!(warning.detail.contains(words), "{case}: {}", warning.detail);
        assert_eq!(runs(&state), [good.run().to_string()], "{case}");
        assert_eq!(state["latest"]["run_id"], good.run().to_string(), "{case}");
    }
    // A dump that the pointer leads to is reported once.
    world.point_at(&bad).await;
    world.with_a_warning(world.config()).await;
}

#[tokio::test]
async fn many_manifests_that_cannot_be_read_are_one_warning() {
    let world = World::start().await;
    let bad = (0..13).map(|hour| (TestDump::at(1_778_000_000 + hour * HOUR).manifest_key(), b"{}".to_vec()));
    world.put_all(bad.collect()).await;
    let (state, warning) = world.with_a_warning(world.config()).await;
    assert_eq!(state["dumps"], json!([]));
    assert_eq!(warning.detail.matches("/manifest.json: version (missing)").count(), 10);
    assert!(warning.detail.contains("and 3 more"), "{}", warning.detail);
}

#[tokio::test]
async fn malformed_values_are_told_at_plan_without_repeating_them() {
    let world = World::start().await;
    let good = world.config();
    for (attribute, value, words) in [
        ("bucket", json!("s3://hunter2"), "lower-case letters"),
        ("prefix", json!("/hunter2/"), "single slashes"),
        ("cluster", json!("mongodb://u:hunter2@h"), "letters, digits, hyphens"),
        ("role_arn", json!("hunter2"), "arn:aws:iam::<account>:role/<name>"),
        ("region", json!("Frankfurt"), "eu-central-1"),
        ("limit", json!(0), "from 1 to 1000"),
        ("limit", json!(1001), "from 1 to 1000"),
        ("limit", json!(2.5), "from 1 to 1000"),
    ] {
        let outcome = world.read(with(&good, attribute, value)).await;
        let error = outcome.diagnostics.only_error().unwrap();
        assert_eq!(error.path, attribute);
        assert!(error.detail.contains(words), "{attribute}: {}", error.detail);
        assert!(!error.detail.contains("hunter2"), "{attribute}: {}", error.detail);
    }
    assert_eq!(world.front.calls(), []);
}

/// The harness reads nothing that Terraform would not: it stops at an unknown value, and what is left is the validation.
#[tokio::test]
async fn values_that_are_not_known_yet_are_no_errors() {
    let world = World::start().await;
    for attribute in ["bucket", "prefix", "cluster", "role_arn", "region", "limit"] {
        let config = with(&world.config(), attribute, json!(UNKNOWN));
        let refused = world.provider.read_data_source(TYPE, config).await.unwrap_err();
        assert!(
            refused.to_string().contains("once its configuration is known"),
            "{attribute}: {refused}"
        );
    }
    assert_eq!(world.front.calls(), []);
}
