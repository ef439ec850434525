//! The versions of objects that a manifest names, whatever their keys stand for by now.

use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use dump_format::Sha256Hex;
use serde_json::{Value, json};

use crate::dump::{Dump, Made};
use crate::world::World;

fn dump() -> Dump {
    Dump::of(vec![Made::numbered("shop.orders", 90), Made::numbered("shop.users", 5)])
}

async fn versioned() -> World {
    let world = World::start().await;
    let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled);
    let call = world.s3.put_bucket_versioning().bucket(&world.bucket);
    call.versioning_configuration(enabled.build()).send().await.unwrap();
    world
}

/// Stores a dump whose manifest names versions and descriptions' hashes, changed by `change`, as its function does.
async fn store(world: &World, dump: &Dump, change: impl Fn(&mut Value)) {
    let mut objects = dump.objects();
    let (key, manifest) = objects.pop().unwrap();
    let folder = key.strip_suffix("manifest.json").unwrap();
    let mut manifest: Value = serde_json::from_slice(&manifest).unwrap();
    for (key, body) in objects {
        let (sha256, bytes) = (Sha256Hex::of(&body), body.len());
        let call = world.s3.put_object().bucket(&world.bucket).key(&key).body(body.into());
        let version = call.send().await.unwrap().version_id.unwrap();
        let name = key.strip_prefix(folder).unwrap();
        for collection in manifest["collections"].as_array_mut().unwrap() {
            let namespace = collection["namespace"].clone();
            let (database, of) = (
                namespace["database"].as_str().unwrap(),
                namespace["collection"].as_str().unwrap(),
            );
            if name == format!("meta/{database}/{of}.json") {
                collection["meta"] = json!({"bytes": bytes, "sha256": sha256, "version_id": version});
            }
            let ranges = collection["ranges"].as_array_mut().unwrap().iter_mut();
            let parts = ranges.flat_map(|range| range["parts"].as_array_mut().unwrap());
            for part in parts.filter(|part| part["key"] == name) {
                part["version_id"] = json!(version);
            }
        }
    }
    change(&mut manifest);
    world.put(&key, serde_json::to_vec_pretty(&manifest).unwrap()).await;
}

fn event(world: &World, dump: &Dump) -> Value {
    let mut event = world.event("restore");
    event["dump_id"] = json!(dump.run);
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_late_writer_put_in_the_place_of_a_part_or_a_description_is_not_read() {
    let dump = dump();
    let part = dump.part_key("shop.orders", 0, 1);
    let meta = dump.key(dump_format::key::Object::Meta(dump.made[0].namespace()));
    for (what, key, body) in [
        ("a part of another size", &part, Some(b"late".to_vec())),
        ("a part that was deleted", &part, None),
        ("a description", &meta, Some(b"{}".to_vec())),
        ("a description that was deleted", &meta, None),
        ("a part of the same size", &part, Some(Vec::new())),
    ] {
        let world = versioned().await;
        store(&world, &dump, |_| {}).await;
        match body {
            Some(body) if body.is_empty() => {
                let length = world.get(key).await.len();
                world.put(key, vec![0; length]).await;
            }
            Some(body) => world.put(key, body).await,
            None => world.delete(key).await,
        }
        let restored = world.handle(&event(&world, &dump)).await;
        restored.unwrap_or_else(|failed| panic!("{what}: {failed}"));
        world.assert_restored(&dump);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_version_does_not_exist_the_key_is_read_and_its_hash_decides() {
    let dump = dump();
    let of_another_bucket = |manifest: &mut Value| {
        for collection in manifest["collections"].as_array_mut().unwrap() {
            collection["meta"]["version_id"] = json!("another-bucket-s");
            let ranges = collection["ranges"].as_array_mut().unwrap().iter_mut();
            for part in ranges.flat_map(|range| range["parts"].as_array_mut().unwrap()) {
                part["version_id"] = json!("another-bucket-s");
            }
        }
    };
    let world = versioned().await;
    store(&world, &dump, of_another_bucket).await;
    world.handle(&event(&world, &dump)).await.unwrap();
    world.assert_restored(&dump);

    let world = versioned().await;
    store(&world, &dump, of_another_bucket).await;
    let key = dump.part_key("shop.orders", 0, 1);
    let length = world.get(&key).await.len();
    world.put(&key, vec![0; length]).await;
    let failed = world.handle(&event(&world, &dump)).await.unwrap_err();
    assert!(failed.failure.message.contains("DumpDamaged"), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_is_not_the_manifest_s_keeps_its_namespace_out_and_no_other() {
    let dump = dump();
    let world = versioned().await;
    let without_version = |manifest: &mut Value| {
        manifest["collections"][0]["meta"]["version_id"] = Value::Null;
    };
    store(&world, &dump, without_version).await;
    let key = dump.key(dump_format::key::Object::Meta(dump.made[0].namespace()));
    let meta = String::from_utf8(world.get(&key).await).unwrap();
    // As long, and a description all the same.
    let other = meta.replace("\"_id_\"", "\"_ix_\"");
    assert_ne!(meta, other);
    world.put(&key, other.into_bytes()).await;
    let failed = world.handle(&event(&world, &dump)).await.unwrap_err();
    assert_eq!(failed.failure.name, "RestoredInPart", "{failed}");
    let message = failed.failure.message;
    assert!(
        message.contains("DumpDamaged") && message.contains("SHA-256"),
        "{message}"
    );
    assert_eq!(world.mongo.counts().get("shop.users"), Some(&5));
    assert!(!world.mongo.counts().contains_key("shop.orders"));
}
