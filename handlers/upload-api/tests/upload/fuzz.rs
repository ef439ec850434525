//! Whatever a client sends, the function neither panics nor blames itself.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::world::{World, announcement, complete_event, create_event, delete_event, keyed, send};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[A-Za-z0-9_-]{0,140}",
        "[A-Za-z0-9+/]{43}=",
        "[0-9a-f]{32}",
        "(text|image|application)/[a-z+.-]{1,12}",
        Just("{\"$gt\":\"\"}".to_owned()),
        Just("a\u{0}b\r\nc: d".to_owned()),
        Just("\u{202e}fdp.exe".to_owned()),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (1_i64..3000).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((text(), inner), 0..3).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// A good announcement with some members of any kind, or no announcement at all.
fn body() -> impl Strategy<Value = String> {
    let member = prop_oneof![
        Just("name".to_owned()),
        Just("size".to_owned()),
        Just("content_type".to_owned()),
        Just("sha256".to_owned()),
        Just("part_sha256".to_owned()),
        Just("course".to_owned()),
        Just("visibility".to_owned()),
        "[a-z$.]{1,8}",
    ];
    let changed = proptest::collection::vec((member, value()), 0..3).prop_map(|members| {
        let mut body = announcement(b"hello");
        for (name, value) in members {
            body[name] = value;
        }
        body.to_string()
    });
    prop_oneof![4 => changed, 1 => value().prop_map(|value| value.to_string()), 1 => any::<String>()]
}

fn event() -> impl Strategy<Value = Value> {
    // What no header can have never arrives as one.
    let key = proptest::option::of("[ -~]{0,140}|[A-Za-z0-9_-]{8,128}");
    let headers = proptest::collection::vec(("[a-z-]{1,12}", "[ -~]{0,40}"), 0..3);
    let groups = proptest::option::weighted(0.1, text());
    let sent = (0..4, text(), body(), key, headers);
    (sent, groups).prop_map(|((route, id, body, key, headers), groups)| {
        let mut event = match route {
            0 => complete_event(&id),
            1 => delete_event(&id),
            _ => create_event(&json!({})),
        };
        if route > 1 {
            event["body"] = body.into();
        }
        if let Some(key) = key {
            event = keyed(event, &key);
        }
        for (name, value) in headers {
            event["multiValueHeaders"][name] = json!([value]);
        }
        if let Some(groups) = groups {
            event["requestContext"]["authorizer"]["claims"]["cognito:groups"] = groups.into();
        }
        event
    })
}

#[test]
fn no_request_is_answered_with_a_fault_of_ours() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (world, function) = runtime.block_on(async {
        let world = World::start().await;
        let function = world.function();
        (world, function)
    });
    let served = TestRunner::new(Config::with_cases(400)).run(&event(), |event| {
        let sent = runtime.block_on(send(&function, &event));
        prop_assert!(sent.status < 500, "{}", sent.body);
        Ok(())
    });
    served.unwrap();
    runtime.block_on(async { drop(world) });
}
