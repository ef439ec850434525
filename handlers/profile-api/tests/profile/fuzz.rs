//! Whatever a client sends, the function neither panics nor blames itself, and what it takes is what it gives back.

use std::thread;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

use crate::world::{World, export, get, header, patch, send};

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(Value::from),
        "[A-Za-z][a-z ]{0,20}[a-z]".prop_map(Value::from),
        Just(json!("+442071234567")),
        "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]".prop_map(Value::from),
        Just(json!("Asia/Tokyo")),
        Just(json!({ "$ne": null })),
    ]
}

const KNOWN: &[&str] = &[
    "name",
    "phone",
    "birth_date",
    "address",
    "locale",
    "time_zone",
    "notifications",
    "lines",
    "city",
    "region",
    "postal_code",
    "country",
    "email",
    "sms",
];

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => proptest::sample::select(KNOWN).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[$_.a-z]{1,6}",
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((key(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Members that are likely to pass, so that what is behind the schema is reached.
fn plausible() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[A-Za-z]{1,12}", any::<String>()];
    let address = (proptest::collection::vec(text.clone(), 1..4), text.clone())
        .prop_map(|(lines, city)| json!({ "lines": lines, "city": city, "country": "GB" }));
    let member = prop_oneof![
        text.prop_map(|text| ("name", json!(text))),
        address.prop_map(|address| ("address", address)),
        "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]".prop_map(|date| ("birth_date", json!(date))),
        "[A-Z][a-z]{2,5}/[A-Z][a-z]{2,5}".prop_map(|zone| ("time_zone", json!(zone))),
        "\\+[1-9][0-9]{6,14}".prop_map(|phone| ("phone", json!(phone))),
        proptest::sample::select(&["name", "address", "phone", "birth_date"][..]).prop_map(|name| (name, Value::Null)),
    ];
    proptest::collection::vec(member, 1..4).prop_map(|members| {
        let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
        Value::Object(members.collect())
    })
}

#[derive(Debug, Clone)]
enum IfMatch {
    Current,
    Given(String),
}

fn if_match() -> impl Strategy<Value = IfMatch> {
    prop_oneof![
        4 => Just(IfMatch::Current),
        1 => any::<String>().prop_map(IfMatch::Given),
        1 => "[\"W/, a-f0-9*]{0,70}".prop_map(IfMatch::Given),
    ]
}

fn body() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => plausible().prop_map(|value| value.to_string()),
        4 => tree().prop_map(|value| value.to_string()),
        1 => any::<String>(),
        1 => "[{}\\[\\]:,\"a1\\\\u0 ]{0,40}",
    ]
}

/// Four clients, each with a world of its own and a hundred requests.
#[test]
fn no_request_is_answered_with_a_fault_of_ours() {
    let changes: usize = thread::scope(|scope| {
        let clients: Vec<_> = (0..4).map(|_| scope.spawn(a_hundred_requests)).collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    assert!(changes > 20, "{changes} requests changed the profile");
}

/// How many of them changed the profile.
fn a_hundred_requests() -> usize {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::start());
    let function = runtime.block_on(async { world.function() });
    let changes = std::cell::Cell::new(0);
    let requests = (body(), if_match(), any::<bool>(), proptest::option::of("[ -~]{0,40}"));
    let served = TestRunner::new(Config::with_cases(100)).run(&requests, |(body, if_match, encoded, content_type)| {
        let before = runtime.block_on(send(&function, &get()));
        let tag = match if_match {
            IfMatch::Current => before.tag().to_owned(),
            IfMatch::Given(text) => text,
        };
        let mut event = patch(&tag, &json!({}));
        event["body"] = body.as_str().into();
        event["isBase64Encoded"] = (encoded && !body.starts_with('{')).into();
        if let Some(content_type) = content_type.filter(|text| text.len() > 30) {
            header(&mut event, "Content-Type", &[&content_type]);
        }
        let sent = runtime.block_on(send(&function, &event));
        prop_assert!(sent.status < 500, "{}", sent.body);
        let after = runtime.block_on(send(&world.function(), &get()));
        if sent.status == 200 {
            changes.set(changes.get() + usize::from(after.tag() != before.tag()));
            prop_assert_eq!((after.tag(), &after.body), (sent.tag(), &sent.body));
        } else {
            prop_assert_eq!(after, before);
        }
        Ok(())
    });
    served.unwrap();
    assert_eq!(runtime.block_on(send(&function, &export())).status, 200);
    drop(world);
    changes.get()
}
