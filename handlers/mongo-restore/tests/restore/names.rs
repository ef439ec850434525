//! Part of a dump, and other names.

use mongodb::bson::doc;
use serde_json::json;

use crate::dump::{Dump, Made, bytes};
use crate::world::World;

fn dump() -> Dump {
    Dump::of(vec![
        Made::numbered("blog.posts", 4),
        Made::numbered("shop.orders", 60),
        Made::numbered("shop.sessions", 5),
        Made::view("shop.view", &doc! {"viewOn": "orders", "pipeline": [{"$limit": 1}]}),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_matches_is_restored() {
    let world = World::start().await;
    world.store(&dump()).await;
    let mut event = world.event("restore");
    event["namespaces"] = json!({"include": ["shop.*"], "exclude": ["*.sessions"]});
    let answer = world.handle(&event).await.unwrap();
    let names: Vec<_> = answer
        .namespaces
        .iter()
        .map(|namespace| namespace.to.as_str())
        .collect();
    assert_eq!(names, ["shop.orders", "shop.view"]);
    let counts = world.mongo.counts();
    assert_eq!(counts.get("shop.orders"), Some(&60));
    assert!(!counts.contains_key("blog.posts") && !counts.contains_key("shop.sessions"));

    event["namespaces"] = json!({"include": ["other.*"]});
    assert_eq!(world.refused(&event).await.0, "NothingSelected");
    event["namespaces"] = json!({"include": ["shop.*"], "exclude": ["*"]});
    assert_eq!(world.refused(&event).await.0, "NothingSelected");
}

/// A slip of the pen must not leave out what was meant, nor write it over the original.
#[tokio::test(flavor = "multi_thread")]
async fn a_pattern_or_a_new_name_of_nothing_is_refused_before_anything_is_touched() {
    let world = World::start().await;
    world.store(&dump()).await;
    world.handle(&world.event("restore")).await.unwrap();
    let before = world.mongo.counts();
    let mut event = world.event("restore");
    event["conflict"] = json!("drop");
    event["namespaces"] = json!({"include": ["shop.orders", "shop.ordres"]});
    let (name, message) = world.refused(&event).await;
    assert_eq!(name, "NothingSelected");
    assert!(
        message.contains("shop.ordres") && message.contains("blog.posts"),
        "{message}"
    );
    event["namespaces"] = json!({"include": ["shop.orders"]});
    for from in ["shpo.orders", "shop.sessions", "shpo"] {
        let to = if from.contains('.') { "shop.copy" } else { "copy" };
        event["rename"] = json!([{"from": from, "to": to}]);
        let (name, message) = world.refused(&event).await;
        assert_eq!(name, "RenameRefused");
        assert!(message.contains(from), "{message}");
    }
    assert_eq!(world.mongo.counts(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_and_collections_get_the_names_that_are_asked_for() {
    let world = World::start().await;
    world.store(&dump()).await;
    let mut event = world.event("restore");
    event["rename"] = json!([
        {"from": "shop", "to": "copy"},
        {"from": "shop.orders", "to": "copy.orders_before"},
        {"from": "blog.posts", "to": "shop.posts"},
    ]);
    world.handle(&event).await.unwrap();
    let counts = world.mongo.counts();
    let expected = [("copy.orders_before", 60), ("copy.sessions", 5), ("shop.posts", 4)];
    for (name, documents) in expected {
        assert_eq!(counts.get(name), Some(&documents), "{counts:?}");
    }
    let view = world.mongo.options("copy", "view").unwrap();
    assert_eq!(
        view,
        bytes(&doc! {"viewOn": "orders_before", "pipeline": [{"$limit": 1}]})
    );
    let mut verify = event.clone();
    verify["mode"] = json!("verify");
    world.handle(&verify).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_cannot_be_meant_are_refused_before_anything_is_written() {
    let world = World::start().await;
    world.store(&dump()).await;
    for (renames, expected, words) in [
        (
            json!([{"from": "shop.orders", "to": "shop.sessions"}]),
            "RenameRefused",
            "would both be renamed to shop.sessions",
        ),
        (
            json!([{"from": "shop.orders", "to": "other.orders"}]),
            "RenameRefused",
            "view shop.view",
        ),
        (json!([{"from": "shop", "to": "admin"}]), "EventRefused", "server's own"),
        (
            json!([{"from": "shop", "to": "lectern_restore"}]),
            "RenameRefused",
            "reserved for the progress of a restore",
        ),
        (json!([{"from": "shop", "to": "a.b"}]), "EventRefused", "must both"),
        (
            json!([{"from": "shop.orders", "to": "shop.system.views"}]),
            "EventRefused",
            "the server's own",
        ),
        (
            json!([{"from": "shop.orders", "to": "shop.a.system.b"}]),
            "EventRefused",
            "the server's own",
        ),
        (
            json!([{"from": "shop", "to": "a"}, {"from": "shop", "to": "b"}]),
            "EventRefused",
            "twice",
        ),
        (
            json!([{"from": "shop", "to": "a".repeat(64)}]),
            "EventRefused",
            "63 bytes",
        ),
    ] {
        let mut event = world.event("restore");
        event["rename"] = renames.clone();
        let (name, message) = world.refused(&event).await;
        assert_eq!(name, expected, "{renames} {message}");
        assert!(message.contains(words), "{renames} {message}");
    }
    assert!(world.writes().is_empty());
}
