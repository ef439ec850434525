//! What is encrypted, what it is bound to, and how long a key is in use.

use aws_sdk_kms::primitives::Blob;
use mongodb::bson::{Binary, Bson, Document, doc, spec::BinarySubtype};
use serde_json::{Value, json};

use crate::log::Log;
use crate::wire::contains;
use crate::world::{OTHER, SUBJECT, World, by, change, delete, export, get, patch, send, whole};

fn sealed(document: &Document, field: &str) -> Vec<u8> {
    document
        .get_document("fields")
        .unwrap()
        .get_binary_generic(field)
        .unwrap()
        .clone()
}

fn wrapped(document: &Document) -> Vec<u8> {
    document.get_binary_generic("data_key").unwrap().clone()
}

fn binary(bytes: Vec<u8>) -> Bson {
    Bson::Binary(Binary {
        subtype: BinarySubtype::Generic,
        bytes,
    })
}

fn set(document: &mut Document, field: &str, bytes: Vec<u8>) {
    document
        .get_document_mut("fields")
        .unwrap()
        .insert(field, binary(bytes));
}

/// Sends a GET that fails as a fault of ours; the log's cause.
async fn fails(world: &World, user: &str) -> String {
    let log = Log::capture("info");
    for event in [get(), export(), patch("\"?\"", &json!({ "locale": "fr" }))] {
        let function = world.function();
        let tag = format!(
            "\"{}\"",
            world.document(user).await.unwrap().get_str("revision").unwrap()
        );
        let mut event = by(user, event);
        if event["httpMethod"] == "PATCH" {
            crate::world::header(&mut event, "If-Match", &[&tag]);
        }
        send(&function, &event).await.is_problem(500, "internal", "altered");
    }
    let text = log.text();
    let line = text.lines().find(|line| line.contains("request failed")).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    line["cause"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_ciphertext_that_was_moved_or_altered_does_not_open_and_the_log_says_which() {
    let world = World::start().await;
    let function = world.function();
    change(&function, SUBJECT, &whole()).await;
    change(&function, OTHER, &json!({ "name": "Bob", "phone": "+15550100200" })).await;
    let own = world.document(SUBJECT).await.unwrap();
    let others = world.document(OTHER).await.unwrap();
    let flipped = |field: &str, at: usize| {
        let mut bytes = sealed(&own, field);
        bytes[at] ^= 1;
        bytes
    };
    let not_authentic =
        "was altered, belongs to another user or field, or was encrypted with another key than the document's";
    for (case, field, bytes, cause) in [
        ("another field", "phone", sealed(&own, "name"), not_authentic),
        ("another user's", "name", sealed(&others, "name"), not_authentic),
        ("altered content", "address", flipped("address", 40), not_authentic),
        ("altered nonce", "birth_date", flipped("birth_date", 3), not_authentic),
        ("another format", "name", flipped("name", 0), "is of format 0"),
        ("cut short", "name", vec![1; 20], "has 20 bytes"),
        ("nothing", "name", Vec::new(), "has 0 bytes"),
    ] {
        world.meddle(SUBJECT, |document| set(document, field, bytes)).await;
        let said = fails(&world, SUBJECT).await;
        assert!(said.starts_with(field) && said.contains(cause), "{case}: {said}");
        world.meddle(SUBJECT, |document| *document = own.clone()).await;
    }
    assert_eq!(send(&function, &get()).await.body, whole(), "the original opens");
}

#[tokio::test]
async fn a_user_s_key_opens_nothing_for_another_user() {
    let world = World::start().await;
    let function = world.function();
    change(&function, SUBJECT, &json!({ "name": "Ada" })).await;
    change(&function, OTHER, &json!({ "name": "Bob" })).await;
    let others = world.document(OTHER).await.unwrap();
    // An attacker who can write to MongoDB puts all of the other user's document under their own id.
    world
        .meddle(SUBJECT, |document| {
            document.insert("data_key", binary(wrapped(&others)));
            document.insert("fields", others.get_document("fields").unwrap().clone());
        })
        .await;
    let said = fails(&world, SUBJECT).await;
    assert!(said.contains("InvalidCiphertextException"), "{said}");
    // And a sandbox that has the other one's key in memory does not use it.
    send(&function, &by(OTHER, get())).await;
    send(&function, &get()).await.is_problem(500, "internal", "in memory");
}

#[tokio::test]
async fn kms_wraps_a_key_for_its_user_and_purpose_and_unwraps_it_for_nothing_else() {
    let world = World::start().await;
    change(&world.function(), SUBJECT, &json!({ "name": "Ada" })).await;
    send(&world.function(), &get()).await;
    let said = String::from_utf8_lossy(&world.aws_wire.said()).into_owned();
    let contexts: Vec<Value> = said
        .match_indices("\"EncryptionContext\":")
        .map(|(at, name)| {
            let from = said.get(at + name.len()..).unwrap();
            serde_json::from_str(from.get(..=from.find('}').unwrap()).unwrap()).unwrap()
        })
        .collect();
    let expected = json!({ "purpose": "lectern-profile", "user": SUBJECT });
    assert_eq!(
        contexts,
        [expected.clone(), expected],
        "of GenerateDataKey and of Decrypt"
    );
    assert!(
        said.matches(&format!("\"KeyId\":\"{}\"", world.key_arn)).count() == 2,
        "{said}"
    );
    let document = world.document(SUBJECT).await.unwrap();
    for (context, right) in [
        (vec![("purpose", "lectern-profile"), ("user", SUBJECT)], true),
        (vec![("purpose", "lectern-profile"), ("user", OTHER)], false),
        (vec![("purpose", "lectern-dump"), ("user", SUBJECT)], false),
        (vec![("user", SUBJECT)], false),
        (vec![], false),
    ] {
        let mut call = world.kms.decrypt().ciphertext_blob(Blob::new(wrapped(&document)));
        for (name, value) in &context {
            call = call.encryption_context(*name, *value);
        }
        let answer = call.key_id(&world.key_arn).send().await;
        match answer {
            Ok(answer) => {
                assert!(right, "{context:?}");
                assert_eq!(answer.plaintext.unwrap().as_ref().len(), 32);
            }
            Err(error) => {
                let error = error.into_service_error();
                assert!(
                    !right && error.is_invalid_ciphertext_exception(),
                    "{context:?}: {error:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn only_what_changed_is_encrypted_again() {
    let world = World::start().await;
    let function = world.function();
    change(&function, SUBJECT, &whole()).await;
    let before = world.document(SUBJECT).await.unwrap();
    assert_eq!(before.get_i64("key_uses").unwrap(), 4);
    change(
        &function,
        SUBJECT,
        &json!({ "name": "Ada King", "birth_date": null, "locale": "fr" }),
    )
    .await;
    let after = world.document(SUBJECT).await.unwrap();
    assert_eq!(after.get_i64("key_uses").unwrap(), 5);
    assert_eq!(wrapped(&before), wrapped(&after));
    assert_ne!(sealed(&before, "name"), sealed(&after, "name"));
    for field in ["phone", "address"] {
        assert_eq!(sealed(&before, field), sealed(&after, field), "{field}");
    }
    assert!(!after.get_document("fields").unwrap().contains_key("birth_date"));
    assert_ne!(before.get("revision"), after.get("revision"));
}

#[tokio::test]
async fn a_key_that_was_used_often_enough_is_followed_by_another() {
    let world = World::start().await;
    let function = world.function();
    change(&function, SUBJECT, &whole()).await;
    let before = world.document(SUBJECT).await.unwrap();
    let almost = |document: &mut Document| {
        document.insert("key_uses", 65_535_i64);
    };
    world.meddle(SUBJECT, almost).await;
    change(&function, SUBJECT, &json!({ "name": "A" })).await;
    let full = world.document(SUBJECT).await.unwrap();
    assert_eq!(
        (full.get_i64("key_uses").unwrap(), wrapped(&full)),
        (65_536, wrapped(&before))
    );
    change(&function, SUBJECT, &json!({ "name": "B" })).await;
    let after = world.document(SUBJECT).await.unwrap();
    assert_eq!(after.get_i64("key_uses").unwrap(), 4, "all four fields");
    assert_ne!(wrapped(&after), wrapped(&before));
    for field in ["name", "phone", "birth_date", "address"] {
        assert_ne!(sealed(&full, field), sealed(&after, field), "{field}");
    }
    let mut expected = whole();
    expected["name"] = "B".into();
    for function in [&function, &world.function()] {
        assert_eq!(send(function, &get()).await.body, expected);
    }
}

#[tokio::test]
async fn kms_is_asked_once_in_five_minutes_of_the_clock_on_the_wall() {
    let world = World::start().await;
    change(&world.function(), SUBJECT, &json!({ "name": "Ada" })).await;
    let function = world.function();
    let asked = || world.front.calls_of("Decrypt");
    for (seconds, calls) in [(0, 1), (1, 1), (290, 1), (301, 2), (590, 2), (620, 3)] {
        world.at(seconds);
        assert_eq!(send(&function, &get()).await.status, 200);
        assert_eq!(asked(), calls, "after {seconds} s");
    }
    // A clock that was put back says nothing of how old a key is.
    world.at(-3600);
    send(&function, &get()).await;
    assert_eq!(asked(), 4);
    // A change needs the same key and no other call.
    change(&function, SUBJECT, &json!({ "name": "B" })).await;
    assert_eq!((asked(), world.front.calls_of("GenerateDataKey")), (4, 1));
}

#[tokio::test]
async fn the_sandbox_that_made_a_key_need_not_ask_for_it() {
    let world = World::start().await;
    let function = world.function();
    change(&function, SUBJECT, &json!({ "name": "Ada" })).await;
    change(&function, SUBJECT, &json!({ "name": "B" })).await;
    assert_eq!(
        (world.front.calls_of("Decrypt"), world.front.calls_of("GenerateDataKey")),
        (0, 1)
    );
}

#[tokio::test]
async fn a_disabled_key_stops_working_within_five_minutes_and_works_again_when_enabled() {
    let world = World::start().await;
    let function = world.function();
    change(&function, SUBJECT, &json!({ "name": "Ada" })).await;
    world.kms.disable_key().key_id(&world.key_arn).send().await.unwrap();
    let log = Log::capture("info");
    world.at(299);
    assert_eq!(send(&function, &get()).await.status, 200);
    world.at(310);
    send(&function, &get()).await.is_problem(500, "internal", "disabled");
    let first = by(OTHER, patch("\"0\"", &json!({ "name": "Bob" })));
    send(&function, &first).await.is_problem(500, "internal", "disabled");
    assert!(
        log.text()
            .contains("cannot be unwrapped: Decrypt answered DisabledException"),
        "{}",
        log.text()
    );
    assert!(
        log.text()
            .contains("cannot be made: GenerateDataKey answered DisabledException"),
        "{}",
        log.text()
    );
    // What is not encrypted needs no key, and neither does its end.
    change(&function, OTHER, &json!({ "locale": "fr" })).await;
    world.kms.enable_key().key_id(&world.key_arn).send().await.unwrap();
    assert_eq!(send(&function, &get()).await.body, json!({ "name": "Ada" }));
    world.kms.disable_key().key_id(&world.key_arn).send().await.unwrap();
    assert_eq!(send(&world.function(), &delete()).await.status, 204);
}

#[tokio::test]
async fn who_erases_a_profile_leaves_no_key_of_it_in_memory() {
    let world = World::start().await;
    let function = world.function();
    change(&function, SUBJECT, &json!({ "name": "Ada" })).await;
    let document = world.document(SUBJECT).await.unwrap();
    send(&function, &delete()).await;
    // From a backup, say.
    world.profiles().insert_one(document).await.unwrap();
    assert_eq!(world.front.calls_of("Decrypt"), 0);
    send(&function, &get()).await;
    assert_eq!(world.front.calls_of("Decrypt"), 1);
}

#[tokio::test]
async fn what_is_not_personal_needs_no_key() {
    let world = World::start().await;
    let function = world.function();
    let plain = json!({ "locale": "en", "time_zone": "Asia/Tokyo", "notifications": { "email": true } });
    change(&function, SUBJECT, &plain).await;
    assert_eq!(send(&function, &get()).await.body, plain);
    assert_eq!(send(&function, &export()).await.body["profile"], plain);
    assert!(
        !world
            .front
            .operations()
            .iter()
            .any(|name| name == "GenerateDataKey" || name == "Decrypt")
    );
    let document = world.document(SUBJECT).await.unwrap();
    assert_eq!(document.get_document("fields").unwrap(), &doc! {});
}

#[tokio::test]
async fn a_document_that_is_none_of_ours_is_a_fault_and_neither_shown_nor_overwritten() {
    let world = World::start().await;
    change(&world.function(), SUBJECT, &json!({ "name": "Ada" })).await;
    let own = world.document(SUBJECT).await.unwrap();
    for (case, odd) in [
        ("a field of a later version", doc! { "nickname": "hunter2" }),
        ("a field of another type", doc! { "locale": 1, "time_zone": "hunter2" }),
        (
            "a personal field that is not encrypted",
            doc! { "fields": { "name": "hunter2" } },
        ),
        (
            "an unknown encrypted field",
            doc! { "fields": { "hunter2": binary(vec![1; 64]) } },
        ),
        ("no key", doc! { "data_key": Bson::Null, "locale": "hu" }),
    ] {
        world
            .meddle(SUBJECT, |document| {
                for (name, value) in odd {
                    document.insert(name, value);
                }
            })
            .await;
        let said = fails(&world, SUBJECT).await;
        assert!(!said.is_empty() && !said.contains("hunter2"), "{case}: {said}");
        world.meddle(SUBJECT, |document| *document = own.clone()).await;
    }
    assert!(
        !contains(&world.mongo.said(), b"hunter2"),
        "it never went back to MongoDB"
    );
}
