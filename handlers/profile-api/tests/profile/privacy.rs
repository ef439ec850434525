//! Personal data is in the answers to its user and nowhere else.

use futures::TryStreamExt as _;
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};

use aws_front::{Effect, Rule};
use aws_sdk_kms::primitives::Blob;

use crate::log::Log;
use crate::wire::contains;
use crate::world::{NONE, SUBJECT, World, change, delete, export, get, patch, send};

/// Texts that are nowhere by chance.
const PERSONAL: [&str; 8] = [
    "Zephyrine Quillfeather",
    "+4915112345678",
    "1987-06-05",
    "Wisteria Lane 4711",
    "Rear building 3",
    "Kleinkleckersdorf",
    "Ostmark-Region",
    "99999-XQ",
];

fn personal() -> Value {
    let [name, phone, birth_date, line, second, city, region, postal_code] = PERSONAL;
    json!({
        "name": name,
        "phone": phone,
        "birth_date": birth_date,
        "address": { "lines": [line, second], "city": city, "region": region, "postal_code": postal_code, "country": "DE" },
        "locale": "de-AT",
    })
}

fn holds(bytes: &[u8], text: &str) -> bool {
    contains(bytes, text.as_bytes())
}

#[tokio::test]
async fn no_log_metric_document_or_problem_has_personal_data_in_it() {
    let world = World::start().await;
    // Everything that any library says, too.
    let log = Log::capture("trace");
    tracing::info!(planted = "a-control-value", "the log is kept");
    let function = world.function();
    let mut problems = Vec::new();
    let first = change(&function, SUBJECT, &personal()).await;
    assert_eq!(send(&world.function(), &get()).await.body, personal());
    assert_eq!(send(&world.function(), &export()).await.body["profile"], personal());

    // Everything that can go wrong with such a profile in hand.
    let mut wrong = personal();
    wrong["time_zone"] = "Kleinkleckersdorf/Wisteria".into();
    wrong["name"] = format!("{}\u{202e}", PERSONAL[0]).into();
    problems.push(send(&function, &patch(first.tag(), &wrong)).await);
    let mut wrong = personal();
    wrong["address"]["country"] = PERSONAL[5].into();
    wrong["nickname"] = PERSONAL[0].into();
    problems.push(send(&function, &patch(first.tag(), &wrong)).await);
    // The name of an unknown member is returned to the client that sent it, and appears nowhere else.
    wrong[PERSONAL[0]] = 1.into();
    send(&function, &patch(first.tag(), &wrong))
        .await
        .is_problem(400, "invalid-body", "an odd name");
    problems.push(send(&function, &patch(NONE, &personal())).await);
    problems.push(send(&function, &patch(PERSONAL[0], &personal())).await);
    let mut malformed = patch(first.tag(), &personal());
    malformed["body"] = format!("{{\"name\": \"{}\", ", PERSONAL[0]).into();
    problems.push(send(&function, &malformed).await);
    malformed["body"] = format!("{{\"name\": \"{0}\", \"name\": \"{0}\"}}", PERSONAL[0]).into();
    problems.push(send(&function, &malformed).await);
    let changed = json!({ "name": format!("{} II", PERSONAL[0]) });
    world
        .front
        .script(Rule::on("Decrypt").always().effect(Effect::denied()));
    problems.push(send(&world.function(), &patch(first.tag(), &changed)).await);
    world.front.clear();
    world.mongo.down();
    problems.push(send(&function, &patch(first.tag(), &changed)).await);
    world.mongo.up();
    let original = world.document(SUBJECT).await.unwrap();
    let name = original.get_document("fields").unwrap().get("name").unwrap().clone();
    world
        .meddle(SUBJECT, |document| {
            document.get_document_mut("fields").unwrap().insert("phone", name);
        })
        .await;
    problems.push(send(&world.function(), &get()).await);
    world.meddle(SUBJECT, |document| *document = original.clone()).await;
    let statuses: Vec<_> = problems.iter().map(|sent| sent.status).collect();
    assert_eq!(statuses, [422, 400, 412, 400, 400, 400, 500, 503, 500]);

    let mut documents = Vec::new();
    for collection in world.database.list_collection_names().await.unwrap() {
        let collection = world.database.collection::<Document>(&collection);
        let all: Vec<Document> = collection.find(doc! {}).await.unwrap().try_collect().await.unwrap();
        for document in all {
            documents.push(document.to_vec().unwrap());
            documents.push(format!("{document:?}").into_bytes());
        }
    }
    let metrics = world.metrics.lock().unwrap().join("\n");
    let problems: String = problems
        .iter()
        .map(|sent| format!("{:?}{}", sent.headers, sent.body))
        .collect();
    let log_text = log.text();
    let places: [(&str, Vec<u8>, &str); 6] = [
        ("the log", log_text.clone().into_bytes(), "a-control-value"),
        ("metrics", metrics.into_bytes(), "patchProfile"),
        ("problems", problems.into_bytes(), "urn:lectern:problem:unprocessable"),
        ("documents", documents.concat(), "de-AT"),
        ("what MongoDB was told", world.mongo.said(), "de-AT"),
        ("what AWS was told", world.aws_wire.said(), "lectern-profile"),
    ];
    for (place, bytes, control) in &places {
        assert!(holds(bytes, control), "{place} is not looked at: {} bytes", bytes.len());
        for text in PERSONAL {
            assert!(!holds(bytes, text), "{place} has {text}");
        }
    }
    assert!(log_text.contains("request failed") && log_text.contains("request served"));

    // The data key itself is nowhere either.
    let call = world.kms.decrypt().key_id(&world.key_arn);
    let call = call
        .encryption_context("purpose", "lectern-profile")
        .encryption_context("user", SUBJECT);
    let wrapped = original.get_binary_generic("data_key").unwrap().clone();
    let key = call.ciphertext_blob(Blob::new(wrapped)).send().await.unwrap();
    let key = key.plaintext.unwrap().into_inner();
    let hexadecimal = hex::encode(&key);
    let listed = format!("{key:?}");
    for (place, bytes, _) in &places {
        for form in [&key[..], hexadecimal.as_bytes(), listed.as_bytes()] {
            assert!(!contains(bytes, form), "{place} has the data key");
        }
    }
    assert_eq!(send(&function, &delete()).await.status, 204);
    let said = world.mongo.said();
    assert!(!PERSONAL.iter().any(|text| holds(&said, text)));
}

/// The same search finds unencrypted values: with a field of the wrong kind it would have failed.
#[tokio::test]
async fn the_search_finds_what_is_kept_without_encryption() {
    let world = World::start().await;
    let log = Log::capture("trace");
    let planted = PERSONAL[0];
    let plain = json!({ "locale": "de-AT", "time_zone": "Europe/Vienna" });
    change(&world.function(), SUBJECT, &plain).await;
    world
        .meddle(SUBJECT, |document| {
            document.insert("time_zone", planted);
        })
        .await;
    tracing::info!(name = planted, "a careless line");
    let document = world.document(SUBJECT).await.unwrap().to_vec().unwrap();
    assert!(holds(&document, planted));
    assert!(log.text().contains(planted));
    assert!(holds(&world.mongo.said(), "Europe/Vienna"));
}
