//! Whatever a client sends, the function neither panics nor blames itself.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::world::{World, get_event, list_event, send};

/// Text of every kind: any characters, what queries and cursors look like, operators of MongoDB.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[A-Za-z0-9_=+/-]{0,140}",
        "[A-Za-z0-9_-]{32}",
        Just("{\"$gt\":\"\"}".to_owned()),
        Just("a\u{0}b".to_owned()),
        "-?[0-9]{1,25}",
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("cursor".to_owned()),
        Just("limit".to_owned()),
        Just("course".to_owned()),
        "[a-z$.\\[\\]]{1,8}",
    ]
}

fn event() -> impl Strategy<Value = Value> {
    let query = proptest::collection::vec((name(), text()), 0..4);
    let headers = proptest::collection::vec(("[a-z-]{1,12}", "[ -~]{0,40}"), 0..4);
    let body = proptest::option::of(text());
    let groups = proptest::option::of(text());
    (any::<bool>(), text(), query, headers, body, groups).prop_map(|(list, id, query, headers, body, groups)| {
        let mut event = if list { list_event(&[]) } else { get_event(&id) };
        let mut all = json!({});
        for (name, value) in query {
            match all[&name].as_array_mut() {
                Some(values) => values.push(value.into()),
                None => all[&name] = json!([value]),
            }
        }
        event["queryStringParameters"] = Value::Null;
        event["multiValueQueryStringParameters"] = all;
        for (name, value) in headers {
            event["multiValueHeaders"][name] = json!([value]);
        }
        event["body"] = body.into();
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
        world.member_of(&["algebra"]).await;
        world.upload("notes.pdf", "hello").await;
        let function = world.function();
        (world, function)
    });
    let served = TestRunner::new(Config::with_cases(300)).run(&event(), |event| {
        let sent = runtime.block_on(send(&function, &event));
        prop_assert!(sent.status < 500, "{}", sent.body);
        Ok(())
    });
    served.unwrap();
    drop(world);
}
