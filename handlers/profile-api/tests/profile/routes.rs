//! What each route does.

use mongodb::bson::{Bson, doc};
use serde_json::{Value, json};

use crate::world::{
    NONE, OTHER, SUBJECT, World, by, change, delete, delete_if, export, get, header, patch, send, whole,
};

#[tokio::test]
async fn a_profile_is_empty_until_it_is_first_changed() {
    let world = World::start().await;
    let function = world.function();
    let sent = send(&function, &get()).await;
    assert_eq!((sent.status, sent.tag(), &sent.body), (200, NONE, &json!({})));
    assert_eq!(sent.headers["cache-control"], "no-store");
    assert_eq!(world.document(SUBJECT).await, None, "to look makes nothing");
}

#[tokio::test]
async fn what_was_changed_comes_back_with_the_tag_of_the_answer() {
    let world = World::start().await;
    let function = world.function();
    let changed = send(&function, &patch(NONE, &whole())).await;
    assert_eq!((changed.status, &changed.body), (200, &whole()));
    for function in [&function, &world.function()] {
        let sent = send(function, &get()).await;
        assert_eq!((sent.tag(), &sent.body), (changed.tag(), &whole()));
    }
    let tag = changed.tag().trim_matches('"');
    assert!(
        tag.len() == 24 && tag.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{tag}"
    );
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_null_removes() {
    let world = World::start().await;
    let function = world.function();
    let first = change(&function, SUBJECT, &whole()).await;
    let patched = json!({ "name": null, "address": { "city": "Bath", "region": null }, "notifications": { "sms": true }, "locale": null });
    let sent = send(&function, &patch(first.tag(), &patched)).await;
    let mut expected = whole();
    expected.as_object_mut().unwrap().remove("name");
    expected.as_object_mut().unwrap().remove("locale");
    expected["address"]["city"] = "Bath".into();
    expected["address"].as_object_mut().unwrap().remove("region");
    expected["notifications"]["sms"] = true.into();
    assert_eq!((sent.status, &sent.body), (200, &expected));
    assert_ne!(sent.tag(), first.tag());
    assert_eq!(send(&world.function(), &get()).await.body, expected);
    // The version before is gone.
    send(&function, &patch(first.tag(), &json!({ "name": "B" })))
        .await
        .is_problem(412, "precondition-failed", "stale");
}

#[tokio::test]
async fn a_patch_that_changes_nothing_writes_nothing() {
    let world = World::start().await;
    let function = world.function();
    let sent = send(&function, &patch(NONE, &json!({ "name": null, "locale": null }))).await;
    assert_eq!((sent.status, sent.tag(), &sent.body), (200, NONE, &json!({})));
    assert_eq!(world.document(SUBJECT).await, None);
    let first = change(&function, SUBJECT, &whole()).await;
    let document = world.document(SUBJECT).await;
    for same in [
        whole(),
        json!({ "address": { "city": "London" } }),
        json!({ "address": {} }),
    ] {
        let sent = send(&function, &patch(first.tag(), &same)).await;
        assert_eq!(
            (sent.status, sent.tag(), &sent.body),
            (200, first.tag(), &whole()),
            "{same}"
        );
    }
    assert_eq!(world.document(SUBJECT).await, document);
}

#[tokio::test]
async fn the_last_field_that_goes_leaves_an_empty_profile_and_takes_the_key_with_it() {
    let world = World::start().await;
    let function = world.function();
    let first = change(&function, SUBJECT, &json!({ "name": "Ada", "locale": "en" })).await;
    assert!(world.document(SUBJECT).await.unwrap().contains_key("data_key"));
    let second = send(&function, &patch(first.tag(), &json!({ "name": null }))).await;
    let document = world.document(SUBJECT).await.unwrap();
    assert!(
        !document.contains_key("data_key"),
        "nothing is encrypted any more: {document}"
    );
    let last = send(&function, &patch(second.tag(), &json!({ "locale": null }))).await;
    assert_eq!((last.status, &last.body), (200, &json!({})));
    assert_ne!(last.tag(), NONE);
    let document = world.document(SUBJECT).await.unwrap();
    assert_eq!(document.get("fields"), Some(&Bson::Document(doc! {})));
    assert_eq!(send(&function, &get()).await.tag(), last.tag());
    change(&function, SUBJECT, &whole()).await;
    assert_eq!(send(&world.function(), &get()).await.body, whole());
}

#[tokio::test]
async fn what_is_erased_is_gone_and_can_be_erased_again() {
    let world = World::start().await;
    let function = world.function();
    change(&function, OTHER, &json!({ "name": "Bob" })).await;
    let tag = change(&function, SUBJECT, &whole()).await;
    for _ in 0..2 {
        let sent = send(&function, &delete()).await;
        assert_eq!((sent.status, &sent.body), (204, &Value::Null));
        assert_eq!(world.document(SUBJECT).await, None);
    }
    let sent = send(&function, &get()).await;
    assert_eq!((sent.tag(), &sent.body), (NONE, &json!({})));
    send(&function, &patch(tag.tag(), &json!({ "name": "B" })))
        .await
        .is_problem(412, "precondition-failed", "of what was erased");
    assert_eq!(send(&function, &by(OTHER, get())).await.body, json!({ "name": "Bob" }));
}

#[tokio::test]
async fn what_was_changed_since_it_was_read_is_not_erased() {
    let world = World::start().await;
    let function = world.function();
    let nothing = send(&function, &get()).await;
    let first = change(&function, SUBJECT, &json!({ "name": "Ada" })).await;
    let second = change(&function, SUBJECT, &whole()).await;
    let document = world.document(SUBJECT).await;
    for stale in [
        first.tag().to_owned(),
        nothing.tag().to_owned(),
        format!("{}, {}", nothing.tag(), first.tag()),
        "\"$ne\"".to_owned(),
    ] {
        let sent = send(&function, &delete_if(&stale)).await;
        sent.is_problem(412, "precondition-failed", &stale);
        assert_eq!(world.document(SUBJECT).await, document, "{stale}");
    }
    // A tag of somebody else's profile is none of this one's.
    let theirs = change(&function, OTHER, &json!({ "name": "Bob" })).await;
    send(&function, &delete_if(theirs.tag()))
        .await
        .is_problem(412, "precondition-failed", "of another user");
    assert_eq!(send(&function, &delete_if(second.tag())).await.status, 204);
    assert_eq!(world.document(SUBJECT).await, None);
    // It no longer exists; a request that expects no profile succeeds.
    send(&function, &delete_if(second.tag()))
        .await
        .is_problem(412, "precondition-failed", "of what was erased");
    assert_eq!(send(&function, &delete_if(NONE)).await.status, 204);
    assert_eq!(send(&function, &by(OTHER, get())).await.body, json!({ "name": "Bob" }));
}

#[tokio::test]
async fn an_export_has_everything_and_when_it_came_to_be() {
    let world = World::start().await;
    let function = world.function();
    let sent = send(&function, &export()).await;
    assert_eq!(
        (&sent.body["profile"], &sent.body["user"]),
        (&json!({}), &json!(SUBJECT))
    );
    assert_eq!(sent.body.get("created_at"), None);
    world.at(-7200);
    let first = change(&function, SUBJECT, &json!({ "name": "Ada" })).await;
    world.at(-3600);
    send(&function, &patch(first.tag(), &whole())).await;
    world.at(0);
    let sent = send(&function, &export()).await;
    assert_eq!(
        sent.headers["content-disposition"],
        "attachment; filename=\"profile.json\""
    );
    assert_eq!(sent.body["profile"], whole());
    let time = |name: &str| sent.body[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let hours = |from: &str, to: &str| (time(to).as_second() - time(from).as_second()) as f64 / 3600.0;
    assert!((hours("created_at", "updated_at") - 1.0).abs() < 0.1, "{}", sent.body);
    assert!((hours("updated_at", "exported_at") - 1.0).abs() < 0.1, "{}", sent.body);
}

#[tokio::test]
async fn users_have_profiles_of_their_own() {
    let world = World::start().await;
    let function = world.function();
    change(&function, SUBJECT, &json!({ "name": "Ada" })).await;
    let theirs = send(&function, &by(OTHER, get())).await;
    assert_eq!((theirs.tag(), &theirs.body), (NONE, &json!({})));
    change(&function, OTHER, &json!({ "name": "Bob" })).await;
    // An administrator has no more than anybody.
    let mut event = by(OTHER, get());
    event["requestContext"]["authorizer"]["claims"]["cognito:groups"] = "admin".into();
    assert_eq!(send(&function, &event).await.body, json!({ "name": "Bob" }));
    // A tag of somebody else's profile is none of this one's.
    let tag = send(&function, &get()).await;
    let event = by(OTHER, patch(tag.tag(), &json!({ "name": "Eve" })));
    send(&function, &event)
        .await
        .is_problem(412, "precondition-failed", "a tag of another user");
    send(&function, &by(OTHER, delete())).await;
    assert_eq!(send(&function, &get()).await.body, json!({ "name": "Ada" }));
}

#[tokio::test]
async fn one_tag_of_a_list_is_enough_and_a_weak_one_counts() {
    let world = World::start().await;
    let function = world.function();
    let tag = change(&function, SUBJECT, &json!({ "name": "Ada" })).await;
    let tag = tag.tag();
    for (header_value, status, name) in [
        ("W/\"other\"".to_owned(), 412, "precondition-failed"),
        ("*".to_owned(), 400, "invalid-parameter"),
        (" * ".to_owned(), 400, "invalid-parameter"),
        (tag.trim_matches('"').to_owned(), 400, "invalid-parameter"),
        (format!("{tag}, {tag}, {tag}"), 400, "invalid-parameter"),
    ] {
        for event in [patch(&header_value, &json!({ "name": "B" })), delete_if(&header_value)] {
            send(&function, &event).await.is_problem(status, name, &header_value);
        }
    }
    let sent = send(&function, &patch(&format!("\"other\", {tag}"), &json!({ "name": "B" }))).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    // What compresses an answer on the way makes its tag weak.
    let weak = format!("W/{}", sent.tag());
    let sent = send(&function, &patch(&weak, &json!({ "name": "C" }))).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    send(&function, &delete_if(&weak))
        .await
        .is_problem(412, "precondition-failed", "stale");
    let weak = format!("W/{}", sent.tag());
    assert_eq!(send(&function, &delete_if(&weak)).await.status, 204);
}

#[tokio::test]
async fn the_name_of_a_header_has_any_case() {
    let world = World::start().await;
    let function = world.function();
    let mut event = patch("\"x\"", &json!({ "name": "Ada" }));
    for headers in ["headers", "multiValueHeaders"] {
        event[headers].as_object_mut().unwrap().remove("If-Match");
    }
    header(&mut event, "if-match", &[NONE]);
    assert_eq!(send(&function, &event).await.status, 200);
}
