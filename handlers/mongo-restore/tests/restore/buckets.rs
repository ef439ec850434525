//! Time series that were dumped by their buckets.

use mongodb::bson::{DateTime, doc};
use serde_json::{Value, json};

use crate::dump::{Dump, Made, bytes};
use crate::world::{World, sorted};

fn dump() -> Dump {
    let options = doc! {"timeseries": {"timeField": "t", "bucketMaxSpanSeconds": 3600}};
    let buckets = (0..90).map(|number| {
        let control = doc! {"version": 1, "min": {"t": DateTime::from_millis(number)}};
        bytes(&doc! {"_id": number, "control": control, "data": {"t": {"0": DateTime::from_millis(number)}}})
    });
    Dump::of(vec![Made::time_series("shop.readings", &options, buckets.collect())])
}

async fn store(world: &World) {
    let mut objects = dump().objects();
    let (key, manifest) = objects.pop().unwrap();
    let mut manifest: Value = serde_json::from_slice(&manifest).unwrap();
    manifest["collections"][0]["buckets"] = json!(true);
    for (key, body) in objects {
        world.put(&key, body).await;
    }
    world.put(&key, serde_json::to_vec(&manifest).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buckets_go_back_to_where_the_server_keeps_them_and_are_told_apart() {
    use mongo_emulator::{Fault, FaultKind};
    for kind in [
        None,
        Some(FaultKind::AcceptThenReset),
        Some(FaultKind::InsertThenReset { documents: 7 }),
    ] {
        let world = World::start().await;
        store(&world).await;
        if let Some(kind) = kind.clone() {
            world.mongo.fault(Fault {
                command: "insert".to_owned(),
                namespace: "shop.*".to_owned(),
                skip: 1,
                times: Some(1),
                kind,
                ..Fault::default()
            });
        }
        let mut event = world.event("restore");
        event["dump_id"] = json!(dump().run);
        let answer = world.handle(&event).await.unwrap();
        assert_eq!(answer.inserted + answer.present, 90, "{kind:?}");
        let found = world.mongo.documents("shop", "system.buckets.readings");
        assert!(sorted(found) == sorted(dump().made[0].documents.clone()), "{kind:?}");
        assert!(world.mongo.documents("shop", "readings").is_empty());
        event["mode"] = json!("verify");
        world.handle(&event).await.unwrap();
        // One that differs is noticed.
        let other = bytes(&doc! {"_id": 5_i64, "control": {}});
        assert!(world.mongo.replace_raw("shop", "system.buckets.readings", &other));
        assert_eq!(world.refused(&event).await.0, "ContentDiffers");
    }
}
